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
