"""Many people searched by several processes: the same answers in the same order, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from itertools import pairwise

import pytest

from dsar.errors import WorkspaceError
from dsar.fulfilment import children as pool
from dsar.fulfilment.finding import shares
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer

Company = Callable[..., Workspace]
PEOPLE = 12


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> dict[int, subprocess.Popen[bytes]]:
    """Let three processes share a dozen people, and keep those that were started by number."""
    started: dict[int, subprocess.Popen[bytes]] = {}
    running = pool._Child._running

    def run(child: pool._Child) -> subprocess.Popen[bytes] | None:
        process = running(child)
        assert process is not None
        started[process.pid] = process
        return process

    monkeypatch.setattr(pool, "cores", lambda: 3)
    monkeypatch.setattr(shares, "cores", lambda: 3)
    monkeypatch.setattr(shares, "FEWEST", 3)
    monkeypatch.setattr(shares, "START", 2)
    monkeypatch.setattr(pool._Child, "_running", run)
    return started


def ask(workspace: Workspace) -> list[Answer]:
    """Ask for everybody, and once more for the first by the account that only their row tells."""
    asked = [request_of(email=[f"p{n}@example.org"], request_id=f"R-{n}") for n in range(PEOPLE)]
    return find(workspace, [*asked, request_of(id=["customer_no=K100"], request_id="R-again")])


@pytest.fixture
def many(company: Company) -> Workspace:
    """A company in which everybody has an account and an order, and two share a phone."""
    crm = "".join(f"C{n},p{n}@example.org,P{n} Example,K10{n},+4930123{n // 2:04}\n" for n in range(PEOPLE))
    orders = "".join(f"O{n},K10{n}\n" for n in range(PEOPLE))
    return company({"crm": f"key,email,name,customer_no,phone\n{crm}", "orders": f"key,customer_no\n{orders}"})


def test_shared_among_processes_a_search_gives_the_same_answers(
    many: Workspace, processes: dict[int, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = ask(many)
    assert len(processes) == 2

    monkeypatch.setattr(shares, "cores", lambda: 1)
    alone = ask(many)

    assert len(processes) == 2
    assert together == alone
    assert [len(answer.graded("confirmed")) for answer in alone] == [2] * (PEOPLE + 1)
    assert alone[0].same_as == ("R-again",) and alone[-1].same_as == ("R-0",)  # they were in two shares
    assert not any(_runs(number) for number in processes)


def test_a_process_that_dies_again_and_again_leaves_its_share_to_us(
    many: Workspace, processes: dict[int, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = ask(many)
    running = pool._Child._running

    def killed(child: pool._Child) -> subprocess.Popen[bytes] | None:
        process = running(child)
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return process

    processes.clear()
    monkeypatch.setattr(pool._Child, "_running", killed)

    assert ask(many) == alone
    assert len(processes) == 4  # each of the two was replaced once


def test_what_fails_in_another_process_fails_here_as_it_is(
    many: Workspace, processes: dict[int, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(many)
    for segment in many.segments:
        for file in segment.identifiers.files:
            os.truncate(file, file.stat().st_size - 1)

    with pytest.raises(WorkspaceError, match="is damaged"):
        ask(many)
    assert not any(_runs(number) for number in processes)


@pytest.mark.parametrize("cores", [1, 2, 3, 4, 64])
@pytest.mark.parametrize("number", [0, 1, 99, 100, 249, 250, 251, 400, 1_000, 1_001, 18_288])
def test_shares_are_everybody_once_and_ours_is_the_largest(
    number: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "cores", lambda: cores)

    cut = list(shares._shares(number))

    assert cut[0].start == 0 and cut[-1].stop == number
    assert all(one.stop == next_one.start for one, next_one in pairwise(cut))
    assert len(cut) <= min(cores, pool.MOST)
    sizes = [one.stop - one.start for one in cut]
    assert sizes[0] == max(sizes)
    assert len(cut) == 1 or sizes[-1] >= shares.FEWEST / 2


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
