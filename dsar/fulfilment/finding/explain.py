"""Why a record is this person's, or why it is not: the chain of evidence in sentences without values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote

from dsar.errors import RequestError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.identity.decided import DECIDED
from dsar.model import Answer, Evidence, Match, Request
from dsar.store.case import case_folder
from dsar.store.decisions import Decision, standing
from dsar.store.records import key_columns


@dataclass(frozen=True)
class Explanation:
    """Sentences with their depth, and whether the record was reached at all."""

    lines: tuple[tuple[int, str], ...]
    found: bool


def explain(workspace: Workspace, record: str, request: Request) -> Explanation:
    """Explain one record of an answer: grade, rule, chain back to the request, what agrees, what conflicts.

    Raises RequestError if `record` names no collection of the configuration, or no row of its exports.
    """
    place = tuple(record.split("/")[:2])
    if place not in workspace.collections:
        raise RequestError(
            "There is no such collection.", hint="A record is source/collection/key, as `dsar find` prints it."
        )
    answer = find(workspace, [request], refused=True)[0]
    match = next((m for m in answer.matches if m.record.record == record), None)
    if match is None and not _is_there(workspace, place, record.split("/", 2)[-1]):
        raise RequestError(
            "There is no such record in the exports.",
            hint="A record is source/collection/key, as `dsar find` prints it.",
        )
    if match is None:
        return Explanation(tuple(_not_reached(answer, place)), False)
    case = case_folder(workspace.root, request_name(request, workspace.keys.names))
    return Explanation(tuple(_chain(answer, match, 0, standing(case, "record"))), True)


def _is_there(workspace: Workspace, place: tuple[str, ...], key: str) -> bool:
    """Whether a collection has a row of a key, or a file whose lines can be named so."""
    plain = unquote(re.sub(r"#[0-9]+$", "", key))
    name, _, line = plain.rpartition(":")
    with workspace.run() as run:
        for segment in run.segments:
            if (segment.declaration.source, segment.declaration.collection) != place:
                continue
            columns = key_columns(segment)
            values = [unquote(part) for part in plain.split("|")] if len(columns) > 1 else [plain]
            if len(values) == len(columns) and run.same(segment.number, columns, [values]):
                return True
            if line.isdecimal() and name.partition("#")[0].endswith(PurePath(segment.file).name):
                return True
    return False


def _chain(
    answer: Answer, match: Match, depth: int, decided: Mapping[str, Decision], seen: set[str] | None = None
) -> Iterator[tuple[int, str]]:
    record, seen = match.record, set() if seen is None else seen
    yield depth, f"{record.record} is {match.grade} (file {record.file}, line {record.line}, hop {match.hop})."
    yield depth + 1, match.reason
    seen.add(record.record)
    for evidence in match.evidence:
        if evidence.rule == DECIDED:
            yield depth + 1, _decided(decided.get(record.record))
            continue
        yield depth + 1, _said(evidence)
        if evidence.origin == "request":
            yield depth + 2, "It is given in the request."
            continue
        origin = next((m for m in answer.matches if m.record.record == evidence.origin), None)
        if origin is None or evidence.origin in seen:
            yield depth + 2, f"It was learned from {evidence.origin}{', see above' if origin else ''}."
        else:
            yield from _chain(answer, origin, depth + 2, decided, seen)
    fields = dict.fromkeys(mention.split(": ")[0] for mention in match.places)
    if fields:
        yield depth + 1, f"It stands in: {', '.join(fields)}."
    for other in match.ambiguous_with:
        yield depth + 1, f"It fits the person of {other} as well."
    if match.grade != "confirmed":
        yield depth + 1, _would_change(match)


def _said(evidence: Evidence) -> str:
    parts = [f"Rule {evidence.rule}, by {evidence.kind.replace('_', ' ')}"]
    for word, names in (
        ("agrees", [n for n in evidence.agrees if n not in evidence.nearly]),
        ("nearly", evidence.nearly),
    ):
        if names:
            parts.append(f"{word}: {', '.join(names).replace('_', ' ')}")
    if evidence.conflicts:
        parts.append(f"conflicts: {', '.join(evidence.conflicts).replace('_', ' ')}")
    if evidence.shared_by > 1:
        parts.append(f"{evidence.shared_by} people share the value")
    return "; ".join(parts) + "."


def _decided(decision: Decision | None) -> str:
    """Say who decided, when and why; of a row that moved since, only that somebody did."""
    if decision is None:
        return "It is in the decisions of this request (`dsar review`)."
    return f"{decision.by} on {decision.at[:10]}: {decision.reason}"


def _would_change(match: Match) -> str:
    """Say what would raise the grade, from what the evidence says agrees, conflicts, or is shared."""
    if any(evidence.rule == DECIDED for evidence in match.evidence):
        return "Only a person changes that: `dsar review --undo` takes the decision back."
    if any(evidence.rule in _SOMEBODY_ELSES or _ROLE in match.reason for evidence in match.evidence):
        return "Nothing that agreed would confirm it: the row is about somebody else. A person may decide."
    against = sorted({name.replace("_", " ") for evidence in match.evidence for name in evidence.conflicts})
    if against:
        return f"It would count only if a person decides that this is an error in the data: {', '.join(against)}."
    missing = _missing(match.evidence)
    if match.ambiguous_with:
        return f"Who else uses the value fits as well; only this would decide for one: {', or '.join(missing[-1:])}."
    shared = max(evidence.shared_by for evidence in match.evidence)
    used = f" beside a value that {shared} people use" if shared > 1 else ""
    return f"It would weigh more if this agreed{used}: {', or '.join(missing)}. Or a person decides."


_SOMEBODY_ELSES = frozenset({"mentioned", "name-place-other-role"})
_ROLE = "in another role"
_SIGNS = (
    ("the given name", {"given_name"}),
    ("the birth date", {"birth_date"}),
    ("the address", {"place", "street", "address", "name-place", "name-place-differs"}),
    ("the phone", {"phone"}),
    ("the e-mail address", {"email"}),
    ("a number that somebody issued, or a document", {"document", "account"}),
)
"""What may agree between a person and a row, with the names under which evidence tells it."""


def _missing(evidence: Sequence[Evidence]) -> list[str]:
    """Name the signs that no evidence of a row tells to agree."""
    told = {name for one in evidence for name in (*one.agrees, one.kind, one.rule)}
    return [sign for sign, names in _SIGNS if not names & told]


def _not_reached(answer: Answer, place: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    source = next(s for s in answer.sources if (s.source, s.collection) == place)
    yield 0, "No confirmed identifier of this person leads to this record, so it is not part of the answer."
    searched = ", ".join(source.searched_with) or "nothing that this source can be searched by"
    yield 1, f"The collection was searched with: {searched}."
    if source.refused:
        yield 1, f"{source.refused} of its records {'was' if source.refused == 1 else 'were'} reached and left out."
    yield 1, "A name, an address or an IP address alone never leads to a record."
