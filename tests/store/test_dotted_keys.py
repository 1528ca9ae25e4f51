"""Keys of JSON that hold dots, brackets, quotes or nothing are searched like any other, and their paths say which."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer
from dsar.store import sql
from dsar.store.leaves import ANY, as_text, flat, generic, leaves, step, steps

ADA = "ada@example.org"
KEYS = [
    "a.b",
    "a[b",
    "a]b",
    "a b",
    "",
    "*",
    "a*b",
    'a"b',
    "a'b",
    "a\\b",
    '"',
    "\\",
    "[*]",
    "[0]",
    "$",
    "#",
    "ü",
    "a\nb",
]
AWKWARD = st.sampled_from(KEYS) | st.text(st.sampled_from("ab.[\"]\\*' $/"), max_size=5)
TOML = """[[source]]
name = "crm"
files = ["crm.json"]
[source.collection.people]
key = ["{key}"]
[source.collection.people.fields]
{fields}"""

Opened = Callable[..., Workspace]
Graded = Callable[..., dict[str, str]]


def opened(company: Opened, records: list[Any], fields: str = "", key: str = "id") -> Workspace:
    """Open a company whose one export is these JSON records."""
    return company({"crm.json": json.dumps(records)}, TOML.format(key=key, fields=fields))


@given(st.lists(AWKWARD, min_size=1, max_size=4), st.booleans())
def test_a_path_leads_back_to_its_keys(keys: list[str], several: bool) -> None:
    value: Any = ["x"] if several else "x"
    for key in reversed(keys):
        value = {key: value}

    (path,) = leaves(value)

    assert steps(path) == (*keys, *([ANY] if several else []))


@given(st.dictionaries(AWKWARD, st.dictionaries(AWKWARD, st.just("x"), min_size=1), min_size=1, max_size=4))
def test_two_leaves_never_share_a_path(value: dict[str, dict[str, str]]) -> None:
    found = list(leaves(value))

    assert len(found) == len(set(found)) == sum(len(inner) for inner in value.values())


def test_simple_paths_are_shown_without_quotes() -> None:
    record = {"user": {"First Name": "x"}, "emails": [{"value": "x"}], "user.email": "x", "a": {"b.c": ["x"]}}

    assert list(leaves(record)) == ["user.First Name", "emails[*].value", '"user.email"', 'a."b.c"[*]']


def test_an_index_inside_a_key_is_part_of_the_key() -> None:
    names = [name for name, _ in flat({"x[0]": ["v"]}, step("list"))]

    assert names == ['list."x[0]"[0]']
    assert generic(names[0]) == 'list."x[0]"[*]'
    assert generic("phones[0].value") == "phones[*].value"


@given(st.lists(AWKWARD | st.just(ANY), min_size=1, max_size=5), st.lists(AWKWARD, max_size=2))
def test_sql_reaches_what_a_path_names_and_nothing_else(below: list[str | None], others: list[str]) -> None:
    value: Any = "found"
    for part in reversed(below):
        value = [value] if part is ANY else {**dict.fromkeys(others, "other"), part: value}

    cell = as_text(value)
    found = duckdb.execute(f"SELECT {sql.inside('c', below)} FROM (SELECT $1::VARCHAR AS c)", [cell]).fetchall()[0][0]

    assert found == (["found"] if ANY in below else "found")


@pytest.mark.parametrize("plain", ["", "text", "[note] of one", "{"])
def test_a_text_in_a_nested_column_has_nothing_inside(plain: str) -> None:
    assert duckdb.execute(f"SELECT {sql.inside('c', ['a'])} FROM (SELECT $1::VARCHAR AS c)", [plain]).fetchall() == [
        (None,)
    ]


@pytest.mark.parametrize("key", KEYS)
def test_an_address_under_an_awkward_key_is_found(company: Opened, grades: Graded, key: str) -> None:
    top, inner, several = {"id": "1", key: ADA}, {"id": "2", "u": {key: {"e": ADA}}}, {"id": "3", "u": {key: [ADA]}}
    deep = {"id": "4", "v": [{key: [{"e": "bob@example.org"}, {"e": ADA}]}]}

    assert sorted(grades(opened(company, [top, inner, several, deep]), email=ADA)) == [
        "crm/1",
        "crm/2",
        "crm/3",
        "crm/4",
    ]


def test_a_column_that_is_text_here_and_an_object_there_is_searched_in_both(company: Opened, grades: Graded) -> None:
    records = [{"id": "1", "who": f"[mail] {ADA}"}, {"id": "2", "who": {"email": ADA}}, {"id": "3", "who": ""}]

    assert sorted(grades(opened(company, records), email=ADA)) == ["crm/1", "crm/2"]


@pytest.mark.parametrize("name", ["user.email", '\\"user.email\\"'])
def test_a_dotted_key_is_declared_with_or_without_its_quotes(
    company: Opened, ask: Callable[..., Answer], name: str
) -> None:
    fields = f'"{name}" = {{ category = "user.contact.email", identifier = "email" }}'
    workspace = opened(company, [{"id": "1", "user.email": ADA}], fields)

    (match,) = ask(workspace, email=ADA).matches

    assert match.grade == "confirmed"
    assert dict(match.record.fields) == {"id": "1", '"user.email"': ADA}


@pytest.mark.parametrize("name", ["order.id", '\\"order.id\\"'])
def test_a_dotted_key_may_be_the_key_of_a_record(company: Opened, grades: Graded, name: str) -> None:
    workspace = opened(company, [{"order.id": "A7", "email": ADA}], key=name)

    assert list(grades(workspace, email=ADA)) == ["crm/A7"]


def test_declared_simple_paths_still_match(company: Opened, grades: Graded) -> None:
    fields = '"emails[*].value" = { category = "user.contact.email", identifier = "email" }'
    workspace = opened(company, [{"id": "1", "emails": [{"value": "x@example.org"}, {"value": ADA}]}], fields)

    assert grades(workspace, email=ADA) == {"crm/1": "confirmed"}
