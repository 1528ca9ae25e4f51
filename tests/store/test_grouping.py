"""Continuation rows take values from above, in their own run of rows, and from nowhere else."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dsar.store import sql
from dsar.store.build import Dialect, Grouping, builder, from_table

HEAD = "Name,Email,Id,Billing Name\n"


def carried(tmp_path: Path, rows: str, *, blank: bool = False) -> list[tuple[str, str]]:
    """The e-mail and the id that each row ends up with."""
    export, out = tmp_path / "orders.csv", tmp_path / "records.parquet"
    export.write_text(HEAD + rows)
    connection = builder(tmp_path / "spill")
    from_table(connection, export, Dialect(",", '"', 1, 4), Grouping(0, (1, 2), (2,), blank), out)
    connection.close()
    return duckdb.execute(f"SELECT kc1, kc2 FROM {sql.records(out)} ORDER BY _row").fetchall()


def test_a_continuation_row_takes_e_mail_and_id_of_the_first_row(tmp_path: Path) -> None:
    rows = "#1001,ada@example.org,9001,Ada\n#1001,,,\n#1001,,,\n#1002,bob@example.org,9002,Bob\n"

    ada, bob = ("ada@example.org", "9001"), ("bob@example.org", "9002")
    assert carried(tmp_path, rows) == [ada, ada, ada, bob]


def test_a_number_that_comes_again_further_down_takes_nothing_from_above(tmp_path: Path) -> None:
    rows = "#1001,ada@example.org,9001,Ada\n#1002,bob@example.org,9002,Bob\n#1001,,9003,\n"

    assert carried(tmp_path, rows)[2] == ("", "9003")


def test_another_id_of_its_own_starts_anew_even_beside_the_same_number(tmp_path: Path) -> None:
    rows = "#1001,ada@example.org,9001,Ada\n#1001,,9003,\n#1001,,,\n"

    assert carried(tmp_path, rows) == [("ada@example.org", "9001"), ("", "9003"), ("", "9003")]


def test_a_row_takes_nothing_from_a_later_one(tmp_path: Path) -> None:
    rows = "#1001,,9001,\n#1001,ada@example.org,,\n"

    assert carried(tmp_path, rows) == [("", "9001"), ("ada@example.org", "9001")]


def test_rows_without_a_number_never_belong_together(tmp_path: Path) -> None:
    rows = ",ada@example.org,9001,Ada\n,,,\n"

    assert carried(tmp_path, rows) == [("ada@example.org", "9001"), ("", "")]


def test_a_row_without_a_number_continues_the_one_above_where_that_is_declared(tmp_path: Path) -> None:
    rows = ",,,\n#1,ada@example.org,9001,Ada\n,,,\n#1,bob@example.org,,Bob\n,,,\n"

    ada, bob = ("ada@example.org", "9001"), ("bob@example.org", "")
    assert carried(tmp_path, rows, blank=True) == [("", ""), ada, ada, bob, bob]
