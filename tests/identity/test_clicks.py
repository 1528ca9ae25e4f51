"""Where the links of a mailing list were opened, and what it says of an entry that names nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.workspace import Workspace

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
ORDERS = "key,billing name,billing email,cookie\n"
LIST = "click_id,email,given_name\n"
WEB = "key,cookie,login,click_id\n"
LISTED = (
    '[[source]]\nname = "list"\nconnector = "table"\nfiles = ["list.csv"]\n'
    '[source.collection.list]\nkey = ["click_id"]\n'
    '[source.collection.list.fields]\nclick_id = { category = "user", identifier = "click_id" }\n'
    'email = { category = "user", identifier = "email" }\ngiven_name = { category = "user", identifier = "given_name" }'
)
ADA = {"email": "ada@example.org", "name": "Ada Bell"}


@pytest.mark.parametrize(
    ("visits", "grade"),
    [
        ("", "confirmed"),
        ("W1,cookie-hers,,E7", "confirmed"),
        ("W1,cookie-his,,E7", "probable"),
        ("W1,cookie-his,,E7\nW2,cookie-hers,,E7", "confirmed"),
        ("W1,cookie-his,ada@example.org,E7", "confirmed"),
        ("W1,kiosk,,E7\nW2,kiosk,K1,\nW3,kiosk,K2,", "confirmed"),
    ],
)
def test_an_entry_whose_links_were_opened_on_another_device_only_is_probable(
    company: Company, grades: Grades, visits: str, grade: str
) -> None:
    orders = ORDERS + "O1,Ada Bell,ada@example.org,cookie-hers"
    workspace = company({"orders": orders, "web": WEB + visits, "list.csv": LIST + "E7,ada@example.org,"}, toml=LISTED)

    assert grades(workspace, **ADA)["list/E7"] == grade
    assert grades(workspace, id="click_id=E7", email="ada@example.org")["orders/O1"] == grade


def test_without_a_known_device_another_one_says_nothing_and_a_name_says_more(company: Company, grades: Grades) -> None:
    web, orders = WEB + "W1,cookie-his,,E7", ORDERS + "O1,Ada Bell,ada@example.org,"
    unknown = company({"orders": orders, "web": web, "list.csv": LIST + "E7,ada@example.org,"}, toml=LISTED)
    named = company(
        {"orders": f"{orders}cookie-hers", "web": web, "list.csv": LIST + "E7,ada@example.org,Ada"}, toml=LISTED
    )

    assert grades(unknown, **ADA)["list/E7"] == "confirmed"
    assert grades(named, **ADA)["list/E7"] == "confirmed"


def test_a_visit_by_the_link_of_a_probable_entry_is_probable(company: Company, grades: Grades) -> None:
    orders = ORDERS + "O1,Ada Bell,ada@example.org,cookie-hers"
    web = WEB + "W1,cookie-his,,E7\nW2,cookie-his,K200,E7"
    workspace = company({"orders": orders, "web": web, "list.csv": LIST + "E7,ada@example.org,"}, toml=LISTED)

    found = grades(workspace, **ADA)

    assert (found["list/E7"], found["web/W1"], found.get("web/W2")) == ("probable", "probable", None)


def test_on_a_shared_mailbox_the_device_tells_whose_an_entry_is(company: Company, grades: Grades) -> None:
    orders = ORDERS + "O1,Ada Bell,bells@example.org,cookie-hers\nO2,Bob Bell,bells@example.org,cookie-his"
    web = WEB + "W1,cookie-his,,E7"
    workspace = company({"orders": orders, "web": web, "list.csv": LIST + "E7,bells@example.org,"}, toml=LISTED)

    assert grades(workspace, email="bells@example.org", name="Ada Bell")["list/E7"] == "possible"
    assert grades(workspace, email="bells@example.org", name="Bob Bell")["list/E7"] == "probable"
    asked = grades(workspace, email="bells@example.org", id="click_id=E7")
    assert (asked["orders/O1"], asked["orders/O2"]) == ("possible", "probable")


CRM = "key,customer_no,given_name,family_name,email\n"


@pytest.mark.parametrize(
    ("crm", "order", "visits", "found"),
    [
        ("C1,K100,Ada,Bell,", "O1,Ada Bell,,cookie-a1", "W2,cookie-a1,K100,", {"crm/C1", "orders/O1"}),
        ("C1,K100,Ada,Bell,ada@work.example", "", "W2,cookie-a1,K100,", {"crm/C1"}),
        ("C1,K100,Ada,Bell,otter@web.de", "", "W2,cookie-a1,K100,", set()),
        ("C1,K100,Bob,Bell,", "", "W2,cookie-a1,K100,", {"crm/C1"}),
        ("C1,K100,Bob,Bell,", "O1,Ada Bell,,cookie-a1", "W2,cookie-a1,K100,", set()),
    ],
)
def test_a_device_on_which_ones_link_was_opened_leads_to_whoever_alone_uses_it(
    company: Company, grades: Grades, crm: str, order: str, visits: str, found: set[str]
) -> None:
    workspace = company(
        {
            "crm": CRM + crm,
            "orders": ORDERS + order,
            "web": f"{WEB}W1,cookie-a1,,E7\n{visits}",
            "list.csv": LIST + "E7,kite@gmail.com,",
        },
        toml=LISTED,
    )
    answer = grades(workspace, id="click_id=E7", email="kite@gmail.com")

    assert {record for record in answer if not record.startswith(("list", "web"))} == found
    assert {answer[record] for record in found} <= {"probable"}


def test_a_device_of_somebody_else_by_name_leads_nowhere(company: Company, grades: Grades) -> None:
    orders, listed = ORDERS + "O1,Bob Bell,,cookie-a1", LIST + "E7,ada@example.org,Ada"
    workspace = company({"orders": orders, "web": WEB + "W1,cookie-a1,,E7", "list.csv": listed}, toml=LISTED)

    assert "orders/O1" not in grades(workspace, **ADA)
