"""Finding other people in one person's texts: it may cost what the texts cost, however many people there are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import cleared, copies_of
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, Work, compare, timed
from tests.conftest import write_company

TIMES = 10
_WORDS = (
    "the",
    "pump",
    "of",
    "cellar",
    "leaks",
    "since",
    "monday",
    "and",
    "nobody",
    "came",
    "please",
    "again",
    "thank",
)
_FIRST = ("Ada", "Ben", "Clara", "Dora", "Emil", "Farid", "Greta", "Hanna", "Ivan", "Jakob")


def run(setting: Setting) -> Iterator[Result]:
    """Ten times the people, then ten times the texts; a third of the texts names somebody else."""
    people, texts = max(setting.rows // 100, 500), max(setting.rows // 1_000, 50)
    base = _clearing(setting.folder / "base", people, texts)
    crowd = _clearing(setting.folder / "crowd", TIMES * people, texts)
    longer = _clearing(setting.folder / "longer", people, TIMES * texts)
    floor = (f"{people:,} people, {texts:,} texts", base)
    yield compare(f"others, {TIMES} times the people", 1.5, floor, crowd, setting.runs)
    yield compare(f"others, {TIMES} times the texts", 1.1 * TIMES, floor, longer, setting.runs)


def _clearing(folder: Path, people: int, texts: int) -> Work:
    """The work of finding others in the copy of one person; RuntimeError unless as many are found as were named."""
    rng = random.Random(7)
    crm = [f"C{n},{_name(n)},p{n}@example.org,K{100_000 + n}" for n in range(people)]
    named, rows = 0, []
    for number in range(texts):
        note = [rng.choice(_WORDS) for _ in range(25)]
        if number % 3 == 0:
            named += 1
            note.insert(9, _name(rng.randrange(1, people)))
        rows.append(f"T{number},K100000,{' '.join(note)}")
    tables = {
        "crm": "\n".join(["key,name,email,customer_no", *crm]),
        "calls": "\n".join(["key,customer_no,note", *rows]),
    }
    workspace = open_workspace(write_company(folder, tables))
    answer = find(workspace, [request_of(email=["p0@example.org"])])[0]
    return lambda: timed(lambda: _check(workspace, answer, named))


def _check(workspace: Workspace, answer: Answer, named: int) -> None:
    found = sum(m.kind == "name" for m in cleared(workspace, copies_of(workspace, [answer])[0]).mentions)
    if found != named:
        raise RuntimeError(f"{found} of {named} names were found")


def _name(number: int) -> str:
    last = "".join("abcdefghij"[int(digit)] for digit in str(number))
    return f"{_FIRST[number % 10]} Fam{last}"
