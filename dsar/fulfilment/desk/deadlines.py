"""The dates of a request of the register, or of one that is only asked about, by the controller's own settings."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dsar.config import Config
from dsar.errors import RequestError
from dsar.model import Request
from dsar.register.clock import Course, Pause
from dsar.register.deadlines import Deadline, deadline
from dsar.register.regimes import Regime, all_regimes, regime
from dsar.register.requests import Entry, Registered


def dates_of(config: Config, names: Sequence[str], course: Course) -> tuple[Deadline, ...]:
    """Count the dates under each of some regimes; the earliest leads (D-12).

    Calendar, zone and readings are those of the controller where the course gives none. Raises RequestError.
    """
    controller = config.controller
    known = {one.id for law in all_regimes(_files(config)) for one in law.interpretation}
    if unknown := set(controller.interpretations) - known:
        raise RequestError(f"There is no {min(unknown)}.", hint=f"There are {', '.join(sorted(known))}.")
    laws = [regime(name, _files(config)) for name in names]
    courses = [replace(course, calendar=_calendar(law, course.calendar, config, len(laws) == 1)) for law in laws]
    found = [deadline(law, one, controller.interpretations) for law, one in zip(laws, courses, strict=True)]
    return tuple(sorted(found, key=lambda one: (one.due, one.target)))


def require_regimes(config: Config, requests: Iterable[Request]) -> None:
    """Refuse a request under a law that nobody described; raises RequestError that names those there are."""
    for name in dict.fromkeys(request.regime for request in requests if request.regime):
        regime(name, _files(config))


def with_due(config: Config, request: Request) -> Request:
    """Give a request with the last day for its answer, where it says when it arrived and no register has counted.

    Raises RequestError for a law or calendar that nobody described.
    """
    if request.due is not None or not request.received:
        return request
    names = [request.regime or config.controller.regime, *request.also_under]
    course = Course(request.received, request.calendar, zone(config), request.right)
    return replace(request, due=dates_of(config, names, course)[0].due.isoformat())


def deadlines_of(config: Config, found: Registered) -> tuple[Deadline, ...]:
    """Count the dates of a registered request from its history; the earliest leads (D-12)."""
    request = found.request
    names = found.fact("regimes").split(",")
    return dates_of(config, names, course_of(config, found, str(request.received)))


def course_of(config: Config, found: Registered, received: str) -> Course:
    """What of a request's history bears on its dates: only what was asked for a reason stops the clock (D-7)."""
    extended = found.last("extended")
    until = str(extended.facts.get("until", "")) if extended else ""
    paid = found.last("fee_paid")
    return Course(
        received=received,
        calendar=found.fact("calendar") or None,
        zone=zone(config),
        right=found.fact("right") or "access",
        extended=extended is not None,
        until=datetime.date.fromisoformat(until) if until else None,
        identity=tuple(_pauses(found, "identity")),
        clarification=tuple(_pauses(found, "clarification")),
        fee_paid=_on(paid) if paid else None,
    )


def _calendar(law: Regime, given: str | None, config: Config, alone: bool) -> str | None:
    """Whose holidays count under a law: the given calendar, the controller's, or that of the law's own country.

    A law of one country keeps to calendars of that country, whatever the establishment of the controller is.
    """
    if given and alone:
        return given
    own = (code for code in (given, config.controller.calendar) if code)
    fits = (code for code in own if law.calendar is None or code[:2] == law.calendar[:2])
    return next(fits, law.calendar)


def zone(config: Config) -> str | None:
    """The controller's zone if dsar.toml names one; otherwise that of the calendar's country is taken."""
    return config.controller.time_zone if "time_zone" in config.controller.model_fields_set else None


def _pauses(found: Registered, name: str) -> Iterator[Pause]:
    """Each question with the first answer that follows it."""
    asked: Entry | None = None
    for entry in found.history:
        if entry.step == f"{name}_asked" and entry.facts.get("stops"):
            asked = entry
        elif entry.step == f"{name}_answered" and asked is not None:
            yield Pause(_on(asked), _on(entry))
            asked = None
    if asked is not None:
        yield Pause(_on(asked))


def _on(entry: Entry) -> datetime.date:
    return datetime.date.fromisoformat(str(entry.facts["on"]))


def _files(config: Config) -> tuple[Path, ...]:
    return tuple(config.folder / name for name in config.regimes)
