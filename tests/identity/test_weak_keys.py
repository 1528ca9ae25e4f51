"""Rows that share one thing with a person that too many share: passed over, counted, and found by a second thing."""

from __future__ import annotations

from collections.abc import Callable

from dsar.fulfilment.workspace import Workspace
from dsar.identity.weak import MANY
from dsar.model import Answer

Company = Callable[..., Workspace]
Ask = Callable[..., Answer]
HERS = [
    "H1,Ada Bell,1970-01-01,ada@example.org,030 1234567,",
    "H2,Ada Bel,1970-01-01,,,",  # given name and day, and family initial and day
    "H3,Ada Nowak,1970-01-01,,,",  # given name and day, which few share
    "H5,Ada Bell,,,030 1234568,1 Main Street 10115",  # one digit of the phone
]
HEAD = "key,name,birth_date,email,phone,address"


def _crm(more: list[str]) -> dict[str, str]:
    return {"crm": "\n".join([HEAD, *HERS, *more])}


def _found(answer: Answer) -> dict[str, str]:
    return {m.record.key: m.grade for m in answer.matches}


def test_a_day_that_stands_for_no_day_brings_in_nobody_and_costs_no_match(company: Company, ask: Ask) -> None:
    who = {"name": "Ada Bell", "birth_date": "1970-01-01", "email": "ada@example.org"}
    strangers = [f"S{n},Zoe Bo{chr(97 + n % 26)}{chr(97 + n // 26)}rn,1970-01-01,,," for n in range(MANY + 20)]

    alone, crowded = ask(company(_crm([])), **who), ask(company(_crm(strangers)), **who)

    assert {"H2", "H3"} <= _found(alone).keys()
    assert _found(crowded) == _found(alone)
    assert not any("not looked at" in note for note in alone.notes)
    assert any(note.startswith(f"{MANY + 20} rows were not looked at") for note in crowded.notes)


def test_numbers_side_by_side_are_no_hint_unless_something_else_agrees(company: Company, ask: Ask) -> None:
    who = {"name": "Ada Bell", "phone": "030 1234567", "birth_date": "1970-01-10"}
    office = [f"S{n},Zoe Born,,,030 {n:07},,".removesuffix(",") for n in _neighbours(1234567)]
    sister = "N1,Ada Belll,1970-01-10,,030 1234562,"  # a name and a phone mistyped: two keys

    answer = ask(company(_crm([*office, *_copies(office), sister])), **who)

    assert "N1" in _found(answer)
    assert not any(key.startswith("S") for key in _found(answer))
    assert any("not looked at" in note for note in answer.notes)


def _neighbours(number: int) -> list[int]:
    text = str(number)
    return [int(f"{text[:p]}{d}{text[p + 1 :]}") for p in range(1, 7) for d in "0123456789" if d != text[p]]


def _copies(rows: list[str]) -> list[str]:
    return [row.replace("S", "SS", 1) for row in rows] + [row.replace("S", "SSS", 1) for row in rows]


def test_a_row_that_only_the_score_admits_waits_for_a_person_however_much_agrees(company: Company, ask: Ask) -> None:
    crm = "key,given_name,family_name,birth_date,phone\nC1,Marguerite,Lovelace,1985-03-14,030 12345678"
    who = {"name": "Marguerite Lovelace", "birth_date": "1985-03-15", "phone": "030 12345679"}

    match = ask(company({"crm": crm}), **who).matches[0]

    assert (match.grade, match.evidence[0].rule) == ("probable", "score")
    assert match.score is not None and match.score > 20
