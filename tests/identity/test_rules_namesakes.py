"""Two people of one name: at one address, on one mailbox, with neighbouring numbers; and one person with a slip."""

from __future__ import annotations

from collections.abc import Callable

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]
HOME = "key,email,phone,given_name,family_name,birth_date,street,postcode,ssn\n"
ASKED = {"name": "Ada J Lovelace", "address": "12 Mill Road", "postcode": "80540"}


def test_a_row_without_a_birth_date_may_be_the_mothers_as_well(company: Company, ask: Ask) -> None:
    wages = "W,,,Ada J,Lovelace,,12 Mill Road,80540,"
    mother = "M,,,Ada J,Lovelace,1950-03-04,12 Mill Road,80540,"
    alone = ask(company({"crm": HOME + wages}), birth_date="1980-05-17", **ASKED)
    both = ask(company({"crm": f"{HOME}{wages}\n{mother}"}), birth_date="1980-05-17", **ASKED)

    assert [(m.record.key, m.grade) for m in alone.matches] == [("W", "confirmed")]
    assert [(m.record.key, m.grade, m.ambiguous_with) for m in both.matches] == [("W", "possible", ("crm/crm/M",))]


def test_what_a_number_confirms_keeps_a_namesake_out_of_the_same_step(company: Company, grades: Grades) -> None:
    rows = ["N,,,Ada J,Lovelace,1950-03-04,,,572-77-8638", "M,,,Ada J,Lovelace,2010-06-07,12 Mill Road,80540,"]
    found = grades(company({"crm": HOME + "\n".join(rows)}), id="ssn=572-77-8638", **ASKED)

    assert found == {"crm/N": "confirmed"}


def test_what_a_birth_date_confirms_brings_the_number_that_keeps_a_namesake_out(
    company: Company, grades: Grades
) -> None:
    rows = ["R,,,Ada Joan,Lovelace,1980-05-17,,,572-77-8638", "W,,,Ada J,Lovelace,,12 Mill Road,80540,397-47-7657"]

    assert grades(company({"crm": HOME + rows[1]}), birth_date="1980-05-17", **ASKED) == {"crm/W": "confirmed"}
    found = grades(company({"crm": HOME + "\n".join(rows)}), birth_date="1980-05-17", **ASKED)
    assert found == {"crm/R": "confirmed"}


def test_a_number_lent_to_somebody_whose_first_name_is_ones_second_confirms_nothing(
    company: Company, grades: Grades
) -> None:
    workspace = company({"crm": HOME + "L,,,Maria,Bell,,,,572-77-8638\nO,,,Ada,Bell,,,,572-77-8638"})
    found = grades(workspace, id="ssn=572-77-8638", name="Ada Maria Lovelace", birth_date="1980-05-17")

    assert found == {"crm/L": "probable", "crm/O": "confirmed"}


def test_a_number_lent_within_a_home_to_a_sister_of_the_same_first_name_confirms_nothing(
    company: Company, grades: Grades
) -> None:
    asked = {"id": "ssn=572-77-8638", "birth_date": "1980-05-17", **ASKED}

    def grade(birth_date: str, street: str) -> dict[str, str]:
        row = f"S,,,Ada K,Lovelace,{birth_date},{street},80540,572-77-8638"
        return grades(company({"crm": HOME + row}), **asked)

    assert grade("", "12 Mill Road") == {"crm/S": "probable"}
    assert grade("1980-05-17", "12 Mill Road") == grade("", "9 Oak Street") == {"crm/S": "confirmed"}


def test_a_slip_in_a_given_name_on_ones_mailbox_is_probable_and_a_twin_who_is_known_there_is_not(
    company: Company, grades: Grades
) -> None:
    slip = "S,ada@example.org,,Adah,Bell,,,,"
    hers = "H,ada@example.org,,Adam,Bell,,,,"
    twin = "T,ada@example.org,,Adam,Bell,,,,"

    assert grades(company({"crm": HOME + slip}), email="ada@example.org", name="Adan Bell") == {"crm/S": "probable"}
    found = grades(company({"crm": f"{HOME}{hers}\n{twin}"}), email="ada@example.org", name="Adan Bell")
    assert found == {"crm/H": "possible", "crm/T": "possible"}


def test_a_private_mailbox_and_one_at_work_are_no_sign_of_two_people(company: Company, grades: Grades) -> None:
    work = company({"crm": HOME + "W,ada.lovelace@acme.example,,Ada,Lovelace,,12 Mill Road,80540,"})
    private = company({"crm": HOME + "P,lovelace77@gmail.com,,Ada,Lovelace,,12 Mill Road,80540,"})

    assert grades(work, email="ada@gmail.com", **ASKED) == {"crm/W": "probable"}
    assert grades(private, email="ada@gmail.com", **ASKED) == {"crm/P": "possible"}


def test_an_order_on_somebody_elses_account_is_held_against_who_pays_it(company: Company, grades: Grades) -> None:
    crm = HOME.replace("ssn", "customer_no") + "C,,030 12345670,Ada,Lovelace,,12 Mill Road,80540,K100"
    order = "key,customer_no,billing name,billing email,billing phone\nO,K100,Ada Lovelace,zoe@gmail.com,030 76543210"
    workspace = company({"crm": crm, "orders": order})
    found = grades(workspace, name="Ada Lovelace", phone="030 12345670", email="ada@gmail.com")

    assert found == {"crm/C": "confirmed", "orders/O": "probable"}


def test_a_namesake_with_another_mailbox_and_a_neighbouring_number_is_not_offered(
    company: Company, grades: Grades
) -> None:
    workspace = company({"crm": HOME + "N,ada91@example.com,030 23125119,Ada,Lovelace,,,,"})

    assert grades(workspace, name="Ada Lovelace", phone="030 23125111", email="ada@example.org") == {}
    assert grades(workspace, name="Ada Lovelace", phone="030 23125111") == {"crm/N": "probable"}


def test_a_mailbox_that_ends_in_the_year_of_birth_makes_name_and_address_certain(
    company: Company, grades: Grades
) -> None:
    rows = ["B,,,Ada,Lovelace,1980-05-17,12 Mill Road,80540,", "M,ada50@web.de,,Ada,Lovelace,,12 Mill Road,80540,"]
    workspace = company({"crm": HOME + "\n".join(rows)})

    assert grades(workspace, email="ada80@gmail.com", **ASKED) == {"crm/B": "confirmed", "crm/M": "possible"}
    assert grades(workspace, email="ada81@gmail.com", **ASKED) == {"crm/B": "probable", "crm/M": "possible"}
    assert grades(workspace, birth_date="1950-03-04", **ASKED) == {"crm/M": "confirmed"}


def test_a_mailbox_for_a_purpose_is_no_sign_of_two_people(company: Company, grades: Grades) -> None:
    jobs = company({"crm": HOME + "J,adalovelacejobs@gmail.com,,Ada,Lovelace,,12 Mill Road,80540,"})

    assert grades(jobs, email="lovelace77@gmail.com", **ASKED) == {"crm/J": "probable"}
    assert grades(jobs, email="ada-work@gmail.com", **ASKED) == {"crm/J": "possible"}


def test_another_phone_beside_a_mailbox_at_work_is_no_sign_of_two_people_other_numbers_in_mailboxes_are(
    company: Company, grades: Grades
) -> None:
    work = "W,{},030 76543210,Ada,Lovelace,,12 Mill Road,80540,"
    plain = company({"crm": HOME + work.format("ada.lovelace@acme.example")})
    numbered = company({"crm": HOME + work.format("ada62@acme.example")})

    for workspace, grade in ((plain, "probable"), (numbered, "possible")):
        assert grades(workspace, email="ada30@gmail.com", phone="030 12345670", **ASKED) == {"crm/W": grade}
