"""dsar connectors check: what a connector must do with its own samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import Ended

Dsar = Callable[..., Ended]
GOOD = """
name = "club"
title = "Club"
[members]
columns = ["Member No", "Mail"]
key = ["Member No"]
[members.fields]
"Member No" = { category = "user.unique_id", identifier = "member_no" }
"Mail" = { category = "user.contact.email", identifier = "email" }
"""


def club(folder: Path, declaration: str = GOOD, rows: str = "Member No,Mail\n1,ada@example.org\n") -> Path:
    (folder / "club" / "sample").mkdir(parents=True)
    (folder / "club" / "connector.toml").write_text(declaration)
    if rows:
        (folder / "club" / "sample" / "members.csv").write_text(rows)
    return folder / "club"


def said(ended: Ended) -> str:
    return " ".join(ended.out.split())


def test_a_good_connector_passes_and_leaves_nothing_behind(dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("connectors", "check", str(club(tmp_path)))

    assert ended.code == 0
    assert "club 1 1 0 yes" in said(ended)
    assert [path.name for path in tmp_path.iterdir()] == ["club"]


def test_a_folder_of_connectors_is_checked_one_by_one(dsar: Dsar, tmp_path: Path) -> None:
    club(tmp_path / "own")

    assert "club 1 1 0 yes" in said(dsar("connectors", "check", str(tmp_path / "own")))


def test_a_column_without_a_category_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path, rows="Member No,Mail,Shoe size\n1,ada@example.org,38\n")

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "no category for Shoe size" in said(ended)


def test_a_category_of_no_list_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path, GOOD.replace("user.contact.email", "user.contact.emial"))

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "user.contact.emial" in said(ended)


def test_a_key_that_the_sample_lacks_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path, GOOD.replace('key = ["Member No"]', 'key = ["Member No", "Year"]'))

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "lacks a column of the key of members" in said(ended)


def test_a_connector_without_a_sample_does_not_pass(dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("connectors", "check", str(club(tmp_path, rows="")))

    assert ended.code == 1
    assert "there is no file in sample/" in said(ended)


def test_a_collection_without_a_sample_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path, GOOD + '[fees]\ncolumns = ["Fee No", "Mail", "Paid"]\nkey = ["Fee No"]\n')

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "fees: no sample was read as this collection" in said(ended)


def test_a_sample_that_is_not_recognised_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("connectors", "check", str(club(tmp_path, rows="A,B\n1,2\n")))

    assert ended.code == 1
    assert "members.csv is taken for table/members" in said(ended)


def test_a_broken_connector_is_for_its_author_to_mend(dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("connectors", "check", str(club(tmp_path, GOOD.replace("columns", "colums"))))

    assert ended.code == 2
    assert "Did you mean `columns`?" in ended.err


def test_a_sample_that_comes_out_otherwise_than_expected_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path)
    part = {"collection": "members", "read": 2, "loaded": 2, "unreadable": 0}
    asked = {"email": ["ada@example.org"], "confirmed": ["members/2"]}
    (folder / "expected.json").write_text(json.dumps({"files": {"members.csv": [part]}, "find": [asked]}))

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "members.csv: expected members 2+0, read members 1+0" in said(ended)
    assert "search 1: not confirmed: members/2" in said(ended)
    assert "search 1: confirmed, but not expected: members/1" in said(ended)


def test_a_sample_that_comes_out_as_expected_passes(dsar: Dsar, tmp_path: Path) -> None:
    folder = club(tmp_path)
    part = {"collection": "members", "read": 1, "loaded": 1, "unreadable": 0}
    asked = {"email": ["ada@example.org"], "confirmed": ["members/1"]}
    (folder / "expected.json").write_text(json.dumps({"files": {"members.csv": [part]}, "find": [asked]}))

    assert dsar("connectors", "check", str(folder)).code == 0


@pytest.mark.parametrize("text", ["[]", "{", '{"fields": {}}', '{"find": [{"mail": ["a"]}]}'])
def test_an_expectation_that_is_not_as_documented_is_for_its_author_to_mend(
    text: str, dsar: Dsar, tmp_path: Path
) -> None:
    folder = club(tmp_path)
    (folder / "expected.json").write_text(text)

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 2
    assert "expected.json" in ended.err


def test_a_date_of_another_form_than_declared_is_a_problem(dsar: Dsar, tmp_path: Path) -> None:
    declared = GOOD + '"Since" = { category = "x.record.time", time = "%d.%m.%Y" }\n'
    folder = club(tmp_path, declared, "Member No,Mail,Since\n1,ada@example.org,in May\n2,bob@example.org,-\n")

    ended = dsar("connectors", "check", str(folder))

    assert ended.code == 1
    assert "`Since` holds what is no date of its declared form" in said(ended)


def test_a_connector_tells_how_its_export_is_made_and_what_it_never_holds(dsar: Dsar) -> None:
    ended = dsar("connectors", "list", "hubspot", "woocommerce")

    assert ended.code == 0
    assert "CRM > Contacts > Export" in said(ended)
    assert "orders_csv never holds:" in said(ended)
    assert max(map(len, ended.out.splitlines())) <= 80


def test_an_unknown_connector_is_an_error_that_names_the_nearest(dsar: Dsar) -> None:
    ended = dsar("connectors", "list", "hubspt")

    assert ended.code == 2
    assert "Did you mean `hubspot`?" in ended.err


def test_a_known_connector_is_checked_by_its_name(dsar: Callable[..., Ended]) -> None:
    ended = dsar("connectors", "check", "hubspot")

    assert ended.code == 0, ended.said
    assert [line.split()[0] for line in ended.out.splitlines()[2:] if line.strip()] == ["hubspot"]
