"""What names with addresses are worth: namesakes of one home, slips of nicknames, and deliveries to somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.workspace import Workspace
from dsar.identity.mailboxes import ends_in_year, is_slip, nearly
from dsar.identity.names import given_names
from dsar.model import Answer

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]
HOME = "key,email,phone,given_name,family_name,birth_date,street,postcode\n"
ASKED = {"name": "Ada Lovelace", "address": "12 Mill Road", "postcode": "80540"}


@pytest.mark.parametrize(("one", "other"), [("mike", "michhael"), ("samule", "sam"), ("bob", "robrt")])
def test_a_slip_of_a_name_has_its_nicknames(one: str, other: str) -> None:
    assert given_names((one,), (other,)) == "nickname"


@pytest.mark.parametrize(("one", "other"), [("mike", "michelle"), ("bob", "rupert"), ("sam", "simon")])
def test_another_name_is_no_slip_of_a_nickname(one: str, other: str) -> None:
    assert given_names((one,), (other,)) == "differs"


def test_slips_and_nicknames_of_one_name_do_not_split_the_search(company: Company, grades: Grades) -> None:
    rows = "C1,mc@example.org,Michael,Bell,,\nC2,mc@example.org,Mike,Bell,,\nC3,mc@example.org,Michhael,Bell,,"
    workspace = company({"crm": "key,email,given_name,family_name,birth_date,customer_no\n" + rows})

    assert set(grades(workspace, email="mc@example.org").values()) == {"confirmed"}


def test_mailboxes_with_other_digits_are_two_and_a_slip_is_one() -> None:
    assert not nearly("ada81@example.org", "ada83@example.org")
    assert nearly("lovelace.ada@example.org", "lovelacf.ada@example.org")
    assert is_slip("a.lovelacee@example.org", "a.lovelace@example.org")
    assert not is_slip("a.lovelace@example.org", "b.lovelace@example.org")


def test_the_year_of_birth_is_read_at_the_end_of_a_mailbox() -> None:
    days = ["1985-03-04"]

    assert ends_in_year("ada85@example.org", days) and ends_in_year("ada1985+shop@example.org", days)
    assert not ends_in_year("ada1985x@example.org", days) and not ends_in_year("ada785@example.org", days)


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        ("C1,,,Ada,Lovelace,,12 Mill Road,80540", "probable"),
        ("C1,lovelace.ada@example.net,,Ada,Lovelace,,12 Mill Road,80540", "possible"),
        ("C1,lovelace.ada@example.net,+1 206 555 0101,Ada,Lovelace,,12 Mill Road,80540", "probable"),
    ],
)
def test_another_mailbox_at_one_address_may_be_a_namesakes(
    company: Company, grades: Grades, row: str, grade: str
) -> None:
    workspace = company({"crm": HOME + row})

    found = grades(workspace, email="ada@example.org", phone="+1 206 555 0101", **ASKED)

    assert found == {"crm/C1": grade}


def test_a_present_that_somebody_else_had_delivered_is_possible(company: Company, ask: Ask) -> None:
    head = "key,email,given_name,family_name,street,postcode,"
    head += "shipping given_name,shipping family_name,shipping street,shipping postcode\n"
    rows = "O1,bob@example.org,Bob,Bell,3 High Street,10115,Ada,Lovelace,12 Mill Road,80540\n"
    rows += "O2,bob@example.org,Bob,Bell,3 High Street,10115,Eve,Lovelace,12 Mill Road,80540"
    workspace = company({"orders": head + rows})

    answer = ask(workspace, email="ada@example.org", **ASKED)

    assert [(m.record.key, m.grade, m.evidence[0].rule) for m in answer.matches] == [
        ("O1", "possible", "name-place-other-role")
    ]
    assert not answer.held
