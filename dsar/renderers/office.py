"""Pages for the office: one self-contained HTML document with tables and bars, no script, nothing loaded."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

from dsar.renderers.html_text import POLICY, escaped

SHORT = 16
"""Characters of a text that stays on one line in its cell."""


def office_page(title: str, subtitle: str, parts: Iterable[str], language: str = "en") -> bytes:
    """Write a page of the office's own, the same bytes for the same parts; `parts` are HTML already."""
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{escaped(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{escaped(title)}</title>\n<style>\n{office_style()}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{escaped(title)}</h1>\n<p class="subtitle">{escaped(subtitle)}</p>\n</header>\n'
        f'<main id="content">\n{body}\n</main>\n</body>\n</html>\n'
    ).encode()


def section(title: str, parts: Iterable[str]) -> Iterator[str]:
    """Write a titled part; nothing where there is nothing in it."""
    inside = "\n".join(parts)
    if inside:
        yield f"<section>\n<h2>{escaped(title)}</h2>\n{inside}\n</section>"


def listed(lines: Iterable[str]) -> Iterator[str]:
    """Write a list of sentences; nothing where there are none."""
    items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
    if items:
        yield f"<ul>{items}</ul>"


def grid(caption: str, headings: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> Iterator[str]:
    """Write a table that becomes a list of its rows on a narrow screen; nothing where there are no rows.

    `title` is the id of the heading that names the table, for one without a caption of its own.
    """
    if not rows:
        return
    said = f"<caption>{escaped(caption)}</caption>" if caption else ""
    named = f' aria-labelledby="{title}"' if title else ""
    labels = [escaped(name) for name in headings]
    head = "".join(f'<th scope="col" role="columnheader">{label}</th>' for label in labels)
    yield f'<table class="stack" role="table"{named}>{said}<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
    yield '<tbody role="rowgroup">'
    for first, *others in rows:
        row = f'<th scope="row" role="rowheader" data-label="{labels[0]}">{cell(first)}</th>'
        for label, other in zip(labels[1:], others, strict=True):
            row += f'<td role="cell" data-label="{label}">{cell(other)}</td>'
        yield f'<tr role="row">{row}</tr>'
    yield "</tbody></table>"


def cell(told: object) -> str:
    """Write a text in its own direction; a short one, such as a date or a count, is not broken."""
    text = str(told)
    short = ' class="short"' if len(text) <= SHORT else ""
    return f"<bdi{short}>{escaped(text)}</bdi>"


def bars(label: str, counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Draw one bar a line, as long as its count is large; the count stands beside it, so that colour says nothing."""
    most = max((count for _, count in counts), default=0)
    if not most:
        return
    yield f'<ul class="bars" aria-label="{escaped(label)}">'
    for name, count in counts:
        width = 100 * count / most
        yield (
            f'<li><span class="place">{escaped(name)}</span>'
            '<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="presentation" aria-hidden="true">'
            f'<rect class="restrict-bar" x="0" y="1" width="{width:.2f}" height="8" fill="currentColor"/></svg>'
            f'<span class="count">{count:,}</span></li>'
        )
    yield "</ul>"


@functools.cache
def office_style() -> str:
    """The styles of every page of the office."""
    folder = resources.files(__package__)
    return "".join((folder / name).read_text(encoding="utf-8") for name in ("report.css", "plan.css"))
