"""What a role, a mention and a bare description are worth: an order is not its recipient's, a namesake is nobody."""

from __future__ import annotations

from collections.abc import Callable

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]


ORDERS = "key,billing name,billing email,shipping name,shipping email\n"


def test_a_gift_does_not_make_the_order_the_recipients(company: Company, grades: Grades) -> None:
    workspace = company({"orders": ORDERS + "O1,Bob Bell,bob@example.org,Ada Bell,ada@example.org"})

    assert grades(workspace, email="ada@example.org", name="Ada Bell") == {"orders/O1": "possible"}
    assert grades(workspace, email="bob@example.org", name="Bob Bell") == {"orders/O1": "confirmed"}


def test_the_giver_does_not_learn_the_recipients_address(company: Company, grades: Grades) -> None:
    workspace = company(
        {"orders": ORDERS + "O1,Bob Bell,bob@example.org,,ada@example.org", "news": "key,email\nN1,ada@example.org"}
    )

    assert grades(workspace, email="bob@example.org") == {"orders/O1": "confirmed"}


def test_who_pays_does_not_learn_the_mailbox_of_somebody_else(company: Company, grades: Grades) -> None:
    orders = "key,email,billing name,billing phone\nO1,ada@example.org,Bob Bell,030 1234567"
    crm = "key,email,name,phone\nC1,bob@example.org,Bob Bell,030 1234567"
    workspace = company({"orders": orders, "crm": crm, "news": "key,email\nN1,ada@example.org"})

    found = grades(workspace, email="bob@example.org", name="Bob Bell")

    assert found == {"orders/O1": "confirmed", "crm/C1": "confirmed"}


def test_who_wrote_a_row_does_not_learn_whom_it_is_about(company: Company, grades: Grades) -> None:
    workspace = company(
        {"tickets": "key,author email,customer_no\nT1,ada@example.org,K200", "web": "key,login\nS1,K200"}
    )

    assert grades(workspace, email="ada@example.org") == {"tickets/T1": "confirmed"}


def test_a_mention_in_a_text_is_possible(company: Company, ask: Ask) -> None:
    workspace = company({"tickets": "key,email,note\nT1,bob@example.org,please write to Ada@example.org instead"})

    answer = ask(workspace, email="ada@example.org")

    assert [(found.grade, found.evidence[0].rule) for found in answer.matches] == [("possible", "mentioned")]


def test_the_one_who_handles_a_row_is_possible(company: Company, grades: Grades) -> None:
    workspace = company({"tickets": "key,email,assignee email\nT1,bob@example.org,ada@example.org"})

    assert grades(workspace, email="ada@example.org") == {"tickets/T1": "possible"}


PEOPLE = "key,given_name,family_name,birth_date,street,postcode\n"


def test_name_and_birth_date_are_probable_and_with_the_address_confirmed(company: Company, grades: Grades) -> None:
    rows = """1,Ada,Bell,1990-03-04,Elmweg 1,10115
        2,Ada,Bell,1990-03-04,,
        3,Ada,Bell,1961-07-12,,
        4,Bea,Bell,1990-03-04,,"""

    found = grades(company({"people": PEOPLE + rows}), name="Ada Bell", birth_date="1990-03-04", address="Elmweg 1")

    assert found == {"people/1": "confirmed", "people/2": "probable"}


def test_name_and_street_are_probable_and_name_and_postcode_possible(company: Company, grades: Grades) -> None:
    rows = "1,Ada,Bell,,Elmweg 1,10115\n2,Ada,Bell,,Oakweg 9,10115\n3,Ada,Bell,,Elmweg 1,\n4,Bob,Bell,,Elmweg 1,10115"

    found = grades(company({"people": PEOPLE + rows}), name="Ada Bell", address="Elmweg 1", postcode="10115")

    assert found == {"people/1": "probable", "people/2": "possible"}


def test_a_row_reached_by_a_worthless_value_is_still_found_by_its_description(company: Company, grades: Grades) -> None:
    workspace = company({"orders": "key,email,name,street,postcode\nO1,none@example.org,Ada Bell,Elmweg 1,10115"})

    found = grades(workspace, email="none@example.org", name="Ada Bell", address="Elmweg 1", postcode="10115")

    assert found == {"orders/O1": "probable"}


def test_a_country_or_city_in_common_is_no_agreement(company: Company, grades: Grades) -> None:
    workspace = company(
        {
            "crm": """key,email,name,city,country
                C1,ada@example.org,Ada Lovelace,Berlin,DE
                C2,ada@example.org,Ada Byron,Berlin,DE"""
        }
    )

    assert grades(workspace, email="ada@example.org", name="Ada Lovelace")["crm/C2"] == "probable"


def test_a_declared_format_settles_day_and_month(company: Company, grades: Grades) -> None:
    toml = """
        [[source]]
        name = "people"
        connector = "table"
        files = ["people.csv"]
        [source.collection.people]
        key = ["key"]
        [source.collection.people.fields]
        email = { category = "user", identifier = "email" }
        born = { category = "user", identifier = "birth_date", time = "%d/%m/%Y" }
    """
    workspace = company({"people.csv": "key,email,born\n1,ada@example.org,05/08/1948"}, toml)

    # 8 May and 5 August are one date to a reader who does not know the format
    assert grades(workspace, email="ada@example.org", birth_date="1948-08-05") == {"people/1": "confirmed"}
    assert grades(workspace, email="ada@example.org", birth_date="1949-05-08") == {"people/1": "possible"}


def test_a_parcel_that_names_its_recipient_in_the_address_is_seen_at_the_right_home_only(
    company: Company, grades: Grades
) -> None:
    workspace = company(
        {
            "crm": """key,email,name,customer_no,street,postcode
                C1,ada@example.org,Ada Bell,K1001,Hauptstr. 5,10115
                C2,other@example.org,Ada Bell,K2002,Am Anger 9,99084
                C3,bob@example.org,Bob Bell,K3003,Hauptstr. 5,10115""",
            "orders": """key;customer_no;shipping address
                O2;K2002;Ada Bell, Am Anger 9, 99084 Erfurt
                O3;K3003;Ada Bell, Hauptstr. 5, 10115 Berlin
                O4;K3003;Bob Bell, Hauptstr. 5, 10115 Berlin""".replace(",", "¸")
            .replace(";", ",")
            .replace("¸", " "),
        }
    )

    assert grades(workspace, email="ada@example.org") == {"crm/C1": "confirmed", "orders/O3": "possible"}
    assert grades(workspace, email="other@example.org") == {"crm/C2": "confirmed", "orders/O2": "confirmed"}


def test_an_answer_says_so_if_what_was_given_is_not_one_persons_alone(company: Company, ask: Ask) -> None:
    rows = "C1,info@example.org,Ada Bell\nC2,info@example.org,Bob Stone"
    workspace = company({"crm": f"key,email,name\n{rows}", "web": "key,cookie,login\nS1,kiosk-77,ada\nS2,kiosk-77,bob"})

    mailbox, cookie = ask(workspace, email="info@example.org"), ask(workspace, id="cookie=kiosk-77")

    assert not mailbox.matches and not cookie.matches
    assert any("given e-mail address is not one person's alone" in note and "2 rows" in note for note in mailbox.notes)
    assert any("given cookie is not one person's alone" in note and "2 rows" in note for note in cookie.notes)


def test_rows_that_a_crowd_shares_are_left_out_with_the_number_of_people(company: Company, ask: Ask) -> None:
    people = ("Ada Bell", "Bob Stone", "Cleo Wood", "Dan Pool", "Eve Hill", "Fay Lake")
    rows = "\n".join(f"C{number},team@crowd.example,{name}" for number, name in enumerate(people))

    answer = ask(company({"crm": f"key,email,name\n{rows}"}), email="team@crowd.example", name="Ada Bell")

    assert ("Only the same e-mail address, which 6 people use.", 5) in answer.left_out
