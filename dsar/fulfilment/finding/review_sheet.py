"""One record beside what is known of the person: what agrees, what does not, and what may be somebody else's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Match
from dsar.normalise import NAME_KINDS, normal_forms, words
from dsar.store.records import generic

MASK = "•••"


@dataclass(frozen=True)
class Line:
    """One field of a record: what it says, masked where it may be another person's, and what is known."""

    field: str
    theirs: str
    known: str
    agrees: bool | None
    """None where nothing of this kind is known of the person."""


def sheet(workspace: Workspace, answer: Answer, match: Match) -> tuple[Line, ...]:
    """Set a record beside the profile: every filled field, its value only where the person gave or owns the same.

    A value that is not known of the person keeps its first character, so that a clerk sees what kind of value it is
    and does not read another person's data.
    """
    region = workspace.config.controller.phone_region
    fields = workspace.specs[(match.record.source, match.record.collection)].fields
    lines = []
    for name, value in match.record.fields:
        if not value or not value.strip():
            continue
        spec = fields.get(name) or fields.get(generic(name))
        kind = spec.identifier if spec else None
        ours = _known(answer, kind)
        agrees = any(_same(kind or "", value, other, region) for other in ours) if kind and ours else None
        lines.append(Line(name, value if agrees else masked(value), " / ".join(ours), agrees))
    return tuple(sorted(lines, key=lambda line: (line.agrees is None, not line.agrees)))


def masked(value: str) -> str:
    """Give the first character of a value and hide the rest, its length included."""
    return f"{value.strip()[:1]}{MASK}"


def _known(answer: Answer, kind: str | None) -> tuple[str, ...]:
    kinds = {"name", *NAME_KINDS} if kind in NAME_KINDS else {"address", "street"} if kind == "street" else {kind}
    return tuple(dict.fromkeys(known.value for known in answer.identifiers if known.kind in kinds))


def _same(kind: str, one: str, other: str, region: str | None) -> bool:
    if kind in NAME_KINDS:
        return set(words(one)) <= set(words(other)) or set(words(other)) <= set(words(one))
    if kind == "street":
        return set(words(one)) <= set(words(other))
    return bool(set(normal_forms(kind, one, region)) & set(normal_forms(kind, other, region)))


def queue(answer: Answer) -> tuple[Match, ...]:
    """Give what waits for a decision: probable before possible, the likelier first."""
    return (*_ranked(answer.graded("probable")), *_ranked(answer.graded("possible")))


def _ranked(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (-(match.score or 0.0), match.record.record))
