"""API calls name exactly one record each, whatever its key looks like."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from dsar.erasure.calls import call_for, http
from dsar.erasure.plan import make_plan
from dsar.errors import DsarError

from .company import answer, config, record, specs
from .hostile import hostile_values

OWN = "DELETE https://api.example.org/people/{key}"


def test_a_hostile_key_stays_inside_its_place_in_url_and_body() -> None:
    for value in (value for value in hostile_values() if value):
        one = record("people", id=value)
        url = call_for(one, OWN) or ""
        body = call_for(one, 'POST https://api.example.org/x {"id": {key}}') or ""

        assert url.isascii()
        assert url.count(" ") == 1
        assert url.count("/") == 4
        assert body.isascii()
        assert body.isprintable()
        assert json.loads(body.split(" ", 2)[2]) == {"id": value}


def test_a_call_is_not_made_with_the_id_of_something_else() -> None:
    assert call_for(record("contacts", id="7"), "hubspot.gdpr_delete")
    assert call_for(record("form_submissions", id="7"), "hubspot.gdpr_delete") is None
    assert call_for(record("contacts", id="7"), "unknown.call") is None
    assert call_for(record("contacts", id="7"), None) is None


def test_the_file_of_calls_holds_each_request_once_and_no_token() -> None:
    made = config({"people": {"erase": {"method": "api", "call": OWN}}})
    found = answer(record("people", id="7"), record("people", id="7", line=3), record("people", id="ü/8"))
    plan = make_plan(found, specs(made), made, date(2026, 11, 22))
    text = http(plan, "api:crm").decode("ascii")

    assert text.count("DELETE https://api.example.org/people/") == 2
    assert "people/%C3%BC%2F8\n" in text
    assert "Bearer {{token}}" in text
    assert plan.digest in text
    with pytest.raises(DsarError):
        http(plan, "api:other")


def test_a_deletion_in_two_steps_is_two_requests_in_their_order() -> None:
    call = ("DELETE {{desk}}/users/{key}", "DELETE {{desk}}/deleted_users/{key}")
    made = config({"people": {"erase": {"method": "api", "call": list(call), "text": "The first can be undone."}}})
    plan = make_plan(answer(record("people", id="7")), specs(made), made, date(2026, 11, 22))
    text = http(plan, "api:crm").decode("ascii")

    assert text.index("DELETE {{desk}}/users/7\n") < text.index("DELETE {{desk}}/deleted_users/7\n")
    assert "### 2 of 2" in text
    assert any("The first can be undone" in note for note in plan.notes)


def test_a_call_takes_columns_and_their_md5() -> None:
    one = record("members", id="7", **{"Email Address": "Ada@Example.org ", "List": "a/b"})

    digest = hashlib.md5(b"ada@example.org").hexdigest()
    assert call_for(one, "POST {{chimp}}/lists/{{list}}/members/{md5:Email Address}/go") == (
        f"POST {{{{chimp}}}}/lists/{{{{list}}}}/members/{digest}/go"
    )
    assert call_for(one, 'POST {{x}}/{field:List} {"mail": {field:email address}}') == (
        'POST {{x}}/a%2Fb {"mail": "Ada@Example.org"}'
    )


def test_a_call_that_names_an_empty_column_is_a_step_for_people() -> None:
    one = record("members", id="7", mail=" ")

    assert call_for(one, "DELETE {{x}}/{md5:mail}") is None
    assert call_for(one, "DELETE {{x}}/{field:other}") is None
    assert call_for(one, ("DELETE {{x}}/{key}", "DELETE {{x}}/{field:mail}")) is None


def test_greenhouse_is_told_on_whose_behalf() -> None:
    call = "PUT {{greenhouse}}/v1/candidates/{key}/anonymize?fields=full_name"
    made = config({"people": {"erase": {"method": "api", "call": call}}})
    text = http(make_plan(answer(record("people", id="7")), specs(made), made, date(2026, 11, 22)), "api:crm").decode()

    assert "On-Behalf-Of: {{user}}" in text and "Bearer" not in text
