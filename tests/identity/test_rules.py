"""What one link is worth: each rule with the case it is for, and the case it must not let through."""

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


# ---------------------------------------------------------------- e-mail


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

    assert found == {"crm/C1": "confirmed", "crm/C2": "possible", "news/N1": "probable"}


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

    assert found == {"crm/C1": "confirmed", "news/N1": "probable"}


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


# ---------------------------------------------------------------- phone


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


# ---------------------------------------------------------------- accounts


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
    assert "The given customer no identifies nobody and was not searched with." in given.notes


@pytest.mark.parametrize("filler", ["a@b", "xxx@example.com", "n/a"])
def test_an_email_that_is_none_is_told_and_not_searched_with(company: Company, ask: Ask, filler: str) -> None:
    answer = ask(company({"crm": ADA + f"C1,{filler},,,,\nC2,,Ada,Bell,,K100"}), email=filler, id="customer_no=K100")

    assert [found.record.key for found in answer.matches] == ["C2"]
    assert "The given email identifies nobody and was not searched with." in answer.notes


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

    assert found["web/S1"] == "probable"


# ---------------------------------------------------------------- devices


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


# ---------------------------------------------------------------- roles and texts


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


# ---------------------------------------------------------------- names without identifiers


PEOPLE = "key,given_name,family_name,birth_date,street,postcode\n"


def test_name_and_birth_date_are_at_most_probable(company: Company, grades: Grades) -> None:
    rows = """1,Ada,Bell,1990-03-04,Elmweg 1,10115
        2,Ada,Bell,1990-03-04,,
        3,Ada,Bell,1961-07-12,,
        4,Bea,Bell,1990-03-04,,"""

    found = grades(company({"people": PEOPLE + rows}), name="Ada Bell", birth_date="1990-03-04", address="Elmweg 1")

    assert found == {"people/1": "probable", "people/2": "probable"}


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
