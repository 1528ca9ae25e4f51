"""The page on exports says of every connector what its folder says: it is written from the folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.sources.registry import connectors
from dsar.sources.spec import Connector

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
HEAD = """# How each system is exported

For each connector: what it reads, where the export is made and with which right, and what it never holds. The texts
stand in the connectors themselves (`how_to_export`, `cannot_contain`); `dsar connectors list NAME` tells them,
too, of your own connectors as well. [Connectors](connectors.md) says how to write one. Menus change:
the text is a start, not a promise.

A system that is not here: save what it gives as CSV, XLSX or JSON, one row a record with headings, and let `dsar init`
draft its fields.

Contents: {contents}
"""


def page(known: list[Connector]) -> str:
    contents = " · ".join(f"[{one.title}](#{anchor(one.title)})" for one in known)
    return HEAD.format(contents=contents) + "".join("\n".join(section(one)) + "\n" for one in known)


def anchor(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return "".join(char for char in title.casefold() if char.isalnum() or char in "_- ").replace(" ", "-")


def section(connector: Connector) -> Iterator[str]:
    yield f"\n## {connector.title}\n"
    yield f"Connector `{connector.name}`. {connector.about}\n"
    yield connector.how_to_export.strip() + "\n"
    yield "| collection | what a row is | a file has at least |"
    yield "|---|---|---|"
    for name, one in connector.collections.items():
        columns = ", ".join(f"`{column}`" for column in one.columns) or "lines of its form"
        yield f"| `{name}` | {one.title} | {columns} |"
    for name, one in connector.collections.items():
        if one.how_to_export:
            yield f"\n`{name}`: {one.how_to_export.strip()}"
        if one.cannot_contain:
            yield f"\n`{name}` never holds: {'; '.join(one.cannot_contain)}."
    if connector.name == "lists":
        yield from headings(connector)


def headings(connector: Connector) -> Iterator[str]:
    """The headings of our own lists: nobody else writes them down."""
    for name, one in connector.collections.items():
        yield f"\n`{name}` has these headings (the first, or one of the others):\n"
        for field, spec in one.fields.items():
            yield f"- `{field}`" + "".join(f", `{other}`" for other in spec.also)


def test_the_page_on_exports_is_what_the_connectors_say(request: pytest.FixtureRequest) -> None:
    """A connector that is not on the page is no fault: a new one is one new folder and no other edit."""
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(list(connectors().values())), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")

    told = [one for one in connectors().values() if f"\nConnector `{one.name}`." in text]
    assert len(told) > 20
    assert text == page(told), "run `pytest tests/connectors --update-golden`"
