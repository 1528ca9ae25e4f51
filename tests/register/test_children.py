"""Work in processes of our own: the same bytes, nothing on a command line, one that dies told, nobody left over."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsar.fulfilment import children as pool
from dsar.fulfilment.batches.batch_apart import plans_apart
from dsar.fulfilment.copies import drawing
from dsar.fulfilment.copies import export as exporting
from dsar.fulfilment.copies.export import Failed, Package, export_answers
from dsar.fulfilment.erasing import erase as erasing
from dsar.fulfilment.erasing.erase import plan_erasure
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import open_workspace
from dsar.model import AccessReport
from dsar.progress import SILENT
from dsar.renderers import as_pdf

COUNT = drawing.MANY
TODAY = datetime.date(2026, 11, 22)
ERASE = """
[target.db]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["shop.csv"]
[source.collection.orders]
key = ["id"]
fields.email = { identifier = "email", category = "user.contact.email" }
erase = { method = "delete", target = "db", table = "orders", key = { id = "id" }, lock = { email = "email" } }
"""


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "cores", lambda: 2)


@pytest.fixture
def packages(folder: Path) -> Callable[[str], list[Package | Failed]]:
    """Export the packages of eight people into a folder."""
    rows = "".join(f"D{number},d{number}@example.org\n" for number in range(COUNT))
    (folder / "crm.csv").write_text("id,email\n" + rows)

    def made(out: str) -> list[Package | Failed]:
        workspace = open_workspace(folder / "dsar.toml", today=TODAY)
        asked = [request_of(email=[f"d{n}@example.org"], request_id=f"R-{n}") for n in range(COUNT)]
        answers = find(workspace, asked)
        return list(export_answers(workspace, answers, lambda request: folder / out / str(request.request_id)))

    return made


class Deadly:
    """What ends the process that takes it out of the pipe."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return os.abort, ()


def hashes(place: Path) -> dict[str, str]:
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_children_draw_the_same_bytes_and_one_that_dies_is_replaced(
    folder: Path, packages: Callable[[str], list[Package | Failed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    processes: set[int] = set()
    ran_here: list[object] = []
    here, running = pool._here, pool._Child._running

    def run(child: pool._Child) -> subprocess.Popen[bytes] | None:
        process = running(child)
        assert process is not None
        if process.pid not in processes:
            processes.add(process.pid)
            line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            assert b"@" not in line and b"Example" not in line
        if len(processes) == 2:  # the second one is killed once, before it is asked
            processes.add(0)
            process.kill()
            process.wait()
        return process

    monkeypatch.setattr(pool, "_here", lambda *given: (ran_here.append(given), here(*given))[1])
    monkeypatch.setattr(pool._Child, "_running", run)
    assert [one.request_id for one in packages("by-children")] == [f"R-{number}" for number in range(COUNT)]
    assert len(processes - {0}) == 3 and not ran_here
    assert not any(_runs(process) for process in processes - {0})
    monkeypatch.setattr(pool, "cores", lambda: 1)
    packages("here")

    assert len(ran_here) == COUNT
    assert len(hashes(folder / "here")) == 5 * COUNT and hashes(folder / "by-children") == hashes(folder / "here")


def test_a_package_whose_process_dies_of_it_is_told_and_the_rest_goes_on(
    folder: Path, packages: Callable[[str], list[Package | Failed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pool.children

    @contextmanager
    def deadly(scratch: Path, common: object, worth: bool) -> Iterator[pool.Begin]:
        with real(scratch, common, worth) as begin:

            def begun(task: Callable[..., object], report: AccessReport) -> Callable[[], object]:
                if report.request.request_id == "R-5":
                    return begin(task, Deadly())
                return begin(task, report)

            yield begun  # type: ignore[misc]

    monkeypatch.setattr(exporting, "children", deadly)
    done = packages("out")

    failed = [one for one in done if isinstance(one, Failed)]
    assert [(one.request_id, type(one.error)) for one in failed] == [("R-5", pool.ChildDied)]
    assert len(done) == COUNT and len(hashes(folder / "out")) == 5 * (COUNT - 1)


def test_in_a_batch_a_plan_whose_process_dies_of_it_fails_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _shop(folder, 4)
    workspace = open_workspace(folder / "dsar.toml", today=TODAY)
    asked = [request_of(email=[f"d{n}@example.org"], request_id=f"R-{n}", right="erasure") for n in range(4)]
    answers = find(workspace, asked)
    real = pool.children

    @contextmanager
    def deadly(scratch: Path, common: object, worth: bool) -> Iterator[pool.Begin]:
        with real(scratch, common, worth) as begin:

            def begun(task: Callable[..., object], *given: object) -> Callable[[], object]:
                return begin(task, *(Deadly() if given[0] == "R-2" else one for one in given))

            yield begun  # type: ignore[misc]

    monkeypatch.setattr(erasing, "MANY", 1)
    monkeypatch.setattr(erasing, "children", deadly)
    done = list(plans_apart(workspace, answers, folder / "out", SILENT))

    assert [str(answer.request.request_id) for one, answer in done if isinstance(one, pool.ChildDied)] == ["R-2"]
    assert sorted(path.name for path in (folder / "out").glob("R-*")) == ["R-0", "R-1", "R-3"]


def test_what_a_child_cannot_draw_is_told_as_a_fault_in_its_turn(
    packages: Callable[[str], list[Package | Failed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool._Child, "ask", lambda *_: None)
    render = as_pdf.render_pdf

    def faulty(report: AccessReport) -> bytes:
        if report.request.request_id == "R-2":
            raise ValueError("odd")
        return render(report)

    monkeypatch.setattr(as_pdf, "render_pdf", faulty)

    with pytest.raises(ValueError, match="odd"):
        packages("out")


def test_work_that_fails_in_a_child_raises_its_own_error_here_and_what_cannot_be_sent_is_done_here(
    tmp_path: Path,
) -> None:
    with pool.children(tmp_path, "7", worth=True) as begin:
        numbers = [begin(int), begin(int, 8)]
        wrong, unsendable = begin(int, "no base"), begin(lambda common, more: common + more, "0")

        assert [one() for one in numbers] == [7, 7]
        with pytest.raises(TypeError):
            wrong()
        assert unsendable() == "70"


def test_plans_and_journal_are_the_same_bytes_by_one_process_and_by_two(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = range(6)
    _shop(folder, len(people))

    def made(out: str, cores: int) -> bytes:
        monkeypatch.setattr(pool, "cores", lambda: cores)
        shutil.rmtree(folder / ".dsar", ignore_errors=True)
        workspace = open_workspace(folder / "dsar.toml", today=TODAY)
        asked = [request_of(email=[f"d{n}@example.org"], request_id=f"R-{n}", right="erasure") for n in people]
        assert [one.request_id for one in plan_erasure(workspace, asked, folder / out)] == [f"R-{n}" for n in people]
        return (workspace.root / "journal.jsonl").read_bytes()

    monkeypatch.setattr(erasing, "MANY", 1)
    asked_of_children: list[object] = []
    ask = pool._Child.ask
    monkeypatch.setattr(pool._Child, "ask", lambda *given: (asked_of_children.append(given), ask(*given))[1])

    assert made("one", 1) == made("two", 2)
    assert hashes(folder / "one") == hashes(folder / "two") and len(hashes(folder / "two")) == 6 * len(people)
    assert len(asked_of_children) == 2 * len(people)


def test_an_interrupted_run_ends_its_children_and_is_taken_up_where_it_stood(folder: Path) -> None:
    people = 20
    _shop(folder, people)
    rows = "".join(f"R-{n},erasure,d{n}@example.org\n" for n in range(people))
    (folder / "requests.csv").write_text(f"request_id,right,email\n{rows}")
    code = (
        "from dsar.fulfilment import children; from dsar.fulfilment.erasing import erase; erase.MANY = 1; "
        "children.cores = lambda: 2; import dsar.cli as c"
    )
    words = ["erase", "--requests", "requests.csv", "--today", str(TODAY), "--quiet", "--out"]
    command = [sys.executable, "-c", f"{code}; import sys; sys.exit(c.main())", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    interrupted = subprocess.Popen([*command, "out"], cwd=folder, start_new_session=True, **quiet)  # type: ignore[call-overload]
    while not (folder / "out" / "R-0").exists():
        assert interrupted.poll() is None
        time.sleep(0.002)
    tasks = Path(f"/proc/{interrupted.pid}/task").glob("*/children")
    children = [child for task in tasks for child in task.read_text().split()]
    os.killpg(interrupted.pid, signal.SIGINT)

    assert interrupted.wait() == 130
    assert len(children) == 2 and not any(_runs(int(child)) for child in children)
    assert 1 <= len(list((folder / "out").glob("R-*"))) < people and not list((folder / "out").glob(".*"))
    assert subprocess.run([*command, "out"], cwd=folder, check=False, **quiet).returncode == 1  # type: ignore[call-overload]
    shutil.rmtree(folder / ".dsar")
    assert subprocess.run([*command, "whole"], cwd=folder, check=False, **quiet).returncode == 1  # type: ignore[call-overload]
    resumed, whole = hashes(folder / "out"), hashes(folder / "whole")
    assert len(whole) >= 6 * people and resumed == whole


def _shop(folder: Path, people: int) -> None:
    """Add a shop with a database, in which everybody has an order."""
    with (folder / "dsar.toml").open("a", encoding="utf-8") as file:
        file.write(ERASE)
    rows = "".join(f"O{number},d{number}@example.org\n" for number in range(people))
    (folder / "shop.csv").write_text(f"id,email\n{rows}")


@pytest.mark.parametrize("busy", [False, True])
def test_children_end_with_a_parent_that_is_killed(tmp_path: Path, busy: bool) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom threading import Thread\n"
        "from dsar.fulfilment import children\n"
        "begun = Path(sys.argv[1]) / 'begun'\n"
        "long = f'import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)'\n"
        "child = children._Child(begun.parent, long)\nnumber = child._running().pid\n"
        "if sys.argv[2] == 'True':\n"
        "    Thread(target=child.ask, args=(exec, (), {}), daemon=True).start()\n"  # exec is called with `long`
        "    while not begun.exists():\n        time.sleep(0.01)\n"
        "print(number, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path, str(busy)], stdout=subprocess.PIPE, text=True)
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
