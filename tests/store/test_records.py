"""A stored row as the record people know: its fields unchanged, its key, and an id that no key can break."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segment_maker import declaration_of

from dsar.store.records import escaped, fields_of, generic, key_values, known_fields, record_of
from dsar.store.segments import Contents, Declaration, Identifiers, Segment


def segment(declaration: Declaration, *headings: str, leaves: tuple[str, ...] = (), part: str = "") -> Segment:
    contents = Contents("contacts", part, headings, leaves, "", 1, 1, 0, {})
    return Segment(0, Path("x"), "exports/crm.csv", Path("exports/crm.csv"), "", declaration, contents, Identifiers())


def row(*cells: str | None, bad: str | None = None, **more: Any) -> dict[str, Any]:
    return {"_row": 1, "_line": 7, "_lines": 2, "_bad": bad, **{f"c{n}": cell for n, cell in enumerate(cells)}, **more}


TABLE = segment(declaration_of(), "id", "email")


def test_a_record_has_its_fields_key_and_place() -> None:
    record = record_of(TABLE, row("7", " Ada@example.org "))

    assert (record.record, record.key, record.file, record.line, record.lines) == (
        "crm/contacts/7",
        "7",
        "exports/crm.csv",
        7,
        2,
    )
    assert record.fields == (("id", "7"), ("email", " Ada@example.org "))


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("a|b", "a|b"),
        ("a b#2", "a b#2"),
        ("x\n\x1b", "x%0A%1B"),
        ("é", "é"),
        ("..", ".."),
    ],
)
def test_what_would_break_an_id_is_encoded(key: str, shown: str) -> None:
    record = record_of(TABLE, row(key, "x"))

    assert record.record == f"crm/contacts/{shown}"
    assert record.key == key


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_keys_never_have_one_id(first: str, second: str) -> None:
    assert (escaped(first) == escaped(second)) == (first == second)
    assert "/" not in escaped(first)
    assert unquote(escaped(first)) == first or "\ufffd" in unquote(escaped(first))


COMPOSITE = segment(declaration_of(key=("id", "email")), "id", "email")


@given(st.lists(st.text(st.sampled_from("ab|%/7C2"), min_size=1, max_size=4), min_size=4, max_size=4))
def test_two_composite_keys_never_have_one_id(parts: list[str]) -> None:
    first, second = record_of(COMPOSITE, row(*parts[:2])), record_of(COMPOSITE, row(*parts[2:]))

    assert (first.record == second.record) == (parts[:2] == parts[2:])


def test_different_rows_of_one_key_are_numbered_and_keep_their_key() -> None:
    record = record_of(TABLE, row("7", "x"), copy=2)

    assert (record.record, record.key) == ("crm/contacts/7#2", "7")


@pytest.mark.parametrize(
    ("declaration", "cells"),
    [
        (declaration_of(), ("", "x")),
        (declaration_of(), (None, "x")),
        (declaration_of(key=()), ("1", "x")),
        (declaration_of(key=("no",)), ("1", "x")),
    ],
)
def test_a_row_without_a_key_is_known_by_file_and_line(declaration: Declaration, cells: tuple[str | None, ...]) -> None:
    place = segment(declaration, "id", "email", part="North")

    assert key_values(place, row(*cells)) is None
    assert record_of(place, row(*cells)).record == "crm/contacts/crm.csv#North:7"


def test_an_unreadable_row_shows_its_text_as_one_field() -> None:
    record = record_of(TABLE, row("7;raw", None, bad="fewer cells than headings"))

    assert (record.fields, record.key) == ((("line", "7;raw"),), "crm.csv:7")


def test_a_log_line_has_the_groups_of_its_pattern_or_itself() -> None:
    log = segment(
        Declaration("web", "requests", "", "log", "log", (), {}, pattern=r"(?P<host>\S+) (?P<what>.*)"), "host", "what"
    )

    assert fields_of(log, row("h x y")) == (("host", "h"), ("what", "x y"))
    assert fields_of(log, row("alone")) == (("line", "alone"),)


def test_a_nested_cell_becomes_its_leaves_and_a_text_that_looks_nested_stays() -> None:
    leaves = ("id", "mails[*].value", "note", "deep.a[*]")
    place = segment(declaration_of(), "id", "mails", "note", "deep", leaves=leaves)
    place = replace(place, declaration=replace(place.declaration, format="json"))
    found = fields_of(place, row("1", '[{"value":"a"},{"value":1.50}]', '{"not": "nested"}', None))

    assert found == (
        ("id", "1"),
        ("mails[0].value", "a"),
        ("mails[1].value", "1.50"),
        ("note", '{"not": "nested"}'),
        ("deep", None),
    )
    assert generic("mails[12].value[3]") == "mails[*].value[*]"


def test_a_row_that_continues_is_known_by_what_it_carries_and_shown_as_it_stands() -> None:
    place = segment(declaration_of(group_by="id", carry=("email",), key=("id",)), "id", "email", "item")
    continued = row("#1", "", "y", kc1="ada@example.org")

    assert dict(known_fields(place, continued))["email"] == "ada@example.org"
    assert dict(fields_of(place, continued))["email"] == ""
