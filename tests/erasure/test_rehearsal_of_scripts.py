"""Before anyone sees a script its own text is run on a server of its kind, and a fault of it blocks the script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dsar.erasure import frames, servers
from dsar.erasure.dialects import Dialect
from dsar.erasure.rehearse import rehearse
from dsar.erasure.rehearse_scripts import Taken, rehearse_scripts
from dsar.erasure.rehearse_text import TextRehearsal
from dsar.erasure.schema import read_schema
from dsar.erasure.servers import server_for
from dsar.erasure.statement import RowChange, statement
from dsar.fulfilment.erasing.erase import plan_erasure
from dsar.fulfilment.workspace import open_workspace
from dsar.model import Identifier, Request

from .hostile import hostile_values, plan_of

EXECUTED = ("postgresql", "mariadb", "sqlite")
Rows = Sequence[tuple[str | None, ...]]


@pytest.fixture(params=EXECUTED)
def spoken(request: pytest.FixtureRequest, _servers: Any) -> str:
    """Each dialect whose server is on this machine."""
    with _servers(request.param) as server:
        if isinstance(server, str):
            pytest.skip(server)
    return str(request.param)


def tried(spoken: str, changes: Sequence[Sequence[RowChange]], rows: Rows, ddl: str = "") -> list[TextRehearsal]:
    """Rehearse plans on a table p (k, l, m), given row by row."""
    names = ("k", "l", "m")
    read = lambda columns, *_: ([dict(zip(names, row, strict=True))[c] for c in columns] for row in rows)  # noqa: E731
    plans = [plan_of(list(one), spoken) for one in changes]
    taken = Taken({"db": read_schema(ddl, spoken, "schema.sql")} if ddl else {})
    seen = rehearse(plans, {"db": spoken}, {("db", "p"): [read]}, taken.take)
    return [found for (found,) in rehearse_scripts(plans, {"db": spoken}, taken, seen)]


def rows_of(values: Sequence[str]) -> list[tuple[str | None, ...]]:
    return [(value, f"lock {number}", "x") for number, value in enumerate(values)]


def change(row: tuple[str | None, ...], **news: str | None) -> RowChange:
    return RowChange("p", (("k", row[0] or ""), ("l", row[1] or "")), tuple(news.items()))


def test_scripts_with_hostile_keys_do_on_a_server_what_their_plans_say(spoken: str) -> None:
    rows = rows_of(hostile_values()[:120])
    plans = [[change(row) for row in rows[:30]], [change(row, m="new 'x'\\") for row in rows[30:50]]]

    seen = tried(spoken, plans, rows)

    assert [(one.passed, one.problems, one.statements, one.twice) for one in seen] == [
        (True, (), 30, True), (True, (), 20, True),
    ]  # fmt: skip
    assert all(one.server and not one.not_run for one in seen)


def test_plans_that_touch_the_same_row_are_each_rehearsed_on_the_table_as_it_was(spoken: str) -> None:
    rows = rows_of(["a", "b"])

    assert [one.passed for one in tried(spoken, [[change(rows[0])], [change(rows[0])]], rows)] == [True, True]


def broken(monkeypatch: pytest.MonkeyPatch, spoken: str, old: str, new: str) -> None:
    """Break the script's text without the plan knowing of it."""
    frame = frames.FRAMES[spoken]

    def worse(changes: Sequence[RowChange], dialect: Dialect) -> list[str]:
        return [line.replace(old, new) for line in frame(changes, dialect)]

    monkeypatch.setitem(frames.FRAMES, spoken, worse)


def test_a_script_that_takes_a_further_row_is_caught(spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = statement(change(("a", "lock 0", "x")), frames_dialect(spoken))
    broken(monkeypatch, spoken, text, text.split(" WHERE ")[0] + " WHERE 1 = 1")
    for guard in ("touched <> 1", "found <> 1", "ROW_COUNT() <> 1", "changes() <> 1"):
        monkeypatch.setitem(frames.FRAMES, spoken, without(frames.FRAMES[spoken], guard))

    (seen,) = tried(spoken, [[change(("a", "lock 0", "x"))]], rows_of(["a", "b", "c"]))

    assert "a row of p that is not in the plan changed" in seen.problems


def without(frame: Any, guard: str) -> Any:
    return lambda changes, dialect: [line.replace(guard, "1 = 0") for line in frame(changes, dialect)]


def frames_dialect(name: str) -> Dialect:
    from dsar.erasure.dialects import dialect

    return dialect(name)


def test_a_script_without_its_guard_is_caught_by_the_row_that_was_changed_in_between(
    spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guard in ("touched <> 1", "found <> 1", "ROW_COUNT() <> 1", "changes() <> 1"):
        monkeypatch.setitem(frames.FRAMES, spoken, without(frames.FRAMES[spoken], guard))

    (seen,) = tried(spoken, [[change(("a", "lock 0", "x"))]], rows_of(["a", "b"]))

    assert seen.problems == ("its guards let it run although a row was changed in between",)


def test_a_script_that_does_nothing_is_caught(spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(frames.FRAMES, spoken, lambda changes, dialect: ["-- nothing"])

    (seen,) = tried(spoken, [[change(("a", "lock 0", "x"))]], rows_of(["a", "b"]))

    assert "a planned row is not as the plan says" in seen.problems


def test_types_of_the_ddl_file_show_a_lock_that_the_database_writes_in_another_way(postgresql: Any) -> None:
    ddl = "CREATE TABLE p (k integer PRIMARY KEY, l timestamp with time zone, m varchar(20));"
    rows: Rows = [("7", "2026-11-02 10:00:00", "x"), ("8", "2026-11-03 10:00:00", "x")]

    (by_time,) = tried("postgresql", [[change(rows[0])]], rows, ddl)
    (by_key,) = tried("postgresql", [[RowChange("p", (("k", "7"),))]], rows, ddl)

    assert by_time.problems == ("dsar: statement 1 touches 0 row(s) instead of one; nothing was changed",)
    assert by_key.passed


def test_values_that_do_not_fit_the_ddl_file_are_told_without_a_value(postgresql: Any) -> None:
    ddl = "CREATE TABLE p (k integer, l text, m text);"

    (seen,) = tried("postgresql", [[change(("seven", "l", "x"))]], [("seven", "l", "x")], ddl)

    assert seen.problems and "seven" not in repr(seen)


def test_a_dialect_without_a_server_says_that_its_text_was_not_run() -> None:
    (seen,) = tried("oracle", [[change(("a", "lock 0", "x"))]], rows_of(["a"]))

    assert not seen.passed and seen.problems == () and "only parsed" in seen.not_run


def test_what_a_killed_rehearsal_left_behind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{servers.PREFIX}999999999-x"
    left.mkdir()
    (left / "rows").write_text("personal")

    with server_for("sqlite"):
        assert not left.exists()
        (own,) = tmp_path.glob(f"{servers.PREFIX}*")
        assert own.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


CONFIG = """
[controller]
name = "Example Ltd"
[target.db]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["customers.csv"]
[source.collection.customers]
key = ["id"]
fields.mail = { identifier = "email" }
erase = { method = "delete", target = "db", table = "customers", key = { id = "ID" }, lock = { mail = "email" } }
"""


def test_a_failed_rehearsal_blocks_the_script_and_is_part_of_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dsar.toml").write_text(CONFIG)
    (tmp_path / "customers.csv").write_text("id,mail\n1,ada@example.org\n2,bob@example.org\n")
    request = Request("R-1", (Identifier("email", "ada@example.org"),), right="erasure")
    good = plan_erasure(open_workspace(tmp_path / "dsar.toml"), [request], tmp_path / "good")[0]
    monkeypatch.setitem(frames.FRAMES, "sqlite", lambda changes, dialect: ["-- nothing"])

    bad = plan_erasure(open_workspace(tmp_path / "dsar.toml"), [request], tmp_path / "bad")[0]

    assert "erase.db.sql" in good.files and "erase.db.sql" not in bad.files
    assert json.loads((good.folder / "plan.json").read_text())["rehearsal"]["passed"] is True
    assert json.loads((bad.folder / "plan.json").read_text())["rehearsal"]["passed"] is False
    assert any("was not written" in review for review in bad.reviews)
    page = (bad.folder / "plan.html").read_text()
    assert "was not written" in page and "a planned row is not as the plan says" in page
