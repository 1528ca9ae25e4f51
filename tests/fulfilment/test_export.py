"""Packages for many: one that cannot be written stops no other, and nobody gets one who asked for erasure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import dsar
from dsar.errors import RequestError
from dsar.fulfilment.export import export, export_each
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import RIGHTS, Request


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
