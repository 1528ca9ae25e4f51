"""A large file that several threads copy: its rows stay in their order, for their place in it is their number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dsar.store import sql
from dsar.store.build import BUFFER, Dialect, builder, from_lines, from_table

THREADS = 4
PADDING = "x" * 700
PATTERN = r"(?P<number>\d+) (?P<rest>.*)"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with builder(tmp_path / "spill") as opened:
        opened.execute(f"SET threads = {THREADS}")  # also where there is one processor only
        yield opened


def numbered(path: Path, separator: str) -> int:
    """Write lines that begin with their number, as many as fill every thread's buffer; gives how many."""
    many = (THREADS + 1) * BUFFER // (len(PADDING) + 8)
    with path.open("w", encoding="utf-8", newline="") as file:
        # rows of many lengths, so that buffers end anywhere in a row
        file.writelines(f"{n}{separator}{PADDING[: 600 + n * 7919 % 100]}\n" for n in range(1, many + 1))
    return many


def misplaced(records: Path, cell: str) -> tuple[int, int, int]:
    """Count the rows, those that are not where their number says, and the row groups."""
    connection = duckdb.connect()
    found = f"SELECT _row, ({cell})::BIGINT AS number FROM {sql.records(records)}"
    rows, wrong = connection.execute(f"SELECT count(*), count(*) FILTER (_row <> number) FROM ({found})").fetchall()[0]
    groups = connection.execute(
        "SELECT count(DISTINCT row_group_id) FROM parquet_metadata($1)", [str(records)]
    ).fetchall()[0][0]
    return int(rows), int(wrong), int(groups)


def test_the_rows_of_a_large_table_keep_their_numbers(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    many = numbered(tmp_path / "big.csv", ",")

    from_table(connection, tmp_path / "big.csv", Dialect(",", '"', 0, 2), None, tmp_path / "records.parquet")

    rows, wrong, groups = misplaced(tmp_path / "records.parquet", "c0")
    assert (rows, wrong) == (many, 0)
    assert groups > 1


def test_the_lines_of_a_large_log_keep_their_numbers(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    many = numbered(tmp_path / "big.log", " ")

    dialect = Dialect("\x01", "", 0, 1)
    from_lines(connection, tmp_path / "big.log", dialect, PATTERN, tmp_path / "records.parquet")

    rows, wrong, groups = misplaced(tmp_path / "records.parquet", "split_part(c0, ' ', 1)")
    assert (rows, wrong) == (many, 0)
    assert groups > 1
