"""Any table of text, written in any of the usual ways, is read back whole: counted and compared by other libraries."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dsar.config import CollectionSpec, Source
from dsar.sources.effective import Collection
from dsar.sources.reading import read_parts
from dsar.sources.spec import CollectionDeclaration
from dsar.store.build import builder

HEADINGS = ["id", "name", "note"]
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
CELL = st.text(alphabet=st.one_of(LETTERS, st.sampled_from("\n\"',;|\t=-\\é")), max_size=12)
TABLE = st.lists(st.tuples(CELL, CELL), max_size=6).map(
    lambda rows: [[str(number), *row] for number, row in enumerate(rows, start=1)]
)
Table = list[list[str]]
SETTINGS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
NUMBER = itertools.count()


def read(folder: Path, path: Path, **dialect: str) -> tuple[Table, tuple[int, int, int]]:
    """Give the cells as they were stored, and rows read, loaded, unreadable."""
    source = Source(name="t", files=(str(path),), **dialect)
    out = folder / f"out{next(NUMBER)}"
    with builder(folder / "spill") as connection:
        collection = Collection(source, "t", CollectionDeclaration(), CollectionSpec())
        (part,) = read_parts(path, source, [collection], connection, out)
        columns = ", ".join(f"c{part.contents.headings.index(name)}" for name in HEADINGS)
        rows = f"read_parquet('{out}/000/records.parquet', file_row_number = true)"
        found = connection.execute(f"SELECT {columns} FROM {rows} ORDER BY file_row_number").fetchall()
    contents = part.contents
    return [list(row) for row in found], (contents.rows_read, contents.rows_loaded, contents.rows_unreadable)


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL], ids=["all", "minimal"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@given(
    table=TABLE,
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    packed=st.booleans(),
)
@settings(max_examples=12, **SETTINGS)
def test_a_csv_file_of_every_dialect_is_read_back(
    tmp_path: Path, delimiter: str, quoting: int, table: Table, end: str, encoding: str, packed: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([HEADINGS, *table])
    data = text.getvalue().encode(encoding)
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(data) if packed else data)

    found, counts = read(tmp_path, path, delimiter=delimiter, encoding=encoding)
    assert found == table
    assert counts == (len(table), len(table), 0)


@given(table=TABLE, ascii=st.booleans(), packed=st.booleans())
@settings(max_examples=20, **SETTINGS)
def test_json_lines_are_read_back(tmp_path: Path, table: Table, ascii: bool, packed: bool) -> None:
    rows = [dict(zip(HEADINGS, row, strict=True)) for row in [["0", "x", "y"], *table]]
    data = "".join(json.dumps(row, ensure_ascii=ascii) + "\n" for row in rows).encode()
    path = tmp_path / "t.jsonl"
    path.write_bytes(gzip.compress(data) if packed else data)

    found, counts = read(tmp_path, path)
    assert found[1:] == table
    assert counts[0] == sum(1 for line in data.split(b"\n") if line) == counts[1]


@given(table=TABLE)
@settings(max_examples=6, **SETTINGS)
def test_a_workbook_is_read_back_as_another_library_reads_it(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "t.xlsx"
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for number, row in enumerate([HEADINGS, ["0", "x", "y"], *table], start=1):
        for column, cell in enumerate(row, start=1):
            sheet.cell(number, column).value = cell
            sheet.cell(number, column).data_type = "s"  # a text that starts with `=` is no formula
    workbook.save(path)
    second: Callable[[object], str] = lambda cell: "" if cell is None else str(cell)  # noqa: E731
    other = [[second(cell) for cell in row] for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]

    found, counts = read(tmp_path, path)
    assert found == other[1:]
    assert found[1:] == table
    assert counts == (len(table) + 1, len(table) + 1, 0)
