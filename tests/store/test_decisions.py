"""Decisions of a case: appended, undone, journalled by hashes, and a cut line is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import WorkspaceError
from dsar.store.decisions import FILE, Decision, decide, history, standing
from dsar.store.journal import Journal

CANARY = "crm/contacts/ada@example.org"


def decision(verdict: str, target: str = CANARY, kind: str = "record") -> Decision:
    return Decision(kind, target, verdict, "her signature", "E. Officer", "officer", "2026-11-22T12:00:00+01:00")  # type: ignore[arg-type]


def journal(folder: Path) -> Journal:
    return Journal(folder / "journal.jsonl", "k" * 64)


def test_the_last_decision_stands_until_it_is_undone(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "R-1"

    decide(case, [decision("accept"), decision("reject")], journal(tmp_path), "key")
    assert standing(case, "record")[CANARY].verdict == "reject"

    decide(case, [decision("undo")], journal(tmp_path), "key")
    assert standing(case, "record") == {}
    assert [d.verdict for d in history(case)] == ["accept", "reject", "undo"]


def test_kinds_do_not_meet(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "R-1"

    decide(case, [decision("accept"), decision("redact", "F-7", "finding")], journal(tmp_path), "key")

    assert set(standing(case, "record")) == {CANARY}
    assert set(standing(case, "finding")) == {"F-7"}


def test_every_decision_is_journalled_without_its_values(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "R-1"
    log = journal(tmp_path)

    decide(case, [decision("accept")], log, "key")
    decide(case, [decision("accept"), decision("undo")], log, "key")

    text = (tmp_path / "journal.jsonl").read_text()
    assert log.stands.events == 3
    assert not any(value in text for value in ("ada", "signature", "Officer", "officer"))


def test_a_line_that_an_interrupted_run_left_out_of_the_journal_is_noted_later(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "R-1"
    decide(case, [decision("accept")], journal(tmp_path / "elsewhere"), "key")

    log = journal(tmp_path)
    decide(case, [], log, "key")

    assert log.stands.events == 1


@pytest.mark.parametrize(
    "damage", [lambda t: t[: len(t) // 2 + 9], lambda t: t.replace('"n": 2', '"n": 3'), lambda t: "x"]
)
def test_a_changed_or_cut_file_is_an_error(tmp_path: Path, damage: object) -> None:
    case = tmp_path / "cases" / "R-1"
    decide(case, [decision("accept"), decision("reject")], journal(tmp_path), "key")
    (case / FILE).write_text(damage((case / FILE).read_text()))  # type: ignore[operator]

    with pytest.raises(WorkspaceError, match="not whole"):
        standing(case, "record")


def test_the_file_is_private(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "R-1"
    decide(case, [decision("accept")], journal(tmp_path), "key")

    assert (case / FILE).stat().st_mode & 0o777 == 0o600
