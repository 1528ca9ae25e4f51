"""Sheets of a workbook as rows of text; a workbook that would eat the memory is refused."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from dsar.errors import Unreadable
from dsar.sources.readers import sheet_process, sheets
from dsar.sources.readers.rows import Row


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (3.0, "3"),
        (-0.5, "-0.5"),
        (9007199254740992.0, "9007199254740992"),
        (None, ""),
        ("007", "007"),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (datetime.time(9, 30), "09:30:00"),
    ],
)
def test_a_cell_is_written_as_a_person_reads_it(value: object, text: str) -> None:
    assert sheet_process.cell_text(value) == text


def test_rows_below_the_headings_are_padded_counted_and_never_cut() -> None:
    sheet = [["title", "", ""], ["id", "name", ""], ["1", "a", ""], ["", "", ""], ["2", "", ""], ["3", "b", "c"]]

    assert list(sheets.rows(sheet, 2, 2)) == [
        Row(3, 1, ["1", "a"]),
        Row(5, 1, ["2", ""]),
        Row(6, 1, ["3\tb\tc"], "more cells than headings"),
    ]


def saved(path: Path, *cells: tuple[int, int]) -> Path:
    workbook = Workbook()
    for row, column in cells:
        workbook.worksheets[0].cell(row, column, "x")
    workbook.save(path)
    return path


def test_a_lone_cell_far_away_is_refused_and_a_full_sheet_is_not(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"far\.xlsx has a cell far away"):
        sheets.guard(saved(tmp_path / "far.xlsx", (1, 1), (1_048_576, 16_384)))
    sheets.guard(saved(tmp_path / "wide.xlsx", (1, 16_384), (900, 1)))
    sheets.guard(saved(tmp_path / "long.xlsx", (1, 1), (1_048_576, 3)))


def test_a_far_cell_is_found_wherever_the_pieces_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "far.xlsx", (1, 1), (1_048_576, 16_384))
    for size in (7, 11, 64):
        monkeypatch.setattr(sheets, "_PIECE", size)
        with pytest.raises(Unreadable):
            sheets.guard(path)


def test_what_unpacks_to_far_more_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "x.xlsx", (1, 1))
    sheets.guard(path)
    monkeypatch.setattr(sheets, "MAX_INFLATED", 1000)
    with pytest.raises(Unreadable, match="unpacks to far more"):
        sheets.guard(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", b"plain text"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=r"x\.xlsx"):
        list(sheets.sheets(path))


def test_a_member_that_does_not_unpack_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<c r='A1'/>" * 500)
    data = bytearray(out.getvalue())
    data[60:70] = b"\xff" * 10
    (tmp_path / "x.xlsx").write_bytes(bytes(data))
    with pytest.raises(Unreadable, match="no spreadsheet or is damaged"):
        sheets.guard(tmp_path / "x.xlsx")


def test_a_workbook_that_stops_its_reader_costs_an_error_and_not_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "far.xlsx", (1, 1), (1_048_576, 16_384))
    monkeypatch.setattr(sheets, "MAX_AREA", 10**12)
    with pytest.raises(Unreadable, match=r"far\.xlsx stopped the reader"):
        list(sheets.sheets(path))


def test_only_some_rows_of_a_sheet_are_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path / "long.xlsx", (1, 1), (5_000, 2))

    assert len(dict(sheets.sheets(path, 5))["Sheet"]) == 5
    assert len(dict(sheets.sheets(path))["Sheet"]) == 5_000
