"""From inside a run nothing else of the machine can be read, written, loaded or unlocked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from segment_maker import segment_of

from dsar.store.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    segment = segment_of(tmp_path / "root" / "segments" / "a" / "000", [("1", "ada@example.org")])
    (tmp_path / "secret.txt").write_text("secret\n", encoding="utf-8")
    (tmp_path / "root" / "secret.txt").write_text("secret\n", encoding="utf-8")
    (tmp_path / "root" / "segments" / "link").symlink_to(tmp_path / "secret.txt")
    with Run([segment], tmp_path / "root") as opened:
        yield opened


ESCAPES = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM '{folder}/secret.txt'",
    "SELECT * FROM read_text('{folder}/secret.txt')",
    "SELECT * FROM read_text('{folder}/root/secret.txt')",
    "SELECT * FROM read_text('{folder}/root/segments/../secret.txt')",
    "SELECT * FROM read_text('{folder}/root/segments/link')",
    "SELECT * FROM read_text('{folder}/root/segmentsX')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_text('https://example.org/')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/root/segments/../out.csv'",
    "COPY (SELECT 1) TO '/dev/stderr'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/out.duckdb' AS other",
    "ATTACH '{folder}/secret.txt' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/secret.txt'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['/etc/passwd']",
    "SET temp_directory = '/tmp'",
    "SET memory_limit = '1TB'",
    "SET autoload_known_extensions = true",
    "RESET enable_external_access",
    "RESET lock_configuration",
    "PRAGMA enable_logging",
    "SET log_query_path = '{folder}/log'",
    "CREATE SECRET x (TYPE s3)",
    "CREATE PERSISTENT SECRET x (TYPE s3)",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_an_escape_is_refused(run: Run, tmp_path: Path, escape: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error):
        run._connection.execute(escape.replace("{folder}", str(tmp_path))).fetchall()

    assert sorted(tmp_path.rglob("*")) == before


def test_the_segments_can_still_be_read(run: Run) -> None:
    assert [row["c1"] for row in run.every(0)] == ["ada@example.org"]
    assert run.rows(0, [1])[1]["c0"] == "1"


def test_values_that_are_sql_are_only_values(run: Run) -> None:
    values = ["' OR 1=1 --", "'; DROP TABLE records; --", "\\'", "$1", "%", "1"]

    assert run.same(0, ["c0"], [[value] for value in values]) == [(1, values.index("1"))]
    assert run.same(0, ["c0"], [[value] for value in values[:-1]]) == []


def test_a_cursor_of_a_run_is_sealed_too(run: Run) -> None:
    with pytest.raises(duckdb.Error):
        run._connection.cursor().execute("SELECT * FROM read_text('/etc/passwd')").fetchall()
