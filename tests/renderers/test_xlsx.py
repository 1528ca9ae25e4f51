"""data.xlsx: text only, nothing cut, nothing lost."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from dsar.errors import Incomplete
from dsar.renderers import workbook
from dsar.renderers.as_xlsx import render_xlsx
from dsar.renderers.workbook import CELL_LIMIT, cell_texts, value_of

from .example import contacts, field, finding, plain_report, report, visits


def sheet(data: bytes, name: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[name].iter_rows(values_only=True))


def test_no_cell_is_a_formula_a_number_or_an_error() -> None:
    archive = zipfile.ZipFile(io.BytesIO(render_xlsx(report(3))))
    sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 7
    for xml in sheets:
        assert b"<f>" not in xml
        assert b"<f " not in xml
        assert set(re.findall(rb' t="(\w+)"', xml)) <= {b"inlineStr", b"n"}
        assert b"<v>" not in xml


@given(st.text(st.characters(codec=None), max_size=80) | st.text("_x0041D[U+]\r\n\x00=", max_size=40))
def test_every_text_can_be_got_back_from_its_cells(text: str) -> None:
    assert value_of(cell_texts(text)) == text


@pytest.mark.parametrize("text", ["x" * 100_000, "\x00" * 40_000, "😀" * 40_000, "_x0041_" * 9_000, "[U+0041]" * 9_000])
def test_a_long_value_is_cut_into_cells_and_nothing_is_lost(text: str) -> None:
    cells = cell_texts(text)
    assert len(cells) > 1
    assert all(cell and len(cell.encode("utf-16-le")) <= 2 * CELL_LIMIT for cell in cells)
    assert value_of(cells) == text


def test_continuation_rows_are_numbered_and_name_their_record() -> None:
    rows = [row for row in sheet(render_xlsx(report(3)), "crm-contacts")[2:] if row[0] == "crm/contacts/<b>%2F=1"]
    assert [row[4] for row in rows] == ["1", "2"]
    assert rows[0][:4] == rows[1][:4] == ("crm/contacts/<b>%2F=1", "exports/crm.csv", "40", "confirmed")
    assert "".join(str(row[-1]) for row in rows) == "word " * 8000


def test_headings_are_plain_then_technical_and_stay_in_view() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report(3))))
    page = book["web-requests"]
    labels, technical = [cell.value for cell in page[1]], [cell.value for cell in page[2]]
    assert labels[:6] == ["Record", "File", "Line", "Match", "Part", "Time"]
    assert technical == ["record", "file", "line", "grade", "part", "time", "method", "path", "status", "agent"]
    assert page.freeze_panes == "A3"


def test_the_overview_has_the_answer_and_every_source_with_zeros() -> None:
    rows = sheet(render_xlsx(report(3)), "Overview")
    assert tuple(cell for cell in rows[3] if cell) == ("Yes: we process personal data about you.",)
    assert ("Newsletter (mail/events)", "could not be searched: the file is truncated", "0", "0", "0", "0") in [
        row[:6] for row in rows
    ]
    assert ("web-requests", "web/requests", "3") in [row[:3] for row in rows]


def test_attachments_and_withheld_have_their_sheets() -> None:
    data = render_xlsx(report(3))
    assert sheet(data, "Attachments")[2][5] == "It is named in the record, but was not there when the copy was made."
    assert sheet(data, "Withheld")[1] == ("crm/contacts/C1", "Password", "It would open an account (Art. 32).")
    assert sheet(render_xlsx(plain_report()), "Withheld") == [("Nothing was withheld.",)]


def test_two_columns_of_one_name_are_both_kept() -> None:
    twice = finding("crm/contacts/X", 1, field("email", "ada@example.org"), field("email", "ada@example.com"))
    data = render_xlsx(replace(plain_report(), collections=(replace(contacts(), findings=(twice,)),)))
    assert [row[5:] for row in sheet(data, "crm-contacts")[1:]] == [
        ("email", "email#2"),
        ("ada@example.org", "ada@example.com"),
    ]


def test_a_full_sheet_goes_on_in_the_next() -> None:
    data = render_xlsx(replace(report(25), collections=(visits(25),)), rows_per_sheet=20)
    names = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert [name for name in names if name.startswith("web")] == ["web-requests", "web-requests 2"]
    first, second = sheet(data, "web-requests"), sheet(data, "web-requests 2")
    assert (len(first), len(second)) == (22, 7)
    assert first[:2] == second[:2]
    assert len({row[0] for row in first[2:] + second[2:]}) == 25


def test_sheet_names_are_valid_and_unique() -> None:
    names = ("a" * 40, "a" * 41, "A" * 40, "overview")
    collections = tuple(replace(contacts(), source=name, collection="x[1]:*?/\\") for name in names)
    data = render_xlsx(replace(plain_report(), collections=collections))
    found = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert len(found) == len({name.lower() for name in found}) == 9
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in found)


def test_lost_rows_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    written = workbook._row
    monkeypatch.setattr(workbook, "_row", lambda number, *rest: "" if number == 5 else written(number, *rest))
    with pytest.raises(Incomplete, match="rows"):
        render_xlsx(plain_report())


def test_another_reader_gets_the_same_cells() -> None:
    data = render_xlsx(report(3))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    rows = book.get_sheet_by_name("crm-contacts").to_python()
    told = {name: value for name, value in zip(rows[1], rows[4], strict=True) if value != ""}
    assert value_of([told["formula"]]) == "=1+1"
    assert value_of([told["nul"]]) == "a\x00b"
    assert value_of([told["surrogate"]]) == "caf\udce9"
    assert told["escape_literal"] == "_x0041_ and _x000D_"


def test_properties_and_times_name_nobody_and_no_day() -> None:
    archive = zipfile.ZipFile(io.BytesIO(render_xlsx(report(3))))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = archive.read("docProps/core.xml").decode()
    assert "<dc:creator>Example GmbH</dc:creator>" in core
    assert "dcterms" not in core
