"""People on the suppression list: put there before the first deletion, and looked for at every load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsar.fulfilment.workspace import Workspace
from dsar.identity.kinds import strength
from dsar.model import ErasurePlan, Identifier
from dsar.normalise import is_filler, normal_forms
from dsar.store import suppression
from dsar.store.records import known_fields
from dsar.store.suppression import Entry, Keying

_DID = {"erasure": "was erased", "objection": "objected", "withdrawal": "withdrew a consent"}


@dataclass(frozen=True, slots=True)
class Return:
    """A person who is on the list, found again in a collection where they should not be; no value, no hash."""

    place: str
    request: str
    rows: int
    reason: str = "erasure"

    def __str__(self) -> str:
        rows = "1 row leads" if self.rows == 1 else f"{self.rows} rows lead"
        return f"{self.place}: {rows} to the person of request {self.request}, who {_DID[self.reason]}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of an export that carries a value of the list."""

    place: str
    row: tuple[int, int]
    """Number of the segment and of the row in it."""
    entry: Entry
    identifier: Identifier
    """The value in normal form; it is personal data, and stays in memory and in the case."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody is put on the list."""

    request: str
    reason: str
    channel: str = "*"
    scope: str = "*"
    stays: tuple[str, ...] = ()


def keying_of(workspace: Workspace) -> Keying:
    """The keys of the list; they lie in the key file, apart from the list (E-48)."""
    return Keying(workspace.keys.identifiers, workspace.keys.suppression)


def suppress(workspace: Workspace, identifiers: Iterable[Identifier], why: Why) -> int:
    """Put every identifying value of a person on the list (Art. 21(3), 17 GDPR; C-129/21); gives the new entries.

    Names, birth dates and addresses alone identify nobody and are left out; so are values that fill a gap.
    """
    keys, region = keying_of(workspace), workspace.config.controller.phone_region
    entries = []
    for one in identifiers:
        if strength(one.kind) == "never" or one.kind in ("name", "birth_date", "postcode", "address"):
            continue
        for form in normal_forms(one.kind, one.value, region):
            if not is_filler(form):
                index, full = keys.entry_hash(one.kind, form)
                entries.append(
                    Entry(one.kind, index, full, why.channel, why.scope, why.reason, why.request, workspace.as_of,
                          why.stays)
                )  # fmt: skip
    return suppression.add(workspace.root, entries)


def stays_of(plan: ErasurePlan) -> tuple[str, ...]:
    """The collections in which a plan leaves something of the person."""
    places = {f"{step.source}/{step.collection}" for step in plan.steps if step.outcome != "delete"}
    return tuple(sorted(places))


def returns(workspace: Workspace, requests: Sequence[str] | None = None) -> tuple[Return, ...]:
    """Find erased people in the loaded exports, by source (E-36; APD/GBA 03/2024).

    Only requests whose erasure was verified once are looked for: before that they are still there, not back.
    `requests` limits it to some.
    """
    done = erased(workspace)
    entries = [e for e in suppression.read(workspace.root) if e.reason == "erasure" and e.request in done]
    if requests is not None:
        entries = [entry for entry in entries if entry.request in requests]
    return told(hits(workspace, entries))


def told(found: Iterable[Hit]) -> tuple[Return, ...]:
    """Count the rows of hits by collection and request; a row that carries several values is one."""
    rows = {(hit.place, hit.entry.request, hit.entry.reason, hit.row) for hit in found}
    counts = Counter((place, request, reason) for place, request, reason, _ in rows)
    return tuple(Return(place, request, n, reason) for (place, request, reason), n in sorted(counts.items()))


def erased(workspace: Workspace) -> frozenset[str]:
    """The requests whose erasure was verified to be done, by the journal."""
    journal = workspace.journal
    return frozenset(
        name
        for name in journal.requests()
        if any(event.step.startswith("verify:") and event.facts.get("gone") for event in journal.events(name))
    )


def hits(workspace: Workspace, entries: Sequence[Entry]) -> Iterator[Hit]:
    """Every row that carries an identifier of the list as its own, where it should not be, with each such value."""
    if not entries:
        return
    keys, region = keying_of(workspace), workspace.config.controller.phone_region
    by_index: dict[int, list[Entry]] = {}
    for entry in entries:
        by_index.setdefault(int(entry.index, 16), []).append(entry)
    hashes = list(by_index)
    with workspace.run() as run:
        run.lookup.crowd(hashes)
        rows = [
            (hashes[place], *ref, kind)
            for place, refs, carried in run.lookup.hits(range(len(hashes)))
            for ref, (kind, role) in zip(refs, carried, strict=True)
            if role != "mentioned"
        ]
        wanted: dict[int, set[int]] = {}
        for _, number, row, _ in rows:
            wanted.setdefault(number, set()).add(row)
        cells = {(s, n): row for s, numbers in wanted.items() for n, row in run.rows(s, numbers).items()}
    for index, number, row, kind in dict.fromkeys(rows):
        segment = workspace.segments[number]
        place = f"{segment.declaration.source}/{segment.declaration.collection}"
        fields = known_fields(segment, cells[number, row])
        forms = {form for _, value in fields if value for form in normal_forms(kind, value, region)}
        full = {keys.entry_hash(kind, form)[1]: form for form in forms}
        for entry in by_index[index]:
            if entry.hash in full and place not in entry.stays:
                yield Hit(place, (number, row), entry, Identifier(kind, full[entry.hash]))
