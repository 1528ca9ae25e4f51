"""What a connector says of its cells: other headings, several values in one, prefixes, encodings, hashes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_connector import OwnConnector

from dsar.config import FieldSpec, field_for
from dsar.normalise import normal_forms

PEOPLE = """
[people]
columns = ["Record ID", "Email"]
key = ["Record ID"]
[people.fields]
"Record ID" = { category = "user.unique_id", identifier = "own_id", also = ["Datensatz-ID", "hs_object_id"] }
"Email" = { category = "user.contact.email", identifier = "email", also = ["E-Mail", "email"] }
"Merged" = { category = "user.unique_id", identifier = "own_id", find = '(\\d+):\\d+' }
"Phone" = { category = "user.contact.phone_number", identifier = "phone", find = "'?(.+)" }
"Also" = { category = "user.contact.email", identifier = "email", find = '([^;|]+)' }
"Hash" = { category = "user.unique_id", identifier = "email_md5" }
"Who" = { category = "user.unique_id", identifier = "own_id", find = '^(1\\d+)$' }
"Last" = { category = "x.record.time", time = "%Y-%m-%d", also = ["Zuletzt"] }
"""


@pytest.fixture
def own(own: OwnConnector) -> OwnConnector:
    own.declare(PEOPLE)
    return own


def test_a_heading_in_another_language_is_the_same_column(own: OwnConnector) -> None:
    own.write("kontakte.csv", "Datensatz-ID,E-Mail\n7,ada@example.org\n8,bob@example.org\n")
    own.source("kontakte.csv")

    assert own.records("--email", "ada@example.org") == {"7": {"Datensatz-ID": "7", "E-Mail": "ada@example.org"}}


def test_a_rule_about_a_column_finds_it_in_another_language(own: OwnConnector) -> None:
    own.write("kontakte.csv", "Datensatz-ID,E-Mail,Zuletzt\n7,ada@example.org,2020-01-31\n")
    own.source("kontakte.csv", more='[source.collection.people]\nkeep = [{ years = 3, after = "Last" }]\n')

    assert own.company.run("export", "--email", "ada@example.org", "--out", "out").code == 1
    data = (own.company.folder / "out" / "data.json").read_text(encoding="utf-8")
    assert "2023-01-31" in data


@pytest.mark.parametrize(
    ("row", "who"),
    [
        ("9;x@example.org;76340251:1661;", ("--id", "own_id=76340251")),
        ("9;x@example.org;1:1,76340252:9;", ("--id", "own_id=76340252")),
    ],
)
def test_each_value_in_a_cell_is_found(own: OwnConnector, row: str, who: tuple[str, str]) -> None:
    own.write("people.csv", f"Record ID;Email;Merged;Phone\n{row}\n10;bob@example.org;5:5;\n")
    own.source("people.csv")

    assert set(own.records(*who)) == {"9"}


def test_a_list_of_addresses_in_one_cell_gives_each_of_them(own: OwnConnector) -> None:
    own.write("people.csv", "Record ID,Email,Also\n9,x@example.org,y@example.org;ada@example.org\n10,b@example.org,\n")
    own.source("people.csv")

    assert set(own.records("--email", "ada@example.org")) == {"9"}


def test_an_id_of_another_kind_of_row_is_passed_over(own: OwnConnector) -> None:
    own.write("people.csv", "Record ID,Email,Who\n12,ada@example.org,\n30,c@example.org,12\n31,d@example.org,212\n")
    own.source("people.csv")

    assert set(own.records("--id", "own_id=12")) == {"12", "30"}
    assert set(own.records("--id", "own_id=212")) == set()


def test_an_address_is_found_by_its_md5(own: OwnConnector) -> None:
    digest = hashlib.md5(b"ada@example.org", usedforsecurity=False).hexdigest()
    own.write("people.csv", f"Record ID,Email,Hash\n1,,{digest}\n2,,{digest[::-1]}\n")
    own.source("people.csv")

    assert set(own.records("--email", "Ada@Example.org")) == {"1"}


def test_a_column_that_stands_twice_is_declared_once() -> None:
    fields = {"UNSUB_REASON": FieldSpec(category="user.content")}

    assert field_for(fields, "UNSUB_REASON (2)") is fields["UNSUB_REASON"]
    assert field_for(fields, "OTHER (2)") is None


@pytest.mark.parametrize("pattern", ["(a)(b)", "a", "(a*)", "("])
def test_find_needs_one_group_and_never_matches_nothing(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"group|regular"):
        FieldSpec(find=pattern)


def test_a_short_salesforce_id_is_the_long_one_and_no_other() -> None:
    assert normal_forms("salesforce_id", "001x0000002xLD0") == normal_forms("salesforce_id", "001x0000002xLD0AAM")
    assert normal_forms("salesforce_id", "001x0000002xLD0") != normal_forms("salesforce_id", "001x0000002xLD0".lower())


@given(st.text(alphabet="ab+%40F2 é@.;:", max_size=20))
def test_the_store_and_the_matcher_undo_the_same_encodings(text: str) -> None:
    import duckdb

    from dsar.store import sql

    spec = FieldSpec(decode=("plus", "percent"))
    value = sql.percent_decoded("replace($1, '+', ' ')")
    found = duckdb.connect().execute(f"SELECT {value}", [text]).fetchall()

    assert found == [(spec.values(text)[0],)]


def test_a_mark_against_spreadsheets_is_no_part_of_a_value(own: OwnConnector) -> None:
    own.write(
        "people.csv", "Record ID,Email,Phone\n9,ada@example.org,'+49 30 2312507\n10,b@example.org,+49 30 2312508\n"
    )
    own.source("people.csv")

    found = own.find("--phone", "+49 30 2312507").document["records"]
    assert [record["key"] for record in found] == ["9"]
