"""The reader of JSON gives one record at a time, whatever pieces the text arrives in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.errors import Unreadable
from dsar.sources.readers import documents
from dsar.sources.readers.documents import Documents
from dsar.sources.readers.rows import Row

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["id", "a", "ü"]), VALUE, max_size=3), max_size=4)
QUIET = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(
    folder: Path, text: str, records: str | None = None, *, by_line: bool = False, piece: int = 1 << 20
) -> list[Row]:
    path = folder / "t.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_CHUNK", piece)
        reader = Documents(path, "utf-8", records, by_line=by_line)
        rows = list(reader.rows())
    return [Row(r.line, r.lines, [*r.cells, *[None] * (len(reader.headings) - len(r.cells))], r.bad) for r in rows]


@given(RECORDS, st.integers(1, 30), st.sampled_from([None, 1]), st.sampled_from(["list", "wrapped", "lines"]))
@QUIET
def test_the_pieces_do_not_matter(
    tmp_path: Path, records: list[dict[str, Any]], piece: int, indent: int | None, form: str
) -> None:
    if form == "lines":
        text, key = "\n".join(json.dumps(record) for record in records), None
    else:
        key = "data" if form == "wrapped" else None
        text = json.dumps(
            {"total": 1, "more": {"data": [7]}, "data": records, "next": None} if key else records, indent=indent
        )
    whole = read(tmp_path, text, key, by_line=form == "lines")

    assert read(tmp_path, text, key, by_line=form == "lines", piece=piece) == whole
    assert len(whole) == len(records)
    for row, record in zip(whole, records, strict=True):
        assert sum(cell is not None for cell in row.cells) == sum(value is not None for value in record.values())


@given(RECORDS.filter(bool), st.integers(1, 30))
@QUIET
def test_a_document_cut_off_is_refused_at_every_place(
    tmp_path: Path, records: list[dict[str, Any]], piece: int
) -> None:
    text = json.dumps(records)
    for length in {1, len(text) // 3, len(text) // 2, len(text) - 1}:
        with pytest.raises(Unreadable, match=r"^t\.json"):
            read(tmp_path, text[:length], piece=piece)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"id":1}] x', "line 1: text behind the end"),
        ('[\n{"id":1},\n{"id" 2}]', "line 3: not valid JSON"),
        ('[{"id":1}', "ends before its document does"),
        ('{"data": {"id":1}}', "no list under the key"),
        ('{"data" [1]}', "line 1: not valid JSON"),
        ('[{"id":1}]', "not valid JSON"),
    ],
)
def test_a_broken_document_is_an_error_that_names_the_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(tmp_path, text, "data" if text[0] == "{" or says == "not valid JSON" else None)


def test_headings_and_leaves_are_those_of_all_records(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"id":1}\n{"b":{"c":[1,{"d":2}]},"id":null}\n{"e":[]}\n', encoding="utf-8")
    reader = Documents(path, "utf-8", None, by_line=True)

    assert [row.cells for row in reader.rows()] == [["1"], [None, '{"c":[1,{"d":2}]}'], [None, None, "[]"]]
    assert tuple(reader.headings) == ("id", "b", "e")
    assert tuple(reader.leaves) == ("id", "b.c[*]", "b.c[*].d", "e")


def test_foreign_bytes_make_a_record_unreadable(tmp_path: Path) -> None:
    found = read(tmp_path, '[{"id":1},\n{"id":"\udcff"}]')

    assert [(row.line, row.bad) for row in found] == [(1, None), (2, "bytes outside the encoding")]


def test_a_broken_line_keeps_its_text(tmp_path: Path) -> None:
    found = read(tmp_path, '{"id":1}\r\n{"id":\r\n\r\n{"id":3}\r\n', by_line=True)

    assert found == [Row(1, 1, ["1"]), Row(2, 1, ['{"id":'], "not valid JSON"), Row(4, 1, ["3"])]
