"""The figures of a month (G-23): what came, what was answered in time, what was refused and why, what is late."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsar.fulfilment.desk.deadlines import deadlines_of
from dsar.fulfilment.home import Opened
from dsar.register.requests import Registered


@dataclass(frozen=True)
class Month:
    """The figures of the requests that were received in one month."""

    month: str
    """`2026-11`."""
    received: int
    by_right: Mapping[str, int]
    by_regime: Mapping[str, int]
    answered: int
    in_time: int
    late: int
    extended: int
    outcomes: Mapping[str, int]
    """Closed requests by how they ended."""
    refused_by_ground: Mapping[str, int]
    median_days: float | None
    """Days from receipt to the answer, of those that were answered."""
    mean_days: float | None
    open: int
    past_target: int
    """Open ones whose own target has passed."""
    past_due: int
    sources_failing: tuple[str, ...]
    """Sources that a batch of the month could not search."""


def figures(home: Opened, requests: Sequence[Registered]) -> tuple[Month, ...]:
    """Count the requests by the month of their receipt, the earliest first; no personal value is in it.

    California asks for the same figures by year of whoever holds data of ten million consumers (11 CCR 7102).
    """
    months: dict[str, list[Registered]] = {}
    for found in requests:
        months.setdefault(str(found.first.facts["received"])[:7], []).append(found)
    for month in _runs(home):
        months.setdefault(month, [])
    return tuple(_month(home, month, months[month]) for month in sorted(months))


def _month(home: Opened, month: str, found: Sequence[Registered]) -> Month:
    today = home.now.date()
    dates = {id(one): deadlines_of(home.config, one)[0] for one in found}
    ended = {id(one): day for one in found if (day := _answered(one)) is not None}
    days = [(ended[id(one)] - dates[id(one)].received).days for one in found if id(one) in ended]
    in_time = sum(ended[id(one)] <= dates[id(one)].due for one in found if id(one) in ended)
    still = [one for one in found if one.open]
    closed = [last for one in found if not one.open and (last := one.last("closed"))]
    return Month(
        month=month,
        received=len(found),
        by_right=_sorted(Counter(one.fact("right") for one in found)),
        by_regime=_sorted(Counter(law for one in found for law in one.fact("regimes").split(","))),
        answered=len(ended),
        in_time=in_time,
        late=len(ended) - in_time,
        extended=sum(one.last("extended") is not None for one in found),
        outcomes=_sorted(Counter(str(entry.facts["outcome"]) for entry in closed)),
        refused_by_ground=_sorted(Counter(str(e.facts["ground"]) for e in closed if e.facts["outcome"] == "refused")),
        median_days=float(statistics.median(days)) if days else None,
        mean_days=round(statistics.fmean(days), 1) if days else None,
        open=len(still),
        past_target=sum(dates[id(one)].target < today for one in still),
        past_due=sum(dates[id(one)].due < today for one in still),
        sources_failing=tuple(sorted(_runs(home).get(month, set()))),
    )


def _answered(found: Registered) -> datetime.date | None:
    """The day of the first answer: its delivery, or a closing that is an answer in itself."""
    sent = found.steps("delivered")
    closed = [e for e in found.steps("closed") if e.facts["outcome"] not in ("cancelled", "handed_over")]
    days = [str(entry.facts["on"]) for entry in (*sent, *closed)]
    return datetime.date.fromisoformat(min(days)) if days else None


def _runs(home: Opened) -> dict[str, set[str]]:
    """Month → the sources that batches of the month could not search."""
    found: dict[str, set[str]] = {}
    for event in home.journal.events("batch"):
        if failed := str(event.facts.get("sources_failed", "")):
            found.setdefault(event.at[:7], set()).update(failed.split(","))
    return found


def _sorted(counts: Counter[str]) -> Mapping[str, int]:
    return dict(sorted(counts.items()))
