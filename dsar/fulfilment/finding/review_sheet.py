"""One record beside what is known of the person: what agrees, what does not, and what may be somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsar.config import FieldSpec
from dsar.dates import dates
from dsar.fulfilment.workspace import Workspace
from dsar.identity.facets import OWN_ROLES
from dsar.identity.kinds import strength
from dsar.identity.mailboxes import nearly
from dsar.identity.names import family_names, given_names
from dsar.identity.people import births
from dsar.identity.places import same_street
from dsar.model import Answer, Match, Record
from dsar.normalise import NAME_KINDS, NULLS, normal_forms, words
from dsar.store.records import generic

MASK = "•••"
STREETS = frozenset({"street", "address"})
MOST = 3
"""Known values shown beside one field: somebody may have hundreds of orders."""


@dataclass(frozen=True)
class Line:
    """One field of a record: what it says, masked where it may be another person's, and what is known."""

    field: str
    theirs: str
    known: str
    agrees: bool | None
    """None where nothing of this kind is known, or another value says nothing: a person has many orders."""
    near: bool = False
    """Whether it does not agree and is yet nearly the same: one digit, day and month turned, a nickname."""


def sheet(workspace: Workspace, answer: Answer, match: Match) -> tuple[Line, ...]:
    """Set a record beside the profile: every filled field, its value only where the person gave or owns the same.

    Known is what the request gives, and what confirmed records say of the person. A value that is not known of the
    person keeps its first character, so that a clerk sees what kind of value it is and does not read another person's
    data.
    """
    region, told = workspace.config.controller.phone_region, _told(workspace, answer)
    lines = []
    for name, value, spec in _filled(workspace, match.record):
        kind = (spec and spec.identifier) or ""
        ours = _known(answer, told, kind)
        agrees: bool | None = any(_same(kind, value, other, region) for other in ours) if ours else None
        if not agrees and strength(kind) not in ("email", "phone", "document") and kind not in _DESCRIBING:
            agrees = None
        near = agrees is False and any(_near(kind, value, other) for other in ours)
        more = f" and {len(ours) - MOST} more" if len(ours) > MOST else ""
        lines.append(Line(name, value if agrees else masked(value), " / ".join(ours[:MOST]) + more, agrees, near))
    return tuple(sorted(lines, key=lambda line: (line.agrees is None, not line.agrees, not line.near)))


_DESCRIBING = NAME_KINDS | STREETS | {"birth_date", "postcode", "city", "country"}


def masked(value: str) -> str:
    """Give the first character of a value and hide the rest, its length included."""
    return f"{value.strip()[:1]}{MASK}"


def _filled(workspace: Workspace, record: Record) -> Iterator[tuple[str, str, FieldSpec | None]]:
    """Every field of a record that says something, with its declaration."""
    fields = workspace.specs[(record.source, record.collection)].fields
    for name, value in record.fields:
        if value and value.strip().casefold() not in NULLS:
            yield name, value, fields.get(name) or fields.get(generic(name))


def _told(workspace: Workspace, answer: Answer) -> dict[str, list[str]]:
    """What confirmed records say of the person, by kind, in their order; a person may have thousands of them."""
    found: dict[str, list[str]] = {}
    for match in answer.graded("confirmed"):
        for _, value, spec in _filled(workspace, match.record):
            if spec and spec.identifier in _DESCRIBING and spec.role in OWN_ROLES:
                found.setdefault(spec.identifier, []).append(value)
    return found


def _known(answer: Answer, told: Mapping[str, Sequence[str]], kind: str) -> tuple[str, ...]:
    """What is known of the person of a kind, each value once as it was written first."""
    kinds = {"name", *NAME_KINDS} if kind in NAME_KINDS else STREETS if kind in STREETS else {kind}
    found = [*(known.value for known in answer.identifiers if known.kind in kinds), *told.get(kind, ())]
    return tuple({value.strip().casefold(): value for value in reversed(found) if kind}.values())[::-1]


def _same(kind: str, one: str, other: str, region: str | None) -> bool:
    if kind in NAME_KINDS:
        return set(words(one)) <= set(words(other)) or set(words(other)) <= set(words(one))
    if kind in STREETS:
        a, b = " ".join(words(one)), " ".join(words(other))
        return set(a.split()) <= set(b.split()) or same_street(a, b)
    return bool(set(normal_forms(kind, one, region)) & set(normal_forms(kind, other, region)))


def _near(kind: str, one: str, other: str) -> bool:
    if kind == "birth_date":
        return births(frozenset(dates(one)), frozenset(dates(other))) == "alike"
    if kind == "email":
        return any(nearly(a, b) for a in normal_forms(kind, one) for b in normal_forms(kind, other))
    if kind == "family_name":
        return any(family_names(" ".join(words(one)), word) == "alike" for word in words(other))
    if kind in NAME_KINDS:
        return any(given_names((a,), (b,)) not in ("differs", "unknown") for a in words(one)[:1] for b in words(other))
    return False


def queue(answer: Answer) -> tuple[Match, ...]:
    """Give what waits for a decision: probable before possible, the likelier first."""
    return (*_ranked(answer.graded("probable")), *_ranked(answer.graded("possible")))


def _ranked(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (-(match.score or 0.0), match.record.record))
