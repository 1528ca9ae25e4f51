"""The retention table: worked examples of countries, rows that a company changes, and rules that name one."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.config import Config, FieldSpec, Keep, parse
from dsar.errors import ConfigError
from dsar.retention import ends_on, rule_text
from dsar.statutes import retention_table, with_statutes

NONE: dict[str, FieldSpec] = {}


def kept(rule: str, more: str = "", **said: object) -> Keep:
    """The rule of a collection as it stands after the table was filled in; `more` is the end of the financial year."""
    document = {
        "controller": {"financial_year_end": more or "12-31"},
        "source": [
            {
                "name": "shop",
                "files": ["shop.csv"],
                "collection": {"orders": {"keep": [{"rule": rule, "after": "at", **said}]}},
            }
        ],
    }
    config = with_statutes(parse(Config, document, where="test"))
    return config.source[0].collection["orders"].keep[0]


@pytest.mark.parametrize(
    ("rule", "year_end", "day", "end"),
    [
        # Germany: a voucher of March 2021 is kept until the end of the eighth year after 2021 (AO §147(3), (4))
        ("DE.vouchers", "", "2021-03-05", date(2029, 12, 31)),
        ("DE.books", "", "2021-12-31", date(2031, 12, 31)),
        ("DE.letters", "", "2022-01-01", date(2028, 12, 31)),
        ("DE.applicants", "", "2026-08-31", date(2027, 2, 28)),
        # Austria: seven years from the end of the calendar year (BAO §132(1))
        ("AT.accounting", "", "2020-06-30", date(2027, 12, 31)),
        ("AT.applicants", "", "2026-01-15", date(2026, 8, 15)),
        # Switzerland: ten years from the end of the business year (OR Art. 958f), here one that ends in June
        ("CH.accounting", "06-30", "2020-06-30", date(2030, 6, 30)),
        ("CH.accounting", "06-30", "2020-07-01", date(2031, 6, 30)),
        # France: ten years from the end of the financial year; applicants two years from the last contact
        ("FR.accounting", "", "2019-02-28", date(2029, 12, 31)),
        ("FR.applicants", "", "2024-02-29", date(2026, 2, 28)),
        # United Kingdom: six years from the end of the accounting period, here to 31 March
        ("UK.tax", "03-31", "2020-03-31", date(2026, 3, 31)),
        ("UK.tax", "03-31", "2020-04-01", date(2027, 3, 31)),
        ("UK.company", "02-29", "2023-03-01", date(2027, 2, 28)),
        # The Netherlands: seven years (AWR Art. 52); applicants four weeks
        ("NL.accounting", "", "2018-10-10", date(2025, 12, 31)),
        ("NL.applicants", "", "2026-11-01", date(2026, 11, 29)),
        # and two where no year is rounded up: Spain from the last entry, Australia from the transaction
        ("ES.accounting", "", "2020-05-17", date(2026, 5, 17)),
        ("AU.company", "", "2020-05-17", date(2027, 5, 17)),
    ],
)
def test_the_shipped_rules_end_on_the_day_the_law_says(rule: str, year_end: str, day: str, end: date) -> None:
    assert ends_on(kept(rule, year_end), NONE, {"at": day}) == end


def test_every_shipped_row_says_its_period_its_status_and_the_day_it_was_checked() -> None:
    table = retention_table()

    assert len(table) >= 35 and len({name.split(".")[0] for name in table}) >= 18
    for name, row in table.items():
        assert (row.days or row.months or row.years) and row.applies_to, name
        assert row.checked_on is not None and row.status in ("read", "confirm"), name
        assert bool(row.statute) == (not name.startswith("LOG.")), name


def test_what_a_rule_says_itself_goes_over_the_table() -> None:
    own = kept("DE.vouchers", years=9, statute="our lawyers, 2026")

    assert ends_on(own, NONE, {"at": "2021-03-05"}) == date(2030, 12, 31)
    assert rule_text(own, NONE) == "9 years after the end of the year of “at”; our lawyers, 2026"


def test_a_company_changes_a_row_and_adds_its_own() -> None:
    document = {"statute": {"DE": {"vouchers": {"years": 10}}, "XX": {"own": {"months": 3, "statute": "Act 1"}}}}
    table = retention_table(parse(Config, document, where="test"))

    changed = table["DE.vouchers"]
    assert (changed.years, changed.status, changed.from_) == (10, "own", "end of year")
    assert (table["XX.own"].months, table["XX.own"].statute) == (3, "Act 1")


def test_a_rule_that_is_not_in_the_table_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"DE\.voucher\b") as caught:
        kept("DE.voucher")
    assert "DE.vouchers" in (caught.value.hint or "")
