"""The sample company from exports to package and plan."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
from pypdf import PdfReader

from dsar.fulfilment.copies.export import export
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import read_requests, request_of
from dsar.fulfilment.setup.demo import TODAY, DemoResult, wrong_records
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer, Request


class _Text(HTMLParser):
    """The text of a page as a reader sees it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def ada(folder: Path) -> Request:
    who = tomllib.loads((folder / "expected" / "ada.toml").read_text())["request"]
    return request_of(email=who["email"], name=who["name"], birth_date=who["birth_date"])


def opened(folder: Path) -> Workspace:
    return open_workspace(folder / "dsar.toml", today=TODAY)


def answer_for_ada(folder: Path) -> Answer:
    return find(opened(folder), [ada(folder)])[0]


def test_every_step_of_the_demo_does_what_it_should(demo_result: DemoResult) -> None:
    assert [title for title, _, fine in demo_result.steps if not fine] == []
    assert len(demo_result.steps) == 7
    assert all(path.is_file() for path in demo_result.open)


def test_the_sample_person_is_found_completely_and_nobody_else(demo_folder: Path) -> None:
    expected = tomllib.loads((demo_folder / "expected" / "ada.toml").read_text())
    answer = answer_for_ada(demo_folder)

    assert wrong_records(answer, expected) == ((), ())
    for part in expected["source"]:
        place = (part["source"], part["collection"])
        found = {
            grade: sorted(
                m.record.key
                for m in answer.matches
                if m.grade == grade and (m.record.source, m.record.collection) == place
            )
            for grade in ("probable", "possible")
        }
        assert found["probable"] == sorted([*part.get("probable", []), *part.get("cookie_only", [])]), place
        assert found["possible"] == sorted(part.get("possible", [])), place


def test_every_source_is_in_the_answer_and_every_row_is_counted(demo_folder: Path) -> None:
    workspace = opened(demo_folder)
    answer = find(workspace, [ada(demo_folder)])[0]

    assert {s.source for s in answer.sources} == {s.name for s in workspace.config.source}
    for source in answer.sources:
        for file in source.files:
            assert file.rows_read == file.rows_loaded + file.rows_unreadable
    assert sum(f.rows_unreadable for s in answer.sources for f in s.files) == 1


def test_many_requests_in_one_pass_give_the_answers_of_single_ones(demo_folder: Path) -> None:
    workspace = opened(demo_folder)
    requests = read_requests(demo_folder / "requests.csv")

    together = find(workspace, requests)

    assert len(together) == len(requests) == 10
    assert {answer.request.request_id: answer.same_as for answer in together if answer.same_as} == {
        "R-2026-001": ("R-2026-002",),
        "R-2026-002": ("R-2026-001",),
    }  # the one thing that a single search cannot know
    alone = [find(workspace, [request])[0] for request in requests]
    assert [replace(answer, same_as=()) for answer in together] == alone


def test_every_value_of_every_confirmed_record_is_in_json_xlsx_and_html(demo_folder: Path) -> None:
    answer = answer_for_ada(demo_folder)
    values = {v for m in answer.graded("confirmed") for _, v in m.record.fields if v}
    package = demo_folder / "answer"

    data = (package / "data.json").read_text(encoding="utf-8")
    in_json = set(_texts(json.loads(data)))
    assert {v for v in values if v not in in_json} == set()
    sheets = openpyxl.load_workbook(package / "data.xlsx", read_only=True)
    in_xlsx = {
        str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    }
    assert {v for v in values if v not in in_xlsx} == set()
    page = " ".join("".join(_Text((package / "report.html").read_text(encoding="utf-8")).parts).split())
    assert {v for v in values if " ".join(v.split()) not in page} == set()


def _texts(document: object) -> list[str]:
    if isinstance(document, dict):
        return [text for value in document.values() for text in _texts(value)]
    if isinstance(document, list):
        return [text for value in document for text in _texts(value)]
    return [document] if isinstance(document, str) else []


def test_the_pdf_holds_the_answer_and_every_source(demo_folder: Path) -> None:
    text = "\n".join(page.extract_text() for page in PdfReader(demo_folder / "answer" / "report.pdf").pages)

    assert "Yes: we process personal data about you" in text
    for title in ("Contacts", "Orders", "Newsletters", "Complaint"):
        assert title in text


def test_the_namesake_is_in_no_file_of_the_package(demo_folder: Path) -> None:
    expected = tomllib.loads((demo_folder / "expected" / "ada.toml").read_text())
    package = (demo_folder / "answer" / "data.json").read_text(encoding="utf-8")
    never = [
        f'"{place}/{key}"'
        for group in ("never", "never_traps")
        for place, keys in expected[group].items()
        for key in keys
    ]

    assert len(never) > 10
    assert [record for record in never if record in package] == []


def test_the_manifest_lists_every_file_with_its_hash(demo_folder: Path) -> None:
    for folder in (demo_folder / "answer", demo_folder / "erasure"):
        manifest = json.loads((folder / "manifest.json").read_text())
        listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
        there = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"}
        assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
        assert all(path.stat().st_mode & 0o077 == 0 for path in there.values())


def test_a_cv_is_in_the_package_and_a_dead_link_is_told(demo_folder: Path) -> None:
    attachments = json.loads((demo_folder / "answer" / "data.json").read_text())["attachments"]

    copied = [a for a in attachments if a["stored_as"]]
    assert len(copied) == 2 and len(attachments) == 3
    assert (demo_folder / "answer" / copied[0]["stored_as"]).read_bytes().startswith(b"%PDF")
    assert [a["problem"] for a in attachments if not a["stored_as"]] == [
        "It is named in the record, but was not there when the copy was made."
    ]


def test_the_same_question_gives_the_same_bytes(demo_folder: Path, tmp_path: Path) -> None:
    workspace = opened(demo_folder)

    again = export(workspace, [ada(demo_folder)], tmp_path / "again")[0]

    for name in again.files:
        assert (again.folder / name).read_bytes() == (demo_folder / "answer" / name).read_bytes(), name
