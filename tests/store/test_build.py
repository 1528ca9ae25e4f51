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
from dsar.store import build, identifiers, sql
from dsar.store.build import Dialect, builder, counts, from_table, understands
from dsar.store.identifiers import build_identifiers, identifiers_of
from dsar.store.lookup import open_sorted
from dsar.store.segments import Identifiers, Segment

ODD = "ada@b\u00fccher.example.org"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with builder(tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    return segment_of(tmp_path / "seg", [("2", "bob@example.org"), ("1", "Ada@Example.org"), ("3", ODD), ("4", "")])


def stored(found: Identifiers) -> list[tuple[int, str, str, int]]:
    """Give (hash, kind, role, row) in the order of the files."""
    files = [open_sorted(file) for file in found.files]
    rows = [row for file in files for row in zip(file.hashes.tolist(), file.entries, file.rows.tolist(), strict=True)]
    return [(hash, *found.entries[entry], row) for hash, entry, row in rows]


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
    found = stored(segment.identifiers)
    assert [hash for hash, *_ in found] == sorted(hash for hash, *_ in found)
    assert {(kind, row) for _, kind, _, row in found} >= {("email", 1), ("email", 2), ("email", 3), ("crm_id", 1)}

    known = {(hash, row) for hash, _, _, row in found}
    assert (sql.hashed(KEYS.identifiers, "email", "ada@example.org"), 2) in known
    assert (sql.hashed(KEYS.identifiers, "email", "ada@xn--bcher-kva.example.org"), 3) in known
    assert (sql.hashed("another key", "email", "ada@example.org"), 2) not in known


def test_no_value_stands_in_the_identifiers(segment: Segment) -> None:
    held = b"".join(file.read_bytes() for file in segment.folder.glob("identifiers-*"))

    assert len(stored(segment.identifiers)) * 14 < len(held)
    assert not any(value in held.lower() for value in (b"ada", b"bob", b"example.org"))


def test_identifiers_are_current_for_one_declaration_and_key_only(segment: Segment) -> None:
    assert identifiers_of(segment.folder, segment.declaration, KEYS) == segment.identifiers
    other = declaration_of(fields={**FIELDS, "id": FieldSpec(identifier="customer_no", category="user")})
    assert identifiers_of(segment.folder, other, KEYS) is None
    assert identifiers_of(segment.folder, declaration_of(phone_region="FR"), KEYS) is None


def test_a_crash_before_the_list_of_entries_is_written_leaves_nothing_that_counts(
    tmp_path: Path, segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    for file in segment.folder.glob("identifiers-*"):
        file.unlink()
    monkeypatch.setattr(identifiers, "write_private", crash)
    with pytest.raises(KeyboardInterrupt), builder(tmp_path / "spill") as connection:
        build_identifiers(connection, segment.folder, segment.declaration, segment.contents, KEYS)

    assert len(list(segment.folder.glob("identifiers-*.bin"))) == 1
    assert identifiers_of(segment.folder, segment.declaration, KEYS) is None


def test_identifiers_of_which_a_file_was_cut_or_lost_are_built_anew(segment: Segment) -> None:
    file = segment.identifiers.files[0]
    whole = file.read_bytes()
    file.write_bytes(whole[:-14])
    assert identifiers_of(segment.folder, segment.declaration, KEYS) is None

    file.unlink()
    assert identifiers_of(segment.folder, segment.declaration, KEYS) is None

    file.write_bytes(whole)
    assert identifiers_of(segment.folder, segment.declaration, KEYS) == segment.identifiers

    next(segment.folder.glob("identifiers-*.json")).write_text('{"files": ["')
    assert identifiers_of(segment.folder, segment.declaration, KEYS) is None


def test_long_exports_are_indexed_in_stretches_with_the_same_result(
    tmp_path: Path, segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("2", "bob@example.org"), ("1", "Ada@Example.org"), ("3", ODD), ("4", "")]
    monkeypatch.setattr(identifiers, "STRETCH", 1)
    apart = segment_of(tmp_path / "apart", rows)

    assert len(apart.identifiers.files) == len(rows) > len(segment.identifiers.files)
    assert sorted(stored(apart.identifiers)) == sorted(stored(segment.identifiers))


def test_columns_that_identify_nobody_make_no_files_and_are_not_looked_at_again(tmp_path: Path) -> None:
    plain = {"id": FieldSpec(category="user"), "email": FieldSpec(category="user")}
    made = segment_of(tmp_path / "seg", [("1", "x")], declaration_of(fields=plain))

    assert made.identifiers == Identifiers()
    assert identifiers_of(made.folder, made.declaration, KEYS) == Identifiers()


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


def test_long_texts_are_stored_in_the_memory_there_is(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "mails.csv", tmp_path / "records.parquet"
    text = "lorem ipsum dolor " * 1_000
    path.write_text("".join(f"{n},{n} {text}\n" for n in range(8_000)), encoding="utf-8")
    connection.execute("SET memory_limit = '160MB'")
    monkeypatch.setattr(build, "_FOR_LONG_ROWS", "160MB")
    dialect = Dialect(",", '"', 0, 2)

    from_table(connection, path, dialect, None, out)
    found, lines = counts(connection, out)
    connection.execute("SET memory_limit = '160MB'")
    monkeypatch.setattr(build, "_LONG_ROWS", build._ROWS)
    with pytest.raises(duckdb.OutOfMemoryException):  # it is the small row groups that do it
        from_table(connection, path, dialect, None, tmp_path / "again.parquet")

    assert (found, lines) == ({None: 8_000}, 8_000)


def test_a_stretch_that_does_not_fit_is_taken_in_smaller_ones_and_no_row_is_left_out(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    taken: list[int] = []

    def write(first: int, many: int) -> None:
        if many > 3:
            raise duckdb.OutOfMemoryException
        taken.extend(range(first, first + many))

    def never(first: int, many: int) -> None:
        raise duckdb.OutOfMemoryException

    identifiers._by_stretches(connection, 1_000, 300, write)
    with pytest.raises(duckdb.OutOfMemoryException):
        identifiers._by_stretches(connection, 10, 10, never)

    assert taken == list(range(1_000))
