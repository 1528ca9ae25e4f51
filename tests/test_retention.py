"""How long records are kept: ends of periods and the rules in words."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.config import FieldSpec, Keep
from dsar.retention import add_months, covers, ends_on, rule_text, says_nothing, why_unknown

NONE: dict[str, FieldSpec] = {}


def keep(**rule: object) -> Keep:
    """A rule as dsar.toml has it; `from_` stands for the key `from`."""
    if "from_" in rule:
        rule["from"] = rule.pop("from_")
    return Keep.model_validate(rule)


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        (None, "2023-05-10", date(2023, 5, 10)),
        (None, " 2023-05-10T23:30:00Z ", date(2023, 5, 10)),
        (None, "2023-05-10 23:30:00 UTC", date(2023, 5, 10)),
        (None, "2023-05-10 23:30:00 +0200", date(2023, 5, 10)),
        ("%d/%m/%Y", "10/05/2023", date(2023, 5, 10)),
        ("%d/%b/%Y:%H:%M:%S %z", "10/May/2023:10:05:03 +0000", date(2023, 5, 10)),
        ("%d/%m/%Y", "2023-05-10", date(2023, 5, 10)),
        ("s", "1683676800", date(2023, 5, 10)),
        ("ms", "1683676800000", date(2023, 5, 10)),
        ("us", "1683676800000000", date(2023, 5, 10)),
        ("s", "1683676800.5", date(2023, 5, 10)),
    ],
)
def test_a_period_starts_at_the_records_own_date(form: str | None, cell: str, day: date) -> None:
    end = ends_on(keep(years=3, after="at"), {"at": FieldSpec(time=form)}, {"at": cell})

    assert end == day.replace(year=2026)


def test_a_moment_is_told_in_the_fields_zone() -> None:
    fields = {"at": FieldSpec(zone="Europe/Berlin")}

    assert ends_on(keep(days=0, after="at"), fields, {"at": "2023-12-31T23:30:00Z"}) == date(2024, 1, 1)
    assert ends_on(keep(days=0, after="at"), NONE, {"at": "2023-12-31T23:30:00Z"}) == date(2023, 12, 31)


def test_the_end_of_year_comes_before_the_period() -> None:
    rule = keep(years=8, after="invoiced", from_="end of year", statute="AO §147")

    assert ends_on(rule, NONE, {"invoiced": "2020-02-29"}) == date(2028, 12, 31)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 11, 30), 1, date(2023, 12, 30)),
        (date(2023, 3, 15), 0, date(2023, 3, 15)),
    ],
)
def test_a_day_the_month_does_not_have_becomes_its_last(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_hold_makes_the_end_later_but_never_earlier() -> None:
    values = {"at": "2023-05-10"}

    assert ends_on(keep(years=1, after="at", hold_until=date(2030, 1, 1)), NONE, values) == date(2030, 1, 1)
    assert ends_on(keep(years=9, after="at", hold_until=date(2030, 1, 1)), NONE, values) == date(2032, 5, 10)
    assert ends_on(keep(hold_until=date(2030, 1, 1)), NONE, {}) == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("rule", "cell", "why"),
    [
        (keep(criterion="until consent is withdrawn"), "2023-01-01", "criterion"),
        (keep(statute="AO §147"), "2023-01-01", "no period"),
        (keep(years=3), "2023-01-01", "no column"),
        (keep(years=3, after="at"), "", "no date in column at"),
        (keep(years=3, after="at"), None, "no date in column at"),
        (keep(years=3, after="at"), "soon", "cannot be read"),
        (keep(years=9000, after="at"), "2023-01-01", "beyond the calendar"),
        (keep(days=10**10, after="at"), "2023-01-01", "beyond the calendar"),
    ],
)
def test_what_cannot_be_computed_says_why_without_the_value(rule: Keep, cell: str | None, why: str) -> None:
    assert ends_on(rule, NONE, {"at": cell}) is None
    said = why_unknown(rule, NONE, {"at": cell}) or ""
    assert why in said
    assert not cell or cell not in said


def test_a_heading_is_found_although_blanks_and_case_differ() -> None:
    fields = {"Last Activity Date": FieldSpec(time="%d.%m.%Y")}

    assert ends_on(keep(years=1, after="last activity date"), fields, {" Last Activity Date": "10.05.2023"})


def test_a_leaf_of_a_list_takes_the_declaration_of_any_index() -> None:
    fields = {"events[*].at": FieldSpec(time="%d.%m.%Y"), "meta.*": FieldSpec(time="s")}

    assert ends_on(keep(years=1, after="events[0].at"), fields, {"events[0].at": "10.05.2023"}) == date(2024, 5, 10)
    assert ends_on(keep(days=1, after="meta.at"), fields, {"meta.at": "1683676800"}) == date(2023, 5, 11)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (keep(years=3, after="last_activity", statute="AO §147"), "3 years after “Last seen”; AO §147"),
        (keep(years=1, months=6, after="at"), "1 year and 6 months after “at”"),
        (keep(days=1, after="time"), "1 day after “time”"),
        (keep(years=8, after="at", from_="end of year"), "8 years after the end of the year of “at”"),
        (keep(criterion="until consent is withdrawn"), "until consent is withdrawn"),
        (keep(months=6, after="at", hold_until=date(2027, 3, 31)), "6 months after “at”; not before 2027-03-31"),
        (keep(), "no period is stated"),
    ],
)
def test_a_rule_is_put_in_plain_words(rule: Keep, text: str) -> None:
    assert rule_text(rule, {"last_activity": FieldSpec(label="Last seen")}) == text


@pytest.mark.parametrize(
    "text",
    ["as long as necessary", "As required by law.", "", "  ", "for as long as is needed for our business purposes",
     "no longer than necessary", "so lange wie nötig", "solange gesetzlich erforderlich", "n/a", "TBD", "-",
     "aussi longtemps que nécessaire", "until we no longer need it"],
)  # fmt: skip
def test_a_text_that_says_nothing_is_recognised(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["until consent is withdrawn", "3 years after the contract ends", "as required by §147 AO", "6 months",
     "as long as you are our customer", "bis zum Widerruf der Einwilligung", "until the dispute is settled"],
)  # fmt: skip
def test_a_text_that_names_a_period_or_criterion_is_kept(text: str) -> None:
    assert not says_nothing(text)


def test_a_rule_covers_a_category_and_what_is_below_it() -> None:
    rule = keep(categories=["user.financial"], years=1)

    assert covers(rule, "user.financial")
    assert covers(rule, "user.financial.bank_account")
    assert not covers(rule, "user.financially")
    assert not covers(rule, None)
    assert covers(keep(years=1), None)
