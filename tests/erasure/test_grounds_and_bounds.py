"""What keeps a record although it was asked to go, what a column bears, and in which order tables go."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

import pytest

from dsar.config import CollectionSpec
from dsar.erasure.check import read_back
from dsar.erasure.dialects import dialect
from dsar.erasure.plan import Ground, make_plan
from dsar.erasure.schema import read_schema
from dsar.erasure.skipped import query_of_skipped
from dsar.errors import ConfigError
from dsar.model import Answer, ErasurePlan, KnownIdentifier

from .company import answer, config, record, specs

TODAY = date(2026, 11, 22)
DELETE: dict[str, Any] = {"method": "delete", "target": "mariadb", "table": "contacts", "key": {"id": "id"}}
FIELDS = {"id": {"category": "user.unique_id"}, "email": {"category": "user.contact.email", "identifier": "email"}}
ADA = record(id="7", email="ada@example.org")


def knowing(found: Answer, **known: str) -> Answer:
    """The answer with identifiers that the search went on with."""
    from dataclasses import replace

    return replace(found, identifiers=tuple(KnownIdentifier(kind, value, False) for kind, value in known.items()))


def planned(made: Any, found: Answer, ddl: str = "", open_access: tuple[str, ...] = ()) -> ErasurePlan:
    schemas = {"mariadb": read_schema(ddl, "mariadb", "schema.sql")} if ddl else {}
    return make_plan(found, specs(made), made, Ground(TODAY, schemas, open_access))


def test_nothing_is_erased_while_an_access_request_of_the_same_person_is_open() -> None:
    made = config({"contacts": {"erase": DELETE, "fields": FIELDS}})

    plan = planned(made, answer(ADA), open_access=("R-9",))

    assert plan.counts == {"delete": 0, "anonymise": 0, "restrict": 0, "keep": 1}
    assert plan.steps[0].statement is None and "R-9" in plan.steps[0].reason.text
    assert any("R-9" in note for note in plan.notes)


def test_storage_instead_of_deletion_does_not_wait_for_the_access() -> None:
    made = config({"contacts": {"erase": DELETE, "fields": FIELDS}})

    assert planned(made, answer(ADA, store=True), open_access=("R-9",)).counts["restrict"] == 1


HOLD = {"claim": "4 O 12/26", "until": "2027-01-31", "ids": ["email=ADA@example.org", "customer_no=C1"]}


@pytest.mark.parametrize(
    ("hold", "known", "kept"),
    [
        ({}, {"email": "ada@example.org"}, True),
        ({}, {"customer_no": "C1"}, True),
        ({}, {"customer_no": "C2"}, False),
        ({"until": "2026-11-21"}, {"email": "ada@example.org"}, False),
        ({"until": "2026-11-22"}, {"email": "ada@example.org"}, True),
        ({"sources": ["shop"]}, {"email": "ada@example.org"}, False),
        ({"sources": ["crm", "shop"]}, {"email": "ada@example.org"}, True),
    ],
)
def test_a_legal_hold_keeps_whoever_it_names_until_its_day(
    hold: dict[str, Any], known: dict[str, str], kept: bool
) -> None:
    made = config({"contacts": {"erase": DELETE, "fields": FIELDS}}, hold=[{**HOLD, **hold}])

    plan = planned(made, knowing(answer(ADA), **known))

    assert plan.counts["keep" if kept else "delete"] == 1
    if kept:
        reason = plan.steps[0].reason
        assert (reason.ground, reason.until) == ("Art. 17(3)(e)", str({**HOLD, **hold}["until"]))
        assert "4 O 12/26" in reason.text


DDL = """
CREATE TABLE contacts (id bigint NOT NULL, email varchar(20) NOT NULL, note varchar(10), PRIMARY KEY (id),
  UNIQUE KEY mail (email)) ENGINE=InnoDB;
CREATE TABLE visits (id int PRIMARY KEY, contact bigint,
  CONSTRAINT f FOREIGN KEY (contact) REFERENCES contacts (id) ON DELETE CASCADE);
"""


@pytest.mark.parametrize(
    ("news", "problem"),
    [
        ({"email": "gone-{key}@invalid"}, ""),
        ({"email": "gone@invalid"}, "is unique"),
        ({"email": "deleted-customer-{key}@invalid"}, "longer than its 20"),
        ({"email": "{null}"}, "requires"),
        ({"email": "{key}@invalid", "note": "x" * 11}, "longer than its 10"),
        ({"email": "{key}@invalid", "note": "{null}"}, ""),
    ],
)
@pytest.mark.parametrize("by_ddl", [True, False])
def test_an_anonymisation_respects_what_its_columns_bear(news: dict[str, str], problem: str, by_ddl: bool) -> None:
    limits = {"email": {"length": 20, "required": True, "unique": True}, "note": {"length": 10}}
    erase = {**DELETE, "method": "anonymise", "set": news, **({} if by_ddl else {"limits": limits})}
    made = config({"contacts": {"erase": erase, "fields": FIELDS}})

    plan = planned(made, answer(ADA), DDL if by_ddl else "")

    assert plan.steps[0].outcome == ("keep" if problem else "anonymise")
    assert (problem in " ".join(plan.notes)) if problem else (plan.steps[0].statement or "").startswith("UPDATE")


def test_an_anonymisation_that_leaves_an_address_is_called_what_it_is() -> None:
    fields = {**FIELDS, "note": {"category": "user.content", "third_party": True}, "total": {"category": "user"}}
    erase = {**DELETE, "method": "anonymise", "set": {"note": "{null}"}}
    row = record(id="7", email="ada@example.org", note="met Bob", total="9.90")

    half = planned(config({"contacts": {"erase": erase, "fields": fields}}), answer(row))
    erase["set"] = {"note": "{null}", "email": "{key}@invalid"}
    whole = planned(config({"contacts": {"erase": erase, "fields": fields}}), answer(row))

    assert any("only pseudonymised" in note and "email" in note for note in half.notes)
    assert not any("pseudonymised" in note for note in whole.notes)


def test_exact_dates_and_places_that_stay_are_named_and_set_makes_them_coarser() -> None:
    fields = {**FIELDS, "born": {"category": "user"}, "at": {"category": "x.record.time"},
              "zip": {"category": "user.location"}, "seen": {"category": "user", "time": "%d.%m.%Y"}}  # fmt: skip
    news = {"email": "{key}@invalid"}
    row = record(id="7", email="ada@example.org", born="no date", at="2024-05-17", zip="10115", seen="03.02.2023")

    def plan_with(**more: str) -> ErasurePlan:
        erase = {**DELETE, "method": "anonymise", "set": {**news, **more}}
        return planned(config({"contacts": {"erase": erase, "fields": fields}}), answer(row))

    exact, coarse = plan_with(), plan_with(at="{year}-01-01", zip="{first:2}xxx", seen="01.01.{year}")
    assert any("at, seen, zip: exact dates or places stay" in note for note in exact.notes)
    assert not any("exact" in note for note in coarse.notes)
    change = read_back(str(coarse.steps[0].statement), dialect("mariadb"))
    assert dict(change.set) == {"email": "7@invalid", "at": "2024-01-01", "zip": "10xxx", "seen": "01.01.2023"}
    torn = plan_with(born="{year}", at="{null}", zip="{null}", seen="{null}")
    assert torn.steps[0].outcome == "keep" and any("holds no date" in note for note in torn.notes)


def test_a_key_that_is_an_address_is_no_ground_to_leave_it() -> None:
    fields = {"mail": {"category": "user.contact.email", "identifier": "email"}, "note": {"category": "user.content"}}
    erase = {**DELETE, "key": {"mail": "mail"}, "method": "anonymise", "set": {"note": "{null}"}}
    row = record(mail="ada@example.org", note="tea")

    plan = planned(config({"contacts": {"key": ["mail"], "erase": erase, "fields": fields}}), answer(row))

    assert any("`set` leaves mail" in note for note in plan.notes)


def test_foreign_keys_put_children_before_their_parents() -> None:
    visits = {**DELETE, "table": "visits"}
    made = config({"contacts": {"erase": DELETE}, "visits": {"erase": visits}})

    plan = planned(made, answer(ADA, record("visits", 3, id="9")), DDL)

    assert [step.collection for step in plan.steps] == ["visits", "contacts"]


def test_a_child_table_that_no_source_shows_is_told() -> None:
    made = config({"contacts": {"erase": DELETE}})

    plan = planned(made, answer(ADA), DDL)

    assert (
        "mariadb: table visits refers to contacts and no source shows it, and a deletion would CASCADE its rows."
        in (plan.notes)
    )


def test_a_dump_of_postgresql_is_read_with_the_keys_it_adds_afterwards() -> None:
    shapes = read_schema(
        """\\connect x
        SET statement_timeout = 0;
        CREATE TABLE crm.acts (id bigint NOT NULL, who integer, at timestamp with time zone);
        CREATE TABLE crm.people (id integer, mail character varying(50));
        ALTER TABLE ONLY crm.people ADD CONSTRAINT p PRIMARY KEY (id);
        ALTER TABLE ONLY crm.acts ADD CONSTRAINT f FOREIGN KEY (who) REFERENCES crm.people(id) ON DELETE SET NULL;
        CREATE INDEX i ON crm.acts (who);""",
        "postgresql",
        "schema.sql",
    )

    assert shapes["crm.people"].limits["id"].unique and shapes["crm.people"].limits["mail"].length == 50
    (link,) = shapes["crm.acts"].links
    assert (link.columns, link.parent, link.rule) == (("who",), "crm.people", "SET NULL")


@pytest.mark.parametrize("text", ["CREATE TABLE (", "SELECT 1;", ""])
def test_a_schema_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError):
        read_schema(text, "postgresql", "schema.sql")


def test_a_collection_without_a_field_for_a_heading_tells_nothing_of_it() -> None:
    assert CollectionSpec().erase is None
    made = config({"contacts": {"erase": {**DELETE, "method": "anonymise", "set": {"email": "{key}"}}}})
    assert planned(made, answer(ADA)).counts["anonymise"] == 1


def test_a_query_counts_a_restricted_row_until_it_carries_its_markers() -> None:
    news = {"blocked": "yes", "mail": "{null}"}
    erase = {"method": "restrict", "target": "sqlite", "table": "people", "key": {"id": "id"}, "set": news}
    plan = planned(config({"contacts": {"erase": erase, "fields": FIELDS}}), answer(ADA, store=True))
    query = query_of_skipped(plan, "sqlite", "sqlite").decode("ascii")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE people (id TEXT, blocked TEXT, mail TEXT)")
    key = dict(ADA.fields)["id"]
    database.executemany("INSERT INTO people VALUES (?, ?, 'm')", [(key, None), ("another", None)])
    asked = [line for line in query.splitlines() if not line.startswith("--")]

    def counted() -> list[int]:
        return [database.execute(one).fetchone()[0] for one in asked]

    assert counted() == [1]
    database.execute("UPDATE people SET blocked = 'yes'")
    assert counted() == [1], "half a marker is none"
    database.execute(str(plan.steps[0].statement))
    assert counted() == [0]
    assert query_of_skipped(planned(config({"contacts": {"erase": DELETE, "fields": FIELDS}}), answer(ADA)), "mariadb",
                            "mariadb") == b""  # fmt: skip
