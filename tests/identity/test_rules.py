"""What an equal e-mail address or phone number is worth, and the case each rule must not let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Match

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]
ADA = "key,email,given_name,family_name,birth_date,customer_no\n"


def match(answer: Answer, key: str) -> Match:
    return next(found for found in answer.matches if found.record.key == key)


def test_the_same_personal_email_with_a_compatible_name_is_confirmed(company: Company, grades: Grades) -> None:
    workspace = company({"crm": ADA + "C1,Ada@Example.org,Ada,Lovelace,,\nC2,bob@example.org,Bob,Bell,,"})

    assert grades(workspace, email="ada@example.org", name="Ada Lovelace") == {"crm/C1": "confirmed"}


@pytest.mark.parametrize(
    ("row", "conflict"),
    [
        ("C1,ada@example.org,Bob,Lovelace,1990-03-04,", "given_name"),
        ("C1,ada@example.org,Ada,Lovelace,1961-07-12,", "birth_date"),
        ("C1,ada@example.org,Ada,Lovelace Sr,1990-03-04,", "suffix"),
    ],
)
def test_a_conflict_beats_the_same_email(company: Company, ask: Ask, row: str, conflict: str) -> None:
    answer = ask(company({"crm": ADA + row}), email="ada@example.org", name="Ada Lovelace Jr", birth_date="1990-03-04")

    assert [found.grade for found in answer.matches] == ["possible"]
    assert conflict in answer.matches[0].evidence[0].conflicts
    assert not answer.held


@pytest.mark.parametrize("written", ["Bob Example", "Rob Example", "R. Example", "Robrt Example", "Example, Robert"])
def test_nickname_initial_and_slip_are_the_same_person(company: Company, grades: Grades, written: str) -> None:
    workspace = company({"crm": f'key,email,name\nC1,rob@example.org,"{written}"'})

    assert grades(workspace, email="rob@example.org", name="Robert Example") == {"crm/C1": "confirmed"}


@pytest.mark.parametrize(("born", "grade"), [("", "probable"), ("1990-03-04", "confirmed"), ("1961-07-12", "possible")])
def test_a_changed_family_name_waits_for_a_second_agreement(
    company: Company, grades: Grades, born: str, grade: str
) -> None:
    workspace = company({"crm": ADA + f"C1,ada@example.org,Ada,Byron,{born},"})

    found = grades(workspace, email="ada@example.org", name="Ada Lovelace", birth_date="1990-03-04")

    assert found == {"crm/C1": grade}


def test_a_name_that_was_never_filled_in_is_no_name(company: Company, grades: Grades) -> None:
    workspace = company({"crm": ADA + "C1,ada@example.org,n/a,unknown,,\nC2,ada@example.org,-,,n/a,"})

    found = grades(workspace, email="ada@example.org", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "confirmed"}


FAMILY = {
    "crm": ADA + "C1,bells@example.org,Ada,Bell,,\nC2,bells@example.org,Bob,Bell,,",
    "news": "key,email\nN1,bells@example.org",
}


def test_a_name_decides_on_a_mailbox_that_two_people_use(company: Company, grades: Grades) -> None:
    found = grades(company(FAMILY), email="bells@example.org", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "possible", "news/N1": "possible"}


def test_without_a_name_a_shared_mailbox_confirms_nothing(company: Company, ask: Ask) -> None:
    answer = ask(company(FAMILY), email="bells@example.org")

    assert {found.grade for found in answer.matches} == {"possible"}
    assert any("two people" in note for note in answer.notes)
    assert not answer.complete


def test_a_mailbox_named_after_a_family_says_not_whose_a_row_is(company: Company, grades: Grades) -> None:
    workspace = company(
        {"crm": ADA + "C1,familie.bell@example.org,Ada,Bell,,", "news": "key,email\nN1,familie.bell@example.org"}
    )

    found = grades(workspace, email="familie.bell@example.org", name="Ada Bell")
    unnamed = grades(workspace, email="familie.bell@example.org")

    assert found == {"crm/C1": "confirmed", "news/N1": "probable"}
    assert unnamed == {"crm/C1": "possible", "news/N1": "possible"}


def test_a_row_that_fits_two_people_is_ambiguous_and_says_with_whom(company: Company, ask: Ask) -> None:
    names = ("Smith Jr", "Smith Sr", "Smith")
    rows = "\n".join(f"C{number},smiths@example.org,John,{name},," for number, name in enumerate(names, start=1))

    answer = ask(company({"crm": ADA + rows}), email="smiths@example.org", name="John Smith Jr")

    assert match(answer, "C1").grade == "confirmed"
    assert match(answer, "C2").grade == "possible"
    assert match(answer, "C3").grade == "possible"
    assert match(answer, "C3").ambiguous_with == ("crm/crm/C2",)


@pytest.mark.parametrize(("asked", "sister"), [("Marie", "Maria"), ("Daniel", "Daniela"), ("Min-jun", "Min-seo")])
def test_twins_of_one_mailbox_and_birth_date_are_not_mixed(
    company: Company, grades: Grades, asked: str, sister: str
) -> None:
    rows = f"C1,bells@example.org,{asked},Bell,1990-03-04,\nC2,bells@example.org,{sister},Bell,1990-03-04,"

    found = grades(
        company({"crm": ADA + rows}), email="bells@example.org", name=f"{asked} Bell", birth_date="1990-03-04"
    )

    assert found["crm/C1"] == "confirmed"
    assert found["crm/C2"] != "confirmed"


@pytest.mark.parametrize(
    "mailbox", ["info@example.com", "office2@example.com", "noreply@example.com", "ada@own.example.org"]
)
def test_role_mailboxes_and_our_own_domains_never_confirm(company: Company, ask: Ask, mailbox: str) -> None:
    workspace = company(
        {"crm": ADA + f"C1,{mailbox},Ada,Bell,,\nC2,{mailbox},Bob,Bell,,\nC3,{mailbox},,,,"},
        controller='own_domains = ["own.example.org"]',
    )

    answer = ask(workspace, email=mailbox, name="Ada Bell")

    assert {found.record.key: found.grade for found in answer.matches} == {"C1": "probable"}
    assert answer.sources[0].refused == 2


def test_a_role_mailbox_is_never_learned(company: Company, grades: Grades) -> None:
    workspace = company({"crm": ADA + "C1,info@example.com,Ada,Bell,,K100", "news": "key,email\nN1,info@example.com"})

    assert grades(workspace, id="customer_no=K100") == {"crm/C1": "confirmed"}


def test_a_mailbox_that_a_crowd_uses_says_nothing(company: Company, ask: Ask) -> None:
    names = ("Ada", "Bob", "Carl", "Dora", "Emil", "Frida", "Gustav")
    rows = "\n".join(f"C{n},desk@example.org,{name},Bell,," for n, name in enumerate(names))

    answer = ask(
        company({"crm": ADA + rows, "news": "key,email\nN1,desk@example.org"}),
        email="desk@example.org",
        name="Ada Bell",
    )

    assert {found.record.key: found.grade for found in answer.matches if found.grade != "possible"} == {
        "C0": "probable"
    }
    assert sum(source.refused for source in answer.sources) == 1


def test_an_address_with_a_tag_leads_to_the_mailbox_it_is_delivered_to(company: Company, grades: Grades) -> None:
    workspace = company({"crm": ADA + "C1,ada@example.org,Ada,Bell,,\nC2,adabell@gmail.com,Ada,Bell,,"})

    assert grades(workspace, email="ada+shop@example.org") == {"crm/C1": "confirmed"}
    assert grades(workspace, email="ada.bell+x@googlemail.com") == {"crm/C2": "confirmed"}


def test_the_second_address_of_a_row_may_be_an_assistants(company: Company, grades: Grades) -> None:
    crm = 'key,email,name\nC1,"desk.dora@example.com, ada@example.org",Ada Bell\nC2,desk.dora@example.com,Ada Bell'
    workspace = company({"crm": crm, "news": "key,email\nN1,desk.dora@example.com"})

    found = grades(workspace, email="ada@example.org", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "confirmed", "news/N1": "probable"}


def test_a_phone_confirms_only_with_the_full_name(company: Company, grades: Grades) -> None:
    workspace = company({"calls": "key,phone,name\n1,030 1234567,\n2,+49 30 1234567,A. Bell\n3,0049301234567,Ada Bell"})

    found = grades(workspace, phone="+49 30 1234567", name="Ada Bell")

    assert found == {"calls/1": "possible", "calls/2": "probable", "calls/3": "confirmed"}


def test_a_phone_alone_confirms_nothing(company: Company, grades: Grades) -> None:
    workspace = company({"calls": "key,phone,name\n1,030 1234567,\n2,030 1234567,Ada Bell"})

    assert "confirmed" not in grades(workspace, phone="030 1234567").values()


def test_a_shared_phone_does_not_join_two_people(company: Company, ask: Ask) -> None:
    workspace = company(
        {
            "crm": """key,phone,email,name
                C1,030 1234567,ada@example.org,Ada Bell
                C2,030 1234567,bob@example.org,Bob Bell"""
        }
    )

    answer = ask(workspace, email="ada@example.org", name="Ada Bell")

    assert {found.record.key for found in answer.matches} == {"C1"}
    assert answer.sources[0].refused == 1


def test_father_and_son_of_one_name_at_one_phone_are_told_apart_or_not_at_all(company: Company, grades: Grades) -> None:
    rows = "1,030 1234567,John Bell,1950-01-02\n2,030 1234567,John Bell,1980-05-17\n3,030 1234567,John Bell,"
    workspace = company({"calls": f"key,phone,name,birth_date\n{rows}"})

    found = grades(workspace, phone="030 1234567", name="John Bell", birth_date="1950-01-02")

    assert found == {"calls/1": "confirmed", "calls/3": "possible"}


def test_our_own_phone_identifies_nobody(company: Company, grades: Grades) -> None:
    workspace = company(
        {"calls": "key,phone,name\n1,030 1234567,Ada Bell"}, controller='own_phones = ["+49 30 1234567"]'
    )

    assert grades(workspace, phone="030 1234567", name="Ada Bell") == {"calls/1": "probable"}
