"""The fast reader and the exact one give the same rows; where they would not, the fast one is not trusted."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dsar.config import CollectionSpec, FieldSpec, Source
from dsar.errors import Unreadable
from dsar.sources import reading, reading_logs, reading_table, stored
from dsar.sources.effective import Collection
from dsar.sources.spec import CollectionDeclaration
from dsar.store import sql
from dsar.store.build import builder

QUIET = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
LOG = r'^(?P<host>\S+) (?P<login>\w*) "(?P<request>[^"]*)" ?(?P<rest>\d*)\s*$'
SPEC = CollectionSpec(key=("id",), fields={"id": FieldSpec(category="user.unique_id")})
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Room:
    """Where files are read, and the connection that reads them."""

    folder: Path
    connection: duckdb.DuckDBPyConnection

    def read(self, data: bytes, declared: CollectionDeclaration, **options: Any) -> tuple[Rows, dict[str, int]]:
        """Give the stored rows (line, lines, bad, cells …) and the reasons of the unreadable ones."""
        path, out = self.folder / "export.csv", self.folder / "out"
        path.write_bytes(data)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        source = Source(name="crm", files=("export.csv",), **options)
        candidates = [Collection(source, "contacts", declared, SPEC)]
        (part,) = reading.read_parts(path, source, candidates, self.connection, out)
        stored = self.connection.execute(
            f"SELECT _line, _lines, _bad, * EXCLUDE (_row, _line, _lines, _bad) "
            f"FROM {sql.records(out / '000' / 'records.parquet')} ORDER BY _row"
        ).fetchall()
        contents = part.contents
        assert contents.rows_read == contents.rows_loaded + contents.rows_unreadable == len(stored)
        assert contents.rows_unreadable == sum(bad is not None for _, _, bad, *_ in stored)
        return stored, contents.reasons

    def both(self, data: bytes, declared: CollectionDeclaration, **options: Any) -> Rows:
        """Give the rows, after reading on both roads and from a compressed copy gave the same."""
        fast = self.read(data, declared, **options)
        with pytest.MonkeyPatch.context() as patch:
            for module in (reading_table, reading_logs):
                patch.setattr(module, "trusted", lambda copy: False)
            exact = self.read(data, declared, **options)
        assert fast == exact
        assert self.read(gzip.compress(data), declared, **options) == exact
        return exact[0]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("reading")
    with builder(folder / "spill") as connection:
        yield Room(folder, connection)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which road was taken: `exact` once for each file that the exact reader read."""
    taken: list[str] = []
    spooled = stored.spooled

    def note(*given: Any, **more: Any) -> Any:
        taken.append("exact")
        return spooled(*given, **more)

    for module in (reading_table, reading_logs):
        monkeypatch.setattr(module, "spooled", note)
    return taken


TABLE = CollectionDeclaration()
PIECES = (
    "", "a", "b c", " ", " a", "a ", '"', '""', 'a"b', '"a', "a,b", "a;b", "|", "\t", "x\ny", "x\r\ny", "x\ry", "\n",
    "ä", "ß\u2028x", "\x85", "\ufeff", "\u00a0", "0", "007", "null", "NULL", "\\", '\\"', "'", "#", "-", "=1+1", ' "a"',
    '"a" ', "x" * 40,
)  # fmt: skip
CELL = st.lists(st.sampled_from(PIECES), max_size=2).map("".join)
EASY = st.sampled_from([piece for piece in PIECES if not set(piece) & set('"\r\n,;|\t')])


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, list[list[str]], str]:
    """A table as (text, delimiter, rows of cells, line end), written as RFC 4180 wants it."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\n", "\r\n", "\r\n", "\r"]))
    width, cell = draw(st.integers(1, 4)), draw(st.sampled_from([EASY, CELL]))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=6))
    always = draw(st.booleans())
    rows = [row for row in rows if width > 1 or row != [""] or always]

    def written(value: str) -> str:
        special = always or bool(set(value) & set('"\r\n' + delimiter))
        return '"' + value.replace('"', '""') + '"' if special else value

    head = ["id", "name", "note", "last"][:width]
    lines = [delimiter.join(head), *(delimiter.join(map(written, row)) for row in rows)]
    return end.join(lines) + draw(st.sampled_from([end, ""])), delimiter, rows, end


@given(tables())
@example(("id,name\n1, x\n", ",", [["1", " x"]], "\n"))
@QUIET
def test_both_roads_give_every_cell_and_the_line_where_its_row_begins(
    room: Room, table: tuple[str, str, list[list[str]], str]
) -> None:
    text, delimiter, rows, _ = table
    if not rows:
        return
    stored = room.both(text.encode(), TABLE, delimiter=delimiter)

    assert [list(cells) for _, _, _, *cells in stored] == rows
    assert all(bad is None for _, _, bad, *_ in stored)
    physical = re.split("\r\n|\r|\n", text)
    for (line, lines, _, *_), following in zip(stored, [*stored[1:], None], strict=True):
        end = following[0] if following else len(physical) + (physical[-1] != "")
        assert line + lines == end
    assert stored[0][0] == 2


@st.composite
def broken_tables(draw: st.DrawFn) -> tuple[bytes, str]:
    """A table with all that goes wrong: ragged rows, stray quotes, blank lines, mixed ends, foreign bytes."""
    text, delimiter, _, end = draw(tables())
    lines = text.split(end)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(1, len(lines)))
        wrong = ["", " ", "1", f"1{delimiter}2{delimiter}3{delimiter}4{delimiter}5", f"{delimiter}" * 2, '1"', '"1']
        lines.insert(at, draw(st.sampled_from(wrong)))
    ends = draw(st.sampled_from([(end,), (end,), ("\n", "\r\n"), ("\r", "\n")]))
    text = "".join(line + ends[number % len(ends)] for number, line in enumerate(lines))
    text += draw(st.sampled_from(["", delimiter, '"', " ", "\n"]))
    return text.encode().replace("ä".encode(), draw(st.sampled_from(["ä".encode(), b"\xff", b"\0"]))), delimiter


@given(broken_tables())
@example((b"id\n\na\n", ","))
@example((b"id\na,\n", ","))
@example((b"id,name\n1,2,\n3,4\n", ","))
@example((b'id,name\n1,2,""\n3,4\n', ","))
@example((b'id,name\n1, "x"\n', ","))
@example((b'id,name\n1,"x" \n', ","))
@QUIET
def test_both_roads_agree_on_broken_tables(room: Room, table: tuple[bytes, str]) -> None:
    data, delimiter = table
    try:
        stored = room.both(data, TABLE, delimiter=delimiter)
    except Unreadable:
        return  # said for the file as a whole, before either road is taken
    covered = [line + n for line, lines, *_ in stored for n in range(lines)]
    assert covered == sorted(set(covered))
    physical = re.split(rb"\r\n|\r|\n", data)
    left = {number for number, line in enumerate(physical, start=1) if line} - set(covered)
    assert left == {1}  # every line that says anything is in a row; the first one holds the headings


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", ["x", '"x"', f'"{"y" * 50}, z"', '"two\n\nlines"', '"ä""b"""'])
def test_a_plain_table_takes_the_fast_road(room: Room, used: list[str], end: str, quoted: str) -> None:
    rows = [f"{n},{quoted.replace(chr(10), end)},ß" for n in range(20)]
    stored, reasons = room.read(end.join(["id,name,note", *rows]).encode(), TABLE)

    assert (used, reasons) == ([], {})
    assert [cells[0] for _, _, _, *cells in stored] == [str(n) for n in range(20)]


LINES = (
    '1.2.3.4 ada "GET /" 200', '::1  "GET /ä?x=ß" ', 'h x "" 7', '1.2.3.4 ada "GET /"\t', "", " ", "garbage", '"',
    'a\u00a0b c "d"', 'h ä "x" 2', 'h x "y" \u0663', 'h x "y"\x85', 'h x "y"\x0b', 'h x "a\rb" 3', 'h x "y" 3\r', "\r",
    'say h x "y" 3', "\ufeffh x", "\x01", 'h x "y" 3 more', "\u2028", "it's", "#Fields: x",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(LINES[:4]) | st.sampled_from(LINES), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@QUIET
def test_both_roads_agree_on_logs_line_by_line(room: Room, lines: list[str], end: str, last: bool) -> None:
    data = (end.join(lines) + end * last).encode()
    declared = CollectionDeclaration(format="log", pattern=LOG)
    try:
        stored = room.both(data, declared)
    except Unreadable:
        return
    physical = data.decode().removeprefix("\ufeff").split("\n")
    physical = physical[:-1] if physical[-1] == "" else physical
    assert [(line, covers, cell) for line, covers, _, cell in stored] == [
        (number, 1, line.removesuffix("\r")) for number, line in enumerate(physical, start=1)
    ]
    for _, _, bad, cell in stored:
        assert (bad is None) == bool(re.compile(LOG, re.ASCII).match(cell) and "\v" not in cell)


def test_a_plain_log_takes_the_fast_road(room: Room, used: list[str]) -> None:
    declared = CollectionDeclaration(format="log", pattern=LOG)
    _, reasons = room.read(f"{LINES[0]}\n{LINES[1]}\ngarbage\n".encode(), declared)

    assert (used, reasons) == ([], {"unparsed": 1})


def test_a_pattern_is_held_against_the_beginning_of_a_line_on_both_roads(room: Room) -> None:
    declared = CollectionDeclaration(format="log", pattern=r"(?P<host>h\d) ")
    stored = room.both(b"h1 x\nsay h2 x\n1 h3\nh4 y\n", declared)

    assert [bad for _, _, bad, _ in stored] == [None, "unparsed", "unparsed", None]


def test_a_pattern_that_only_python_knows_is_refused(room: Room) -> None:
    declared = CollectionDeclaration(format="log", pattern=r"^(?P<host>\S+)(?= x)")
    with pytest.raises(Unreadable, match="pattern of `contacts`"):
        room.read(b"h1 x\n", declared)


@pytest.mark.parametrize("odd", [b"\xff", b"a\0b", b"\xc3", b"\xed\xa0\x80", b"\xc3\xa4\xff\0", b"\0\0", b"a\xc0\x80"])
def test_bytes_that_are_no_text_cost_their_line_and_stay_visible(room: Room, odd: bytes) -> None:
    good = [f'h{n} x "y" {n}'.encode() for n in range(30)]
    declared = CollectionDeclaration(format="log", pattern=LOG)
    stored = room.both(b"\n".join([*good[:15], b"odd " + odd, *good[15:]]), declared)

    assert [line for line, _, bad, _ in stored if bad] == [16]
    shown = stored[15][3]
    kept = re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(0xDC00 + int(m[1], 16)) if int(m[1], 16) else "\0", shown)
    assert kept.encode("utf-8", "surrogateescape") == b"odd " + odd


def test_rows_that_continue_take_what_they_carry_on_both_roads(room: Room) -> None:
    declared = CollectionDeclaration.model_validate(
        {"columns": ["Name", "Email"], "continues": {"by": "Name", "carry": ["Email"]}}
    )
    source = {"connector": "shopify"}
    data = b"Name,Email,Item\n#1,ada@example.org,x\n#1,,y\n#2,bob@example.org,x\n,,z\n"
    stored = room.both(data, declared, **source)

    assert [row[-1] for row in stored] == ["ada@example.org", "ada@example.org", "bob@example.org", ""]
