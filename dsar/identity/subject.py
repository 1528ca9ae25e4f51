"""One person while they are searched: what is known of them, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dsar.identity.facets import Facets, Ref
from dsar.identity.kinds import is_generic_mailbox, lookups, strength
from dsar.identity.people import Comparison, Person, births, compare, person_of
from dsar.model import Evidence, Grade, Request
from dsar.normalise import NAME_KINDS, PLACE_KINDS, is_filler, normal_forms

Value = tuple[str, str]
"""(kind, normal form)"""


@dataclass(frozen=True)
class Known:
    """A value that belongs to the subject: as written, where it came from, at which hop."""

    written: str
    origin: Ref | None
    """The row that lent it, None for the request."""
    hop: int


@dataclass(frozen=True)
class Graded:
    """A row with its grade for one subject."""

    ref: Ref
    grade: Grade
    hop: int
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass
class Subject:
    """The profile of one subject, which grows with every confirmed row, and the rows that may be theirs."""

    request: Request
    region: str | None
    own_domains: tuple[str, ...]
    values: dict[Value, Known] = field(default_factory=dict)
    people: dict[Person, None] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    confirmed: dict[Ref, Graded] = field(default_factory=dict)
    candidates: dict[Ref, dict[tuple[str, str, str], int]] = field(default_factory=dict)
    """Row → (kind, role, normal form) that led to it → hop."""
    frontier: list[Value] = field(default_factory=list)
    reach: dict[Value, Known] = field(default_factory=dict)
    """Every (kind, normal form) under which a value may stand in rows, with what is known of the value."""
    shared: dict[Value, int] = field(default_factory=dict)
    """How many people use a value, as far as the profile now tells; forgotten when it grows."""
    split: bool = False
    """True if the search led to two people who cannot be one."""

    def start(self) -> None:
        """Take over what the request gives."""
        parts: dict[str, list[str]] = {kind: [] for kind in (*NAME_KINDS, "birth_date")}
        for identifier in self.request.identifiers:
            if identifier.kind in parts:
                parts[identifier.kind].append(identifier.value)
            elif identifier.kind in PLACE_KINDS:
                self.places.update(normal_forms(identifier.kind, identifier.value))
            else:
                for normal in normal_forms(identifier.kind, identifier.value, self.region):
                    self._know((identifier.kind, normal), Known(identifier.value, None, 0))
        for name in parts["name"] or [""]:
            person = person_of([name], parts["given_name"], parts["family_name"], parts["birth_date"])
            if person.named or person.births:
                self.people[person] = None

    def _know(self, value: Value, known: Known) -> None:
        if value not in self.values:
            self.values[value] = known
            self.frontier.append(value)
            for found in lookups(*value):
                self.reach.setdefault(found, known)

    def learn(self, facets: Facets, graded: Graded) -> None:
        """Confirm a row: it lends its own identifiers, its people and its places to the profile."""
        self.confirmed[facets.ref] = graded
        self.shared.clear()
        roles = {role for _, role, _ in self.candidates.get(facets.ref, {})} & {
            "subject",
            "billing",
            "contact",
            "author",
        }
        for kind, role, normal in sorted(facets.own()):
            if role in (roles | {"subject"}) and self._carries(kind, normal):
                self._know((kind, normal), Known(facets.raw.get((kind, normal), normal), facets.ref, graded.hop))
        for role in sorted(roles | {"subject"}):
            person = facets.people.get(role)
            if person and (person.named or person.births):
                self.people[person] = None
            self.places.update(facets.places.get(role, ()))

    def _carries(self, kind: str, normal: str) -> bool:
        if strength(kind) == "never" or is_filler(normal):
            return False
        return not (kind == "email" and is_generic_mailbox(normal, self.own_domains))

    def compare(self, person: Person) -> Comparison:
        """Hold a description against the whole profile: any known name may agree, no known birth date may differ."""
        named = [p for p in self.people if p.named]
        found = [compare(p, person) for p in named]
        best = min(found, key=lambda c: (len(c.conflicts), c.family == "differs", -len(c.agrees)), default=None)
        days = frozenset(day for p in self.people for day in p.births)
        suffixes = {p.suffix for p in self.people if p.suffix} | ({person.suffix} if person.suffix else set())
        birth = births(days, person.births)
        if best is None:
            return Comparison("unknown", "unknown", birth, len(suffixes) > 1)
        return Comparison(best.given, best.family, birth, len(suffixes) > 1)

    def agreements(self, facets: Facets, role: str, but: str) -> set[str]:
        """What else of a row is known of the subject, beside the kind `but`: kinds of equal values, and `place`."""
        found = {strength(k) for k, r, n in facets.own() if r in (role, "subject") and (k, n) in self.values}
        if self.places & set(facets.places.get(role, facets.places.get("subject", ()))):
            found.add("place")  # type: ignore[arg-type]
        return {str(kind) for kind in found} - {but}

    def disagreements(self, facets: Facets, role: str) -> set[str]:
        """Kinds of which both sides have values and none is equal, and `place`."""
        found = set()
        for kind in ("email", "phone"):
            theirs = {n for k, r, n in facets.own() if k == kind and r in (role, "subject")}
            ours = {n for k, n in self.values if k == kind}
            if theirs and ours and not theirs & ours:
                found.add(kind)
        theirs_at = facets.places.get(role, facets.places.get("subject", frozenset()))
        if theirs_at and self.places and not self.places & theirs_at:
            found.add("place")
        return found

    def names(self) -> Iterator[Person]:
        """Every description with a given and a family name."""
        return (person for person in self.people if person.given and person.family)

    def take_frontier(self) -> list[Value]:
        """Give the values that were not searched with yet, and forget them."""
        taken, self.frontier = self.frontier, []
        return taken


def searched_kinds(values: Iterable[Value]) -> tuple[str, ...]:
    """The kinds of a profile that carry a search, in order."""
    return tuple(sorted({kind for kind, _ in values if strength(kind) != "never"}))
