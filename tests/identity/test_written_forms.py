"""The same value however it is written, and two people whom only their way of writing made one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.dates import dates
from dsar.emails import emails_in_cell
from dsar.fulfilment.workspace import Workspace
from dsar.identity.people import compare, person_of
from dsar.identity.places import same_street
from dsar.model import Answer
from dsar.normalise import normal_forms
from dsar.store import sql
from tests.test_normalise import in_sql

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]


@pytest.mark.parametrize(
    "written",
    [
        "030 1234567 / 0170 7654321",
        "030 1234567, 0170 7654321",
        "+49301234567;+491707654321",
        "+49 30 1234567 +49 170 7654321",
        "030 1234567 oder 0170 7654321",
        "030/1234567|0170/7654321",
    ],
)
def test_each_of_several_phone_numbers_in_a_cell_is_found(company: Company, grades: Grades, written: str) -> None:
    workspace = company({"crm": f'key,phone,name\nC1,"{written}",Ada Bell'})

    assert grades(workspace, phone="+49 30 1234567", name="Ada Bell") == {"crm/C1": "confirmed"}
    assert grades(workspace, phone="+49 170 7654321", name="Ada Bell") == {"crm/C1": "confirmed"}


@pytest.mark.parametrize("written", ["030 1234567 (home)", "+49 30 1234567 (Ada)", "030 1234567 #", "030 1234567 x"])
def test_a_remark_behind_a_phone_number_is_no_part_of_it(written: str) -> None:
    assert normal_forms("phone", written, "DE") == ("+49301234567",)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("ssn", "536-22-8714", "536228714"),
        ("iban", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("passport", "C01X 00T47", "c01x00t47"),
        ("customer_no", "0000084712", "84712"),
        ("customer_no", "84712.0", "84712"),
        ("postcode", "D-10115", "10115"),
        ("postcode", "10115 Berlin", "10115"),
        ("postcode", "NL-1010 AB", "1010ab"),
        ("postcode", "02134-1234", "02134"),
    ],
)
def test_a_number_is_one_in_groups_filled_up_or_with_its_country(kind: str, one: str, other: str) -> None:
    assert normal_forms(kind, one) == normal_forms(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("customer_no", "007", "7"),
        ("customer_no", "C-100", "C100"),
        ("postcode", "SW1A 1AA", "SW1A 1AB"),
        ("email", "ada@straße.example", "ada@strasse.example"),
    ],
)
def test_what_may_be_two_numbers_stays_two(kind: str, one: str, other: str) -> None:
    assert normal_forms(kind, one) != normal_forms(kind, other)


@pytest.mark.parametrize(
    ("kind", "expression"),
    [("customer_no", sql.issued_id), ("ssn", sql.document), ("postcode", sql.postcode)],
)
def test_sql_and_python_give_the_same_number_of_a_person(kind: str, expression: Callable[[str], str]) -> None:
    values = ["0000084712", "007", "84712.0", "536-22-8714", "C01X 00T47", "D-10115", "10115", "DE10115", "1010 AB"]
    values += ["NL-1010 AB", "02134-1234", "123456789", "SW1A 1AA", "K1A 0B6", "10115 Berlin", "A1010", "d 10115"]

    for value, simple in zip(values, in_sql(expression("v"), values), strict=True):
        assert simple is None or normal_forms(kind, value) == (simple,), value


def test_the_same_social_security_number_in_groups_is_no_other_one(company: Company, grades: Grades) -> None:
    workspace = company({"crm": "key,name,ssn,email\nC1,Ada Bell,536228714,ada@example.org\nC2,Ada Bell,536-22-8714,"})

    found = grades(workspace, name="Ada Bell", email="ada@example.org", id="ssn=536-22-8714")

    assert found == {"crm/C1": "confirmed", "crm/C2": "confirmed"}


@pytest.mark.parametrize(
    "written",
    [
        "'ada.bell@example.org'", "ada.bell (at) example.org", "ada.bell @example.org", "ada.bell@ example.org",
        "ada.bell＠example.org", "mailto:ada.bell%40example.org", '"ada.bell"@example.org', "<ADA.BELL@example.org.>",
        "\u200bada.bell@example.org\u00a0/\u00a0bob@example.org", "ada.bell@example.org；bob@example.org",
    ],
)  # fmt: skip
def test_an_address_is_read_as_people_and_pages_write_it(written: str) -> None:
    assert emails_in_cell(written)[0] == "ada.bell@example.org"


def test_an_address_that_begins_with_an_apostrophe_inside_keeps_it() -> None:
    assert emails_in_cell("o'brien@example.org") == ("o'brien@example.org",)


def test_the_two_domains_of_gmail_are_one_mailbox(company: Company, grades: Grades) -> None:
    workspace = company({"crm": "key,email,name\nC1,a.dabell+x@googlemail.com,Ada Bell"})

    assert grades(workspace, email="ada.bell@gmail.com", name="Ada Bell") == {"crm/C1": "confirmed"}


@pytest.mark.parametrize(
    "written",
    [
        "04.03.1985 00:00", "4 de marzo de 1985", "4 marzo 1985", "4th of March 1985", "Mar  4 1985 12:00AM",
        "1985年3月4日", "1985. 3. 4.", "31110", "31110.0", "'1985-03-04", "04.03.1985.", "1985-03-04Z", "4. Mrz 1985",
    ],
)  # fmt: skip
def test_a_birth_date_is_read_in_all_the_ways_systems_write_it(written: str) -> None:
    assert dates(written) == ("1985-03-04",)


@pytest.mark.parametrize("written", ["3/4/1985 12:00:00 AM", "03/04/1985 00:00:00"])
def test_a_time_of_day_leaves_day_and_month_as_undecided_as_they_are(written: str) -> None:
    assert set(dates(written)) == {"1985-03-04", "1985-04-03"}


@pytest.mark.parametrize("written", ["1985", "00/00/1985", "1985-00-00", "10.00", "850304", "99999", "Bell 4 March"])
def test_half_a_birth_date_is_none(written: str) -> None:
    assert dates(written) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hauptstr. 12", "Hauptstraße 12", True),
        ("Hauptstr. 12", "Haupt-Straße 12", True),
        ("Hauptstr. 12 a", "Hauptstr. 12a", True),
        ("Flat 3, 12 High Street", "12 High St, Flat 3", True),
        ("Flat 3, 12 High Street", "12 High St", True),
        ("Flat 3, 12 High Street", "Flat 4, 12 High Street", False),
        ("12 Main St Apt 4", "12 Main St Apt 5", False),
        ("Hauptstr. 12", "Hauptstr. 12a", False),
        ("Bahnhofstr. 12", "Bahnhofsplatz 12", False),
        ("Lindenstr. 12", "Lindenallee 12", False),
    ],
)
def test_a_street_is_one_up_to_its_abbreviations_and_two_up_to_the_flat(one: str, other: str, same: bool) -> None:
    a, b = (normal_forms("street", text)[0] for text in (one, other))

    assert same_street(a, b) is same
    assert same_street(b, a) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Meyer-Bell", "Frau Meyer-Bell"),
        ("Bob Bell", "Bob Bell, PhD"),
        ("Bob Bell", "Bob Bell (deceased)"),
        ("Bob Bell", "Dr. med. dent. Bob Bell"),
        ("Jean-Pierre Dupont", "JP Dupont"),
        ("Anna Müller-Lüders", "Anna Mueller-Lueders"),
        ("محمد حسن", "Mohammed Hassan"),
        ("Bob Bell", "R. Bell"),
        ("María José García López", "García López, María José"),
        ("María García López", "García López, María José"),
        ("María José García López", "María José García"),
    ],
)
def test_another_way_to_write_a_name_is_no_conflict(one: str, other: str) -> None:
    found = compare(person_of([one], [], [], []), person_of([other], [], [], []))

    assert not found.conflicts
    assert found.family != "differs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("María José García López", "María Teresa García López"),
        ("García López, María José", "María Teresa García López"),
        ("Dr. med. dent. Ada Bell", "Dr. med. dent. Bob Bell"),
        ("Dr. Dr. h. c. Ada Bell", "Dr. Dr. h. c. Bob Bell"),
        ("Ada Bell", "Z. Bell"),
    ],
)
def test_a_title_or_the_family_name_that_sisters_share_makes_no_one_of_two(one: str, other: str) -> None:
    assert compare(person_of([one], [], [], []), person_of([other], [], [], [])).conflicts == ("given_name",)


@pytest.mark.parametrize(
    ("one", "other"), [("My Bell", "Mia Bell"), ("Ly Bell", "Lea Bell"), ("Ed Bell", "Emma Doris Bell")]
)
def test_short_given_names_are_no_consonants_and_no_initials_of_others(one: str, other: str) -> None:
    assert compare(person_of([one], [], [], []), person_of([other], [], [], [])).conflicts == ("given_name",)


@pytest.mark.parametrize(("one", "other"), [("Ng", "Ang"), ("Flynn", "Fallon"), ("Byrd", "Baird")])
def test_family_names_that_are_one_but_for_a_vowel_are_two(one: str, other: str) -> None:
    assert compare(person_of([], ["Ada"], [one], []), person_of([], ["Ada"], [other], [])).family == "differs"


def test_a_phone_that_sisters_share_brings_in_no_sister(company: Company, grades: Grades) -> None:
    crm = "key,email,name,phone\nC1,maria@example.org,María José García López,+34600123456\n"
    workspace = company({"crm": crm + "C2,,María Teresa García López,+34600123456"})

    assert grades(workspace, email="maria@example.org", name="María José García López") == {"crm/C1": "confirmed"}


@pytest.mark.parametrize("named", ["Ada & Bob Bell", "Ada und Bob Bell", "Ada Bell / Bob Bell", "Ada Bell; Bob Bell"])
def test_a_cell_that_names_two_people_lends_neither_the_other(
    company: Company, grades: Grades, ask: Ask, named: str
) -> None:
    crm = f"key,email,name,phone\nC1,bells@example.org,{named},+49301234567\nC2,,Bob Bell,+49301234567"
    workspace = company({"crm": crm})

    assert grades(workspace, email="bells@example.org") == {"crm/C1": "possible"}
    assert "several people" in ask(workspace, email="bells@example.org", name="Ada Bell").matches[0].reason


def test_an_initial_that_was_learned_does_not_bring_in_who_is_only_nearly_of_that_name(
    company: Company, grades: Grades
) -> None:
    rows = "C1,bells@example.org,Paul Bell,1990-02-03\nC2,bells@example.org,P. Bell,1990-02-03\n"
    workspace = company({"crm": f"key,email,name,birth_date\n{rows}C3,bells@example.org,Paula Bell,1990-02-03"})

    found = grades(workspace, email="bells@example.org", name="Paul Bell", birth_date="1990-02-03")

    assert found["crm/C1"] == "confirmed"
    assert found["crm/C3"] == "probable"


def test_a_number_that_was_learned_does_not_confirm_a_name_that_is_only_nearly_the_same(
    company: Company, grades: Grades
) -> None:
    rows = "C1,bells@example.org,Paula Bell,\nC2,bells@example.org,P. Bell,70005\nC3,,Paul Bell,70005"
    workspace = company({"crm": f"key,email,name,customer_no\n{rows}"})

    found = grades(workspace, email="bells@example.org", name="Paula Bell")

    assert found["crm/C3"] == "probable"
    assert grades(workspace, id="customer_no=70005", name="Paula Bell")["crm/C3"] == "confirmed"


@pytest.mark.parametrize("unknown", ["1900-01-01", "01/01/1900", "30.12.1899"])
def test_a_birth_date_that_a_system_fills_in_is_no_other_one(company: Company, grades: Grades, unknown: str) -> None:
    workspace = company({"crm": f"key,email,name,birth_date\nC1,ada@example.org,Ada Bell,{unknown}"})

    found = grades(workspace, email="ada@example.org", name="Ada Bell", birth_date="1985-03-04")

    assert found == {"crm/C1": "confirmed"}


def test_a_phone_with_the_same_birth_date_is_offered_whatever_the_name_leaves_open(
    company: Company, grades: Grades
) -> None:
    rows = "C1,0170 7654321,1985-03-04,\nC2,0170 7654321,,\nC3,0170 7654321,1961-07-12,"
    workspace = company({"crm": f"key,phone,birth_date,name\n{rows}"})

    found = grades(workspace, phone="0170 7654321", birth_date="1985-03-04")

    assert found == {"crm/C1": "probable", "crm/C2": "possible"}


def test_two_given_names_in_one_cell_are_two_people(company: Company, grades: Grades) -> None:
    workspace = company({"crm": "key,email,given_name,family_name\nC1,bells@example.org,Ada & Bob,Bell"})

    assert grades(workspace, email="bells@example.org", name="Bob Bell") == {"crm/C1": "possible"}


def test_the_one_who_is_named_beside_a_title_is_one_person() -> None:
    assert not person_of(["Mr & Mrs Bell"], [], [], []).mixed
