"""Pages for the office: one self-contained HTML document with tables and bars, no script, nothing loaded."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

from dsar.renderers.html_blocks import POLICY, escaped


def office_page(title: str, subtitle: str, parts: Iterable[str], language: str = "en") -> bytes:
    """Write a page of the office's own, the same bytes for the same parts; `parts` are HTML already."""
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{escaped(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{escaped(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
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


def grid(caption: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Write a table with its caption; numbers stand right. Nothing where there are no rows."""
    if not rows:
        return
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in headings)
    yield f'<div class="scroll"><table>\n<caption>{escaped(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>'
    for row in rows:
        cells = "".join(
            f'<td class="count">{cell}</td>' if isinstance(cell, int) else f"<td>{escaped(str(cell))}</td>"
            for cell in row
        )
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


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
def _style() -> str:
    folder = resources.files(__package__)
    return "".join((folder / name).read_text(encoding="utf-8") for name in ("report.css", "plan.css"))
