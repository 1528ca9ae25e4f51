"""Two descriptions of people: what agrees, what is only alike, what cannot be one person."""

from __future__ import annotations

import pytest

from dsar.identity.people import Comparison, Person, clusters, compare, person_of
from dsar.identity.places import agree, disagree, places_of


def named(name: str = "", born: str = "") -> Person:
    return person_of([name] if name else [], [], [], [born] if born else [])


def parts(given: str, family: str, born: str = "") -> Person:
    return person_of([], [given], [family], [born] if born else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "LOVELACE, Ada"),
        ("Ada Lovelace", "Lovelace Ada"),
        ("Dr. Ada Lovelace", "Ada Lovelace"),
        ("Robert Example", "Bob Example"),
        ("Elizabeth Example", "Lizabeth Example"),
        ("Margarethe Example", "Magarethe Example"),
        ("Anna Maria Example", "Maria Example"),
        ("Ada Lovelace", "Ada Lovelace-King"),
        ("Jürgen Müller", "Jurgen Muller"),
        ("Anna von Berg", "Anna Berg"),
        ("John Smith Junior", "John Smith Jr."),
        ("王杰", "WangJie"),
    ],
)
def test_one_person_may_be_written_in_two_ways(one: str, other: str) -> None:
    found = compare(named(one), named(other))

    assert found.conflicts == ()
    assert found.family in ("equal", "alike")


@pytest.mark.parametrize(
    ("one", "other", "conflicts"),
    [
        ("Ada Lovelace", "Bob Lovelace", ("given_name",)),
        ("Tim Example", "Tom Example", ("given_name",)),
        ("John Smith Jr", "John Smith Sr", ("suffix",)),
        ("John Smith Jr", "John Smith III", ("suffix",)),
        ("Min-jun Kim", "Min-seo Kim", ("given_name",)),
        ("Anna Lena Example", "Anna Maria Example", ("given_name",)),
    ],
)
def test_two_people_conflict(one: str, other: str, conflicts: tuple[str, ...]) -> None:
    assert compare(named(one), named(other)).conflicts == conflicts


@pytest.mark.parametrize(
    ("one", "other"),
    [("Paul Example", "Paula Example"), ("Maria Bell", "Marie Bell"), ("Daniel X", "Daniela X"), 
     ("Frances A", "Francis A"), ("Jan Bell", "Jana Bell"), ("Christian Meyer", "Christina Meyer"),
     ("Anna K. Meyer", "Anna M. Meyer")],
)  # fmt: skip
def test_a_name_that_may_be_the_sisters_is_close_and_no_slip(one: str, other: str) -> None:
    found = compare(named(one), named(other))

    assert found.given == "close"
    assert not found.full_name
    assert "given_name" not in found.agrees


def test_an_initial_is_no_given_name() -> None:
    found = compare(named("A. Lovelace"), named("Ada Lovelace"))

    assert (found.given, found.full_name, found.conflicts) == ("initial", False, ())


def test_a_changed_family_name_is_no_conflict_but_does_not_agree() -> None:
    found = compare(named("Ada Byron"), named("Ada Lovelace"))

    assert found.conflicts == ()
    assert found.agrees == ("given_name",)


@pytest.mark.parametrize(
    ("one", "other"), [("von Berg", "von Stein"), ("de la Cruz", "de la Vega"), ("El Amin", "El Sayed")]
)
def test_a_particle_alone_makes_no_family_name_alike(one: str, other: str) -> None:
    assert compare(parts("Anna", one), parts("Anna", other)).family == "differs"


@pytest.mark.parametrize(
    ("single", "other", "conflicts"),
    [
        ("Ada", parts("Ada", "Lovelace"), ()),
        ("Lovelace", parts("Ada", "Lovelace"), ()),
        ("Bob", parts("Ada", "Lovelace"), ("given_name",)),
        ("Bob", parts("Ada", ""), ("given_name",)),
        ("Ada", parts("", "Lovelace"), ()),
    ],
)
def test_a_name_of_one_word_may_be_given_or_family_name(single: str, other: Person, conflicts: tuple[str, ...]) -> None:
    assert compare(named(single), other).conflicts == conflicts
    assert compare(other, named(single)).conflicts == conflicts


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("1990-03-04", "1990-03-04", "equal"),
        ("1990-03-04", "04.03.1990", "equal"),
        ("1990-03-04", "1990-04-03", "alike"),
        ("1990-03-04", "1990-03-05", "alike"),
        ("1990-03-04", "1991-03-05", "differs"),
        ("1990-03-04", "03/04/1990", "equal"),
        ("1990-03-04", "n/a", "unknown"),
    ],
)
def test_birth_dates_are_equal_alike_or_different(one: str, other: str, verdict: str) -> None:
    assert compare(named("Ada X", one), named("Ada X", other)).birth == verdict


def test_nothing_known_is_no_conflict_and_no_agreement() -> None:
    assert compare(Person(), named("Ada Lovelace", "1990-03-04")) == Comparison()


def test_a_cell_of_several_people_describes_nobody() -> None:
    row = person_of(["Rita Recruiter", "Ada Lovelace"], [], [], [])

    assert row.mixed
    assert compare(row, named("Ada Lovelace")).conflicts == ("several_names",)
    assert not person_of(["Ada Lovelace", "A. Lovelace"], [], [], []).mixed


def test_people_are_counted_whatever_their_order_and_no_further_than_asked() -> None:
    people = [named(name) for name in ("Ada Bell", "A. Bell", "Bob Bell", "Robert Bell", "Carl Bell")]

    assert len(clusters(people)) == len(clusters(reversed(people))) == 3
    assert len(clusters(people, most=2)) == 2


def test_an_address_is_a_street_and_never_only_a_city_or_country() -> None:
    home = {*places_of("street", "12 Oak Avenue"), *places_of("postcode", "10115"), *places_of("city", "Berlin")}

    assert agree(home, {*places_of("street", "12 oak ave"), *places_of("postcode", "10115")})
    assert agree(home, {*places_of("address", "12 Oak Avenue, 10115 Berlin")})
    assert not agree(home, {*places_of("city", "Berlin"), *places_of("country", "DE"), *places_of("postcode", "10115")})
    assert not agree(home, {*places_of("street", "12 Elm Avenue"), *places_of("postcode", "10115")})
    assert not agree(home, {*places_of("street", "14 Oak Avenue"), *places_of("postcode", "10115")})
    assert disagree(home, {*places_of("street", "12 Elm Avenue"), *places_of("postcode", "10115")})
    assert disagree(home, {*places_of("postcode", "99999")})
    assert not disagree(home, {*places_of("city", "Hamburg")})
