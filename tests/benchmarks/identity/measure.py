"""The labelled folders, asked about person by person: precision, recall and breach of each grade."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer, Request
from tests.benchmarks.identity.exports import Data, rows, told_by, toml

GRADES = ("confirmed", "probable", "possible")
Answers = dict[str, dict[str, str]]
"""Query → record → grade."""


@dataclass(frozen=True)
class Labelled:
    """A folder with its truth and one query a person."""

    data: Data
    truth: Mapping[str, str]
    every: Mapping[str, str]
    """The truth of the whole folder, records that are not asked for included."""
    queries: tuple[str, ...]

    def members(self) -> dict[str, set[str]]:
        """Give the records of each person, among those that are asked for."""
        found: dict[str, set[str]] = defaultdict(set)
        for record, person in self.truth.items():
            found[person].add(record)
        return found


@dataclass(frozen=True)
class Figures:
    """Micro precision and recall, the share of subjects with a foreign record, and how many those are."""

    precision: float
    recall: float
    breach: float
    foreign: int


def labelled(data: Data, folder: Path, seed: int = 1) -> Labelled:
    """Read the truth of a folder and draw one query a person by a fixed seed, as score.py does."""
    every = {row["record_id"]: row["cluster_id"] for row in rows(folder / data.folder / "truth.csv")}
    truth = {key: person for key, person in every.items() if not data.prefixes or key.startswith(data.prefixes)}
    found = Labelled(data, truth, every, ())
    drawn = random.Random(seed)
    queries = tuple(drawn.choice(sorted(members)) for _, members in sorted(found.members().items()))
    return Labelled(data, truth, every, queries)


def workspace_of(data: Data, folder: Path, home: Path) -> Workspace:
    """Write the dsar.toml of a folder and load its exports."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "dsar.toml").write_text(toml(data, folder), encoding="utf-8")
    return open_workspace(home / "dsar.toml")


def requests_of(one: Labelled, folder: Path) -> dict[str, Request]:
    """Make the request of each query; a row that identifies nobody gives none, and its answer is empty."""
    told = {}
    for export in one.data.exports:
        for row in rows(folder / one.data.folder / f"{export.name}.csv"):
            told[one.data.record(export.name, row)] = (export, row)
    found = {}
    for query in one.queries:
        who = told_by(*told[query])
        for kind, values in who.items():  # nobody gives `n/a` as their mailbox: the command asks for another
            who[kind] = [value for value in values if _told(kind, value)]
        try:
            found[query] = request_of(**who)
        except RequestError:
            continue
    return found


def _told(kind: str, value: str) -> bool:
    try:
        return bool(request_of(**{kind: [value]}).identifiers)
    except RequestError:
        return False


def answers_of(workspace: Workspace, one: Labelled, requests: Mapping[str, Request]) -> Answers:
    """Ask for every person in one run; a key of several parts is joined as truth.csv has it."""
    answers = find(workspace, list(requests.values()))
    found: Answers = {query: {} for query in one.queries}
    for query, answer in zip(requests, answers, strict=True):
        found[query] = dict(_graded(answer))
    return found


def _graded(answer: Answer) -> Iterator[tuple[str, str]]:
    return ((match.record.key.replace("|", ":"), match.grade) for match in answer.matches)


def score(answers: Answers, one: Labelled, keep: Callable[[str], bool] = lambda _: True) -> dict[str, Figures]:
    """Score graded answers cumulatively, from confirmed down; the query itself counts as found and is not counted."""
    members, got = one.members(), {query: {query} for query in answers}
    asked = [query for query in answers if keep(one.truth[query])]
    figures = {}
    for grade in GRADES:
        for query in asked:
            got[query] |= {r for r, g in answers[query].items() if g == grade and r in one.truth}
        figures[grade] = _figures([(got[query], members[one.truth[query]]) for query in asked])
    return figures


def _figures(found: Sequence[tuple[set[str], set[str]]]) -> Figures:
    right = sum(len(got & want) - 1 for got, want in found)
    foreign = sum(len(got - want) for got, want in found)
    missed = sum(len(want - got) for got, want in found)
    breached = sum(bool(got - want) for got, want in found)
    precision = right / (right + foreign) if right + foreign else 1.0
    return Figures(
        precision, right / (right + missed) if right + missed else 1.0, breached / max(len(found), 1), foreign
    )


def review_load(answers: Answers) -> float:
    """Give how many records a person must decide for each subject."""
    return sum(grade != "confirmed" for found in answers.values() for grade in found.values()) / max(len(answers), 1)


def sessions(answers: Answers, one: Labelled, folder: Path) -> dict[str, Figures]:
    """Score the web sessions that can be linked at all: by a login, an own click, or a cookie with one owner.

    `shared` counts, in its `foreign`, the listed sessions of cookies whose identified events are of several people.
    """
    web = [row for row in rows(folder / one.data.folder / "web.csv") if row["session_id"] in one.every]
    owners: dict[str, set[str]] = defaultdict(set)
    for row in web:
        if row["cookie"] and (row["login"] or row["click_id"]):
            owners[row["cookie"]].add(one.every[row["session_id"]])
    for row in rows(folder / one.data.folder / "orders.csv"):
        if row["cookie"]:
            owners[row["cookie"]].add(one.every[row["order_id"]])
    linkable: dict[str, set[str]] = defaultdict(set)
    shared = set()
    for row in web:
        session, owned = row["session_id"], owners[row["cookie"]]
        person = one.every[session]
        if row["login"] or row["click_id"] or owned == {person}:
            linkable[person].add(session)
        if len(owned) > 1 and not row["login"] and not row["click_id"]:
            shared.add(session)
    return _sessions(answers, one, linkable, shared)


def _sessions(
    answers: Answers, one: Labelled, linkable: Mapping[str, set[str]], shared: Iterable[str]
) -> dict[str, Figures]:
    kiosk = set(shared)
    figures = {}
    for name, grades in (("confirmed", {"confirmed"}), ("probable", {"confirmed", "probable"})):
        right = foreign = missed = 0
        for query, found in answers.items():
            person = one.truth[query]
            listed = {r for r, g in found.items() if g in grades and r in one.every and r not in one.truth}
            right += sum(one.every[r] == person for r in listed)
            foreign += sum(one.every[r] != person for r in listed)
            missed += len(linkable.get(person, set()) - listed)
        precision = right / (right + foreign) if right + foreign else 1.0
        figures[name] = Figures(precision, right / (right + missed) if right + missed else 1.0, 0.0, foreign)
    listed_shared = sum(r in kiosk and g in ("confirmed", "probable") for f in answers.values() for r, g in f.items())
    return figures | {"shared": Figures(1.0, 1.0, 0.0, listed_shared)}
