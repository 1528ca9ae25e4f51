"""What a row on a mailbox is worth that others may use: entries without a name, namesakes, another one's name."""

from __future__ import annotations

from collections.abc import Callable

from dsar.fulfilment.workspace import Workspace

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
HOME = "key,customer_no,email,phone,given_name,family_name,birth_date,street,postcode\n"
NEWS = "click_id,email,given_name\n"
LISTED = (
    '[[source]]\nname = "list"\nconnector = "table"\nfiles = ["list.csv"]\n'
    '[source.collection.list]\nkey = ["click_id"]\n'
    '[source.collection.list.fields]\nclick_id = { category = "user", identifier = "click_id" }\n'
    'email = { category = "user", identifier = "email" }\ngiven_name = { category = "user", identifier = "given_name" }'
)


def test_an_initial_is_no_given_name_even_if_both_give_the_same(company: Company, grades: Grades) -> None:
    other = "C1,K10021,ada.bell+shop@example.org,,S.,Bell,,12 Mill Road,80540"
    workspace = company({"crm": HOME + other})

    found = grades(workspace, email="ada.bell@example.org", name="S. Bell", address="12 Mill Road", postcode="80540")

    assert found == {"crm/C1": "probable"}


def test_a_bare_given_name_that_was_learned_hides_no_other_family_name(company: Company, grades: Grades) -> None:
    rows = ["C1,,ada@example.org,,Ada,,,,", "C2,,ada@example.org,,Ada,Lovelace,,,", "C3,,ada@example.org,,Ada,Bell,,,"]

    found = grades(company({"crm": HOME + "\n".join(rows)}), email="ada@example.org", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "probable", "crm/C3": "confirmed"}


def test_namesakes_are_told_apart_by_a_number_in_their_mailbox_or_in_its_domain(
    company: Company, grades: Grades
) -> None:
    rows = ["C1,,ada.bell7@example.org,,Ada,Bell,,,", "C2,,ada.bell@acme12.example,,Ada,Bell,,,"]
    workspace = company({"crm": HOME + "\n".join(rows)})

    assert grades(workspace, email="ada.bell@example.org", name="Ada Bell") == {}
    assert grades(workspace, email="ada.bell@acme1.example", name="Ada Bell") == {}
    assert grades(workspace, email="ada.belll@acme12.example", name="Ada Bell") == {"crm/C2": "probable"}


def test_a_mailbox_that_spells_somebody_elses_whole_name_does_not_say_who_asks(
    company: Company, grades: Grades
) -> None:
    workspace = company(
        {"crm": HOME + "C1,,carl.meyer@example.org,,Ada,Bell,,,", "news": "key,email\nN1,carl.meyer@example.org"}
    )

    assert grades(workspace, email="carl.meyer@example.org") == {"crm/C1": "probable", "news/N1": "confirmed"}
    named = grades(workspace, email="carl.meyer@example.org", name="Ada Bell")
    assert named == {"crm/C1": "confirmed", "news/N1": "probable"}


def test_a_number_booked_under_another_family_name_and_nothing_else_equal_is_probable(
    company: Company, grades: Grades
) -> None:
    other = "C1,K10021,ada.meyer@example.com,+44 20 7946 0999,Ada,Meyer,,9 Elm Street,20001"
    moved = "C2,K10021,ada.meyer@example.com,,Ada,Meyer,,12 Mill Road,80540"
    asked = {
        "id": "customer_no=K10021",
        "name": "Ada Bell",
        "email": "ada@example.org",
        "phone": "+44 20 7946 0123",
        "address": "12 Mill Road",
        "postcode": "80540",
    }

    assert grades(company({"crm": HOME + other}), **asked) == {"crm/C1": "probable"}
    assert grades(company({"crm": HOME + moved}), **asked) == {"crm/C2": "confirmed"}


def test_a_second_entry_of_a_list_on_one_mailbox_was_made_by_somebody_else(company: Company, grades: Grades) -> None:
    asked = {"email": "ada@example.org", "name": "Ada Bell"}
    alone = company({"list.csv": NEWS + "E7,ada@example.org,"}, LISTED)
    both = company({"list.csv": NEWS + "E7,ada@example.org,\nE8,ada@example.org,Ada"}, LISTED)

    assert grades(alone, **asked) == {"list/E7": "confirmed"}
    assert grades(both, **asked) == {"list/E7": "possible", "list/E8": "confirmed"}


def test_two_accounts_of_one_name_with_other_phones_on_a_familys_mailbox_may_be_father_and_son(
    company: Company, grades: Grades
) -> None:
    mine = "C1,K10021,bell.family@example.org,+44 20 7946 0123,John,Bell,,,"
    his = "C2,K10022,bell.family@example.org,+44 20 7946 0999,John,Bell,,,"
    asked = {"email": "bell.family@example.org", "name": "John Bell"}

    assert grades(company({"crm": HOME + mine}), **asked) == {"crm/C1": "confirmed"}
    assert grades(company({"crm": f"{HOME}{mine}\n{his}"}), **asked) == {"crm/C1": "probable", "crm/C2": "probable"}
    told = grades(company({"crm": f"{HOME}{mine}\n{his}"}), **asked, phone="+44 20 7946 0123")
    assert told == {"crm/C1": "confirmed", "crm/C2": "probable"}


def test_another_tag_on_a_familys_mailbox_confirms_only_with_more_than_the_address(
    company: Company, grades: Grades
) -> None:
    rows = [
        "C1,,bell.family+shop@example.org,,John,Bell,,12 Mill Road,80540",
        "C2,,bell.family+shop@example.org,+44 20 7946 0123,John,Bell,,12 Mill Road,80540",
    ]
    asked = {"email": "bell.family@example.org", "name": "John Bell", "address": "12 Mill Road", "postcode": "80540"}

    assert grades(company({"crm": HOME + rows[0]}), **asked) == {"crm/C1": "probable"}
    assert grades(company({"crm": HOME + rows[1]}), **asked, phone="+44 20 7946 0123") == {"crm/C2": "confirmed"}


def test_another_tag_with_the_given_name_is_confirmed_where_nobody_else_uses_the_mailbox(
    company: Company, grades: Grades
) -> None:
    shop = "C1,,ada.bell+shop@example.org,,Ada,,,,"
    bob = "C2,,ada.bell@example.org,,Bob,Bell,,,"
    asked = {"email": "ada.bell@example.org", "name": "Ada Bell"}

    assert grades(company({"crm": HOME + shop}), **asked) == {"crm/C1": "confirmed"}
    assert grades(company({"crm": f"{HOME}{shop}\n{bob}"}), **asked) == {"crm/C1": "probable", "crm/C2": "possible"}
    nameless = grades(company({"crm": HOME + shop}), email="ada.bell@example.org")
    assert nameless == {"crm/C1": "probable"}


def test_another_tag_on_a_familys_mailbox_and_no_name_says_too_little(company: Company, grades: Grades) -> None:
    workspace = company({"crm": HOME + "C1,,bell.family+shop@example.org,,,,,,"})

    assert grades(workspace, email="bell.family@example.org", name="Ada Bell") == {"crm/C1": "possible"}


def test_a_short_form_of_a_name_does_not_tell_father_and_son_apart(company: Company, grades: Grades) -> None:
    father = "C1,,bell.family@example.org,,Daniel,Bell,1950-03-04,,"
    order = "C2,,bell.family@example.org,,Dan,Bell,,,"
    asked = {"email": "bell.family@example.org", "name": "Dan Bell", "birth_date": "1980-05-17"}

    assert grades(company({"crm": HOME + order}), **asked) == {"crm/C2": "confirmed"}
    both = grades(company({"crm": f"{HOME}{father}\n{order}"}), **asked)
    assert both == {"crm/C1": "possible", "crm/C2": "possible"}
