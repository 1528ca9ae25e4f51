"""The summary of a batch as a page: what came of every request, what failed, and what a person must look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from dsar.model import SourceAnswer
from dsar.renderers.office import bars, grid, listed, office_page, section


class LineLike(Protocol):
    """What came of one request; `fulfilment` hands over its own kind of it."""

    @property
    def request_id(self) -> str | None:
        """Its number, None for a row that had no good one."""

    @property
    def right(self) -> str | None:
        """The right that was used."""

    @property
    def state(self) -> str:
        """What became of it."""

    @property
    def due(self) -> str | None:
        """The last day for its answer."""

    @property
    def confirmed(self) -> int:
        """Confirmed records."""

    @property
    def probable(self) -> int:
        """Probable records."""

    @property
    def reviews(self) -> int:
        """Points to look at."""

    @property
    def exit_code(self) -> int:
        """As of a command for this one request."""

    @property
    def error(self) -> str | None:
        """Why it failed, without personal values."""


def render_summary(
    lines: Sequence[LineLike], sources: Sequence[SourceAnswer], notes: Sequence[str], controller: str
) -> bytes:
    """Write summary.html: one UTF-8 document, the same bytes for the same batch; it holds no personal value."""
    states = Counter(line.state for line in lines)
    rows = [
        (
            line.request_id or "—", line.right or "—", line.state, line.due or "—", line.confirmed, line.probable,
            line.reviews, line.exit_code,
        )
        for line in lines
    ]  # fmt: skip
    failed = [f"{line.request_id or 'A row'}: {line.error}" for line in lines if line.error]
    held = [
        (f"{source.source}/{source.collection}", source.result.replace("_", " "), source.confirmed, source.probable)
        for source in sources
    ]
    headings = ("Request", "Right", "State", "Due", "Confirmed", "Probable", "To look at", "Exit")
    parts = [
        *section("What became of them", bars("Requests by state", sorted(states.items()))),
        *section("What failed, or waits for a person", listed(failed)),
        *section("Every request", grid("One line a request, in the order of the file", headings, rows)),
        *section("Sources", grid("Over all requests", ("Source", "Result", "Confirmed", "Probable"), held)),
        *section("To look at", listed(notes)),
    ]
    total = f"{len(lines)} request" + ("" if len(lines) == 1 else "s")
    return office_page(f"Batch of {total}", controller, parts)
