"""A segment as it lies on the disk: closed to others, sorted, and never half there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from segment_maker import FIELDS, KEYS, declaration_of, segment_of

from dsar.config import FieldSpec
from dsar.store import build, sql
from dsar.store.build import Dialect, builder, counts, from_table, identifiers_of, understands
from dsar.store.segments import Segment

ODD = "ada@b\u00fccher.example.org"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with builder(tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    return segment_of(tmp_path / "seg", [("2", "bob@example.org"), ("1", "Ada@Example.org"), ("3", ODD), ("4", "")])


def identifiers(files: tuple[Path, ...]) -> list[tuple[int, str, str, int]]:
    names = [str(file) for file in files]
    return duckdb.connect().execute("SELECT hash, kind, role, _row FROM read_parquet($1)", [names]).fetchall()


def test_every_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        segment_of(tmp_path / "a" / "seg", [("1", "a@example.org"), ("2", ODD)])
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*")}

    assert len(modes) == 6
    assert {mode for name, mode in modes.items() if "." in name} == {0o600}
    assert {mode for name, mode in modes.items() if "." not in name} == {0o700}


def test_identifiers_are_hashed_sorted_and_say_which_row(segment: Segment) -> None:
    more, first = sorted(segment.identifiers, key=lambda path: "-more" not in path.name)
    found = identifiers((first,))
    assert [hash for hash, *_ in found] == sorted(hash for hash, *_ in found)
    assert {(kind, row) for hash, kind, _, row in found if hash} >= {("email", 1), ("email", 2), ("crm_id", 1)}

    known = {(hash, row) for hash, _, _, row in identifiers((first, more))}
    assert (sql.hashed(KEYS.identifiers, "email", "ada@example.org"), 2) in known
    assert (sql.hashed(KEYS.identifiers, "email", "ada@xn--bcher-kva.example.org"), 3) in known
    assert (sql.hashed("another key", "email", "ada@example.org"), 2) not in known


def test_no_value_of_the_usual_form_stands_in_the_identifiers(segment: Segment) -> None:
    names = [str(file) for file in segment.identifiers]
    texts = duckdb.connect().execute("SELECT DISTINCT raw FROM read_parquet($1)", [names]).fetchall()

    assert {text for (text,) in texts} == {None, ODD}


def test_identifiers_are_current_for_one_declaration_and_key_only(segment: Segment) -> None:
    assert identifiers_of(segment.folder, segment.declaration, KEYS) == segment.identifiers
    other = declaration_of(fields={**FIELDS, "id": FieldSpec(identifier="customer_no", category="user")})
    assert identifiers_of(segment.folder, other, KEYS) == ()
    assert identifiers_of(segment.folder, declaration_of(phone_region="FR"), KEYS) == ()


def test_a_crash_before_the_first_file_is_named_leaves_nothing_that_counts(
    tmp_path: Path, segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []

    def crash(part: Path, path: Path) -> None:
        named.append(path.name)
        if "-more" not in path.name:
            raise KeyboardInterrupt
        part.replace(path)

    for file in segment.identifiers:
        file.unlink()
    monkeypatch.setattr(build, "commit", crash)
    with pytest.raises(KeyboardInterrupt), builder(tmp_path / "spill") as connection:
        build.build_identifiers(connection, segment.folder, segment.declaration, segment.contents, KEYS)

    assert len(named) == 2
    assert identifiers_of(segment.folder, segment.declaration, KEYS) == ()


def test_long_exports_are_indexed_in_stretches_with_the_same_result(
    tmp_path: Path, segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("2", "bob@example.org"), ("1", "Ada@Example.org"), ("3", ODD), ("4", "")]
    monkeypatch.setattr(build, "STRETCH", 1)
    apart = segment_of(tmp_path / "apart", rows)

    assert len(apart.identifiers) > len(segment.identifiers)
    assert sorted(identifiers(apart.identifiers)) == sorted(identifiers(segment.identifiers))


def test_columns_that_identify_nobody_make_no_files(tmp_path: Path) -> None:
    plain = {"id": FieldSpec(category="user"), "email": FieldSpec(category="user")}

    assert segment_of(tmp_path / "seg", [("1", "x")], declaration_of(fields=plain)).identifiers == ()


@pytest.mark.parametrize("name", ["plain.csv", "it's.csv", "a[1].csv", "b?.csv", "c*.csv", "ü\n.csv"])
def test_a_file_is_read_by_its_own_name_and_no_other(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    for other in ("a1.csv", "bb.csv", "cc.csv"):
        (tmp_path / other).write_text("id,x\n1,wrong\n", encoding="utf-8")
    (tmp_path / name).write_text("id,x\n1,right\n", encoding="utf-8")
    out = tmp_path / "records.parquet"
    from_table(connection, tmp_path / name, Dialect(",", '"', 1, 2), None, out)

    assert connection.execute(f"SELECT c1 FROM '{out}'").fetchall() == [("right",)]
    assert counts(connection, out) == ({None: 1}, 1)


def test_a_file_written_anew_is_read_anew(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export, out = tmp_path / "x.csv", tmp_path / "records.parquet"
    for number in range(1, 30):
        export.write_text("id,x\n" + f"{number},{'y' * number}\n" * number, encoding="utf-8")
        from_table(connection, export, Dialect(",", '"', 1, 2), None, out)
        assert counts(connection, out) == ({None: number}, number)


@pytest.mark.parametrize(
    ("pattern", "known"),
    [(r"^(?P<a>\S+) \d+$", True), ("(?P<a>x)|y", True), (r"(?=x)", False), (r"(x)\1", False), ("(", False)],
)
def test_a_pattern_must_be_one_for_re2(connection: duckdb.DuckDBPyConnection, pattern: str, known: bool) -> None:
    assert understands(connection, pattern) is known


def test_the_builder_loads_no_extension(connection: duckdb.DuckDBPyConnection) -> None:
    said = connection.execute("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'")

    assert {value for _, value in said.fetchall()} == {"false"}
