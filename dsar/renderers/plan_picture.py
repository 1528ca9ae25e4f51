"""The outcome of a plan as bars: one for each collection, told apart by pattern and number as well as by colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from dsar.model import Outcome
from dsar.renderers.html_text import escaped
from dsar.renderers.plan_words import Words

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_PATTERNS = (
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="ground" width="7" height="7"/><rect class="stripe" width="3" height="7"/></pattern>'
    '<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="7" height="7"/><circle class="dot" cx="3.5" cy="3.5" r="1.8"/></pattern>'
    "</defs></svg>"
)


def picture(rows: Sequence[tuple[str, Mapping[Outcome, int]]], words: Words) -> Iterator[str]:
    """Draw one bar a collection from (`source/collection`, records by outcome), and a legend, as HTML with SVG.

    Each bar has its counts as text beside it and as its text alternative. Raises DsarError for a missing phrase.
    """
    yield f"{_PATTERNS}\n<p>{words.html('outcome.intro')}</p>"
    yield f'<ul class="bars" aria-label="{escaped(words.text("outcome.title"))}">'
    for place, counts in rows:
        said = ", ".join(_part(outcome, counts[outcome], words) for outcome in OUTCOMES if counts[outcome])
        label = escaped(words.text("outcome.bar", place=place, counts=said))
        name = f'<span class="place">{escaped(place).replace("/", "/<wbr>")}</span>'
        yield f"<li>{name}{_bar(counts, label)}<span>{escaped(said)}</span></li>"
    yield "</ul>"
    used = [outcome for outcome in OUTCOMES if any(counts[outcome] for _, counts in rows)]
    yield f'<ul class="legend" aria-label="{escaped(words.text("outcome.legend"))}">'
    for outcome in used:
        swatch = f'<svg aria-hidden="true" focusable="false"><rect class="{outcome}" width="100%" height="100%"/></svg>'
        yield f"<li>{swatch}<span><b>{words.html(f'{outcome}.word')}</b>: {words.html(f'{outcome}.means')}</span></li>"
    yield "</ul>"


def _part(outcome: Outcome, count: int, words: Words) -> str:
    return words.text("outcome.part", count=count, outcome=words.text(f"{outcome}.word"))


def _bar(counts: Mapping[Outcome, int], label: str) -> str:
    """One bar in per cent of its own width, so that it fits any screen without scaling."""
    total, start, parts = sum(counts.values()), 0, []
    for outcome in OUTCOMES:
        if counts[outcome]:
            left, width = 100 * start / total, 100 * counts[outcome] / total
            parts.append(f'<rect class="{outcome}" x="{left:.3f}%" width="{width:.3f}%" height="100%"/>')
            start += counts[outcome]
    return f'<svg role="img" aria-label="{label}">{"".join(parts)}</svg>'
