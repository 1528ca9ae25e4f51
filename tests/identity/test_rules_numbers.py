"""What an equal number, login, document, cookie or link is worth, and the case each rule must not let through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer
from tests.conftest import write_company

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]
ADA = "key,email,given_name,family_name,birth_date,customer_no\n"


FAMILY = {
    "crm": ADA + "C1,bells@example.org,Ada,Bell,,\nC2,bells@example.org,Bob,Bell,,",
    "news": "key,email\nN1,bells@example.org",
}


def test_a_given_number_confirms_what_a_learned_one_leaves_open(company: Company, grades: Grades) -> None:
    orders = "key,billing email,billing name,billing street,customer_no\nO1,ada@example.org,Ada Bell,Elmweg 1,K200"
    crm = "key,customer_no,email,name,street\nC2,K200,namesake@example.org,Ada Bell,Oakweg 9"
    workspace = company({"orders": orders, "crm": crm, "web": "key,login\nS1,K200"})

    learned = grades(workspace, email="ada@example.org", name="Ada Bell")
    given = grades(workspace, id="customer_no=K200", name="Ada Bell")

    assert learned == {"orders/O1": "confirmed", "crm/C2": "probable", "web/S1": "probable"}
    assert given["crm/C2"] == given["web/S1"] == "confirmed"


def test_a_number_with_another_persons_name_is_a_conflict(company: Company, grades: Grades) -> None:
    workspace = company({"crm": ADA + "C1,,Ada,Bell,,K100\nC2,,Bob,Example,,K100"})

    found = grades(workspace, id="customer_no=K100", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "possible"}


def test_a_learned_number_that_two_people_use_says_not_whose_a_row_is(company: Company, grades: Grades) -> None:
    workspace = company(
        {
            "news": "key,email,customer_no,name\nN1,ada@example.org,K100,Ada Bell",
            "orders": "key,customer_no,name\nO1,K100,\nO2,K100,Bob Bell\nO3,K100,Ada Bell",
            "web": "key,login\nS1,K100",
        }
    )

    found = grades(workspace, email="ada@example.org")

    assert found == {
        "news/N1": "confirmed",
        "orders/O1": "probable",
        "orders/O2": "possible",
        "orders/O3": "confirmed",
        "web/S1": "probable",
    }


def test_a_short_number_of_another_system_waits_for_an_agreement(company: Company, grades: Grades) -> None:
    workspace = company(
        {"shop": "key,email,customer_no\nS1,ada@example.org,7", "desk": "key,customer_no,name\nD1,7,\nD2,7,Ada Bell"}
    )

    found = grades(workspace, email="ada@example.org", name="Ada Bell")

    assert found == {"shop/S1": "confirmed", "desk/D1": "probable", "desk/D2": "confirmed"}


@pytest.mark.parametrize("filler", ["0", "000000", "-", "n/a", "unknown", "99999", "12345", "guest", "(not set)"])
def test_a_value_that_was_typed_to_fill_a_box_leads_nowhere(company: Company, ask: Ask, filler: str) -> None:
    rows = f"C1,ada@example.org,Ada,Bell,,{filler}\nC2,,,,,{filler}\nC3,,Bob,Example,,{filler}"
    workspace = company({"crm": ADA + rows})

    learned = ask(workspace, email="ada@example.org")
    given = ask(workspace, id=f"customer_no={filler}")

    assert [found.record.key for found in learned.matches] == ["C1"]
    assert not given.matches
    assert "The given customer number identifies nobody and was not searched with." in given.notes


@pytest.mark.parametrize("filler", ["xxx@example.com", "aa@example.org"])
def test_an_email_that_is_none_is_told_and_not_searched_with(company: Company, ask: Ask, filler: str) -> None:
    answer = ask(company({"crm": ADA + f"C1,{filler},,,,\nC2,,Ada,Bell,,K100"}), email=filler, id="customer_no=K100")

    assert [found.record.key for found in answer.matches] == ["C2"]
    assert "The given e-mail address identifies nobody and was not searched with." in answer.notes


def test_a_login_may_be_the_email_or_the_customer_number(company: Company, grades: Grades) -> None:
    workspace = company(
        {
            "crm": ADA + "C1,ada@example.org,Ada,Bell,,K100\nC2,bob@example.org,Bob,Bell,,K200",
            "web": "key,login\nS1,ada@example.org\nS2,k100\nS3,K200\nS4,ada",
        }
    )

    found = grades(workspace, email="ada@example.org")

    assert found == {"crm/C1": "confirmed", "web/S1": "confirmed", "web/S2": "confirmed"}


def test_two_documents_of_a_kind_are_two_people(company: Company, grades: Grades) -> None:
    workspace = company(
        {"hr": "key,email,name,national_id\n1,ada@example.org,Ada Bell,AB-1001\n2,ada@example.org,Ada Bell,CD-2002"}
    )

    assert grades(workspace, id="national_id=AB-1001", email="ada@example.org", name="Ada Bell") == {
        "hr/1": "confirmed",
        "hr/2": "possible",
    }


def test_a_document_number_confirms_only_with_a_name_or_birth_date(company: Company, grades: Grades) -> None:
    workspace = company({"hr": "key,name,passport\n1,,P1001\n2,Ada Bell,P1001\n3,Bob Bell,P1001"})

    found = grades(workspace, id="passport=P1001", name="Ada Bell")

    assert found == {"hr/1": "probable", "hr/2": "confirmed", "hr/3": "possible"}


def test_a_login_by_a_shared_mailbox_says_not_whose_it_is(company: Company, grades: Grades) -> None:
    found = grades(
        company(FAMILY | {"web": "key,login\nS1,bells@example.org"}), email="bells@example.org", name="Ada Bell"
    )

    assert found["web/S1"] == "possible"


WEB = "key,cookie,login,ip,click_id\n"


def test_sessions_of_the_persons_own_cookie_are_probable(company: Company, grades: Grades) -> None:
    workspace = company(
        {"web": WEB + "S1,cookie-a1,ada@example.org,192.0.2.1,\nS2,cookie-a1,,192.0.2.9,\nS3,,,192.0.2.1,"}
    )

    assert grades(workspace, email="ada@example.org") == {"web/S1": "confirmed", "web/S2": "probable"}


def test_a_shared_device_is_not_listed_but_counted(company: Company, ask: Ask) -> None:
    rows = "S1,kiosk-77,ada@example.org,,\nS2,kiosk-77,bob@example.org,,\nS3,kiosk-77,,,"

    answer = ask(company({"web": WEB + rows}), email="ada@example.org")

    assert [found.record.key for found in answer.matches] == ["S1"]
    assert answer.sources[0].refused == 2


def test_a_presented_cookie_confirms_its_sessions_if_nobody_else_used_it(company: Company, ask: Ask) -> None:
    workspace = company(
        {"web": WEB + "S1,cookie-a1,,,\nS2,cookie-a1,,,\nS3,kiosk-77,bob@example.org,,\nS4,kiosk-77,,,"}
    )

    own = ask(workspace, id="cookie=cookie-a1")
    kiosk = ask(workspace, id="cookie=kiosk-77", email="ada@example.org")

    assert {found.record.key: found.grade for found in own.matches} == {"S1": "confirmed", "S2": "confirmed"}
    assert (list(kiosk.matches), kiosk.sources[0].refused) == ([], 2)


def test_an_ip_address_never_links(company: Company, ask: Ask) -> None:
    workspace = company({"web": WEB + "S1,,ada@example.org,192.0.2.1,\nS2,,,192.0.2.1,"})

    learned = ask(workspace, email="ada@example.org")
    given = ask(workspace, id="ip=192.0.2.1")

    assert [found.record.key for found in learned.matches] == ["S1"]
    assert (list(given.matches), given.sources[0].refused) == ([], 2)


def test_a_click_id_is_probable_and_with_two_owners_nothing(company: Company, grades: Grades) -> None:
    news = "key,email,click_id\nN1,ada@example.org,eid:1001\nN2,ada@example.org,eid:1002"
    workspace = company({"news": news, "web": WEB + "S1,,,,news:1001\nS2,,,,news:1002\nS3,,bob@example.org,,news:1002"})

    found = grades(workspace, email="ada@example.org")

    assert found == {"news/N1": "confirmed", "news/N2": "confirmed", "web/S1": "probable"}


SHORT = "key,email,phone,name,street,postcode\nC1,,{},Ada Bell,,80540"


@pytest.mark.parametrize(
    ("region", "given", "written"),
    [
        ("US", "+1 206 946 0123", "946-0123"),
        ("GB", "+1 206 946 0123", "206 946 0123"),
        ("DE", "+49 30 9460123", "946 01 23"),
        ("US", "946-0123", "+1 206 946 0123"),
    ],
    ids=["without its area", "without its country", "without its area, and yet a number", "in the request"],
)
def test_a_number_written_short_makes_a_name_in_one_postcode_likelier_and_confirms_nothing(
    tmp_path: Path, ask: Ask, region: str, given: str, written: str
) -> None:
    found = []
    for n, number in enumerate((written, "")):
        config = write_company(tmp_path / f"c{n}", {"crm": SHORT.format(number)})
        config.write_text(config.read_text(encoding="utf-8").replace('"DE"', f'"{region}"'), encoding="utf-8")
        answer = ask(open_workspace(config), name="Ada Bell", postcode="80540", phone=given)
        found += [(match.grade, match.score) for match in answer.matches]

    (with_it, likely), (without, less) = found
    assert likely > less
    assert (with_it, without) == ("probable", "possible")
