"""Packages for many: one that cannot be written stops no other, and nobody gets one who asked for erasure."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

import dsar
from dsar.errors import RequestError
from dsar.fulfilment.copies.export import export, export_each
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import RIGHTS, Request
from tests.conftest import write_company


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "people.csv").write_text("id,email,name\n1,ada@example.org,Ada Example\n2,bob@example.org,Bob Example\n")
    return dsar.open_folder(exports)


def asked(request_id: str, email: str, right: str = "access") -> Request:
    return request_of(email=email, request_id=request_id, right=right)


def test_a_package_that_cannot_be_written_stops_no_other_one(workspace: Workspace, tmp_path: Path) -> None:
    requests = [asked("R-1", "ada@example.org"), asked("R-2", "bob@example.org", "portability")]
    (tmp_path / "out" / "R-1").mkdir(parents=True)
    (tmp_path / "out" / "R-1" / "letter.txt").write_text("not ours")

    packages, failed = export_each(workspace, requests, tmp_path / "out")

    assert [package.request_id for package in packages] == ["R-2"]
    assert (tmp_path / "out" / "R-2" / "manifest.json").is_file()
    assert [(one.request_id, one.folder) for one in failed] == [("R-1", tmp_path / "out" / "R-1")]
    assert "not from dsar" in failed[0].error.message
    assert [path.name for path in (tmp_path / "out" / "R-1").iterdir()] == ["letter.txt"]
    with pytest.raises(RequestError, match="not from dsar"):
        export(workspace, requests, tmp_path / "out")


@pytest.mark.parametrize("right", [right for right in RIGHTS if right not in ("access", "portability")])
def test_nobody_who_asks_for_something_else_gets_a_package(right: str, workspace: Workspace, tmp_path: Path) -> None:
    requests = [asked("R-1", "ada@example.org"), asked("R-2", "bob@example.org", right)]

    with pytest.raises(RequestError, match=f"Request R-2 asks for {right}"):
        export(workspace, requests, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_what_is_not_acted_on_is_among_what_a_person_must_look_at(workspace: Workspace, tmp_path: Path) -> None:
    note = "R-1: `set` is for a rectification: nothing is corrected."

    (package,) = export(workspace, [replace(asked("R-1", "ada@example.org"), notes=(note,))], tmp_path / "out")

    assert note in package.reviews


def test_records_that_routine_would_delete_before_the_answer_is_due_are_named(tmp_path: Path) -> None:
    toml = """
[[source]]
name = "log"
connector = "table"
files = ["visits.csv"]
[source.collection.log]
key = ["id"]
keep = [{ days = 30, after = "at" }]
[source.collection.log.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
at = { category = "x.record.time", time = "%Y-%m-%d" }
"""
    rows = "id,email,at\n1,ada@example.org,2026-11-01\n2,ada@example.org,2026-11-20\n3,ada@example.org,2026-09-01"
    config = write_company(tmp_path / "company", {"visits.csv": rows}, toml)
    workspace = open_workspace(config, today=datetime.date(2026, 11, 22))
    request = replace(asked("R-1", "ada@example.org"), received="2026-11-10")

    (package,) = export(workspace, [request], tmp_path / "out")

    [told] = [line for line in package.reviews if line.startswith("Due for deletion")]
    assert "log/log/1 (2026-12-01)" in told
    assert "log/log/2" not in told and "log/log/3" not in told
    (later,) = export(workspace, [asked("R-2", "ada@example.org")], tmp_path / "later")
    assert not any(line.startswith("Due for deletion") for line in later.reviews)
