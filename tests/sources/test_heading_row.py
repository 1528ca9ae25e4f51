"""The headings of a sheet stand below its titles; the draft and the reader find them in the same row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.sources.headings import heading_row
from dsar.sources.sniff import sniff

HEAD, ADA, BOB = ["id", "email", "note"], ["1", "ada@example.org", "x"], ["2", "bob@example.org", None]
TOML = """key_file = "dsar.key"
[controller]
time_zone = "UTC"
[[source]]
name = "crm"
files = ["crm.xlsx"]
[source.collection.people]
key = ["id"]
[source.collection.people.fields]
email = { category = "user.contact.email", identifier = "email" }
"""


def saved(folder: Path, rows: Sequence[Sequence[str | None]]) -> Workspace:
    """Open a company whose one export is a workbook of these rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(folder / "crm.xlsx")
    (folder / "dsar.toml").write_text(TOML, encoding="utf-8")
    return open_workspace(folder / "dsar.toml")


@pytest.mark.parametrize(
    "titles", [[], [["Our customers"]], [["Our customers"], [], [None, "as of May"]], [[None, " ", None]]]
)
def test_rows_below_a_title_are_all_loaded(tmp_path: Path, titles: list[list[str | None]]) -> None:
    (segment,) = saved(tmp_path, [*titles, HEAD, ADA, BOB]).segments

    assert segment.contents.headings == tuple(HEAD)
    assert (segment.contents.rows_read, segment.contents.rows_loaded) == (2, 2)
    assert sniff(tmp_path / "crm.xlsx").sheets[0].heading_row == len(titles) + 1


def cells(*rows: str) -> list[list[str]]:
    """Write rows of cells as text: `id|email`."""
    return [row.split("|") for row in rows]


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        (cells("Email", "ada@example.org", "bob@example.org"), (0, 1)),
        (cells("Report|May", "", "a|b|c|d|e", "1|2|3|4|5", "1|2|3|4|5"), (2, 5)),
        (cells("a|b|c|d|e", "1|2||||", "1|2|||", "1|2|3|4|5"), (0, 5)),
        (cells("|b|c", "1|2|3", "1|2|3"), (0, 3)),
        (cells("Email|", "ada@example.org|x", "bob@example.org|y"), (0, 1)),
        (cells(" ", ""), (0, 0)),
    ],
)
def test_the_first_row_that_names_columns_is_the_heading(sheet: list[list[str]], found: tuple[int, int]) -> None:
    assert heading_row(sheet) == found
