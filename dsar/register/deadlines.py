"""The dates of a request: counted by the rule file of its regime, each with its rule and what other readings give."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dsar.errors import RequestError
from dsar.register.calendars import region_of
from dsar.register.clock import (
    Course,
    Day,
    Rule,
    after,
    counted,
    day_of_receipt,
    end_of,
    moved,
    rule_of,
    start_of,
    stopped,
)
from dsar.register.regimes import Interpretation, Regime

TARGET = datetime.timedelta(days=28)
"""Our own target: 28 days fit into every month (ICO), and every regime's date is later or is the target itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """A disputed question, the reading that was used, and the date that each other reading gives."""

    used: str
    alternatives: Mapping[str, Day]
    of: str
    """Which date: `due` or `acknowledge_by`."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The dates of a request under one regime."""

    regime: str
    calendar: str | None
    received: Day
    raw_end: Day
    """The end of the period before it moves to a working day."""
    due: Day
    notice_by: Day | None
    """The last day to send the notice of an extension."""
    acknowledge_by: Day | None
    target: Day
    rule: str
    rules: Mapping[str, str]
    """Date → the rule it was counted by (D-10)."""
    version: str
    interpretations: Mapping[str, Told]
    notes: tuple[str, ...] = ()


def deadline(regime: Regime, course: Course, readings: Mapping[str, str] | None = None) -> Deadline:
    """Count the dates of a request under one regime (section 12(3) GDPR and its like).

    `readings` are the answers to disputed questions that the controller chose, by `INT-n`. Raises RequestError for
    dates that cannot be, an unknown reading, or an extension that the regime does not know.
    """
    course = replace(course, calendar=course.calendar or regime.calendar)
    chosen = {one.id: _chosen(one, readings or {}) for one in regime.interpretation}
    rule = rule_of(regime, course, chosen)
    _check(regime, course, day_of_receipt(rule))
    raw, due = counted(rule)
    acknowledge = None
    if regime.acknowledge and course.right not in regime.right:
        acknowledge = after(day_of_receipt(rule), regime.acknowledge, rule)
    notice = moved(end_of(replace(rule, course=replace(course, extended=False))), rule) if rule.extension else None
    rules = {"due": _words(rule), "raw_end": rule.period.words}
    rules |= {"notice_by": rule.extension.words} if rule.extension else {}
    rules |= {"acknowledge_by": regime.acknowledge.words} if acknowledge and regime.acknowledge else {}
    return Deadline(
        regime=regime.name,
        calendar=course.calendar,
        received=day_of_receipt(rule),
        raw_end=raw,
        due=due,
        notice_by=notice,
        acknowledge_by=acknowledge,
        target=min(start_of(rule) + TARGET, due),
        rule=_words(rule),
        rules=rules,
        version=regime.version,
        interpretations=dict(_told(regime, course, chosen)),
        notes=tuple(_notes(regime, course, rule)),
    )


def _chosen(one: Interpretation, readings: Mapping[str, str]) -> str:
    chosen = readings.get(one.id, one.used)
    if chosen not in one.readings or chosen in one.refused:
        usable = [name for name in one.readings if name not in one.refused]
        raise RequestError(f"{one.id} has no such reading.", hint=f"Readings of {one.id}: {', '.join(usable)}.")
    return chosen


def _told(regime: Regime, course: Course, chosen: Mapping[str, str]) -> Iterator[tuple[str, Told]]:
    """Every disputed question that bears on this request, with the date that each other reading gives."""
    period, acknowledge = regime.right.get(course.right, regime.period), regime.acknowledge
    bears = {
        "always": True,
        "never": False,
        "identity": bool(course.identity),
        "clarification": bool(course.clarification),
        "extended": course.extended,
        "moment": len(course.received) > 10,
        "region": region_of(course.calendar) is not None,
        "calendar_days": period.unit == "day",
        "working_days": period.unit == "working_day" or acknowledge is not None,
    }
    for one in regime.interpretation:
        if not bears[one.shown]:
            continue
        first = acknowledge if one.shown == "working_days" and period.unit != "working_day" else None
        others = {}
        for name in one.readings:
            if name != chosen[one.id]:
                rule = rule_of(regime, course, {**chosen, one.id: name})
                others[name] = after(day_of_receipt(rule), first, rule) if first else counted(rule)[1]
        yield one.id, Told(chosen[one.id], others, "acknowledge_by" if first else "due")


def _words(rule: Rule) -> str:
    """The rule of the due date in a sentence."""
    extended = rule.course.extended and rule.extension
    parts = [rule.extension.words if extended and rule.extension else rule.period.words]
    if days := stopped(rule, start_of(rule)):
        parts.append(f"{days} days of questions to the person do not count")
    if rule.roll == rule.regime.roll.days != "none" and rule.period.unit != "working_day":
        parts.append(rule.regime.roll.words)
    elif rule.roll != rule.regime.roll.days:
        parts.append("the end is moved as the chosen reading says")
    return "; ".join(parts)


def _check(regime: Regime, course: Course, received: Day) -> None:
    if course.extended and course.right in regime.right:
        raise RequestError(f"Under {regime.name} this right has no extension.", hint="Leave `--extended` out.")
    if course.extended and regime.extension is None:
        raise RequestError(f"{regime.name} knows no extension.", hint="Leave `--extended` out.")
    if course.extended and regime.extension and regime.extension.unit == "date" and not course.until:
        raise RequestError(
            f"{regime.name} sets no length of an extension.", hint="Say which day was told to the person: --until DATE."
        )
    for pause in (*course.identity, *course.clarification):
        if pause.asked < received or (pause.answered and pause.answered < pause.asked):
            raise RequestError(
                "A question lies before the request, or its answer before it.", hint="Correct the dates."
            )
    if course.fee_paid and course.fee_paid < received:
        raise RequestError("The fee was paid before the request came.", hint="Correct the dates.")


def _notes(regime: Regime, course: Course, rule: Rule) -> Iterator[str]:
    if course.calendar is None:
        yield "No calendar is given: only weekends move the end, which is the earlier and safe date."
    for name, pauses in (("identity", course.identity), ("clarification", course.clarification)):
        if any(pause.answered is None for pause in pauses):
            yield f"The question of {name} is not answered: the clock is counted as running (D-7)."
        if pauses and getattr(rule, name) == "none":
            yield f"Under {regime.name}, as it is read here, a question of {name} does not stop the clock."
    if course.fee_paid and regime.stops.fee == "none":
        yield f"Under {regime.name} a fee does not stop the clock."
    if course.right in ("objection", "withdrawal") and course.right not in regime.right:
        yield "Advertising is stopped without delay, not only by the due date (Art. 21(3), 7(3) GDPR)."
