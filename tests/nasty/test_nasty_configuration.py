"""A dsar.toml with slips: what is wrong is named, with the key that was probably meant."""

from __future__ import annotations

import pytest
from small_company import ADA, Company, source


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("encodng = 'utf-8'", "encoding"),
        ("file = ['x']", "files"),
        ("delimeter = ';'", "delimiter"),
        ("Name = 'x'", "name"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_the_nearest(company: Company, wrong: str, hint: str) -> None:
    company.write("crm.csv", f"id,email\n1,{ADA}\n")
    company.configure(source("crm", "crm.csv").replace("[[source]]", f"[[source]]\n{wrong}"))
    ended = company.find()

    assert ended.code == 2
    assert f"`source[1].{wrong.split()[0]}`" in ended.err
    assert f"`{hint}`" in ended.err


@pytest.mark.parametrize(
    "text", ["= 1", "a = [", '[[source]]\nname = "x"\nname = "y"', "\x00", "[controller]\ntime_zone = 'Mars'"]
)
def test_toml_that_cannot_be_read_is_an_error(company: Company, text: str) -> None:
    (company.folder / "dsar.toml").write_text(text, encoding="utf-8")
    ended = company.find()

    assert ended.code == 2
    assert "dsar.toml" in ended.err


@pytest.mark.parametrize("connector", ["hubspott", "", "../x"])
def test_an_unknown_connector_is_an_error(company: Company, connector: str) -> None:
    company.write("crm.csv", f"id,email\n1,{ADA}\n")
    company.configure(f"[[source]]\nname = 'crm'\nconnector = '{connector}'\nfiles = ['crm.csv']\n")
    ended = company.find()

    assert ended.code == 2
    assert "Known: " in ended.err


@pytest.mark.parametrize(
    "option", ["delimiter = ''", "delimiter = ',,'", "quote = 'ab'", "skip_lines = -1", 'delimiter = "\\n"']
)
def test_an_impossible_dialect_is_an_error(company: Company, option: str) -> None:
    company.write("crm.csv", f"id,email\n1,{ADA}\n")
    company.configure(source("crm", "crm.csv").replace("[[source]]", f"[[source]]\n{option}"))

    assert company.find().code == 2


def test_more_lines_to_skip_than_there_are_is_an_error(company: Company) -> None:
    company.holding(f"id,email\n1,{ADA}\n", skip_lines=100)

    assert company.find().code == 2


def test_a_key_column_that_is_missing_is_named(company: Company) -> None:
    company.holding(f"number,email\n1,{ADA}\n")
    ended = company.find()

    assert ended.code == 2
    assert "crm.csv is none of the collections" in ended.err
