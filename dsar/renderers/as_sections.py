"""A page of titled sections with tables, for the documents that officers keep: certificate, change set, stop order."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from dsar.renderers.html_blocks import POLICY, escaped
from dsar.renderers.visible import visible

Rows = list[tuple[str, ...]]
Section = tuple[str, str, tuple[str, ...], Rows]
"""Title, sentence, heads of the table, rows; no heads where there is no table."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the sections."""

    title: str
    subtitle: str
    answer: str
    """The result in one sentence, before anything else."""
    footer: str


def page(head: Head, sections: Iterable[Section]) -> bytes:
    """Write one page that loads nothing; no value in it can become markup."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">',
        f"<title>{escaped(head.title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>",
        f'<header>\n<h1>{escaped(head.title)}</h1>\n<p class="subtitle">{escaped(head.subtitle)}</p>',
        f'<div class="answer"><p>{escaped(head.answer)}</p></div></header>\n<main id="content">',
    ]
    for number, (name, said, heads, rows) in enumerate(sections):
        parts.append(f'<section aria-labelledby="s{number}"><h2 id="s{number}">{escaped(name)}</h2>')
        if said:
            parts.append(f"<p>{escaped(said)}</p>")
        if rows:
            parts.extend(_table(f"s{number}", heads, rows))
        parts.append("</section>")
    parts.append(f"</main>\n<footer><p>{escaped(head.footer)}</p></footer>\n</body>\n</html>\n")
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def _table(titled: str, heads: Sequence[str], rows: Rows) -> Iterator[str]:
    yield f'<div class="scroll"><table aria-labelledby="{titled}">'
    if any(heads):
        named = "".join(f'<th scope="col">{escaped(head)}</th>' for head in heads)
        yield f"<thead><tr>{named}</tr></thead>"
    yield "<tbody>"
    for first, *others in rows:
        cells = "".join(f"<td><bdi>{escaped(visible(cell))}</bdi></td>" for cell in others)
        yield f'<tr><th scope="row"><bdi>{escaped(visible(first))}</bdi></th>{cells}</tr>'
    yield "</tbody></table></div>"


@functools.cache
def _style() -> str:
    folder = resources.files(__package__)
    return "".join((folder / name).read_text(encoding="utf-8") for name in ("report.css", "plan.css"))
