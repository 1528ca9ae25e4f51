"""Packages that are drawn in processes of their own: the same bytes, nothing on a command line, nobody left over."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.fulfilment import drawing
from dsar.fulfilment.export import Failed, Package, export_answers
from dsar.fulfilment.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import open_workspace
from dsar.model import AccessReport
from dsar.renderers import as_pdf

COUNT = drawing.MANY
TODAY = "2026-11-22"


@pytest.fixture
def packages(folder: Path) -> Callable[[str], list[Package | Failed]]:
    """Export the packages of eight people into a folder."""
    rows = "".join(f"D{number},d{number}@example.org\n" for number in range(COUNT))
    (folder / "crm.csv").write_text("id,email\n" + rows)

    def made(out: str) -> list[Package | Failed]:
        import datetime

        workspace = open_workspace(folder / "dsar.toml", today=datetime.date.fromisoformat(TODAY))
        asked = [request_of(email=[f"d{n}@example.org"], request_id=f"R-{n}") for n in range(COUNT)]
        answers = find(workspace, asked)
        return list(export_answers(workspace, answers, lambda request: folder / out / str(request.request_id)))

    return made


def hashes(place: Path) -> dict[str, str]:
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_children_draw_the_same_bytes_and_one_that_dies_loses_nothing(
    folder: Path, packages: Callable[[str], list[Package | Failed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[subprocess.Popen[bytes]] = []
    own: list[AccessReport] = []
    here, ask = drawing._here, drawing._Child.ask

    def drawn_here(scratch: Path, report: AccessReport) -> drawing.Files:
        own.append(report)
        return here(scratch, report)

    def asked(child: drawing._Child, report: AccessReport) -> drawing.Files | None:
        if child._process not in children:
            children.append(child._process)
            line = Path(f"/proc/{child._process.pid}/cmdline").read_bytes()
            assert b"@" not in line and b"Example" not in line
        if report.request.request_id == "R-5":
            child._process.kill()
            child._process.wait()
        return ask(child, report)

    monkeypatch.setattr(drawing, "_here", drawn_here)
    monkeypatch.setattr(drawing._Child, "ask", asked)
    assert [one.request_id for one in packages("by-children")] == [f"R-{number}" for number in range(COUNT)]
    assert 1 <= len(own) < COUNT and "R-5" in {report.request.request_id for report in own}
    assert children and all(child.poll() is not None for child in children)
    monkeypatch.setattr(drawing, "MANY", COUNT + 1)
    packages("here")

    assert len(hashes(folder / "here")) == 5 * COUNT and hashes(folder / "by-children") == hashes(folder / "here")


def test_what_a_child_cannot_draw_is_told_as_a_fault_in_its_turn(
    packages: Callable[[str], list[Package | Failed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing._Child, "ask", lambda *_: None)
    render = as_pdf.render_pdf

    def faulty(report: AccessReport) -> bytes:
        if report.request.request_id == "R-2":
            raise ValueError("odd")
        return render(report)

    monkeypatch.setattr(as_pdf, "render_pdf", faulty)

    with pytest.raises(ValueError, match="odd"):
        packages("out")


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom dsar.fulfilment import drawing\n"
        "child = drawing._Child(Path(sys.argv[1]))\nprint(child._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    for _ in range(300):
        if not _runs(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlived its parent")


def _runs(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
