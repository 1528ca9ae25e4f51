"""The rehearsal finds every row that a plan names, and the list for people names what no script does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dsar.config import CollectionSpec
from dsar.erasure.dialects import Dialect
from dsar.erasure.plan import make_plan
from dsar.erasure.rehearse import Rehearsal, rehearse, table_rows
from dsar.erasure.statement import RowChange, statement
from dsar.erasure.steps import steps_markdown
from dsar.erasure.table_copy import Cells, Named, Read, TableCopy
from dsar.model import Record, RewrittenFile

from .company import answer, config, record, specs

ERASE: dict[str, Any] = {
    "method": "delete", "target": "mariadb", "table": "crm.contacts", "key": {"id": "ID"}, "lock": {"email": "mail"},
}  # fmt: skip
TABLE = ("mariadb", "crm.contacts")
ADA = record(id="7", email="ada@example.org", note="tea")
OTHERS = [
    record(id="7 ", email="ada@example.org"),
    record(id="8", email="ADA@example.org"),
    record(id="07", email="ada@example.org", more="x"),
    record(id="9", email=None),
]


def rehearsed(erase: dict[str, Any], rows: list[Record], planned: list[Record]) -> Rehearsal:
    made = config({"contacts": {"erase": erase}})
    plan = make_plan(answer(*planned), specs(made), made, date(2026, 11, 22))
    spec = specs(made)["crm", "contacts"]
    ((seen,),) = rehearse([plan], {"mariadb": "mariadb"}, {TABLE: [read(rows, spec)]})
    return seen


def read(rows: list[Record], spec: CollectionSpec) -> Read:
    """A reader of one export file with these rows."""
    return lambda columns, *_: ([row.get(column) for column in columns] for row in table_rows(rows, spec))


def test_exactly_the_planned_rows_change() -> None:
    seen = rehearsed(ERASE, [OTHERS[0], ADA, *OTHERS[1:]], [ADA, OTHERS[3]])

    assert (seen.rows, seen.planned, seen.changed, seen.problems) == (5, 2, 2, ())
    assert seen.passed


def test_an_update_is_rehearsed_too() -> None:
    seen = rehearsed({**ERASE, "method": "anonymise", "set": {"note": "", "id": "x"}}, [ADA, *OTHERS], [ADA])

    assert (seen.rows, seen.changed, seen.passed) == (5, 1, True)


def test_a_row_that_is_missing_or_doubled_is_told() -> None:
    missing = rehearsed(ERASE, OTHERS, [ADA])
    doubled = rehearsed(ERASE, [ADA, ADA, *OTHERS], [ADA])

    assert missing.problems == ("statement 1 names 0 rows of the export instead of one",)
    assert doubled.problems == ("statement 1 names 2 rows of the export instead of one",)
    assert doubled.changed == 2


def test_each_plan_of_a_run_finds_the_table_as_it_was() -> None:
    made = config({"contacts": {"erase": ERASE}})
    plans = [
        make_plan(answer(*planned), specs(made), made, date(2026, 11, 22)) for planned in ([ADA], [ADA, OTHERS[3]])
    ]
    seen = rehearse(plans, {"mariadb": "mariadb"}, {TABLE: [read([ADA, *OTHERS], specs(made)["crm", "contacts"])]})

    assert [(one.rows, one.planned, one.changed, one.problems) for (one,) in seen] == [(5, 1, 1, ()), (5, 2, 2, ())]


def test_a_row_that_a_second_export_shows_again_is_one_row_of_the_table() -> None:
    made = config({"contacts": {"erase": ERASE}})
    spec = specs(made)["crm", "contacts"]
    plan = make_plan(answer(ADA), specs(made), made, date(2026, 11, 22))
    ((seen,),) = rehearse([plan], {"mariadb": "mariadb"}, {TABLE: [read([ADA, *OTHERS], spec), read([ADA], spec)]})

    assert (seen.rows, seen.changed, seen.problems) == (5, 1, ())


def test_a_row_that_changes_without_being_meant_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_wide(change: RowChange, spoken: Dialect) -> str:
        return statement(change, spoken) + " OR n = 3"

    monkeypatch.setattr("dsar.erasure.table_copy.statement", too_wide)

    assert rehearsed(ERASE, [ADA, *OTHERS], [ADA]).problems == ("a row that is not in the plan changed",)


def test_a_statement_that_misses_its_row_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsar.erasure.table_copy.statement", lambda change, spoken: "DELETE FROM copied WHERE 0")

    assert rehearsed(ERASE, [ADA, *OTHERS], [ADA]).problems == ("a planned row is not as the plan says",)


def test_a_large_table_is_tried_in_part_and_searched_whole() -> None:
    change = RowChange("t", (("id", "9"),))
    rows = [[str(number % 10)] for number in range(30)]
    copy = TableCopy([change], [lambda columns, *_: rows], most=4)

    assert (copy.rows, copy.left_out, len(copy.hits[change])) == (7, 23, 3)
    copy.close()


def test_rows_that_a_reader_leaves_out_are_counted() -> None:
    change = RowChange("t", (("id", "9"), ("email", "")))
    asked: list[tuple[Sequence[str], Named, int]] = []

    def read(columns: Sequence[str], named: Named, most: int) -> Iterator[Cells | int]:
        asked.append((columns, named, most))
        yield from (["1", "a"], ["9", None], 20)

    copy = TableCopy([change], [read], most=4)

    assert asked == [(["id", "email"], ((0, {"9"}),), 4)]
    assert (copy.rows, copy.left_out, copy.hits[change]) == (2, 20, [2])
    copy.close()


def test_a_change_is_found_by_an_index() -> None:
    copy = TableCopy([RowChange("t", (("id", "9"), ("email", "")))], [lambda columns, *_: [["9", None]]])
    seen: list[str] = []
    copy._database.set_trace_callback(seen.append)
    copy.run([RowChange("t", (("id", "9"), ("email", "")))])
    copy._database.set_trace_callback(None)
    text = next(one for one in seen if one.startswith('DELETE FROM "copied"'))
    plan = copy._database.execute(f"EXPLAIN QUERY PLAN {text}").fetchall()

    assert "USING" in plan[0][3] and "INDEX" in plan[0][3]
    copy.close()


def test_the_list_for_people_names_hand_work_recipients_backups_and_what_stays() -> None:
    recipients = [{"name": "Mailer", "role": "processor", "country": "US"}]
    made = config(
        {
            "contacts": {"erase": ERASE, "recipients": [{"name": "Mailer"}]},
            "orders": {"keep": [{"years": 9, "after": "at", "statute": "AO §147"}], "erase": {"method": "restrict"}},
            "leads": {"erase": {"method": "api", "call": "hubspot.gdpr_delete"}},
            "people": {"erase": {"method": "api", "call": "DELETE https://api.example.org/people/{key}"}},
            "letters": {"erase": {"method": "manual", "text": "Shred <b>the</b> folder."}},
            "log": {"erase": {"method": "rewrite"}},
        },
        recipient=recipients,
        controller={"not_searched": [{"what": "backups", "reason": "older copies", "last_copy_days": 30}]},
    )
    found = answer(
        ADA,
        record("orders", id="K1", at="2025-01-31"),
        record("leads", id="K2"),
        record("people", id="K4"),
        record("letters", id="K3\n# not a heading"),
        record("log", file="access.log", line=4),
    )
    plan = make_plan(found, specs(made), made, date(2026, 11, 22))
    one = RewrittenFile("access.log", "../files/access.log", "b" * 64, "a" * 64, 9, 8, requests=2)
    plan = replace(plan, files=(one,))
    text = steps_markdown(plan, made).decode()

    for expected in (
        "`erase.mariadb.sql`", "InnoDB", "../files/access.log", "b" * 64, "a" * 64, "serves 2 requests",
        "HubSpot deletes for good", "`erase.crm.http`",
        "Shred &lt;b>",
        "2034-01-31", "AO §147", "Mailer (processor, US)", "expires by 2026-12-22", plan.digest, "search again",
    ):  # fmt: skip
        assert expected in text
    assert "ada@example.org" not in text
    assert "(s)" not in text
    assert "asks for erasure" not in text  # reasons stand in the table
    assert "\n# not a heading" not in text
    assert text == steps_markdown(plan, made).decode()


def test_rows_of_one_key_are_one_line_with_their_number() -> None:
    made = config({"orders": {"erase": {"method": "manual", "text": "Delete the order."}}})
    lines = [record("orders", line=line, id="A{}1") for line in (2, 3, 4)]
    text = steps_markdown(make_plan(answer(*lines), specs(made), made, date(2026, 11, 22)), made).decode()

    assert "- [ ] crm/orders, key `A{}1` (3 records): Delete the order.\n" in text
    assert text.count("A{}1") == 1
