"""The demo's deletion scripts, run on real PostgreSQL, MariaDB and SQLite that hold the company's tables."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dsar.erasure.rehearse import table_rows
from dsar.fulfilment.setup.demo import TODAY
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.store.records import record_of

Row = dict[str, str | None]
Table = dict[str, Row]
"""The rows of a table by their key."""


def tables_of(workspace: Workspace, target: str) -> dict[str, tuple[str, Table]]:
    """Rebuild the tables behind the exports of a target: name → (key column, rows by key)."""
    found: dict[str, tuple[str, Table]] = {}
    with workspace.run() as run:
        for segment in workspace.segments:
            spec = workspace.specs[(segment.declaration.source, segment.declaration.collection)]
            if not spec.erase or spec.erase.target != target or not spec.erase.table:
                continue
            heading, column = next(iter(spec.erase.key.items()))
            records = [record_of(segment, row) for row in run.every(segment.number) if row["_bad"] is None]
            rows: Table = {}
            for row in table_rows(records, spec):
                row |= {name: None for name in spec.erase.set if name not in row}  # columns the export does not show
                if row[column]:
                    rows.setdefault(row[column] or "", row)
            found[spec.erase.table] = (column, rows)
            assert heading
    return found


def planned(folder: Path, target: str) -> dict[str, Counter[str]]:
    """Outcome → keys, of the steps that have a statement for the target."""
    steps = json.loads((folder / "erasure" / "plan.json").read_text())["steps"]
    found: dict[str, Counter[str]] = {}
    for step in steps:
        if step["target"] == target and step["statement"]:
            found.setdefault(step["outcome"], Counter())[f"{step['source']}/{step['collection']}/{step['key']}"] += 1
    return found


def check(workspace: Workspace, folder: Path, target: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Exactly the planned rows are gone or changed, and every other row is as it was."""
    outcomes = planned(folder, target)
    tables = {
        f"{s.declaration.source}/{s.declaration.collection}": spec.erase.table
        for s in workspace.segments
        if (spec := workspace.specs[(s.declaration.source, s.declaration.collection)]).erase
    }
    keys: dict[tuple[str, str], set[str]] = {}
    for outcome, steps in outcomes.items():
        for step in steps:
            place, key = step.rsplit("/", 1)
            keys.setdefault((tables[place] or "", outcome), set()).add(key)
    gone = changed = 0
    for table, (_, rows) in before.items():
        deleted = keys.get((table, "delete"), set())
        touched = set().union(*(keys.get((table, o), set()) for o in ("anonymise", "restrict")))
        now = after[table]
        assert set(now) == set(rows) - deleted, table
        assert {key for key in now if now[key] != rows[key]} == touched, table
        gone, changed = gone + len(deleted), changed + len(touched)
    assert gone + changed == sum(len(set(steps)) for steps in outcomes.values()) > 0


def fill(
    execute: Callable[[str, Iterable[Any]], object], tables: dict[str, tuple[str, Table]], quote: str, mark: str
) -> None:
    for table, (key, rows) in tables.items():
        columns = list(next(iter(rows.values())))
        name = ".".join(f"{quote}{part}{quote}" for part in table.split("."))
        kinds = ", ".join(f"{quote}{c}{quote} {'VARCHAR(200) PRIMARY KEY' if c == key else 'TEXT'}" for c in columns)
        execute(f"CREATE TABLE {name} ({kinds})", ())
        for row in rows.values():
            execute(f"INSERT INTO {name} VALUES ({', '.join([mark] * len(columns))})", [row[c] for c in columns])


def rows_now(
    fetch: Callable[[str], Iterable[tuple[Any, ...]]], tables: dict[str, tuple[str, Table]], quote: str
) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table, (key, rows) in tables.items():
        columns = list(next(iter(rows.values())))
        name = ".".join(f"{quote}{part}{quote}" for part in table.split("."))
        listed = ", ".join(f"{quote}{c}{quote}" for c in columns)
        read = (dict(zip(columns, row, strict=True)) for row in fetch(f"SELECT {listed} FROM {name}"))
        found[table] = {row[key]: row for row in read}
    return found


def test_postgresql_loses_exactly_the_planned_rows(demo_folder: Path, postgresql: Any) -> None:
    import psycopg

    workspace = open_workspace(demo_folder / "dsar.toml", today=TODAY)
    tables = tables_of(workspace, "crm_db")
    with psycopg.connect(postgresql.uri, autocommit=True) as connection:
        for schema in {table.split(".")[0] for table in tables if "." in table}:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE; CREATE SCHEMA "{schema}"')  # type: ignore[call-overload]
        fill(lambda text, values: connection.execute(text, list(values)), tables, '"', "%s")  # type: ignore[call-overload]
        script = (demo_folder / "erasure" / "erase.crm_db.sql").read_bytes()

        done = postgresql(script)

        assert done.returncode == 0, done.stderr
        now = rows_now(lambda text: connection.execute(text).fetchall(), tables, '"')  # type: ignore[call-overload]
        check(workspace, demo_folder, "crm_db", tables, now)
        again = postgresql(script)
        assert again.returncode != 0  # the guard: the rows are no longer as they were exported
        assert rows_now(lambda text: connection.execute(text).fetchall(), tables, '"') == now  # type: ignore[call-overload]


def test_mariadb_loses_exactly_the_planned_rows(demo_folder: Path, mariadb: Any) -> None:
    import pymysql

    workspace = open_workspace(demo_folder / "dsar.toml", today=TODAY)
    tables = tables_of(workspace, "shop_db")
    mariadb("DROP DATABASE IF EXISTS journey; CREATE DATABASE journey CHARACTER SET utf8mb4")
    connection = pymysql.connect(unix_socket=mariadb.socket, user="root", database="journey", autocommit=True)
    with connection, connection.cursor() as cursor:
        fill(lambda text, values: cursor.execute(text, list(values)), tables, "`", "%s")

        done = mariadb((demo_folder / "erasure" / "erase.shop_db.sql").read_bytes(), "journey")

        assert done.returncode == 0, done.stderr

        def fetch(text: str) -> Iterable[tuple[Any, ...]]:
            cursor.execute(text)
            return cursor.fetchall()

        check(workspace, demo_folder, "shop_db", tables, rows_now(fetch, tables, "`"))


def test_sqlite_loses_exactly_the_planned_rows(demo_folder: Path, tmp_path: Path) -> None:
    workspace = open_workspace(demo_folder / "dsar.toml", today=TODAY)
    tables = tables_of(workspace, "support_db")
    path = tmp_path / "support.sqlite"
    with sqlite3.connect(path) as connection:
        fill(lambda text, values: connection.execute(text, list(values)), tables, '"', "?")
    script = (demo_folder / "erasure" / "erase.support_db.sql").read_bytes()

    run_sqlite(path, script)

    with sqlite3.connect(path) as connection:
        now = rows_now(lambda text: connection.execute(text).fetchall(), tables, '"')
    check(workspace, demo_folder, "support_db", tables, now)


def run_sqlite(path: Path, script: bytes) -> None:
    """Run a script by the sqlite3 shell; where there is none by the module, which knows no dot-commands."""
    if shutil.which("sqlite3"):
        done = subprocess.run(["sqlite3", "-batch", path], input=script, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return
    lines = [line for line in script.decode("ascii").splitlines() if not line.startswith(".")]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("\n".join(lines))
    connection.close()


def test_rewritten_files_lose_exactly_the_planned_lines(demo_folder: Path) -> None:
    import gzip

    def lines(path: Path) -> list[bytes]:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).split(b"\n")

    steps = json.loads((demo_folder / "erasure" / "plan.json").read_text())["steps"]
    removed: dict[str, set[int]] = {}
    workspace = open_workspace(demo_folder / "dsar.toml", today=TODAY)
    by_record = {
        record.record: record
        for segment in workspace.segments
        for record in records(workspace, segment.number)
        if any(step["record"] == record.record for step in steps)
    }
    for step in steps:
        if (step["target"] or "").startswith("file:"):
            record = by_record[step["record"]]
            removed.setdefault(record.file, set()).update(range(record.line, record.line + record.lines))
    assert len(removed) == 3
    for file, gone in removed.items():
        before, after = lines(demo_folder / file), lines(demo_folder / "erasure" / "files" / Path(file).name)
        assert after == [line for number, line in enumerate(before, start=1) if number not in gone]


def records(workspace: Workspace, number: int) -> list[Any]:
    segment = workspace.segments[number]
    with workspace.run() as run:
        return [record_of(segment, row) for row in run.every(number)]
