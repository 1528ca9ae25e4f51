"""Regimes as rule files (O-1): the period of each law, its extension, what stops the clock, what is disputed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from dsar.config import Frozen, parse
from dsar.errors import ConfigError, RequestError
from dsar.model import RIGHTS

Unit = Literal["month", "day", "working_day", "date"]
Effect = Literal["suspend", "restart", "exclude", "none"]
"""What a question does to the clock: its days are added; it begins anew at the answer; its days, both ends included,
do not count; or nothing."""
Roll = Literal["working", "sunday", "none"]
"""Which ends move to the next day: on weekends and holidays, on Sundays and holidays, or none."""


class Reading(Frozen):
    """What one answer to a disputed question changes in the rule."""

    offset: int | None = None
    identity: Effect | None = None
    clarification: Effect | None = None
    extension_from: Literal["receipt", "end"] | None = None
    date_of: Literal["local", "utc", "sender"] | None = None
    answer_day: bool | None = None
    holidays: Literal["regional", "national"] | None = None
    roll: Roll | None = None


class Interpretation(Frozen):
    """A disputed question (INT-n), the answer that is used, and what every answer changes."""

    id: str = Field(pattern=r"^INT-\d+$")
    question: str
    used: str
    shown: Literal[
        "always", "never", "identity", "clarification", "extended", "moment", "region", "calendar_days", "working_days"
    ]
    """When it bears on a request, and is told."""
    readings: dict[str, Reading]
    refused: tuple[str, ...] = ()
    """Answers that may be known but never used, because they give a later date than authorities accept."""

    @model_validator(mode="after")
    def _has_its_reading(self) -> Interpretation:
        if self.used not in self.readings:
            raise ValueError(f"{self.id}: the used reading is not among its readings")
        return self


class Span(Frozen):
    """A length of time and the words of the law for it."""

    count: int = 0
    unit: Unit
    words: str


class RollRule(Frozen):
    """Whether an end on a day without work moves."""

    days: Roll
    words: str


class Stops(Frozen):
    """What a question does to the clock."""

    identity: Effect = "none"
    clarification: Effect = "none"
    fee: Literal["restart", "none"] = "none"


class Closed(Frozen):
    """Days that the law itself takes out of its working days, `mm-dd` to `mm-dd`, over the new year too."""

    first: str = Field(alias="from", pattern=r"^\d\d-\d\d$")
    last: str = Field(alias="to", pattern=r"^\d\d-\d\d$")


class Regime(Frozen):
    """One law: how long an answer may take."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    also: tuple[str, ...] = ()
    title: str
    law: str
    version: str
    calendar: str | None = None
    """The calendar where none is given."""
    holidays: Literal["regional", "national"] = "regional"
    closed: tuple[Closed, ...] = ()
    period: Span
    roll: RollRule
    stops: Stops
    acknowledge: Span | None = None
    extension: Span | None = None
    right: dict[str, Span] = Field(default_factory=dict)
    """A period of its own for a right; it has no acknowledgement and no extension."""
    interpretation: tuple[Interpretation, ...] = ()

    @model_validator(mode="after")
    def _rights_exist(self) -> Regime:
        if unknown := set(self.right) - set(RIGHTS):
            raise ValueError(f"there is no right `{min(unknown)}`")
        return self


def regime(name: str, more: Sequence[Path] = ()) -> Regime:
    """Give the regime of this name, written in whatever case; `more` are rule files of the company's own.

    Raises RequestError that names those there are, ConfigError for a file that cannot be read.
    """
    known = {key: one for one in all_regimes(more) for key in _names(one)}
    found = known.get(name.casefold())
    if found is None:
        names = ", ".join(one.name for one in all_regimes(more))
        raise RequestError("There is no such regime.", hint=f"Regimes there are: {names}.")
    return found


def all_regimes(more: Sequence[Path] = ()) -> tuple[Regime, ...]:
    """Give every regime there is, those of the company's own rule files last; one of theirs may replace one of ours."""
    own = tuple(_read(path) for path in more)
    replaced = {name for one in own for name in _names(one)}
    return (*(one for one in _shipped() if not replaced & set(_names(one))), *own)


def _names(one: Regime) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (one.name, *one.also))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Regime, ...]:
    """The regimes that come with dsar, GDPR first."""
    folder = files("dsar.register") / "regimes"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    found = [parse(Regime, tomllib.loads(path.read_text(encoding="utf-8")), where=path.name) for path in paths]
    return tuple(sorted(found, key=lambda one: (one.name != "GDPR", one.name)))


def _read(path: Path) -> Regime:
    try:
        return parse(Regime, tomllib.loads(path.read_text(encoding="utf-8")), where=path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path.name} cannot be read: {type(error).__name__}.", hint="Correct `regimes` in dsar.toml."
        ) from None
