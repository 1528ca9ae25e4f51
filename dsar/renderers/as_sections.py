"""A page of titled sections with tables, for the documents that officers keep: certificate, change set, stop order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsar.renderers.html_text import POLICY, escaped
from dsar.renderers.office import cell, grid, office_style

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
        f"<title>{escaped(head.title)}</title>\n<style>\n{office_style()}</style>\n</head>\n<body>",
        f'<header>\n<h1>{escaped(head.title)}</h1>\n<p class="subtitle">{escaped(head.subtitle)}</p>',
        f'<div class="answer"><p>{escaped(head.answer)}</p></div></header>\n<main id="content">',
    ]
    for number, (name, said, heads, rows) in enumerate(sections):
        parts.append(f'<section aria-labelledby="s{number}"><h2 id="s{number}">{escaped(name)}</h2>')
        if said:
            parts.append(f"<p>{escaped(said)}</p>")
        if rows:
            parts.extend(_rows(f"s{number}", heads, rows))
        parts.append("</section>")
    parts.append(f"</main>\n<footer><p>{escaped(head.footer)}</p></footer>\n</body>\n</html>\n")
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def _rows(titled: str, heads: Sequence[str], rows: Rows) -> Iterator[str]:
    """A list where there is one column, names and values where two have no heads, else a table."""
    if any(heads):
        yield from grid("", heads, rows, titled)
    elif len(rows[0]) == 1:
        yield f"<ul>{''.join(f'<li>{cell(row[0])}</li>' for row in rows)}</ul>"
    else:
        yield f"<dl>{''.join(f'<div><dt>{cell(a)}</dt><dd>{cell(b)}</dd></div>' for a, b in rows)}</dl>"
