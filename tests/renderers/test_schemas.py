"""data.json and portability.json are what their shipped schemas say."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from dsar.model import Access, Attachment, AutomatedDecision, California, CaliforniaCategory, Consent, Group, Processing
from dsar.renderers.as_json import render_json
from dsar.renderers.as_portability import render_portability, schema

from .example import field, finding, plain_report, report


def described(name: str) -> Any:
    document = json.loads((resources.files("dsar.renderers") / name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def rich() -> Any:
    full = report(45)
    record = full.collections[0].findings[0].match.record.record
    decided = AutomatedDecision(
        "logic", "effect", "what follows", "a@example.org", ((record, None, "yes", (("a", "b"),)),)
    )
    first = replace(full.collections[0], decision=decided, groups=(Group((record,), "2026-01-01", None),))
    category = CaliforniaCategory("A", "Identifiers", ("Name",), ("person",), ("Support",), (), ("Acme",), ("3 years",))
    return replace(
        full,
        collections=(first, *full.collections[1:]),
        consents=(Consent("newsletter", "email", "given", "1", "2026-01-01", "form", None, "", (record,)),),
        accesses=(Access("access", "2026-01-01", "support", "Support", "", record),),
        accesses_logged=("CRM",),
        california=California(True, (category,)),
    )


@pytest.mark.parametrize("made", [rich, report, plain_report, lambda: plain_report("de"), lambda: plain_report("it")])
def test_every_report_is_what_its_schema_says(made: Any) -> None:
    document = json.loads(render_json(made()))

    assert list(described("data.schema.json").iter_errors(document)) == []


def test_the_schema_refuses_what_is_not_a_report() -> None:
    document = json.loads(render_json(plain_report()))
    checker = described("data.schema.json")

    assert not checker.is_valid({**document, "schema": "dsar-data/2"})
    assert not checker.is_valid({**document, "surprise": 1})
    document["records"][0]["fields"]["email"] = 7
    assert not checker.is_valid(document)


def portable() -> Any:
    mixed = finding(
        "crm/contacts/C1",
        1,
        field("email", "ada@example.org", category="user.contact.email", given="provided"),
        field("seen", "2026-01-01", category="user.behavior", given="observed"),
        field("score", "42", category="x.user.score", given="derived"),
        field("odd", "?", category="unclassified", given="provided"),
        field("cv", "cv.pdf", category="x.user.cv", given="provided"),
    )
    full = plain_report()
    contract = Processing(
        "Order", "contract", None, ("user.contact.email", "user.behavior", "x.user.cv"), "", "contract"
    )
    interest = Processing("Score", "interest", None, ("*",), "", "legitimate_interest")
    one = replace(full.collections[0], findings=(mixed,), processing=(contract, interest), retention=())
    visit = finding("web/log/1", 1, field("page", "/x", category="user.behavior", given="observed"))
    other = replace(one, source="web", collection="log", processing=(interest,), findings=(visit,))
    files = (
        Attachment("crm/contacts/C1", "cv.pdf", "attachments/0001.pdf", 4, "ab" * 32),
        Attachment("crm/contacts/C1", "internal.pdf", "attachments/0002.pdf", 4, "cd" * 32),
    )
    return replace(full, collections=(one, other), attachments=files)


def test_the_portability_file_holds_only_what_art_20_covers_and_says_what_it_left_out() -> None:
    document = json.loads(render_portability(portable()))

    assert document["collections"][0]["records"] == [
        {"record": "crm/contacts/C1", "fields": {"email": "ada@example.org", "seen": "2026-01-01", "cv": "cv.pdf"}}
    ]
    assert [part["collection"] for part in document["collections"]] == ["contacts"]
    left = {(one["collection"], *one["fields"]): (one["whole"], one["reason"]) for one in document["excluded"]}
    assert left["contacts", "Score"][1].startswith("We derived it ourselves")
    assert "classified" in left["contacts", "Odd"][1]
    assert left["log", "Page"] == (
        True,
        "We use it on another legal basis than your consent or a contract (Art. 20(1)(a)).",
    )
    assert [file["name"] for file in document["attachments"]] == ["cv.pdf"]
    assert "42" not in json.dumps(document["collections"])


@pytest.mark.parametrize("made", [portable, report, plain_report])
def test_the_portability_file_is_what_its_schema_says(made: Any) -> None:
    checker = described("portability.schema.json")

    assert list(checker.iter_errors(json.loads(render_portability(made())))) == []
    assert json.loads(schema()) == checker.schema
