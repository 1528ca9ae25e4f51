"""Headings, keys and lines decide which connector reads a file; a tie and a miss are told with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from dsar.sources.naming import slug, stem
from dsar.sources.recognise import Recognition, Refused, recognise
from dsar.sources.spec import CollectionDeclaration, Connector


def known(**collections: dict[str, object]) -> dict[str, Connector]:
    declared = {name: CollectionDeclaration.model_validate(spec) for name, spec in collections.items()}
    return {"shop": Connector(name="shop", title="Shop", collections=declared)}


def recognised(path: Path, connectors: dict[str, Connector]) -> Recognition:
    found = recognise(path, connectors)
    assert isinstance(found, Recognition), found
    return found


def refused(path: Path, connectors: dict[str, Connector]) -> Refused:
    found = recognise(path, connectors)
    assert isinstance(found, Refused), found
    return found


def written(folder: Path, text: str, name: str = "export.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


PEOPLE = {"columns": ["Id", "Email"]}
BUYERS = {"columns": ["Id", "Email", "Orders"]}


def test_headings_decide_whatever_their_case_and_the_name_of_the_file(tmp_path: Path) -> None:
    found = recognised(written(tmp_path, "ID, email ,x\n1,a@example.org,2\n", "orders.txt"), known(people=PEOPLE))

    assert (found.connector, found.collection, found.how, found.certainty) == ("shop", "people", "headings", "certain")
    assert found.reason == "It has the headings of shop/people (2 of them)."


def test_the_most_specific_collection_wins(tmp_path: Path) -> None:
    path = written(tmp_path, "Id,Email,Orders\n1,a@example.org,2\n")

    assert recognised(path, known(people=PEOPLE, buyers=BUYERS)).collection == "buyers"


def test_a_file_that_fits_two_collections_alike_is_refused_with_both_names(tmp_path: Path) -> None:
    path = written(tmp_path, "Id,Email,Orders\n1,a@example.org,2\n")
    found = refused(path, known(people=PEOPLE, others={"columns": ["Id", "Orders"]}))

    assert found.reason == "It fits two collections: shop/others and shop/people."


def test_an_unknown_table_is_drafted_and_the_nearest_collection_named(tmp_path: Path) -> None:
    path = written(tmp_path, "Id,Email,City\n1,a@example.org,Rome\n", "Kunden 2024.csv")
    found = recognised(path, known(buyers=BUYERS))

    assert (found.connector, found.collection, found.how, found.certainty) == (
        "table",
        "kunden_2024",
        "drafted",
        "drafted",
    )
    assert found.nearest == "shop/buyers, but it lacks `Orders`"


def test_json_is_known_by_the_keys_of_its_records_wherever_they_are(tmp_path: Path) -> None:
    connectors = known(
        people={"format": "json", "columns": ["id", "email"]},
        pages={"format": "json", "columns": ["id", "email", "page"], "records": "items"},
    )
    record = {"id": 1, "email": "a@example.org"}
    page = {**record, "page": 7}

    listed = recognised(written(tmp_path, json.dumps([record]), "a.json"), connectors)
    wrapped = recognised(written(tmp_path, json.dumps({"items": [page]}), "b.json"), connectors)
    lines = recognised(written(tmp_path, f"{json.dumps(record)}\n{json.dumps(record)}\n", "c.jsonl"), connectors)
    unknown = recognised(written(tmp_path, json.dumps([{"id": 1}]), "d.json"), connectors)

    bare = recognised(written(tmp_path, json.dumps([page]), "e.json"), connectors)

    assert [found.collection for found in (listed, wrapped, lines, bare)] == ["people", "pages", "people", "pages"]
    assert (unknown.connector, unknown.how) == ("table", "drafted")


LOG = {"format": "log", "pattern": r"^(?P<ip>\S+) - (?P<user>\S+) \[(?P<time>[^\]]+)\]$"}
LINE = "192.0.2.1 - ada [25/Oct/2016:14:49:33 +0200]\n"


def test_a_log_is_known_if_four_lines_in_five_have_the_form(tmp_path: Path) -> None:
    enough = recognised(written(tmp_path, LINE * 8 + "what?\n" * 2), known(requests=LOG))
    too_few = refused(written(tmp_path, LINE * 7 + "what?\n" * 3, "b.log"), known(requests=LOG))

    assert (enough.collection, enough.how) == ("requests", "pattern")
    assert enough.reason == "80% of its first 10 lines have the form of shop/requests."
    assert too_few.nearest == "shop/requests (70% of the lines fit)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2018-01-01 09:10:11 something\n2018-01-01 09:10:12 else\n", "looks like a log"),
        ("Dear all,\nthis is a letter; nothing else.\n", "It is text"),
        ("[]", "holds no records"),
        ("", "is empty"),
    ],
)
def test_what_nobody_can_read_is_refused_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    found = refused(written(tmp_path, text), known(requests=LOG))

    assert says in found.reason
    assert str(found).startswith(str(found.path))


def test_each_sheet_of_a_workbook_is_a_collection(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Id", "Email"])
    book.active.append([1, "a@example.org"])
    book.create_sheet("Orders").append(["Order", "Total"])
    book.create_sheet("Log").append(["When", "What"])
    book.save(tmp_path / "all.xlsx")

    found = recognised(tmp_path / "all.xlsx", known(people=PEOPLE, orders={"columns": ["Order", "Total"]}))
    drafted = recognised(tmp_path / "all.xlsx", {})

    assert found.sheets == (("Sheet", "people"), ("Orders", "orders"))
    assert found.problems == ("Sheet `Log` fits no collection of shop and is not read.",)
    assert drafted.sheets == (("Sheet", "sheet"), ("Orders", "orders"), ("Log", "log"))


def test_names_are_made_of_small_letters_digits_and_lines() -> None:
    assert slug("Größe & Mehr.csv") == "grosse_mehr_csv"
    assert [stem(Path(name)) for name in ("access.log.1.gz", "access.log-20240131", "crm.CSV", "w2_2021.csv")] == [
        "access",
        "access",
        "crm",
        "w2_2021",
    ]
