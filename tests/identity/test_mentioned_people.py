"""Mentions in other people's rows and texts: possible, with their place, and the words around masked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer

Company = Callable[..., Workspace]
Ask = Callable[..., Answer]
TEXTS = {
    "email": "please write to Ada@example.org instead",
    "phone": "her number is 030 / 123 45 67 until noon",
    "customer_no": "see also KD-2001 of last year",
    "name": "Bob says that Ada Bell has moved",
}


_KINDS = {"customer_no": "token"}


@pytest.mark.parametrize("kind", TEXTS)
def test_whatever_names_a_person_in_a_text_is_offered_as_possible(company: Company, ask: Ask, kind: str) -> None:
    note = TEXTS[kind]
    workspace = company(
        {
            "crm": "key,email,phone,name,customer_no\nC1,ada@example.org,030 1234567,Ada Bell,KD-2001",
            "tickets": f"key,email,note\nT1,bob@example.org,{note}\nT2,bob@example.org,nothing of her",
        }
    )

    answer = ask(workspace, email="ada@example.org")

    (mention,) = [m for m in answer.matches if m.record.source == "tickets"]
    assert (mention.grade, mention.evidence[0].rule, mention.evidence[0].kind) == (
        "possible",
        "mentioned",
        _KINDS.get(kind, kind),
    )
    (place,) = mention.places
    assert place.startswith("note: ")
    assert not any(word in place for word in ("write", "instead", "until", "year", "says", "moved"))


def test_a_name_of_one_word_in_a_text_is_nobody(company: Company, ask: Ask) -> None:
    workspace = company(
        {
            "crm": "key,email,name\nC1,ada@example.org,Ada Bell",
            "tickets": "key,email,note\nT1,bob@example.org,Ada was here and rang the Bell",
        }
    )

    assert [m.record.key for m in ask(workspace, email="ada@example.org").matches] == ["C1"]


@pytest.mark.parametrize(
    ("name", "note", "shown"),
    [
        ("Ada Bell", "then Bell, Ada rang", "Bell, Ada"),
        ("Ada Bell", "a word with Ada M. Bell today", "Ada M. Bell"),
        ("Ada Bell", "Frau Ada Bell's dog", "Ada Bell"),
        ("Ada Bell", "asked Ada\u00a0Bell twice", "Ada\u00a0Bell"),
        ("Ada Bell", "to Eve, Dan, Carl, Ada Bell", "Ada Bell"),
        ("Ada Maria Bell", "so Ada Maria Bell paid", "Maria Bell"),
        ("Ludwig van Beethoven", "so Ludwig van Beethoven paid", "Ludwig van Beethoven"),
        ("Anna-Lena Müller-Lüders", "so Anna-Lena Müller-Lüders paid", "Anna-Lena Müller-Lüders"),
        ("María García López", "llamó María García López", "García López"),
        ("Ada Bell", "Freund von Ada Bell", "Ada Bell"),
        ("Ada Bell", "Klasse B Ada Bell", "Ada Bell"),
    ],
)
def test_a_name_in_a_text_is_found_as_people_write_it_and_shown_in_its_place(
    company: Company, ask: Ask, name: str, note: str, shown: str
) -> None:
    workspace = company({"tickets": f'key,email,note\nT1,bob@example.org,"{note}"\nT2,eve@example.org,Bob Stone paid'})

    (mention,) = ask(workspace, email="ada@example.org", name=name).matches

    assert mention.grade == "possible"
    assert [place for place in mention.places if shown in place]
    assert not any(word in place for place in mention.places for word in ("rang", "paid", "dog", "today", "twice"))


def test_two_numbers_and_a_number_behind_a_colon_are_found_in_a_text(company: Company, ask: Ask) -> None:
    rows = "T1,bob@example.org,030 5550101 / 0170 7777777\nT2,eve@example.org,Kd-Nr:KD-84712."
    crm = "key,email,phone,name,customer_no\nC1,ada@example.org,0170 7777777,Ada Bell,KD-84712"
    workspace = company({"crm": crm, "tickets": f"key,email,note\n{rows}"})

    found = {m.record.key: m.places for m in ask(workspace, email="ada@example.org").matches}

    assert "7777777" in found["T1"][0] and "5550101" not in found["T1"][0]
    assert "84712" in found["T2"][0]


def test_a_mention_inside_an_address_of_a_page_is_shown_in_its_place(company: Company, ask: Ask) -> None:
    workspace = company(
        {"tickets": "key,email,note\nT1,bob@example.org,see https://x.example/?m=ada%40example.org&s=1"}
    )

    (mention,) = ask(workspace, email="ada@example.org").matches

    assert mention.places == ("note: ••• ••• ada@example.org •••",)
