"""What is larger or deeper than `[limits]` allows costs the row, counted and told; all else of the file is read."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest

from dsar.config import Limits
from dsar.errors import Unreadable
from dsar.sources.limits import MB, TOO_LARGE, limited
from dsar.sources.readers import documents_apart, escaped, lines, sheets, tables
from dsar.sources.readers.documents import Documents
from dsar.sources.readers.documents_apart import DocumentRows
from dsar.sources.readers.rows import Row
from dsar.sources.readers.tables import TableFormat
from tests.nasty.small_company import ADA, Company, Ended, entered

BIG = 10 * MB
SMALL_CELLS = "\n[limits]\ncell_mb = 1\n"
LINES = {"csv": 3, "jsonl": 2, "json": 1}
FORM = TableFormat("utf-8", ",", '"', 0, ("id", "email", "note"), 1)


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company in the working folder."""
    return entered(tmp_path, capsys, monkeypatch)


def with_limits(company: Company, name: str, data: str | bytes, limits: str) -> Ended:
    company.holding(data, name)
    path = company.folder / "dsar.toml"
    path.write_text(path.read_text() + limits)
    return company.find(ADA)


def table(note: str) -> str:
    return f'id,email,note\n1,{ADA},short\n2,{ADA},"{note}"\n3,{ADA},short\n'


def records(note: str) -> list[dict[str, str]]:
    return [{"id": str(number), "email": ADA, "note": note if number == 2 else "short"} for number in (1, 2, 3)]


def as_file(kind: str, note: str) -> str:
    if kind == "csv":
        return table(note)
    rows = records(note)
    return "\n".join(map(json.dumps, rows)) if kind == "jsonl" else json.dumps(rows)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_cell_of_10_mb_within_the_limit_survives_whole(company: Company, kind: str) -> None:
    ended = with_limits(company, f"crm.{kind}", as_file(kind, "y" * BIG), "")

    assert ended.counts == (3, 3, 0)
    assert len(ended.values("2")["note"]) == BIG


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
@pytest.mark.parametrize("note", ["y" * (2 * MB), "[{\\\\y z" * (MB // 2)], ids=["plain", "marks"])
def test_a_cell_beyond_the_limit_costs_its_row_and_is_told(company: Company, kind: str, note: str) -> None:
    ended = with_limits(company, f"crm.{kind}", as_file(kind, note), SMALL_CELLS)

    assert ended.counts == (3, 2, 1)
    assert set(ended.places) == {"1", "3", f"crm.{kind}:{LINES[kind]}"}  # its text is searched
    assert company.unreadable == [f"crm.{kind}: 1 row unreadable ({TOO_LARGE})"]


def test_lines_inside_a_cell_beyond_the_limit_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table(f"4,{ADA},x\n" * 100_000))
    with limited(Limits(cell_mb=1)):
        found = list(tables.rows(path, FORM))

    assert [(row.line, row.lines, row.bad) for row in found] == [
        (2, 1, None), (3, 100_001, TOO_LARGE), (100_004, 1, None),
    ]  # fmt: skip
    assert len(found[1].cells[0] or "") == MB


def test_a_quote_that_never_closes_costs_its_line_however_long_the_rest_is(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f'id,email,note\n1,"{ADA},short\n' + f"2,{ADA},{'x' * 90}\n" * 20_000)
    with limited(Limits(cell_mb=1)):
        found = list(tables.rows(path, FORM))

    assert found[0] == Row(2, 1, [f'1,"{ADA},short'], "a quote is not closed")
    assert len(found) == 20_001 and all(row.bad is None for row in found[1:])


def test_a_long_line_of_a_log_or_a_dump_costs_that_line(tmp_path: Path) -> None:
    path = tmp_path / "t.log"
    path.write_text("a 1\n" + "a " + "9" * (3 * MB) + "\na 2\n")
    with limited(Limits(cell_mb=1)):
        logged = list(lines.rows(path, "utf-8", r"a (?P<n>\d+)"))
        dumped = list(escaped.rows(path, TableFormat("utf-8", " ", '"', 0, ("a", "n"), 0, escape="\\")))

    assert [(row.line, row.bad) for row in logged] == [(1, None), (2, TOO_LARGE), (3, None)]
    assert [(row.line, row.bad) for row in dumped] == [(1, None), (2, TOO_LARGE), (3, None)]


def test_a_row_of_a_sheet_beyond_the_limit_is_unreadable() -> None:
    with limited(Limits(cell_mb=1)):
        found = list(sheets.rows([["id", "note"], ["1", "x" * (MB + 1)], ["2", "x"]], 1, 2))

    assert [(row.line, row.bad) for row in found] == [(2, TOO_LARGE), (3, None)]


@pytest.mark.parametrize(("depth", "loaded"), [(3, True), (2, False)])
def test_json_deeper_than_the_limit_costs_its_record(tmp_path: Path, depth: int, *, loaded: bool) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": [[1]]}, {"a": "1"}]')
    with limited(Limits(depth=depth)):
        found = list(Documents(path, "utf-8", None, by_line=False).rows())

    assert [row.bad for row in found] == [None if loaded else "nested too deeply", None]


def test_more_different_keys_than_any_system_has_cost_their_record(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"id": 1}, {f"k{number}": 1 for number in range(10_001)}, {"id": 2}]))

    found = list(Documents(path, "utf-8", None, by_line=False).rows())

    assert [row.bad for row in found] == [None, "over 10000 different keys", None]


def test_a_large_document_is_read_apart_and_gives_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, gz, here = tmp_path / "t.json", tmp_path / "t.json.gz", tmp_path / "here"
    path.write_text(json.dumps({"data": [{"id": n, "who": {"mail": f"p{n}@example.org"}} for n in range(500)]}))
    gz.write_bytes(gzip.compress(path.read_bytes()))
    found = {}
    for name, of, harmless in ((here, path, MB), (tmp_path / "apart", path, 0), (tmp_path / "gz", gz, MB)):
        monkeypatch.setattr(documents_apart, "HARMLESS", harmless)
        reader = DocumentRows(of, "utf-8", "data", by_line=False)
        with name.open("wb") as out:
            counted = reader.spool(out)
        outline = documents_apart.outline(of, "utf-8", 2)
        found[name.name] = (counted, reader.headings, reader.leaves, outline)
        assert name.read_bytes() == here.read_bytes()

    assert found["apart"] == found["here"] == found["gz"]
    assert found["apart"][0] == {None: 500}


def test_a_bomb_of_values_costs_an_error_and_not_the_process(company: Company) -> None:
    bomb = json.dumps([{"id": "1", "email": ADA}])[:-1] + ',{"id":"2","note":[' + "{}," * 3_000_000 + "0]}]"

    ended = with_limits(company, "crm.json", bomb, "\n[limits]\nreader_mb = 256\n")

    assert ended.code == 2
    assert "crm.json stopped the reader of JSON" in " ".join(ended.err.split())


def test_a_document_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stub").mkdir()
    path = tmp_path / "t.json"
    path.write_text("[" + json.dumps({"id": 1}) + "]")
    monkeypatch.setattr(documents_apart, "HARMLESS", 0)
    monkeypatch.syspath_prepend(tmp_path / "stub")
    endless = "import json\n\njson.dumps = lambda *_, **__: [0 for _ in iter(int, 1)]\n"
    (tmp_path / "stub" / "sitecustomize.py").write_text(endless)
    began = time.monotonic()
    with limited(Limits(reader_seconds=1)), pytest.raises(Unreadable, match="stopped the reader of JSON"):
        DocumentRows(path, "utf-8", None, by_line=False).spool((tmp_path / "out").open("wb"))
    assert time.monotonic() - began < 60


def test_a_workbook_whose_parser_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openpyxl import Workbook

    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "python_calamine.py").write_text(
        "import time\n\nclass CalamineError(Exception):\n    pass\n\n"
        "class CalamineWorkbook:\n    @staticmethod\n    def from_path(path):\n        time.sleep(600)\n"
    )
    Workbook().save(tmp_path / "t.xlsx")
    monkeypatch.syspath_prepend(tmp_path / "stub")
    began = time.monotonic()

    with limited(Limits(reader_seconds=1)), pytest.raises(Unreadable, match=r"t\.xlsx stopped the reader"):
        list(sheets.sheets(tmp_path / "t.xlsx"))
    assert time.monotonic() - began < 60
