"""Many requests at once: two that are one person's, and one that seems to be of two, are told by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli.answer_text import print_answers
from dsar.cli.options import Again
from dsar.fulfilment.batches.batch import run_batch
from dsar.fulfilment.batches.batch_files import write_summaries
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.together import first_of_all, notes_by_request
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace

Company = Callable[..., Workspace]
TABLES = {
    "crm": """key,email,name,customer_no
        C1,ada@example.org,Ada Bell,K-100
        C2,bob@example.org,Bob Carter,K-200
        C3,carl@example.org,Carl Dent,K-300""",
    "shop": "key,customer_no,email\nS1,K-100,ada.private@example.com",
}
ASKED = (
    request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1"),
    request_of(email=["carl@example.org"], request_id="R-2"),
    request_of(email=["ada.private@example.com"], request_id="R-3"),
    request_of(email=["carl@example.org"], id=["customer_no=K-200"], request_id="R-4"),
)
TWICE = "R-1, R-3 found the same confirmed records: perhaps one person asked more than once."


def test_requests_of_one_person_and_a_request_of_two_are_told_on_the_screen(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    print_answers(find(company(TABLES), ASKED), (), Again("--requests many.csv"))

    said = " ".join(capsys.readouterr().out.split())
    assert TWICE in said
    assert "R-4: The search leads to two people who cannot be one" in said


def test_a_note_about_some_requests_names_them_and_stands_before_those_about_all(company: Company) -> None:
    notes = notes_by_request(find(company(TABLES), ASKED))

    named = [note.startswith("R-") for note in notes]
    assert named == sorted(named, reverse=True)
    assert any(named) and not all(named)


def test_one_request_has_nobody_to_be_the_same_as(company: Company) -> None:
    assert first_of_all(find(company(TABLES), ASKED[1:2])) == ()


def test_a_batch_tells_them_in_its_summary(company: Company, tmp_path: Path) -> None:
    workspace = company(TABLES)
    out = tmp_path / "answers"

    done = run_batch(workspace, ASKED, (), out)
    write_summaries(done, out, "Example")

    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [one["same_as"] for one in summary["requests"]] == [["R-3"], [], ["R-1"], []]
    assert TWICE in summary["notes"]
    assert any(note.startswith("R-4: The search leads to two people") for note in summary["notes"])
    assert "perhaps one person asked more than once" in (out / "summary.html").read_text(encoding="utf-8")
