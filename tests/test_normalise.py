"""Normal forms: what is written in many ways is compared as one, in Python and in SQL alike."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.emails import emails
from dsar.normalise import NULLS, cookies, normal_forms, phone
from dsar.phones import dialled, in_usual_form, parsed
from dsar.store import sql

REGIONS = ("DE", "US", "CA", "GB", "FR", None)
STARTS = ("", "+", "00", "(00", "0 0 ", "+00", "++", "(+", "0", "(0)", "000", "011", "/0", "-00")
CODES = ("", "49", "1", "44", "33", "41", "49 (0)", "490", "49) ")
COOKIE_TEXT = st.text(st.sampled_from('abYZ019+/="|~{};, .%-_:&\\é'), max_size=24)
ODD_PHONE = st.builds(
    lambda start, code, rest: start + code + rest,
    st.sampled_from(STARTS),
    st.sampled_from(CODES),
    st.text(st.sampled_from("0123456789 ()./-+x\u00a0"), min_size=3, max_size=14),
)
CLEAN_PHONE = st.builds(
    lambda start, code, digits: start + code + digits,
    st.sampled_from(STARTS),
    st.sampled_from(CODES),
    st.from_regex("[0-9]{5,12}", fullmatch=True),
)


def in_sql(expression: str, values: Sequence[str]) -> list[str | None]:
    """Give what an expression over `v` makes of values, in their order."""
    query = f"SELECT {expression} FROM (SELECT unnest($1::VARCHAR[]) AS v, unnest($2::INTEGER[]) AS n) ORDER BY n"
    return [row[0] for row in duckdb.execute(query, [list(values), list(range(len(values)))]).fetchall()]


@pytest.mark.parametrize("region", REGIONS)
@settings(max_examples=15)
@given(values=st.lists(ODD_PHONE | CLEAN_PHONE, min_size=60, max_size=60))
def test_sql_and_python_give_the_same_number(region: str | None, values: list[str]) -> None:
    found = in_sql(f"(SELECT {sql.phone('b', region)} FROM (SELECT {sql.phone_digits('v')} AS b))", values)

    for value, simple in zip(values, found, strict=True):
        if simple is not None:
            assert normal_forms("phone", value, region) == (simple,), value


@pytest.mark.parametrize("region", ["AT", "CH", "NL", "BE", *REGIONS])
@settings(max_examples=15)
@given(values=st.lists(ODD_PHONE | CLEAN_PHONE, min_size=60, max_size=60))
def test_a_number_in_a_usual_form_is_what_the_metadata_of_its_country_makes_of_it(
    region: str | None, values: list[str]
) -> None:
    numbers = [dialled(value) for value in values]
    usual = {number: in_usual_form(number, region) for number in numbers if len(number) > 6}

    assert {number: found for number, found in usual.items() if found != parsed(number, region) and found} == {}


@pytest.mark.parametrize(
    "written", ["(0049) 30 1234567", "0 0 49 30/1234567", "(00) 49-30.1234567", "tel:0049301234567"]
)
@pytest.mark.parametrize("region", REGIONS)
def test_double_zero_is_a_plus_however_it_is_written(written: str, region: str | None) -> None:
    assert phone(written, region) == "+49301234567"


@settings(max_examples=30)
@given(values=st.lists(COOKIE_TEXT, min_size=40, max_size=40))
def test_sql_and_python_give_the_same_cookie(values: list[str]) -> None:
    for value, simple in zip(values, in_sql(sql.cookie("v"), values), strict=True):
        if simple is not None and value.strip().casefold() not in NULLS:  # those are left out before
            assert normal_forms("cookie", value) == ((simple,) if simple else ()), value


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("s%3AmAqL9dQ", ("s%3AmAqL9dQ",)),
        ("dGVzdA+/x==", ("dGVzdA+/x==",)),
        ("session=dGVzdA+/x==", ("dGVzdA+/x==",)),
        ("dGVzdHNlc3Npb24=", ("dGVzdHNlc3Npb24=",)),
        ("a=b; sid=x~y{z}|1+/=; lang=de", ("x~y{z}|1+/=",)),
        ('sid="a|b~c{d}"', ("a|b~c{d}",)),
        ('"abc+/=def"', ("abc+/=def",)),
        ('prefs={"id":"77"}', ('{"id":"77"}',)),
        ("ID=22a:T=16", ("22a:T=16", "ID=22a:T=16")),
        ("PHPSESSID=", ()),
        ("PHPSESSIONIDENT=; theme=dark", ()),
        ("lang=de", ()),
        ("x" * 4096, ("x" * 4096,)),
    ],
)
def test_every_value_a_browser_sends_has_a_form(cell: str, values: tuple[str, ...]) -> None:
    assert cookies(cell) == values


@pytest.mark.parametrize("cell", ["abc~def{1}", "sid=abc|def+/", "sid=dGVzdA+/x=="])
def test_usual_cookies_are_left_to_sql(cell: str) -> None:
    assert in_sql(sql.cookie("v"), [cell]) == list(cookies(cell))


def test_a_bare_value_with_equal_signs_meets_its_cookie() -> None:
    assert set(cookies("ID=22a:T=16")) & set(cookies("__gads=ID=22a:T=16"))


def test_a_long_word_without_blanks_costs_its_length_once() -> None:
    """A file inside a note: 3 million characters, which would take hours if every start were tried to the end."""
    word = "QUJD" * 750_000

    assert emails(word) == ()
    assert emails(f"{word} ada@example.org {word}") == ("ada@example.org",)
    assert emails(" ".join(f"p{n}@example.org" for n in range(200))) == tuple(f"p{n}@example.org" for n in range(200))
