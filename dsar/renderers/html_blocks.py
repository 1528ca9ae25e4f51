"""Blocks as HTML: prose, facts, tables that become lists on a phone, drawings with their tables."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.renderers.blocks import Block, Copy, Facts, Heading, Picture, Prose, Table
from dsar.renderers.drawing import WIDTH, Box, Curve, Dot, Drawing, Shape
from dsar.renderers.html_copy import copy
from dsar.renderers.html_text import escaped, value
from dsar.renderers.texts import Phrases


def block(one: Block, say: Phrases) -> Iterator[str]:
    """Yield one block of a section as HTML."""
    if isinstance(one, Heading):
        yield f"<h3>{escaped(one.text)}</h3>"
    elif isinstance(one, Prose):
        yield f"<p{' class=strong' if one.strong else ''}>{escaped(one.text)}</p>"
    elif isinstance(one, Facts):
        rows = (f"<div><dt>{escaped(a)}</dt><dd>{value(b)}</dd></div>" for a, b in one.rows)
        yield f"<dl>{''.join(rows)}</dl>"
    elif isinstance(one, Table):
        yield from table(one)
    elif isinstance(one, Picture):
        yield from _picture(one, say)
    elif isinstance(one, Copy):
        yield from copy(one, say)


def table(one: Table) -> Iterator[str]:
    """A table that becomes a list of its rows on a narrow screen; the roles keep it a table for screen readers."""
    yield f'<table class="stack" role="table"><caption>{escaped(one.caption)}</caption>'
    yield "".join(f'<col style="width:{100 * width // sum(one.widths)}%">' for width in one.widths)
    head = "".join(f'<th scope="col" role="columnheader">{escaped(name)}</th>' for name in one.head)
    yield f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">'
    labels = [escaped(name) for name in one.head]
    for first, *rest in one.rows:
        cells = "".join(
            f'<td role="cell" data-label="{label}">{value(cell)}</td>'
            for label, cell in zip(labels[1:], rest, strict=True)
        )
        name = f'<th scope="row" role="rowheader" data-label="{labels[0]}">{value(first)}</th>'
        yield f'<tr role="row">{name}{cells}</tr>'
    yield "</tbody></table>"


def _picture(picture: Picture, say: Phrases) -> Iterator[str]:
    """A figure whose name is its title, and whose table can be opened and is always read aloud."""
    title = escaped(picture.title)
    yield f"<figure><figcaption>{title}</figcaption>"
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">'
    yield svg(picture.drawing, f"{picture.title}: {picture.table.caption}")
    yield f"</div><details><summary>{escaped(say('glance.as_table'))}</summary>"
    yield from table(picture.table)
    yield "</details></figure>"


def svg(drawing: Drawing, name: str) -> str:
    """A drawing as SVG whose colours follow the page, light or dark."""
    shapes = "".join(map(_shape, drawing.shapes))
    size = f'viewBox="0 0 {WIDTH:g} {drawing.height:g}"'
    return f'<svg {size} role="img" aria-label="{escaped(name)}">{shapes}</svg>'


def _shape(shape: Shape) -> str:
    if isinstance(shape, Box):
        place = f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
        return f'<rect {place} class="f-{shape.fill}"/>'
    if isinstance(shape, Dot):
        return f'<circle cx="{shape.x:g}" cy="{shape.y:g}" r="{shape.radius:.3g}" class="f-{shape.fill}"/>'
    if isinstance(shape, Curve):
        middle = (shape.x1 + shape.x2) / 2
        path = f"M{shape.x1:g} {shape.y1:g}C{middle:g} {shape.y1:g} {middle:g} {shape.y2:g} {shape.x2:g} {shape.y2:g}"
        if shape.y1 == shape.y2 or shape.x1 == shape.x2:
            path = f"M{shape.x1:g} {shape.y1:g}L{shape.x2:g} {shape.y2:g}"
        return f'<path d="{path}" class="s-{shape.stroke}" stroke-width="{shape.width:.3g}"/>'
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    return (
        f'<text x="{shape.x:g}" y="{shape.y:g}" font-size="{shape.size:g}" class="f-{shape.colour}"{anchor}>'
        f"{escaped(shape.text)}</text>"
    )
