"""The rules on invented companies that no rule was made with: who is confirmed, who is missed, what changes nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dsar.fulfilment.workspace import Workspace
from dsar.identity import resolve as resolving
from dsar.identity.facets import Ref
from dsar.identity.rules import Verdict
from dsar.identity.search import Search
from dsar.identity.subject import Subject
from tests.benchmarks.identity.measure import (
    Answers,
    Labelled,
    answers_of,
    labelled,
    requests_of,
    score,
    workspace_of,
)
from tests.benchmarks.identity.unseen import UNSEEN, write_unseen


@pytest.fixture(scope="module", params=[11, 12])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Workspace]]:
    folder = write_unseen(tmp_path_factory.mktemp("unseen"), 300, request.param)
    workspace = workspace_of(UNSEEN, folder, folder / "home")
    yield folder, workspace
    workspace.close()


def _asked(town: tuple[Path, Workspace]) -> tuple[Labelled, Answers]:
    one = labelled(UNSEEN, town[0])
    return one, answers_of(town[1], one, requests_of(one, town[0]))


def test_invented_people_are_told_apart_and_found(town: tuple[Path, Workspace]) -> None:
    one, answers = _asked(town)
    found = score(answers, one)

    assert found["confirmed"].precision >= 0.98
    assert found["confirmed"].breach <= 0.015
    assert found["confirmed"].recall >= 0.8
    assert found["probable"].recall >= 0.88


def test_judging_every_row_anew_changes_no_answer(
    town: tuple[Path, Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, remembered = _asked(town)
    judged = resolving._verdicts

    def anew(search: Search, subject: Subject, ref: Ref) -> Sequence[Verdict]:
        subject.judged.pop(ref, None)
        return judged(search, subject, ref)

    monkeypatch.setattr(resolving, "_verdicts", anew)

    assert _asked(town)[1] == remembered


def test_rows_in_another_order_and_one_household_more_change_no_answer(tmp_path: Path) -> None:
    folder = write_unseen(tmp_path / "plain", 80, 5)
    other = write_unseen(tmp_path / "turned", 80, 5)
    stranger = {
        "crm": "crm:x,K900009,Zoe,Stranger,zoe@example.com,+49 30 9998887,Birkweg 5,99999,30.11.1971",
        "newsletter": "news:x,zoe@example.com,Zoe",
        "web": "web:x,vzoezoezoezo,zoe@example.com,news:x",
    }
    for export in UNSEEN.exports:
        path = other / UNSEEN.folder / f"{export.name}.csv"
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        rows += [stranger[export.name]] if export.name in stranger else []
        random.Random(3).shuffle(rows)
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    found = []
    for home in (folder, other):
        one = labelled(UNSEEN, home)
        workspace = workspace_of(UNSEEN, home, home / "home")
        found.append(answers_of(workspace, one, requests_of(one, home)))
        workspace.close()

    assert found[0] == found[1]
    assert sum(map(len, found[0].values())) > 200
