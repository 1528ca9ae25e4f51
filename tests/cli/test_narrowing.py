"""A request that is narrowed in the register is answered so by every command, and each says what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from pypdf import PdfReader
from test_contract_answers import ADA, Dsar, company, data, found  # noqa: F401

ROWS = "request_id,right,received,email\nR-1,access,2026-11-02,ada@example.org\nR-2,access,2026-11-02,bob@example.org\n"
SHIPPED = Path(__file__).parents[2] / "dsar" / "renderers"


@pytest.fixture
def narrowed(company: Path, dsar: Dsar) -> Path:  # noqa: F811
    (company / "r.csv").write_text(ROWS)
    dsar("request", "add", "--requests", "r.csv")
    ended = dsar("request", "change", "R-1", "--scope", "crm", "--words", "asked for the CRM only", "--by", "Officer")
    assert ended.code == 0
    return company


def shown(package: Path) -> str:
    """All that the four files of a package say to people, without line breaks."""
    pdf = " ".join(page.extract_text() for page in PdfReader(package / "report.pdf").pages)
    book = load_workbook(package / "data.xlsx", read_only=True)
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return " ".join(" ".join((pdf, cells, (package / "report.html").read_text())).split())


def test_a_narrowing_takes_effect_in_the_search_of_the_request(narrowed: Path, dsar: Dsar) -> None:
    ended, told = dsar("find", "--request", "R-1", "--json"), dsar("find", "--request", "R-1").out

    document = found(ended)
    assert ended.code == 1
    assert [one["record"] for one in document["records"]] == ["crm/crm/1"]
    assert document["limited"]["to"] == ["crm/crm"]
    assert {"source": "shop", "collection": "shop", "confirmed": 1} in document["limited"]["left_out"]
    assert "1 record in 1 collection. Elsewhere 1 record is held." in " ".join(told.split())


def test_the_package_of_a_narrowed_request_says_in_every_file_what_it_leaves_out(narrowed: Path, dsar: Dsar) -> None:
    dsar("export", "--request", "R-1", "--out", "answer")

    report, said = data(narrowed / "answer"), "You limited your request to: crm, crm. Records found about you elsewhere"
    Draft202012Validator(json.loads((SHIPPED / "data.schema.json").read_text())).validate(report)
    assert report["limited"] == {"to": ["crm, crm"], "left_out": [{"what": "shop, shop", "records": 1}]}
    assert any(one.startswith(said) and one.endswith(": 1.") for one in report["answer"]["text"])
    assert "Every source you asked about was searched." in report["answer"]["text"]
    assert shown(narrowed / "answer").count(said) >= 3
    assert "Nothing else was withheld." in shown(narrowed / "answer")
    assert "CN-100001" in shown(narrowed / "answer") and "shop/shop/7" not in shown(narrowed / "answer")


def test_a_portability_file_says_what_the_person_did_not_ask_for(narrowed: Path, dsar: Dsar) -> None:
    dsar("request", "change", "R-1", "--right", "portability")
    dsar("export", "--request", "R-1", "--out", "answer")

    file = json.loads((narrowed / "answer" / "portability.json").read_text())
    Draft202012Validator(json.loads((SHIPPED / "portability.schema.json").read_text())).validate(file)
    assert file["limited"] == {"to": ["crm, crm"], "left_out": [{"what": "shop, shop", "records": 1}]}
    assert [part["source"] for part in file["collections"]] == ["crm"]


def test_where_only_other_sources_hold_something_nobody_is_told_that_nothing_is_held(
    narrowed: Path, dsar: Dsar
) -> None:
    dsar("request", "change", "R-1", "--scope", "letter")

    told = " ".join(dsar("find", "--request", "R-1").out.split())
    dsar("export", "--request", "R-1", "--out", "answer")

    first = data(narrowed / "answer")["answer"]["text"]
    assert "No, nothing is held in what is asked for: 1 of 1 collection searched. Elsewhere 2 records are held." in told
    assert first[0] == "No: in the sources you asked about we found no personal data about you."
    assert first[1] == "Records found: 0, in 0 of 1 sources."
    assert first[2].endswith("not part of this copy: 2.")
    assert "in the sources we searched we found no" not in shown(narrowed / "answer")


@pytest.mark.parametrize("how", [("--due",), ("r.csv",)], ids=["of the register", "of the file it came with"])
def test_a_batch_answers_a_narrowed_request_as_it_stands_in_the_register(
    how: tuple[str, ...], narrowed: Path, dsar: Dsar
) -> None:
    ended = dsar("batch", *how, "--out", "answers", "--json")

    first, second = found(ended)["requests"]
    assert (first["state"], first["confirmed"], first["error"]) == ("ready for review", 1, None)
    assert (second["state"], second["exit_code"]) == ("ready for review", 0)
    assert data(narrowed / "answers" / "R-1")["limited"]["left_out"] == [{"what": "shop, shop", "records": 1}]
    assert "limited" not in data(narrowed / "answers" / "R-2")


def test_a_request_that_is_narrowed_after_its_answer_is_answered_anew(narrowed: Path, dsar: Dsar) -> None:
    dsar("batch", "r.csv", "--out", "answers")
    dsar("request", "change", "R-1", "--scope", "shop")

    blocked = found(dsar("request", "show", "R-1", "--json"))["blocked_by"]
    dsar("batch", "r.csv", "--out", "answers")

    assert "changed since: prepare it anew" in blocked
    assert [one["record"] for one in data(narrowed / "answers" / "R-1")["records"]] == ["shop/shop/7"]
    assert "changed since: prepare it anew" not in found(dsar("request", "show", "R-1", "--json"))["blocked_by"]


@pytest.mark.parametrize("command", ["find", "export"])
def test_the_file_a_request_came_with_does_not_undo_its_narrowing(command: str, narrowed: Path, dsar: Dsar) -> None:
    if command == "find":
        first = json.loads(dsar("find", "--requests", "r.csv", "--json").out.splitlines()[0])
    else:
        dsar("export", "--requests", "r.csv", "--out", "answers")
        first = data(narrowed / "answers" / "R-1")

    assert [one["record"] for one in first["records"]] == ["crm/crm/1"]


def test_another_request_under_the_number_of_a_narrowed_one_is_still_refused(narrowed: Path, dsar: Dsar) -> None:
    (narrowed / "other.csv").write_text(ROWS.replace("ada@", "eve@"))

    lines = found(dsar("batch", "other.csv", "--out", "answers", "--json"))["requests"]

    assert lines[0]["state"] == "failed" and "already a request R-1" in lines[0]["error"]


def test_a_narrowing_is_taken_back(narrowed: Path, dsar: Dsar) -> None:
    assert dsar("request", "change", "R-1", "--scope", "crm", "--whole").code == 2
    assert dsar("request", "change", "R-1", "--whole").code == 0

    document = found(dsar("find", "--request", "R-1", "--json"))
    assert len(document["records"]) == 2 and "limited" not in document


@pytest.mark.parametrize("scope", ["cmr", "crm/orders", "", "the orders of the last year", "newsletter:email"])
def test_a_narrowing_to_what_there_is_not_is_refused_and_changes_nothing(
    scope: str, narrowed: Path, dsar: Dsar
) -> None:
    before = found(dsar("request", "show", "R-1", "--json"))

    ended = dsar("request", "change", "R-1", "--scope", "crm", "--scope", scope)

    assert ended.code == 2 and "Sources: crm, letter, shop." in ended.err
    assert not scope or scope not in ended.err
    assert found(dsar("request", "show", "R-1", "--json")) == before


def test_a_narrowing_stands_in_the_journal_and_on_the_page_of_the_request(narrowed: Path, dsar: Dsar) -> None:
    journal = (narrowed / ".dsar" / "journal.jsonl").read_text()
    page = dsar("request", "show", "R-1").out

    changed = [json.loads(line) for line in journal.splitlines() if '"step": "changed"' in line]
    assert [one["facts"]["limited_to"] for one in changed] == ["crm"]
    assert "asked for the CRM only" not in journal
    assert "Limited to:\n - crm" in page and "limited to crm" in page
    assert dsar("journal", "verify").code == 0


def test_what_an_archive_handed_over_stays_out_where_it_is_not_asked_for(narrowed: Path, dsar: Dsar) -> None:
    with (narrowed / "dsar.toml").open("a") as toml:
        toml.write('[[source]]\nname = "archive"\nmanual = true\nask = "records@example.org"\n')
    (narrowed / "scan.pdf").write_bytes(b"%PDF-1.4 scan")
    dsar("request", "attach", "R-1", "scan.pdf", "--source", "archive")

    dsar("export", "--request", "R-1", "--out", "answer")
    left = data(narrowed / "answer")["limited"]["left_out"]
    dsar("request", "change", "R-1", "--scope", "crm", "--scope", "archive")
    dsar("export", "--request", "R-1", "--out", "whole")

    assert {"what": "archive", "records": 1} in left and not (narrowed / "answer" / "attachments").exists()
    assert [path.suffix for path in (narrowed / "whole" / "attachments").iterdir()] == [".pdf"]


def test_a_narrowed_copy_says_nothing_of_consents_and_look_ups_that_it_does_not_cover(
    narrowed: Path, dsar: Dsar
) -> None:
    toml = (
        (narrowed / "dsar.toml")
        .read_text()
        .replace(
            "[source.collection.shop.fields]",
            '[source.collection.shop.history]\ntells = "accesses"\nwhen = "id"\n[source.collection.shop.fields]',
        )
    )
    (narrowed / "dsar.toml").write_text(toml)
    dsar("export", "--request", "R-1", "--out", "answer")

    said = shown(narrowed / "answer")
    assert "No record of a consent was found in what you asked for." in said
    assert "What you asked for includes no log of who looks at data." in said
    assert "No record of a consent was found." not in said and "None of the sources searched logs" not in said
    assert data(narrowed / "answer")["access_log_kept_by"] == []
    dsar("request", "change", "R-1", "--whole")
    dsar("export", "--request", "R-1", "--out", "answer")
    assert data(narrowed / "answer")["access_log_kept_by"] == ["shop, shop"]


def test_nobody_has_to_ask_an_archive_that_a_narrowed_request_leaves_out(narrowed: Path, dsar: Dsar) -> None:
    with (narrowed / "dsar.toml").open("a") as toml:
        toml.write('[[source]]\nname = "archive"\nmanual = true\nask = "records@example.org"\n')

    first, second = found(dsar("request", "list", "--due", "--json"))["requests"]

    assert "ask archive" not in first["blocked_by"] and "ask archive" in second["blocked_by"]
