"""data.json: the names of the contract, every source, and what programs need to check it."""

from __future__ import annotations

import json
from dataclasses import replace

from dsar.renderers.as_json import render_json

from .example import contacts, field, finding, plain_report, report


def test_the_schema_and_the_names_of_the_contract_are_there() -> None:
    document = json.loads(render_json(report(3)))
    assert document["schema"] == "dsar-data/1"
    assert (document["request_id"], document["held"], document["complete"]) == ("R-2026-0142", True, False)
    record = document["records"][0]
    assert record["record"] == "crm/contacts/C1"
    assert (record["source"], record["collection"], record["key"]) == ("crm", "contacts", "C1")
    assert (record["file"], record["line"], record["grade"], record["hop"]) == ("exports/crm.csv", 17, "confirmed", 1)
    assert record["evidence"][0]["from"] == "request"
    assert record["fields"]["email"] == "ada@example.org"
    assert record["meanings"] == {"status": "active customer"}
    assert record["kept_until"] == [{"categories": ["*"], "until": "2028-11-03"}]


def test_every_source_appears_with_its_counts_and_zeros() -> None:
    sources = json.loads(render_json(report(3)))["sources"]
    assert [source["result"] for source in sources] == ["held", "held", "not_held", "failed", "not_searched"]
    counts = [tuple(source[grade] for grade in ("confirmed", "probable", "possible", "refused")) for source in sources]
    assert counts == [(3, 1, 0, 0), (3, 0, 2, 0), (0, 0, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert sources[0]["files"][0]["rows_unreadable"] == 1
    assert sources[3]["reason"] == "the file is truncated"


def test_legal_information_carries_the_terms_of_public_vocabularies() -> None:
    collection = json.loads(render_json(report(3)))["collections"][0]
    assert collection["processing"][0]["basis"]["iri"] == "eu-gdpr:A6-1-b"
    columns = {column["name"]: column for column in collection["columns"]}
    assert columns["email"]["category"] == "user.contact.email"
    assert columns["email"]["dpv"] == "pd:EmailAddress"
    assert columns["note"]["third_party"] is True


def test_a_value_with_half_a_surrogate_pair_is_safe_and_marked() -> None:
    data = render_json(report(3))
    data.decode("utf-8")
    fields = json.loads(data)["records"][2]["fields"]
    assert fields["surrogate"] == {"escaped": "caf[U+DCE9]"}
    assert fields["number_literal"] == "[U+0041] and [U+202E]"


def test_a_file_name_with_half_a_surrogate_pair_changes_no_value() -> None:
    odd = finding("crm/contacts/X", 1, field("text", "[U+0041]"), file="exports/caf\udce9.csv")
    document = json.loads(render_json(replace(plain_report(), collections=(replace(contacts(), findings=(odd,)),))))
    assert document["records"][0]["file"] == "exports/caf[U+DCE9].csv"
    assert document["records"][0]["fields"]["text"] == "[U+0041]"


def test_two_columns_of_one_name_are_both_kept() -> None:
    twice = finding("crm/contacts/X", 1, field("email", "ada@example.org"), field("email", "ada@example.com"))
    document = json.loads(render_json(replace(plain_report(), collections=(replace(contacts(), findings=(twice,)),))))
    assert document["records"][0]["fields"] == {"email": "ada@example.org", "email#2": "ada@example.com"}
