"""The rehearsal looks at every row, and the list for people names what no script does."""

from __future__ import annotations

from datetime import date
from typing import Any

from dsar.erasure.plan import make_plan
from dsar.erasure.rehearse import Rehearsal, rehearse, table_rows
from dsar.erasure.steps import steps_markdown
from dsar.model import Record

from .company import answer, config, record, specs

ERASE: dict[str, Any] = {
    "method": "delete", "target": "mariadb", "table": "crm.contacts", "key": {"id": "ID"}, "lock": {"email": "mail"},
}  # fmt: skip
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
    (seen,) = rehearse(plan, {"mariadb": "mariadb"}, {("mariadb", "crm.contacts"): table_rows(rows, spec)})
    return seen


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
    text = steps_markdown(plan, made).decode()

    for expected in (
        "`erase.mariadb.sql`", "InnoDB", "access.log: 1 record", "hubspot.gdpr_delete", "`erase.crm.http`",
        "Shred &lt;b>",
        "2034-01-31", "AO §147", "Mailer (processor, US)", "expires by 2026-12-22", plan.digest, "search again",
    ):  # fmt: skip
        assert expected in text
    assert "ada@example.org" not in text
    assert "\n# not a heading" not in text
    assert text == steps_markdown(plan, made).decode()
