"""Mailboxes that spell a full name, and entries of mailing lists whose links were opened on a person's device."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.workspace import Workspace

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
NEWS = "key,email,given_name\nN1,{},{}"
CRM = "key,given_name,family_name,phone,street\nC1,Swantje,Lohse,030 1234567,Elmweg 1"
ASKED = {"name": "Swantje Lohse", "phone": "030 1234567"}


@pytest.mark.parametrize("mailbox", ["swantje.lohse@gmx.de", "lohse-swantje@web.de"])
def test_a_mailbox_that_spells_a_name_that_nobody_else_bears_is_probable(
    company: Company, grades: Grades, mailbox: str
) -> None:
    found = grades(company({"crm": CRM, "news": NEWS.format(mailbox, "")}), **ASKED)

    assert found == {"crm/C1": "confirmed", "news/N1": "probable"}


def test_where_another_bears_the_name_the_mailbox_is_possible(company: Company, grades: Grades) -> None:
    crm = CRM + "\nC2,Swantje,Lohse,040 7654321,Oakweg 9"
    found = grades(company({"crm": crm, "news": NEWS.format("swantje.lohse@gmx.de", "")}), **ASKED)

    assert found == {"crm/C1": "confirmed", "news/N1": "possible"}


@pytest.mark.parametrize(
    ("mailbox", "name"), [("s.lohse@gmx.de", ""), ("swantje.lohse@gmx.de", "Frauke"), ("swantje7@web.de", "")]
)
def test_a_mailbox_that_spells_less_or_belongs_to_another_is_not_found(
    company: Company, grades: Grades, mailbox: str, name: str
) -> None:
    assert grades(company({"crm": CRM, "news": NEWS.format(mailbox, name)}), **ASKED) == {"crm/C1": "confirmed"}


def test_a_mailbox_alone_leads_to_the_one_person_whose_name_it_spells(company: Company, grades: Grades) -> None:
    assert grades(company({"crm": CRM}), email="swantje.lohse@gmx.de", name="Swantje") == {"crm/C1": "probable"}
    assert grades(company({"crm": CRM}), email="lohse.swantje@gmx.de") == {"crm/C1": "probable"}
    two = company({"crm": CRM + "\nC2,Swantje,Lohse,040 7654321,Oakweg 9"})
    assert grades(two, email="swantje.lohse@gmx.de") == {"crm/C1": "possible", "crm/C2": "possible"}


WEB = "key,cookie,login,click_id\nW1,cookie-a1,K100,\nW2,cookie-a1,,E7\n"
LIST = "click_id,email,given_name\nE7,{},{}"
LISTED = (
    '[[source]]\nname = "list"\nconnector = "table"\nfiles = ["list.csv"]\n'
    '[source.collection.list]\nkey = ["click_id"]\n'
    '[source.collection.list.fields]\nclick_id = { category = "user", identifier = "click_id" }\n'
    'email = { category = "user", identifier = "email" }\ngiven_name = { category = "user", identifier = "given_name" }'
)


@pytest.mark.parametrize(
    ("mailbox", "name", "grade"),
    [
        ("otter77@gmx.de", "Ada", "probable"),
        ("ada77@gmx.de", "", "probable"),
        ("n/a", "", "probable"),
        ("otter77@gmx.de", "", None),
        ("bob@gmx.de", "Bob", None),
    ],
)
def test_a_link_opened_on_ones_device_leads_to_the_entry_it_was_sent_to_if_that_is_ones_own_by_name(
    company: Company, grades: Grades, mailbox: str, name: str, grade: str | None
) -> None:
    workspace = company({"web": WEB, "list.csv": LIST.format(mailbox, name)}, toml=LISTED)
    found = grades(workspace, id="login=K100", name="Ada Bell")

    assert found.pop("web/W1") == "confirmed"
    assert found == ({"list/E7": grade, "web/W2": "probable"} if grade else {})


def test_a_visit_with_login_and_link_makes_the_entry_probable_and_its_number_confirms_it(
    company: Company, grades: Grades
) -> None:
    web = "key,cookie,login,click_id\nW1,cookie-a1,K100,E7"
    workspace = company({"web": web, "list.csv": LIST.format("otter77@gmx.de", "")}, toml=LISTED)

    assert grades(workspace, id="login=K100", name="Ada Bell") == {"web/W1": "confirmed", "list/E7": "probable"}
    assert grades(workspace, id="click_id=E7")["list/E7"] == "confirmed"


def test_a_link_opened_on_ones_device_tells_whose_an_entry_on_a_shared_mailbox_is(
    company: Company, grades: Grades
) -> None:
    crm = "key,customer_no,email,given_name,family_name\nC1,K100,bells@gmx.de,Ada,Bell\nC2,K200,bells@gmx.de,Bob,Bell"
    listed = LIST.format("bells@gmx.de", "")
    asked = {"name": "Ada Bell", "email": "bells@gmx.de"}
    with_visit = company({"crm": crm, "web": WEB, "list.csv": listed}, toml=LISTED)

    assert grades(company({"crm": crm, "list.csv": listed}, toml=LISTED), **asked)["list/E7"] == "possible"
    assert grades(with_visit, **asked)["list/E7"] == "probable"


@pytest.mark.parametrize(
    ("mailbox", "name", "grade"),
    [
        ("slohse85@gmx.de", "", "probable"),
        ("swantje.lohse1985@gmx.de", "", "probable"),
        ("slohse84@gmx.de", "", None),
        ("slohse@gmx.de", "", None),
        ("slohse@gmx.de", "Swantje", "probable"),
        ("slohse@gmx.de", "Silke", None),
    ],
)
def test_an_initial_is_enough_with_the_year_of_birth_or_beside_the_given_name(
    company: Company, grades: Grades, mailbox: str, name: str, grade: str | None
) -> None:
    workspace = company({"crm": CRM, "news": NEWS.format(mailbox, name)})
    found = grades(workspace, birth_date="1985-05-17", **ASKED)

    assert found == {"crm/C1": "confirmed"} | ({"news/N1": grade} if grade else {})


def test_a_mailbox_may_spell_a_nickname(company: Company, grades: Grades) -> None:
    crm = "key,given_name,family_name,phone\nC1,Jim,Humphrey,030 1234567"
    workspace = company({"crm": crm, "news": NEWS.format("james.humphrey@gmx.de", "James")})
    found = grades(workspace, name="Jim Humphrey", phone="030 1234567")

    assert found == {"crm/C1": "confirmed", "news/N1": "probable"}


def test_who_has_a_private_mailbox_is_hardly_whom_another_one_spells(company: Company, grades: Grades) -> None:
    workspace = company({"crm": CRM, "news": NEWS.format("swantje.lohse@gmx.de", "")})

    assert grades(workspace, email="slohse@web.de", **ASKED)["news/N1"] == "possible"
    assert grades(workspace, email="swantjelohsejobs@web.de", **ASKED)["news/N1"] == "probable"
    assert grades(workspace, email="swanjte.lohse@gmx.de", **ASKED)["news/N1"] == "probable"


def test_two_mailboxes_that_spell_one_name_are_not_both_of_one_person(company: Company, grades: Grades) -> None:
    news = NEWS.format("swantje.lohse@gmx.de", "") + "\nN2,swantje.lohse@web.de,"

    found = grades(company({"crm": CRM, "news": news}), **ASKED)

    assert found == {"crm/C1": "confirmed", "news/N1": "possible", "news/N2": "possible"}


def test_a_namesake_who_has_a_mailbox_needs_no_other_one(company: Company, grades: Grades) -> None:
    crm = CRM.replace("phone", "phone,email").replace("1234567,", "1234567,,")
    news = NEWS.format("swantje.lohse@gmx.de", "")
    workspace = company({"crm": crm + "\nC2,Swantje,Lohse,040 7654321,otter7@web.de,Oakweg 9", "news": news})

    assert grades(workspace, **ASKED)["news/N1"] == "probable"
    assert grades(workspace, email="kite@work.example", **ASKED)["news/N1"] == "possible"


@pytest.mark.parametrize(
    ("mailbox", "found"), [("swantjelohse@gmx.de", True), ("slohse85@gmx.de", True), ("slohse84@gmx.de", False)]
)
def test_a_mailbox_alone_is_cut_into_names_and_read_with_the_year_of_birth(
    company: Company, grades: Grades, mailbox: str, found: bool
) -> None:
    crm = "key,given_name,family_name,birth_date\nC1,Swantje,Lohse,1985-05-17"

    assert grades(company({"crm": crm}), email=mailbox) == ({"crm/C1": "probable"} if found else {})


@pytest.mark.parametrize(
    ("mailbox", "found"),
    [
        ("swantelohse@gmx.de", True),
        ("swintjelohse@gmx.de", True),
        ("xwantjelohse@gmx.de", False),
        ("swantjelohse1@gmx.de", False),
    ],
)
def test_a_mailbox_alone_that_is_mistyped_in_one_letter_is_probable(
    company: Company, grades: Grades, mailbox: str, found: bool
) -> None:
    crm = company({"crm": "key,given_name,family_name,email\nC1,Emre,Yildiz,swantjelohse@gmx.de"})

    assert grades(crm, email=mailbox) == ({"crm/C1": "probable"} if found else {})


def test_a_familys_mailbox_that_is_mistyped_says_too_little(company: Company, grades: Grades) -> None:
    crm = company({"crm": "key,given_name,family_name,email\nC1,Emre,Yildiz,yildiz.family@gmx.de"})

    assert "probable" not in grades(crm, email="yildiz.famly@gmx.de").values()
