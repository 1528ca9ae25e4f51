"""The scripts are run on real databases: exactly the planned rows go, whatever the values look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsar.erasure.dialects import dialect, quoted
from dsar.erasure.script import script
from dsar.erasure.statement import RowChange

from .databases import Database, Maria, Postgres, Row, SqliteShell
from .hostile import hostile_values, look_alikes, plan_of


@pytest.fixture(
    params=["postgresql", "mariadb", "mariadb-no-backslash", "mariadb-ansi", "mysql", "sqlite", "sqlite-module"]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Each database in turn; MariaDB in three sql_modes, and running the MySQL form of the script, too."""
    kind = request.param
    if kind == "postgresql":
        return Postgres(request.getfixturevalue("postgresql"))
    if kind.startswith("sqlite"):
        shell = SqliteShell(tmp_path)
        if kind == "sqlite-module":
            shell.run = shell._by_module  # type: ignore[method-assign]
        return shell
    mode = {"mariadb-no-backslash": "NO_BACKSLASH_ESCAPES", "mariadb-ansi": "ANSI"}.get(kind, "")
    return Maria(request.getfixturevalue("mariadb"), "mysql" if kind == "mysql" else "mariadb", mode)


_INJECTED = 40
"""Changes on each of the databases: 200 and more on the real PostgreSQL, MariaDB and SQLite together."""


def _rows() -> list[Row]:
    values = hostile_values()
    return [(number, value, values[-1 - number]) for number, value in enumerate(values)]


def _change(row: Row) -> RowChange:
    return RowChange("p", (("k", row[1]), ("l", row[2])))


def _script(database: Database, changes: list[RowChange]) -> bytes:
    return script(plan_of(changes, database.dialect), "db", database.dialect)


def test_exactly_the_planned_hostile_rows_go_and_every_near_duplicate_stays(database: Database) -> None:
    rows = _rows()
    assert len(rows) >= 600
    for part in (0, 1):
        database.reset(rows)

        done = database.run(_script(database, [_change(row) for row in rows[part::2]]))

        assert done.returncode == 0, done.stderr
        assert database.left() == {row[0] for row in rows[1 - part :: 2]}


def test_a_key_finds_its_own_row_among_look_alikes_under_one_lock(database: Database) -> None:
    rows = [(number, value, "lock") for number, value in enumerate(look_alikes())]
    assert len(rows) >= 10
    for gone in rows:
        database.reset(rows)

        done = database.run(_script(database, [_change(gone)]))

        assert done.returncode == 0, done.stderr
        assert database.left() == {row[0] for row in rows if row != gone}


def test_a_lock_that_only_looks_alike_fires_the_guard(database: Database) -> None:
    own, *others = look_alikes()
    database.reset([(1, "a", own)])
    for other in others:
        assert database.run(_script(database, [_change((1, "a", other))])).returncode != 0
    assert database.left() == {1}


def test_a_changed_row_fires_the_guard_and_nothing_goes(database: Database) -> None:
    rows = _rows()[:9]
    database.reset(rows, "UPDATE p SET l = 'changed' WHERE n = 7")

    done = database.run(_script(database, [_change(row) for row in rows]))

    assert done.returncode != 0
    assert "statement 8" in done.stdout + done.stderr
    assert database.left() == {row[0] for row in rows}


def test_two_hundred_changes_between_search_and_script_are_all_rolled_back(database: Database) -> None:
    """Each change is one that somebody else may make after the export: another lock, another key, no row, a twin."""
    values = hostile_values()
    rows: list[Row] = [(number, values[number], values[-1 - number]) for number in range(8)]
    kinds = (
        "UPDATE p SET l = 'changed {i}' WHERE n = {n}",
        "UPDATE p SET k = 'another {i}' WHERE n = {n}",
        "UPDATE p SET l = NULL WHERE n = {n}",
        "DELETE FROM p WHERE n = {n}",
        "INSERT INTO p SELECT 100 + n, k, l FROM p WHERE n = {n}",
    )
    text = _script(database, [_change(row) for row in rows])
    whole = {row[0]: row[1:] for row in rows}
    for number in range(_INJECTED):
        database.reset(rows, kinds[number % len(kinds)].format(n=number // len(kinds) % len(rows), i=number))
        before = {row[0]: tuple(row[1:]) for row in database.do("SELECT n, k, l FROM p")}
        assert before != whole

        done = database.run(text)

        assert done.returncode != 0, number
        assert {row[0]: tuple(row[1:]) for row in database.do("SELECT n, k, l FROM p")} == before


def test_a_second_run_changes_nothing_and_says_so(database: Database) -> None:
    rows = _rows()[:4]
    database.reset(rows)
    text = _script(database, [_change(rows[0])])
    assert database.run(text).returncode == 0

    again = database.run(text)

    assert again.returncode != 0
    assert database.left() == {1, 2, 3}


def test_two_rows_under_one_key_fire_the_guard(database: Database) -> None:
    rows = [(1, "same", "lock"), (2, "same", "lock"), (3, "other", "lock")]
    database.reset(rows)

    done = database.run(_script(database, [_change(rows[2]), _change(rows[0])]))

    assert done.returncode != 0
    assert database.left() == {1, 2, 3}


def test_a_number_as_key_is_compared_as_text_so_zero_does_not_match_every_word(database: Database) -> None:
    rows = [(0, "ada", "x"), (1, "0", "x"), (2, "bob", "x")]
    database.reset(rows)

    done = database.run(_script(database, [RowChange("p", (("k", "0"), ("l", "x"))), RowChange("p", (("n", "2"),))]))

    assert done.returncode == 0, done.stderr
    assert database.left() == {0}


def test_an_empty_lock_fits_null_and_empty_text_but_no_value(database: Database) -> None:
    rows = [(1, "a", ""), (2, "b", "x"), (3, "c", "")]
    database.reset(rows, "UPDATE p SET l = NULL WHERE n = 3")
    empty = [RowChange("p", (("k", key), ("l", ""))) for key in "ac"]

    assert database.run(_script(database, empty)).returncode == 0
    assert database.left() == {2}
    assert database.run(_script(database, [RowChange("p", (("k", "b"), ("l", "")))])).returncode != 0
    assert database.left() == {2}


def test_an_update_sets_hostile_values_and_leaves_other_rows_alone(database: Database) -> None:
    rows = [(number, f"key{number}", "x") for number in range(60)]
    database.reset(rows)
    new = hostile_values()[:50]
    changes = [RowChange("p", (("k", f"key{n}"),), (("l", value),)) for n, value in enumerate(new)]
    changes.append(RowChange("p", (("k", "key50"),), (("l", None),)))
    changes.append(RowChange("p", (("k", "key51"),), (("l", "x"),)))  # already so: still exactly one row

    done = database.run(_script(database, changes))

    assert done.returncode == 0, done.stderr
    held = dict(database.do("SELECT n, l FROM p"))
    assert [held[n] for n in range(50)] == new
    assert held[50] is None
    assert all(held[n] == "x" for n in range(51, 60))


def test_a_cascading_foreign_key_takes_no_unplanned_row_along(database: Database) -> None:
    cascade = "CREATE TABLE child (id INTEGER PRIMARY KEY, pn INT, FOREIGN KEY (pn) REFERENCES p(n) ON DELETE CASCADE)"
    database.reset([(1, "a", "x"), (2, "b", "x")], cascade, "INSERT INTO child VALUES (10, 1)")

    done = database.run(_script(database, [RowChange("p", (("k", "a"),))]))

    assert database.do("SELECT COUNT(*) FROM child")[0][0] == 1
    if database.dialect != "sqlite":  # where the script switches cascades off instead
        assert done.returncode != 0
        assert "foreign key" in done.stdout + done.stderr
        assert database.left() == {1, 2}


def test_children_that_go_first_let_their_parent_go(postgresql: Any) -> None:
    database = Postgres(postgresql)
    cascade = "CREATE TABLE child (id int PRIMARY KEY, pn int REFERENCES p(n) ON DELETE CASCADE)"
    database.reset([(1, "a", "x")], cascade, "INSERT INTO child VALUES (10, 1)")

    done = database.run(_script(database, [RowChange("child", (("id", "10"),)), RowChange("p", (("k", "a"),))]))

    assert done.returncode == 0, done.stderr
    assert database.left() == set()


def test_the_guard_holds_in_the_mariadb_client_with_force(mariadb: Any) -> None:
    for name in ("mariadb", "mysql"):
        database = Maria(mariadb, name)
        rows = [(1, "a", "x"), (2, "b", "x")]
        database.reset(rows, "UPDATE p SET l = 'y' WHERE n = 2")

        database.run(_script(database, [_change(row) for row in rows]), "--force")

        assert database.left() == {1, 2}


def test_a_table_that_cannot_be_rolled_back_is_refused(mariadb: Any) -> None:
    database = Maria(mariadb, "mariadb")
    database.reset([(1, "a", "x")], "ALTER TABLE p ENGINE=MyISAM")

    done = database.run(_script(database, [RowChange("p", (("k", "a"),))]))

    assert done.returncode != 0
    assert "InnoDB" in done.stderr
    assert database.left() == {1}


def test_the_sqlite_guard_holds_without_bail_and_across_many_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsar.erasure.frames._SQLITE_PART", 5)
    database = SqliteShell(tmp_path)
    rows = [(number, f"key{number}", "x") for number in range(23)]
    database.reset(rows, "UPDATE p SET l = 'y' WHERE n = 3")
    text = _script(database, [_change(row) for row in rows]).replace(b".bail on\n", b".bail off\n")

    assert database.run(text).returncode != 0
    assert len(database.left()) == 23

    database.do("UPDATE p SET l = 'x' WHERE n = 3")
    assert database.run(text).returncode == 0
    assert database.left() == set()


def test_hostile_names_of_tables_and_columns_are_quoted(database: Database) -> None:
    table, column = 'p"; DROP TABLE p; --`x', "k`'\\ WHERE \"; --%s:x"
    spoken = dialect(database.dialect)
    mysql = database.dialect in ("mysql", "mariadb")
    name, heading = quoted(table, spoken), quoted(column, spoken)
    database.reset([(1, "a", "x")])
    database.do(f"CREATE TABLE {name} ({heading} {'VARCHAR(9)' if mysql else 'TEXT'})")
    database.do(f"INSERT INTO {name} VALUES ('a'), ('b')")

    done = database.run(_script(database, [RowChange(table, ((column, "a"),))]))
    rest = database.do(f"SELECT * FROM {name}")
    database.do(f"DROP TABLE {name}")

    assert done.returncode == 0, done.stderr
    assert [row[0] for row in rest] == ["b"]
    assert database.left() == {1}
