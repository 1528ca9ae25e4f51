"""Every field of a confirmed record is classified, and none is left out."""

from __future__ import annotations

from report_cases import PLACE, answer_of, match_of, spec_of, with_fields

from dsar.config import CollectionSpec
from dsar.model import FieldValue, Match
from dsar.reports.facts import findings


def fields_of(spec: CollectionSpec | None, *matches: Match) -> dict[str, FieldValue]:
    collections = {PLACE: spec} if spec else {}
    (finding,) = findings(answer_of(*matches), collections)
    return {field.name: field for field in finding.fields}


def test_every_value_of_a_confirmed_record_is_in_the_finding_unchanged() -> None:
    odd = " ADA@Example.org\u00a0"

    fields = fields_of(spec_of(), match_of({"email": odd, "seen": None, "extra": ""}))

    assert {name: field.value for name, field in fields.items()} == {
        "id": "C1",
        "email": odd,
        "seen": None,
        "extra": "",
    }


def test_a_field_carries_what_its_declaration_says() -> None:
    email = fields_of(spec_of(), match_of())["email"]

    assert (email.label, email.category, email.given) == ("E-mail", "user.contact.email", "provided")
    assert fields_of(spec_of(), match_of())["seen"].time is True


def test_an_undescribed_column_stays_and_is_marked_unclassified() -> None:
    extra = fields_of(spec_of(), match_of({"extra": "kept"}))["extra"]

    assert (extra.value, extra.category, extra.label) == ("kept", "unclassified", "extra")


def test_a_record_of_an_unknown_collection_keeps_every_field_unclassified() -> None:
    fields = fields_of(None, match_of())

    assert {field.category for field in fields.values()} == {"unclassified"}
    assert fields["email"].value == "ada@example.org"


def test_only_confirmed_records_become_findings() -> None:
    answer = answer_of(match_of(), match_of({"id": "C2"}, grade="probable"), match_of({"id": "C3"}, grade="possible"))

    found = findings(answer, {PLACE: spec_of()})

    assert [finding.match.record.key for finding in found] == ["C1"]


def test_a_json_leaf_is_described_by_the_path_with_any_index() -> None:
    spec = spec_of(fields={"phones[*].value": {"category": "user.contact.phone_number", "label": "Phone"}})

    field = fields_of(spec, match_of({"phones[12].value": "+49 30 1234"}))["phones[12].value"]

    assert (field.category, field.label) == ("user.contact.phone_number", "Phone")


def test_a_heading_that_holds_a_number_in_brackets_is_found_by_its_own_name() -> None:
    spec = with_fields(**{"note [1]": {"category": "user.content"}})

    assert fields_of(spec, match_of({"note [1]": "x"}))["note [1]"].category == "user.content"


def test_a_secret_is_withheld_with_its_articles_and_its_value_is_not_carried_on() -> None:
    field = fields_of(with_fields(hash={"secret": True}), match_of({"hash": "$2b$12$abc"}))["hash"]

    assert field.value is None
    assert field.withheld is not None
    assert "Art. 32" in field.withheld and "15(4)" in field.withheld
    assert "$2b$12$abc" not in repr(field)


def test_a_password_is_withheld_by_its_category_even_where_nobody_marked_it() -> None:
    spec = with_fields(pw={"category": "user.authorization.password"})

    assert fields_of(spec, match_of({"pw": "hunter2"}))["pw"].value is None


def test_an_empty_secret_is_not_reported_as_held() -> None:
    fields = fields_of(with_fields(hash={"secret": True}, pin={"secret": True}), match_of({"hash": "", "pin": None}))

    assert (fields["hash"].withheld, fields["hash"].value) == (None, "")
    assert (fields["pin"].withheld, fields["pin"].value) == (None, None)


def test_a_code_is_explained() -> None:
    spec = with_fields(state={"category": "user.account", "codes": {"A": "active"}})

    assert fields_of(spec, match_of({"state": "A"}))["state"].meaning == "active"
    assert fields_of(spec, match_of({"state": "Z"}))["state"].meaning is None


def test_a_field_that_may_name_others_stays_in_the_copy_and_is_marked() -> None:
    field = fields_of(
        with_fields(note={"category": "user.content", "third_party": True}), match_of({"note": "met Bob"})
    )

    assert (field["note"].value, field["note"].third_party) == ("met Bob", True)
