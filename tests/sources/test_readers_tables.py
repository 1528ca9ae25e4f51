"""The exact reader of tables gives every row with its line, or the reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import Unreadable
from dsar.sources.readers import tables
from dsar.sources.readers.rows import Row
from dsar.sources.readers.tables import TableFormat


def read(folder: Path, text: str, *, width: int = 3, skip: int = 0, quote: str = '"') -> list[Row]:
    path = folder / "t.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    headings = tuple(f"h{number}" for number in range(width))
    return list(tables.rows(path, TableFormat("utf-8", ",", quote, skip, headings, 1)))


def test_rows_have_their_first_line_and_the_lines_they_cover(tmp_path: Path) -> None:
    text = 'about\nh0,h1,h2\n1,"a\n\nb",c\n\n2,x,"y\r\n"\n3,x,y'

    assert read(tmp_path, text, skip=1) == [
        Row(3, 3, ["1", "a\n\nb", "c"]),
        Row(7, 2, ["2", "x", "y\r\n"]),
        Row(9, 1, ["3", "x", "y"]),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2", "fewer cells than headings"),
        ("1,2,3,4", "more cells than headings"),
        ('1,2,"3" x', "a quote stands in the wrong place"),
        ('1,2,"3', "a quote is not closed"),
        ("1,2,\0", "a NUL byte"),
        ("1,2,\udcff", "bytes outside the encoding"),
    ],
)
def test_an_unreadable_row_is_kept_raw_and_the_next_is_read(tmp_path: Path, row: str, reason: str) -> None:
    assert read(tmp_path, f"h0,h1,h2\n{row}\n4,5,6\n") == [Row(2, 1, [row], reason), Row(3, 1, ["4", "5", "6"])]


def test_empty_cells_behind_the_last_heading_are_no_cells(tmp_path: Path) -> None:
    assert read(tmp_path, 'h0,h1,h2\n1,2,3,\n1,2,3,,""\n') == [Row(2, 1, ["1", "2", "3"]), Row(3, 1, ["1", "2", "3"])]


def test_a_quote_that_closes_in_the_wrong_row_costs_only_the_row_where_it_opened(tmp_path: Path) -> None:
    found = read(tmp_path, 'h0,h1,h2\n1,"open,x\n2,"Doe, Ada",x\n3,4,5\n')

    assert [(row.line, row.bad) for row in found] == [(2, "a quote is not closed"), (3, None), (4, None)]
    assert found[1].cells == ["2", "Doe, Ada", "x"]


def test_without_a_quote_character_every_line_is_a_row(tmp_path: Path) -> None:
    assert read(tmp_path, 'h0,h1,h2\n1,"a,b\n2,c",d\n', quote="") == [
        Row(2, 1, ["1", '"a', "b"]),
        Row(3, 1, ["2", 'c"', "d"]),
    ]


def test_a_file_full_of_open_quotes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"t\.csv has quotes that never close on over 200 lines"):
        read(tmp_path, "h0,h1,h2\n" + '1,2,"x\n' * 300)
