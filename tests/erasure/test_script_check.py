"""The second reader refuses every statement that is not one change of one row by key and lock."""

from __future__ import annotations

import dataclasses

import pytest

from dsar.erasure import check as check_module
from dsar.erasure.check import MisreadStatement, check, parsed, read_back
from dsar.erasure.dialects import DIALECTS, UnwritableValue, dialect, quoted, quoted_table
from dsar.erasure.digest import digest
from dsar.erasure.script import PlanChanged, script
from dsar.erasure.statement import RowChange, statement
from dsar.errors import ConfigError, DsarError

from .hostile import hostile_values, plan_of

ROW = RowChange("crm.contacts", (("id", "7"), ("email", "ada@example.org")))
GOOD = statement(ROW, dialect("postgresql"))


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_hostile_value_reads_back_as_it_was_meant_in_every_dialect(name: str) -> None:
    spoken = dialect(name)
    for value in hostile_values():
        gone = RowChange("people", (("id", value), ('odd "`] name', value)))
        changed = RowChange("people", (("id", value),), (("note", value), ("other", None)))
        for meant in (gone, changed):
            text = statement(meant, spoken)
            check(text, meant, spoken)
            assert text.isascii()
            assert text.isprintable()


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_form_that_is_known_gives_what_parsing_the_whole_statement_gives(name: str) -> None:
    spoken = dialect(name)
    for value in ("", "dsar0", "E'x'", "X'41'", *hostile_values()[::7]):
        for column in ("id", "E'id'", "X'41'", "E'dsar0'"):  # a name that looks like a literal is none
            meant = RowChange("people", ((column, value), ("lock", "dsar1")), (("note", value), ("other", None)))
            text = statement(meant, spoken)

            assert read_back(text, spoken) == parsed(text, spoken) == meant


@pytest.mark.parametrize("name", ["mariadb", "mysql", "postgresql", "sqlite"])
def test_each_form_is_parsed_once_and_each_value_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trees: list[str] = []
    known = check_module._tree
    monkeypatch.setattr(check_module, "_tree", lambda text, spoken: (trees.append(text), known(text, spoken))[1])
    rows = [RowChange("of_this_test_alone", (("id", str(number)), ("mail", f"{number}'é"))) for number in range(50)]

    assert [read_back(statement(row, dialect(name)), dialect(name)) for row in rows] == rows
    assert len(trees) == 1


@pytest.mark.parametrize(
    "text",
    [
        'DELETE FROM "crm"."contacts"',
        f"{GOOD} OR 1 = 1",
        f"{GOOD} OR TRUE",
        f"{GOOD}; DELETE FROM \"crm\".\"contacts\"",
        f"{GOOD} RETURNING *",
        f"{GOOD} -- remark",
        f"/* remark */ {GOOD}",
        GOOD.replace("=", "<>", 1),
        GOOD.replace("=", "LIKE", 1),
        GOOD.replace('"id"::text COLLATE "C"', '"id"'),
        GOOD.replace("E'7'", "(SELECT 1)"),
        GOOD.replace("E'7'", '"id"'),
        GOOD.replace("DELETE", "TRUNCATE", 1),
        "DROP TABLE crm",
        "SELECT 1",
        "",
        f"{GOOD}\n",
        GOOD.replace("ada", "adä"),
        GOOD.replace("DELETE FROM", "DELETE FROM ONLY"),
        GOOD.replace(" WHERE", ' USING "other" WHERE'),
    ],
)  # fmt: skip
def test_a_statement_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(MisreadStatement) as refused:
        read_back(text, dialect("postgresql"))
    assert "ada" not in refused.value.message


@pytest.mark.parametrize(
    "meant",
    [
        RowChange("crm.contacts", (("id", "8"), ("email", "ada@example.org"))),
        RowChange("crm.contacts", (("id", "7"),)),
        RowChange("crm.people", ROW.where),
        RowChange("crm.contacts", ROW.where, (("email", ""),)),
    ],
)
def test_a_statement_that_means_another_row_is_refused(meant: RowChange) -> None:
    with pytest.raises(MisreadStatement, match="another row"):
        check(GOOD, meant, dialect("postgresql"))


def test_a_nul_is_refused_for_postgresql_without_showing_the_value() -> None:
    with pytest.raises(UnwritableValue) as refused:
        statement(RowChange("p", (("id", "secret\0"),)), dialect("postgresql"))
    assert "secret" not in refused.value.message + refused.value.hint
    assert "X'73006E'" in statement(RowChange("p", (("id", "s\0n"),)), dialect("sqlite"))


@pytest.mark.parametrize("name", ["", "a\0b", "größe", "a\nb", "x" * 129, "a$dsar_script$", "//dsar//"])
def test_a_name_that_cannot_be_quoted_safely_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        quoted(name, dialect("postgresql"))


def test_a_table_is_quoted_part_by_part_and_a_quote_inside_doubled() -> None:
    assert quoted_table('crm.a"b', dialect("postgresql")) == '"crm"."a""b"'
    assert quoted_table("crm.a`b", dialect("mariadb")) == "`crm`.`a``b`"
    assert quoted_table("crm.a]b", dialect("sqlserver")) == "[crm].[a]]b]"
    with pytest.raises(ConfigError):
        quoted_table("main.a", dialect("sqlite"))
    with pytest.raises(ConfigError):
        quoted_table("crm..a", dialect("postgresql"))


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_script_is_printable_ascii_and_shows_no_value_outside_literals(name: str) -> None:
    changes = [RowChange("people", (("id", value), ("mail", "CANARY@example.org"))) for value in hostile_values()]
    text = script(plan_of(changes, name), "db", name).decode("ascii")
    comments = [line for line in text.split("\n") if line.lstrip().startswith("--")]

    assert all(not line or line.isprintable() for line in text.split("\n"))
    assert not any("CANARY" in comment or "o'brien" in comment for comment in comments)
    assert text.startswith("-- READ BEFORE YOU RUN")
    assert ("ONLY PARSED" in text) == (not DIALECTS[name].executed)
    assert script(plan_of(changes, name), "db", name).decode() == text


def test_a_line_end_in_a_request_id_cannot_leave_its_comment() -> None:
    plan = dataclasses.replace(plan_of([ROW], "postgresql"), request_id="R\nDELETE FROM p;")

    with pytest.raises(DsarError, match="printable"):
        script(plan, "db", "postgresql")


def test_a_script_holds_a_shared_statement_once() -> None:
    text = script(plan_of([ROW, ROW, ROW], "postgresql"), "db", "postgresql").decode()

    assert text.count("DELETE FROM") == 1
    assert "1 statement for 3 records" in text


def test_a_plan_that_was_changed_after_its_digest_gives_no_script() -> None:
    plan = plan_of([ROW], "postgresql")
    steps = (dataclasses.replace(plan.steps[0], statement='DELETE FROM "crm"."contacts"'),)

    with pytest.raises(PlanChanged):
        script(dataclasses.replace(plan, steps=steps), "db", "postgresql")
    with pytest.raises(MisreadStatement):
        script(dataclasses.replace(plan, steps=steps, digest=digest(steps)), "db", "postgresql")
    with pytest.raises(DsarError, match="no statement"):
        script(plan, "elsewhere", "postgresql")
