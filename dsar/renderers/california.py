"""A Californian request to know: categories with sources, purposes and recipients (Cal. Civ. 1798.110)."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.model import California
from dsar.renderers.blocks import Block, Prose, Table
from dsar.renderers.texts import Phrases

_FROM = {"person": "from_you", "observed": "from_use", "derived": "from_us"}


def california(told: California, say: Phrases) -> Iterator[Block]:
    """Yield which answer it is and why (§7024(a)), what period it covers (§7024(h)), and the categories."""
    yield Prose(say("california.pieces" if told.pieces else "california.categories"))
    yield Prose(say("california.period"))
    yield california_table(told, say) if told.categories else Prose(say("map.none"))
    yield Prose(say("california.not_searched"))


def california_table(told: California, say: Phrases) -> Table:
    """Return the categories of personal information, one a row (A-58)."""
    nobody = say("california.nobody")
    rows = tuple(
        (
            one.name,
            ", ".join(one.held),
            ", ".join(_source(source, say) for source in one.sources),
            "; ".join(one.purposes),
            ", ".join(one.sold) or nobody,
            ", ".join(one.disclosed) or nobody,
            "; ".join(one.kept),
        )
        for one in told.categories
    )
    keys = ("category", "what", "sources", "purposes", "sold", "disclosed", "kept")
    head = tuple(say(f"california.{key}") for key in keys)
    return Table(say("california.caption"), head, rows, (15, 17, 13, 18, 10, 15, 12))


def _source(source: str, say: Phrases) -> str:
    key = _FROM.get(source)
    return say(f"california.{key}") if key else source
