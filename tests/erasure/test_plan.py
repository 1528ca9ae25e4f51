"""From confirmed matches to a plan: one outcome a record, for the right reason, in the right order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dsar.config import Config
from dsar.erasure.digest import digest
from dsar.erasure.plan import by_hand, file_spans, make_plan, plan_json
from dsar.errors import ConfigError
from dsar.model import Answer, ErasurePlan, ErasureStep

from .company import answer, config, record, specs

TODAY = date(2026, 11, 22)
BY_KEY = {"method": "delete", "target": "postgresql", "table": "crm.contacts", "key": {"id": "id"}}
LOCKED = {**BY_KEY, "lock": {"email": "email"}}
TAX = {"categories": ["*"], "years": 8, "after": "at", "from": "end of year", "statute": "AO §147"}


def plan(made: Config, asked: Answer, today: date = TODAY) -> ErasurePlan:
    return make_plan(asked, specs(made), made, today)


def step(collection: Any, today: date = TODAY, store: bool = False, **fields: Any) -> ErasureStep:
    """The one step for one record of one collection."""
    fields = fields or {"id": "7", "email": "ada@example.org", "at": "2020-05-10"}
    return plan(config({"contacts": collection}), answer(record(**fields), store=store), today).steps[0]


def notes(collection: Any, **fields: Any) -> str:
    made = config({"contacts": collection})
    return " ".join(plan(made, answer(record(**(fields or {"id": "7", "at": "2020-05-10"})))).notes)


def test_a_delete_names_the_row_by_key_and_lock() -> None:
    made = step({"erase": LOCKED})

    assert (made.outcome, made.target) == ("delete", "postgresql")
    assert made.statement == (
        'DELETE FROM "crm"."contacts" WHERE "id"::text COLLATE "C" = E\'7\''
        ' AND "email"::text COLLATE "C" = E\'ada@example.org\''
    )


@pytest.mark.parametrize(
    ("bases", "ground"),
    [
        (["consent"], "Art. 17(1)(b)"),
        (["Art. 6(1)(a) GDPR"], "Art. 17(1)(b)"),
        (["legitimate_interest"], "Art. 17(1)(a)"),
        (["contract"], "Art. 17(1)(a)"),
        (["consent", "contract"], "Art. 17(1)(a)"),
        ([], "Art. 17(1)(a)"),
    ],
)
def test_the_ground_follows_the_legal_basis(bases: list[str], ground: str) -> None:
    purposes = [{"purpose": "customer_relations", "basis": basis} for basis in bases]

    assert step({"erase": BY_KEY, "purposes": purposes}).reason.ground == ground


def test_only_a_person_who_objected_is_said_to_object() -> None:
    marketing = {"erase": BY_KEY, "purposes": [{"purpose": "marketing_email", "basis": "legitimate_interest"}]}
    consent = {"erase": BY_KEY, "purposes": [{"purpose": "marketing_email", "basis": "consent"}]}

    def reason(collection: Any, right: str) -> Any:
        made = config({"contacts": collection})
        return plan(made, answer(record(id="7"), right=right)).steps[0].reason

    assert reason(marketing, "erasure").ground == "Art. 17(1)(a)"
    assert "objects" not in reason(marketing, "erasure").text
    assert reason(marketing, "objection").ground == "Art. 17(1)(c)"
    assert "the erasure request is taken as its withdrawal" in reason(consent, "erasure").text


def test_an_equal_row_in_another_export_goes_too() -> None:
    made = config({"contacts": {"erase": {"method": "rewrite"}}})
    twice = replace(
        record(id="1", file="a.csv", line=2), also=(("a.csv", 5, 2), ("b.csv", 2, 1), ("c.zip#c.csv", 3, 1))
    )
    later = replace(record(id="2", file="x.zip#a.csv", line=9), also=(("b.csv", 7, 1),))
    planned = plan(made, answer(twice, later))

    assert file_spans(planned, [twice, later]) == {"a.csv": ((2, 1), (5, 2)), "b.csv": ((2, 1), (7, 1))}
    assert planned.steps[0].statement == "remove line 2, lines 5-6; in b.csv: line 2"
    assert planned.steps[1].target == "file:b.csv"
    assert "not made of lines" in " ".join(planned.notes)


def test_a_file_that_cannot_be_rewritten_becomes_a_step_by_hand_and_a_note() -> None:
    made = config({"contacts": {"erase": {"method": "rewrite"}}})
    planned = plan(made, answer(record(id="1", file="logs/a.csv", line=4), record(id="2", file="b.csv", line=3)))
    mended = by_hand(planned, {"logs/a.csv": "It is odd."})

    assert [(one.target, one.statement) for one in mended.steps] == [
        (None, "In a.csv: remove line 4."), ("file:b.csv", "remove line 3"),
    ]  # fmt: skip
    assert "logs/a.csv was not rewritten" in " ".join(mended.notes)
    assert mended.digest == digest(mended.steps) != planned.digest


def test_a_reason_does_not_repeat_its_statute() -> None:
    reason = step({"erase": BY_KEY, "keep": [TAX]}).reason

    assert (reason.statute, "AO" in reason.text) == ("AO §147", False)
    assert "8 years" in reason.text


def test_a_statute_keeps_a_record_until_its_computed_end_that_day_included() -> None:
    held = step({"erase": BY_KEY, "keep": [TAX]}, today=date(2028, 12, 31))
    over = step({"erase": BY_KEY, "keep": [TAX]}, today=date(2029, 1, 1))

    assert (held.outcome, held.statement, held.target) == ("keep", None, None)
    assert (held.reason.ground, held.reason.statute, held.reason.until) == ("Art. 17(3)(b)", "AO §147", "2028-12-31")
    assert over.outcome == "delete"


def test_a_period_without_a_statute_does_not_stand_against_a_request() -> None:
    assert step({"erase": BY_KEY, "keep": [{"years": 30, "after": "at"}]}).outcome == "delete"


def test_a_statute_whose_end_is_unknown_keeps_the_record_and_says_so() -> None:
    collection = {"erase": BY_KEY, "keep": [TAX]}
    made = step(collection, id="7", at="someday")

    assert (made.outcome, made.reason.until) == ("keep", None)
    assert "someday" not in made.reason.text
    assert "cannot be computed" in notes(collection, id="7", at="someday")


def test_a_legal_hold_keeps_without_a_statute() -> None:
    made = step({"erase": BY_KEY, "keep": [{"hold_until": "2027-03-31"}]})

    assert (made.outcome, made.reason.ground, made.reason.until) == ("keep", "Art. 17(3)(e)", "2027-03-31")
    assert step({"erase": BY_KEY, "keep": [{"hold_until": "2026-11-21"}]}).outcome == "delete"


def test_a_held_record_is_restricted_by_script_only_where_that_is_declared() -> None:
    restrict = {**BY_KEY, "method": "restrict", "set": {"restricted": "yes"}}
    declared = step({"erase": restrict, "keep": [TAX]})
    by_hand = step({"erase": {"method": "restrict"}, "keep": [TAX]})

    assert declared.outcome == by_hand.outcome == "restrict"
    assert declared.statement == (
        'UPDATE "crm"."contacts" SET "restricted" = E\'yes\' WHERE "id"::text COLLATE "C" = E\'7\''
    )
    assert (by_hand.statement, by_hand.target, by_hand.reason.until) == (None, None, "2028-12-31")


def test_retention_law_keeps_the_document_and_not_the_whole_profile() -> None:
    rule = {**TAX, "categories": ["user.financial"]}
    fields = {"id": {"category": "user.financial"}, "note": {"category": "user.content"}}
    erase = {**BY_KEY, "set": {"note": "", "amount": "0", "elsewhere": ""}}
    values: Any = {"id": "7", "amount": "12.00", "note": "likes tea", "at": "2020-05-10"}
    fields["amount"] = {"category": "user.financial"}

    made = step({"erase": erase, "keep": [rule], "fields": fields}, **values)

    assert made.outcome == "restrict"
    assert made.statement == 'UPDATE "crm"."contacts" SET "note" = E\'\' WHERE "id"::text COLLATE "C" = E\'7\''
    assert made.fields == (("note", "anonymise"),)
    assert step({"erase": erase, "keep": [TAX], "fields": fields}, **values).statement is None


def test_anonymise_sets_the_columns_and_can_keep_one_unique_by_the_key() -> None:
    erase = {**BY_KEY, "method": "anonymise", "set": {"email": "deleted-{key}@example.org", "name": "{null}"}}
    made = step({"erase": erase})

    assert made.outcome == "anonymise"
    assert made.statement is not None
    assert 'SET "email" = E\'deleted-7@example.org\', "name" = NULL WHERE' in made.statement


def test_storage_instead_of_deletion_restricts_everything() -> None:
    made = step({"erase": LOCKED}, store=True)

    assert (made.outcome, made.statement, made.reason.ground) == ("restrict", None, "Art. 18(1)(b)")


@pytest.mark.parametrize(
    ("collection", "fields", "said"),
    [
        ({}, {"id": "7"}, "no erase method is configured"),
        ({"erase": {"method": "delete"}}, {"id": "7"}, "does not name target, table and key"),
        ({"erase": BY_KEY}, {"id": ""}, "key column is empty or missing"),
        ({"erase": BY_KEY}, {"id": None}, "key column is empty or missing"),
        ({"erase": BY_KEY}, {"email": "ada@example.org"}, "key column is empty or missing"),
        ({"erase": BY_KEY}, {"id": "a\0b"}, "cannot stand in that database"),
        ({"erase": BY_KEY}, {"id": "a\ud800b"}, "cannot stand in that database"),
        ({"erase": {**BY_KEY, "method": "anonymise"}}, {"id": "7"}, "sets no column"),
        ({"erase": {"method": "keep"}}, {"id": "7"}, "keeps the record"),
    ],
)
def test_what_no_safe_statement_can_name_is_kept_and_told(collection: Any, fields: Any, said: str) -> None:
    made = step(collection, **fields)

    assert (made.outcome, made.statement, made.target) == ("keep", None, None)
    assert made.reason.ground == "Art. 12(4)"
    assert said in notes(collection, **fields)


def test_probable_and_possible_records_are_never_planned_but_counted() -> None:
    found = answer(*(record(id=str(n)) for n in range(4)), grades=("confirmed", "probable", "possible", "refused"))
    made = plan(config({"contacts": {"erase": BY_KEY}}), found)

    assert [one.key for one in made.steps] == ["0"]
    assert [what for what, reason in made.out_of_scope] == ["crm/contacts", "crm/contacts"]
    assert made.out_of_scope[0][1].startswith("1 probable")
    assert "2 records are probable or possible" in " ".join(made.notes)


def test_children_go_before_their_parents() -> None:
    collections = {
        "customers": {"erase": {**BY_KEY, "table": "c", "after": ["orders"]}},
        "orders": {"erase": {**BY_KEY, "table": "o", "after": ["crm/lines"]}},
        "lines": {"erase": {**BY_KEY, "table": "l"}},
    }
    found = answer(record("customers", id="1"), record("orders", id="2"), record("lines", id="3"))

    assert [one.collection for one in plan(config(collections), found).steps] == ["lines", "orders", "customers"]


@pytest.mark.parametrize(("after", "said"), [(["nothing"], "no collection"), (["contacts"], "circle")])
def test_an_order_that_cannot_be_is_refused(after: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        step({"erase": {**BY_KEY, "after": after}})


def test_two_lines_of_one_row_share_one_statement_and_one_in_another_state_stops_both() -> None:
    made = config({"contacts": {"erase": LOCKED}})
    twice = [record(id="7", line=line, email="ada@example.org") for line in (2, 3)]
    other = record(id="7", line=4, email="new@example.org")

    same = plan(made, answer(*twice))
    apart = plan(made, answer(*twice, other, record(id="8", email="ada@example.org")))

    assert len({one.statement for one in same.steps}) == 1
    assert [one.outcome for one in same.steps] == ["delete", "delete"]
    assert [one.outcome for one in apart.steps] == ["keep", "keep", "keep", "delete"]
    assert "different states" in " ".join(apart.notes)


def test_a_row_that_one_export_must_keep_is_not_deleted_through_another() -> None:
    made = config({"contacts": {"erase": BY_KEY}, "orders": {"erase": BY_KEY, "keep": [TAX]}})
    found = answer(record("contacts", id="7"), record("orders", id="7", at="2024-01-01"))

    assert [one.outcome for one in plan(made, found).steps] == ["keep", "keep"]


def test_a_log_line_is_removed_from_its_file_and_a_document_by_hand() -> None:
    made = config({"contacts": {"erase": {"method": "rewrite"}}})
    lines = [record(id="1", file="logs/access.log.1.gz", line=9), record(id="2", file="logs/access.log.1.gz", line=4)]
    found = answer(*lines, record(id="3", file="people.json", line=5))
    planned = plan(made, found)

    assert [one.target for one in planned.steps] == ["file:logs/access.log.1.gz"] * 2 + [None]
    assert planned.steps[0].statement == "remove line 9"
    assert "not made of lines" in " ".join(planned.notes)
    assert file_spans(planned, [match.record for match in found.matches]) == {"logs/access.log.1.gz": ((4, 1), (9, 1))}


def test_api_and_manual_methods_are_steps_for_people() -> None:
    call = step({"erase": {"method": "api", "call": "hubspot.gdpr_delete"}})
    hand = step({"erase": {"method": "manual", "text": "Open the customer and erase."}})

    assert (call.outcome, call.target) == ("delete", "api:crm")
    assert call.statement == 'POST {{hubspot}}/crm/v3/objects/contacts/gdpr-delete {"objectId": "7"}'
    assert (hand.outcome, hand.target) == ("delete", None)
    assert hand.statement == "Open the customer and erase."


def test_recipients_and_what_is_out_of_reach_are_listed() -> None:
    recipients = [
        {"name": "Distributor", "role": "distributor", "country": "GB", "certificate": {"ref": "D-1"}},
        {"name": "Mailer", "role": "processor", "country": "US", "transfer": {"mechanism": "SCC"}},
        {"name": "Unused", "role": "processor", "country": "US"},
    ]
    used = [{"name": "Mailer", "sent": "mailed"}, {"name": "Distributor", "since": "2025-01-01"}]
    left = [{"what": "backups", "reason": "older copies", "last_copy_days": 35}]
    made = config({"contacts": {"erase": BY_KEY, "recipients": used}}, recipient=recipients)
    more = {"name": "archive", "manual": True, "ask": "records@example.org"}
    made = made.model_copy(
        update={
            "source": (*made.source, type(made.source[0]).model_validate(more)),
            "controller": type(made.controller).model_validate({"not_searched": left}),
        }
    )
    planned = plan(made, answer(record(id="7", mailed="no"), record(id="8", mailed="")))

    assert [told.name for told in planned.recipients] == ["Distributor"]
    assert "since 2025-01-01" in planned.recipients[0].disclosed
    assert dict(planned.out_of_scope) == {
        "archive": "No export; ask records@example.org.",
        "backups": "older copies; the last copy expires by 2026-12-27",
    }
    sent = plan(made, answer(record(id="7", mailed="yes")))
    assert [told.name for told in sent.recipients] == ["Distributor", "Mailer"]


def test_the_digest_covers_every_statement_and_outcome_but_no_folder() -> None:
    made = plan(config({"contacts": {"erase": LOCKED}}), answer(record(id="7", email="ada@example.org")))
    one = made.steps[0]
    logged = replace(one, target="file:/home/a/access.log")

    assert made.digest == digest(made.steps)
    assert len({digest([one]), digest([replace(one, outcome="keep")]), digest([replace(one, statement="x")])}) == 3
    assert digest([logged]) == digest([replace(one, target="file:/home/b/access.log")])


def test_plan_json_has_the_keys_of_the_contract_and_always_the_same_bytes() -> None:
    made = config({"contacts": {"erase": LOCKED}})
    found = answer(record(id="7", email="ada@example.org"), record(id="8", email="ü@example.org"))
    text = plan_json(plan(made, found))
    document = json.loads(text)

    assert text == plan_json(plan(made, found))
    assert document["schema"] == "dsar-plan/1"
    assert {"request_id", "digest", "steps", "recipients", "out_of_scope", "counts"} <= set(document)
    assert {
        "record", "source", "collection", "key", "outcome", "ground", "reason", "statute", "until", "target",
        "statement",
    } <= set(document["steps"][0])  # fmt: skip
    assert document["counts"] == {"delete": 2, "anonymise": 0, "restrict": 0, "keep": 0}
