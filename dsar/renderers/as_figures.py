"""The figures of the months as a page with charts; counts only, no personal value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from dsar.renderers.office import bars, grid, listed, office_page, section


class MonthLike(Protocol):
    """The figures of one month; `fulfilment` hands over its own kind of them."""

    @property
    def month(self) -> str:
        """`2026-11`."""

    @property
    def received(self) -> int:
        """Requests received."""

    @property
    def by_right(self) -> Mapping[str, int]:
        """By the right that was used."""

    @property
    def answered(self) -> int:
        """Answered until today."""

    @property
    def in_time(self) -> int:
        """Answered by their due date."""

    @property
    def late(self) -> int:
        """Answered after it."""

    @property
    def extended(self) -> int:
        """Whose period was extended."""

    @property
    def refused_by_ground(self) -> Mapping[str, int]:
        """Refused, by article."""

    @property
    def median_days(self) -> float | None:
        """Days to the answer."""

    @property
    def open(self) -> int:
        """Still open."""

    @property
    def past_target(self) -> int:
        """Open and past their own target."""

    @property
    def past_due(self) -> int:
        """Open and overdue."""

    @property
    def sources_failing(self) -> tuple[str, ...]:
        """Sources that could not be searched."""


def render_figures(months: Sequence[MonthLike], controller: str, as_of: str) -> bytes:
    """Write the page: one UTF-8 document, the same bytes for the same figures."""
    rows = [
        (
            one.month, one.received, one.answered, one.in_time, one.late, one.extended,
            sum(one.refused_by_ground.values()),
            "—" if one.median_days is None else f"{one.median_days:g}", one.open, one.past_target, one.past_due,
        )
        for one in months
    ]  # fmt: skip
    headings = (
        "Month", "Received", "Answered", "In time", "Late", "Extended", "Refused", "Median days", "Open",
        "Past target", "Overdue",
    )  # fmt: skip
    rights: dict[str, int] = {}
    grounds: dict[str, int] = {}
    for one in months:
        for right, count in one.by_right.items():
            rights[right] = rights.get(right, 0) + count
        for ground, count in one.refused_by_ground.items():
            grounds[ground] = grounds.get(ground, 0) + count
    failing = [f"{one.month}: {', '.join(one.sources_failing)}" for one in months if one.sources_failing]
    parts = [
        *section("Received", bars("Requests received by month", [(one.month, one.received) for one in months])),
        *section("Answered in time", bars("Answered in time by month", [(one.month, one.in_time) for one in months])),
        *section("By right", bars("Requests by right", sorted(rights.items()))),
        *section("Refused", bars("Refused by ground", sorted(grounds.items()))),
        *section("Every month", grid("By the month of receipt", headings, rows)),
        *section("Sources that could not be searched", listed(failing)),
    ]
    return office_page("Requests by month", f"{controller} · as of {as_of[:10]}", parts)
