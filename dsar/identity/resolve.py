"""From requests to the rows that are theirs: hop by hop, all subjects of a run at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsar.identity.facets import OWN_ROLES, Facets, Ref, facets_of
from dsar.identity.kinds import lookups, strength
from dsar.identity.people import clusters
from dsar.identity.rules import Link, Verdict, best, by_description, description_lookups, judge
from dsar.identity.subject import Graded, Known, Subject, Value
from dsar.model import Request
from dsar.progress import SILENT, Progress
from dsar.store import sql
from dsar.store.records import record_of
from dsar.store.run import Run

MAX_HOPS = 6
MAX_ROWS = {"account": 200_000, "email": 20_000, "click": 20_000}
MAX_ROWS_OTHER = 2_000
"""A value that more rows carry is generic: it is not searched with, and the answer says so."""
MAX_PEOPLE = 5
"""A value that more people share says nothing about any of them."""


@dataclass(frozen=True)
class Settings:
    """What of the configuration decides a search."""

    key: str
    phone_region: str | None = None
    own_domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolution:
    """What was found for one request: every graded row, everything known of the person, what a person must look at."""

    request: Request
    values: Mapping[Value, Known]
    graded: tuple[Graded, ...]
    split: bool
    skipped: tuple[tuple[str, int], ...]
    """(kind, rows) of values that too many rows carry."""
    bounded: bool
    """Whether the search stopped at its bound of hops with values left."""


@dataclass
class _Search:
    """The rows that all subjects of a run share: who carries which value, and every row read so far."""

    run: Run
    settings: Settings
    carriers: dict[Value, list[tuple[Ref, str]]] = field(default_factory=dict)
    crowded: dict[Value, int] = field(default_factory=dict)
    facets: dict[Ref, Facets] = field(default_factory=dict)
    rows: dict[Ref, Mapping[str, Any]] = field(default_factory=dict)
    unread: list[tuple[Ref, str]] = field(default_factory=list)
    """Rows that could not be read, with their text in lower case."""

    def look_up(self, values: Iterable[Value]) -> None:
        """Find the rows that carry the values, in one question, and read them; each hit is checked on its value."""
        wanted = sorted({value for value in values if value not in self.carriers})
        hashes = [sql.hashed(self.settings.key, kind, normal) for kind, normal in wanted]
        crowd = self.run.crowd(hashes) if hashes else {}
        allowed = []
        for number, value in enumerate(wanted):
            self.carriers[value] = []
            if crowd.get(number, 0) > MAX_ROWS.get(strength(value[0]), MAX_ROWS_OTHER):
                self.crowded[value] = crowd[number]
            elif number in crowd:
                allowed.append(number)
        hits = self.run.hits([hashes[number] for number in allowed], allowed) if allowed else []
        self._read({(segment, row) for _, _, segment, row, _, _ in hits})
        for _, number, segment, row, kind, role in hits:
            normal = wanted[number][1]
            if (kind, role, normal) in self.facets[(segment, row)].identifiers or kind in _DESCRIPTIONS:
                self.carriers[wanted[number]].append(((segment, row), role))

    def _read(self, refs: set[Ref]) -> None:
        by_segment: dict[int, list[int]] = {}
        for segment, row in refs - self.rows.keys():
            by_segment.setdefault(segment, []).append(row)
        for segment, numbers in sorted(by_segment.items()):
            for number, cells in self.run.rows(segment, numbers).items():
                self.rows[(segment, number)] = cells
                self.facets[(segment, number)] = facets_of(self.run.segments[segment], (segment, number), cells)

    def unreadable(self) -> None:
        """Read every unreadable row once, to be searched literally."""
        for segment in self.run.segments:
            if segment.contents.rows_unreadable:
                found = self.run.unreadable(segment.number)
                self._read({(segment.number, row) for row, _ in found})
                self.unread.extend(((segment.number, row), text.casefold()) for row, text in found)


_DESCRIPTIONS = ("family_birth", "family_postcode")


def resolve(
    run: Run, requests: Sequence[Request], settings: Settings, progress: Progress = SILENT
) -> tuple[list[Resolution], dict[Ref, Mapping[str, Any]]]:
    """Find the rows of every request; gives the resolutions in the order of the requests, and the rows they name.

    Only confirmed rows lend identifiers to the next hop. All questions of a hop, of all subjects, are asked at once.
    """
    search = _Search(run, settings)
    subjects = [Subject(request, settings.phone_region, settings.own_domains) for request in requests]
    for subject in subjects:
        subject.start()
    hop = 0
    while hop < MAX_HOPS and any(subject.frontier for subject in subjects):
        hop += 1
        progress.step(f"searching, hop {hop}")
        taken = {id(subject): subject.take_frontier() for subject in subjects}
        search.look_up(found for values in taken.values() for value in values for found in lookups(*value))
        for subject in subjects:
            _admit(search, subject, taken[id(subject)], hop)
            _confirm(search, subject, hop)
    described = {id(subject): description_lookups(subject) for subject in subjects}
    search.look_up(value for values in described.values() for value in values)
    search.unreadable()
    return [_result(search, subject, described[id(subject)]) for subject in subjects], search.rows


def _admit(search: _Search, subject: Subject, values: Iterable[Value], hop: int) -> None:
    for value in values:
        for kind, normal in lookups(*value):
            for ref, role in search.carriers[(kind, normal)]:
                subject.candidates.setdefault(ref, {}).setdefault((kind, role, normal), hop)


def _confirm(search: _Search, subject: Subject, hop: int) -> None:
    """Confirm what the profile as it stands confirms, until nothing more follows; then let it lend identifiers."""
    while True:
        fresh = []
        for ref in sorted(subject.candidates.keys() - subject.confirmed.keys()):
            verdicts = _verdicts(search, subject, ref)
            grade, evidence, reason = best(verdicts)
            if grade == "confirmed":
                fresh.append(Graded(ref, grade, hop, evidence, reason))
        if not fresh:
            return
        people = [search.facets[g.ref].person(_role(subject, g.ref)) for g in fresh]
        if len(clusters([*people, *(p for p in subject.people if p.named)])) > 1 and not _one_person(subject, people):
            subject.split = True
            return
        for graded in fresh:
            subject.learn(search.facets[graded.ref], graded)


def _one_person(subject: Subject, people: Iterable[Any]) -> bool:
    """Whether every description fits the names that the request itself gave."""
    return bool(subject.people) and all(not subject.compare(person).conflicts for person in people)


def _role(subject: Subject, ref: Ref) -> str:
    return next((role for _, role, _ in sorted(subject.candidates[ref]) if role in OWN_ROLES), "subject")


def _verdicts(search: _Search, subject: Subject, ref: Ref) -> list[Verdict]:
    found = []
    for kind, role, normal in sorted(subject.candidates[ref]):
        known = subject.reach[(kind, normal)]
        origin = "request" if known.origin is None else _record_id(search, known.origin)
        shared = _shared_by(search, subject, kind, normal)
        link = Link(kind, role, normal, origin, known.origin is None, shared)
        if shared <= MAX_PEOPLE or strength(kind) == "account":
            found.append(judge(subject, search.facets[ref], link))
        else:
            found.append(judge(subject, search.facets[ref], Link("ip", role, normal, origin, False, shared)))
    return found


def _shared_by(search: _Search, subject: Subject, kind: str, normal: str) -> int:
    """Count the people known to use a value: the subject, and whoever carries it and cannot be the subject.

    Counted once for each state of the profile: a value of many rows would else cost their number squared.
    """
    if (kind, normal) not in subject.shared:
        subject.shared[(kind, normal)] = 1 + _others(search, subject, kind, normal)
    return subject.shared[(kind, normal)]


def _others(search: _Search, subject: Subject, kind: str, normal: str) -> int:
    rows = [
        (search.facets[ref], role)
        for ref, role in search.carriers.get((kind, normal), ())
        if role in OWN_ROLES and ref not in subject.confirmed
    ]
    if strength(kind) in ("cookie", "click"):
        return len({owner for facets, _ in rows for owner in _owners(facets, subject)})
    people = {facets.person(role) for facets, role in rows}
    strangers = [person for person in people if person.named and subject.compare(person).conflicts]
    return len(clusters(strangers, most=MAX_PEOPLE))


def _owners(facets: Facets, subject: Subject) -> Iterable[tuple[str, str]]:
    """Who used a device in a row: its login, account or e-mail where that is not the subject's own."""
    for kind, _, normal in facets.own():
        if (
            strength(kind) in ("account", "email")
            and kind not in facets.row_kinds
            and (kind, normal) not in subject.reach
        ):
            yield kind, normal


def _record_id(search: _Search, ref: Ref) -> str:
    return record_of(search.run.segments[ref[0]], search.rows[ref]).record


def _result(search: _Search, subject: Subject, described: Sequence[Value]) -> Resolution:
    """Grade everything that was not confirmed against the whole profile as it is in the end."""
    graded = [] if subject.split else list(subject.confirmed.values())
    done = set() if subject.split else set(subject.confirmed)
    for ref, links in sorted(subject.candidates.items()):
        if ref not in done:
            grade, evidence, reason = best(_verdicts(search, subject, ref))
            if grade == "confirmed":  # only where the search led to two people
                grade, reason = "possible", "The search leads to two people who cannot be one."
            graded.append(Graded(ref, grade, min(links.values()), evidence, reason))
            done.add(ref)
    for kind, normal in described:
        for ref, role in search.carriers[(kind, normal)]:
            if ref not in done and (
                verdict := by_description(subject, search.facets[ref], Link(kind, role, normal, "request", False, 1))
            ):
                graded.append(Graded(ref, verdict.grade, 1, (verdict.evidence,), verdict.reason))
                done.add(ref)
    graded.extend(_literal(search, subject, done))
    skipped = sorted({(v[0], search.crowded[f]) for v in subject.values for f in lookups(*v) if f in search.crowded})
    return Resolution(
        subject.request, dict(subject.values), tuple(graded), subject.split, tuple(skipped), bool(subject.frontier)
    )


def _literal(search: _Search, subject: Subject, done: set[Ref]) -> Iterable[Graded]:
    """Rows that could not be read but hold a value of the subject as text: possible, for a person to look at."""
    needles = [
        (kind, normal) for kind, normal in sorted(subject.values) if len(normal) > 4 and strength(kind) != "never"
    ]
    for ref, text in search.unread:
        held = next(((kind, normal) for kind, normal in needles if normal in text), None)
        if held is not None and ref not in done:
            verdict = judge(subject, search.facets[ref], Link(held[0], "subject", held[1], "request", True, 1))
            yield Graded(ref, "possible", 1, (verdict.evidence,), verdict.reason)
