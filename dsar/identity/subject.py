"""One person while they are searched: what is known of them, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dsar.identity.decided import Decided
from dsar.identity.facets import OWN_ROLES, Facets, Ref
from dsar.identity.found import Graded, Known, Link, Users, Value, Ways
from dsar.identity.kinds import EXCLUSIVE, is_generic_mailbox, lookups, says_nobody, strength
from dsar.identity.mailboxes import nearly
from dsar.identity.names import is_slip
from dsar.identity.people import Comparison, Person, births, clusters, compare, fits_better, in_order, person_of
from dsar.identity.places import Place, agree, disagree, places_of
from dsar.model import Request
from dsar.normalise import NAME_KINDS, PLACE_KINDS, normal_forms

MAX_LEARNED = 400
"""So many mailboxes, phones, numbers and devices are not one person's; the search stops after the hop, and says so."""


Level = Literal["equal", "near", "differs", "unknown"]


@dataclass
class Subject:
    """The profile of one subject, which grows with every confirmed row, and the rows that may be theirs."""

    request: Request
    region: str | None
    own_domains: tuple[str, ...]
    own_phones: tuple[str, ...] = ()
    decided: Decided = field(default_factory=Decided)
    """What people decided about rows of this request before."""
    values: dict[Value, Known] = field(default_factory=dict)
    kinds: dict[str, dict[str, None]] = field(default_factory=dict)
    """The normal forms of the known values, by kind."""
    mailboxes: list[str] = field(default_factory=list)
    """Those of the known e-mail addresses that may be a person's."""
    reach: dict[Value, Value] = field(default_factory=dict)
    """Every (kind, normal form) under which a known value is looked for, with that value."""
    unused: dict[str, None] = field(default_factory=dict)
    """Kinds of which the request gives a value that identifies nobody."""
    asked: tuple[Person, ...] = ()
    """The person as the request describes them."""
    people: dict[Person, Ref | None] = field(default_factory=dict)
    """Every description that is known to be of the subject, with the row that gave it, None for the request."""
    places: dict[Place, Ref | None] = field(default_factory=dict)
    """Every postcode and street that is known of the subject, with the row that gave it, None for the request."""
    confirmed: dict[Ref, Graded] = field(default_factory=dict)
    candidates: dict[Ref, dict[Link, int]] = field(default_factory=dict)
    """Row → (kind, role, normal form) that led to it → hop."""
    passed: Ways = field(default_factory=dict)
    """Keys that too many rows share: a row is read if another key leads there too."""
    passed_rows: dict[str, set[Ref]] = field(default_factory=dict)
    """The rows under those keys."""
    leads: dict[Ref, tuple[str, str]] = field(default_factory=dict)
    """Rows that may be the subject's if something was mistyped, with the kind of key and the role that led there."""
    spelt: dict[Ref, Value] = field(default_factory=dict)
    """Rows whose mailbox spells the subject's name, or whose name the subject's mailbox spells, with the key."""
    met: dict[Ref, tuple[Ref, Value]] = field(default_factory=dict)
    """Rows on devices on which links were opened that were sent to the subject, each with such a visit and device."""
    frontier: list[Value] = field(default_factory=list)
    learned: int = 0
    """How many values rows lent, the numbers of the rows themselves left out: a person may have thousands of orders."""
    described: dict[Value, Ref | None] = field(default_factory=dict)
    """Keys of descriptions that were looked up, with the row that gave the name, None for the request."""
    describing: tuple[int, ...] = ()
    """How many people, places and e-mail addresses there were to make keys of descriptions of."""
    judged: dict[Ref, tuple[tuple[object, ...], tuple[Any, ...]]] = field(default_factory=dict)
    """What was said of a row, with the size of the profile, the number of ways to the row, and the namesakes then."""
    namesakes: tuple[tuple[Person, Ref], ...] = ()
    """Rows of others who bear the subject's full name at the subject's address."""
    users: dict[Value, Users] = field(default_factory=dict)
    """Who else uses a value, as far as the profile now tells; forgotten when it grows, as `compared` when people do."""
    compared: dict[Person, Comparison] = field(default_factory=dict)
    addresses: dict[frozenset[Place], Level] = field(default_factory=dict)
    """What the addresses of rows say against those known; forgotten when another becomes known."""
    agreeing: dict[tuple[Ref, str], frozenset[str]] = field(default_factory=dict)
    """What of a row agrees in a role; forgotten with every row that is confirmed."""
    split: bool = False
    """True if the search led to two people who cannot be one."""

    def start(self) -> None:
        """Take over what the request gives."""
        parts: dict[str, list[str]] = {kind: [] for kind in (*NAME_KINDS, "birth_date")}
        for identifier in self.request.identifiers:
            kind, value = identifier.kind, identifier.value
            if kind in parts:
                parts[kind].append(value)
            elif kind in PLACE_KINDS:
                self.places.update(dict.fromkeys(places_of(kind, value)))
            else:
                found = [n for n in normal_forms(kind, value, self.region) if not says_nobody(kind, n)]
                for normal in found:
                    self._know((kind, normal), Known(value, None, 0))
                if not found:
                    self.unused[kind] = None
        described = [
            person_of([name], parts["given_name"], parts["family_name"], parts["birth_date"])
            for name in parts["name"] or [""]
        ]
        self.asked = tuple(person for person in described if person.described)
        self.people.update(dict.fromkeys(self.asked))

    @property
    def full(self) -> bool:
        """Whether so much was learned that the search stops here: more than one person has."""
        return self.learned > MAX_LEARNED

    def _know(self, value: Value, known: Known) -> None:
        if value not in self.values:
            self.values[value] = known
            kind, normal = value
            self.kinds.setdefault(kind, {})[normal] = None
            if kind == "email" and self.is_personal(normal):
                self.mailboxes.append(normal)
            self.frontier.append(value)
            for found in lookups(*value):
                self.reach.setdefault(found, value)

    def learn(self, facets: Facets, graded: Graded) -> None:
        """Confirm a row: it lends its own identifiers, its people and its places to the profile."""
        self.confirmed[facets.ref] = graded
        known = len(self.people), len(self.places), len(self.values)
        roles = self._lending(facets)
        own = [entry for entry in facets.own() if entry[1] in roles]
        for kind, role, normal in sorted(own):
            value = kind, normal
            if value not in self.values and self._carries(kind, normal):
                self.learned += kind not in facets.row_kinds
                beside = any(k == kind and r == role and n != normal for k, r, n in own)
                self._know(value, Known(facets.raw.get(value, normal), facets.ref, graded.hop, beside))
        for role in sorted(roles):
            person = facets.people.get(role)
            if person and person.described and not (graded.settled and self.compare(person).conflicts):
                self.people.setdefault(person, facets.ref)  # what counts in spite of a conflict lends no name
            for place in sorted(facets.places.get(role, ())):
                self.places.setdefault(place, facets.ref)
        if len(self.people) > known[0]:
            self.compared.clear()
        if len(self.places) > known[1]:
            self.addresses.clear()
        self.agreeing.clear()
        grown = (len(self.people), len(self.places), len(self.values)) != known
        self.users = {} if grown else {value: users for value, users in self.users.items() if not users.disputed}

    def _lending(self, facets: Facets) -> set[str]:
        """The roles of a row in which it speaks of the subject: those that led to it.

        Who pays an order usually owns it, so a billing role lends what the row says of its subject too, unless that is
        known to be somebody else. Who wrote a row, or is its contact, is often not the one it is about.
        """
        roles = {role for _, role, _ in self.candidates.get(facets.ref, ()) if role in OWN_ROLES}
        if "billing" in roles and "subject" not in roles:
            person = facets.people.get("subject", Person())
            if not self.compare(person).conflicts and self.mail(facets, "subject") != "differs":
                roles.add("subject")
        return roles

    def _carries(self, kind: str, normal: str) -> bool:
        if strength(kind) == "never" or says_nobody(kind, normal) or normal in self.own_phones:
            return False
        return not (kind == "email" and is_generic_mailbox(normal, self.own_domains))

    def compare(self, person: Person) -> Comparison:
        """Hold a description against the whole profile: any known name may agree, no known birth date may differ.

        Where only an initial or a short form agrees, or the profile knows a bare family name, a known given name that
        differs decides: `J. Smith` of the request lets in John or Jane, but not both.
        """
        found = self.compared.get(person)
        if found is None:
            found = self.compared[person] = self._compared(person)
        return found

    def _compared(self, person: Person) -> Comparison:
        found = [compare(p, person) for p in self.people if p.named]
        best = max(found, key=lambda c: (-len(c.conflicts), c.family != "differs", c.weights), default=Comparison())
        if best.given in ("unknown", "initial", "nickname"):
            against = {c.given for c in found} & {"differs", "close"}
            best = best._replace(given=max(against, default=best.given))  # what differs is more than what is close
        if best.family == "unknown" and any(c.family == "differs" for c in found):
            best = best._replace(family="differs")
        days = frozenset(day for p in self.people for day in p.births)
        suffixes = {p.suffix for p in (*self.people, person) if p.suffix}
        others = ("suffix",) * (len(suffixes) > 1) + ("several_names",) * person.mixed
        return best._replace(birth=births(days, person.births), others=others)

    def separates(self, people: Iterable[Person]) -> bool:
        """Whether descriptions, with the profile, are of two people; what the request's own name explains is not."""
        settled = {self._settled(person) for person in (*people, *self.people)}
        if any(len(person.given[0]) > 1 for person in self.asked if person.given):
            ordered = in_order(settled)
            return any(compare(one, other).conflicts for n, one in enumerate(ordered) for other in ordered[n + 1 :])
        return len(clusters(settled, most=2)) > 1

    def _settled(self, person: Person) -> Person:
        """The description with its given name as the request writes it, where it is only mistyped."""
        for asked in self.asked:
            if asked.given and person.given and is_slip(asked.given[0], person.given[0]):
                return person._replace(given=(asked.given[0], *person.given[1:]))
        return person

    def meet_namesakes(self, facets: Mapping[Ref, Facets]) -> None:
        """Keep in mind who has the subject's full name at their address and cannot be the subject: a father, a son."""
        waiting = self.candidates.keys() - self.confirmed.keys()
        met = [ref for ref in waiting if self.is_namesake(facets[ref].person("subject"))]
        home = [ref for ref in sorted(met) if self.address(facets[ref], "subject") == "equal"]
        self.namesakes = tuple((facets[ref].person("subject"), ref) for ref in home)

    def is_namesake(self, person: Person) -> bool:
        """Whether somebody has the subject's full name and, by birth date or suffix, cannot be the subject."""
        c = self.compare(person)
        return bool(c.conflicts) and c.full_name and {"birth_date", "suffix"}.issuperset(c.conflicts)

    def fits_namesake(self, person: Person) -> tuple[Ref, ...]:
        """Rows of namesakes at the same address whom a description fits no worse than the subject."""
        ours = self.compare(person)
        theirs = ((compare(namesake, person), ref) for namesake, ref in self.namesakes)
        return tuple(ref for c, ref in theirs if not c.conflicts and c.given != "close" and not fits_better(ours, c))

    def other_documents(self, facets: Facets, role: str) -> tuple[str, ...]:
        """Kinds of document that a person has only one of, and whose number differs from the subject's."""
        ours = self.kinds.keys() & EXCLUSIVE
        if not ours:
            return ()
        theirs = {value for value in facets.of(role) if value[0] in ours}
        same = {kind for kind, _ in theirs & self.values.keys()}
        return tuple(sorted({kind for kind, _ in theirs} - same))

    def agreements(self, facets: Facets, role: str, but: str) -> set[str]:
        """What else of a row is known of the subject, beside the kind `but`: kinds of equal values, and `place`.

        A device says who uses it, not whose a row is; a mailbox of a role says nothing.
        """
        found = self.agreeing.get((facets.ref, role))
        if found is None:
            equal = [value for value in facets.of(role) if value in self.values]
            kinds: set[str] = {strength(kind) for kind, normal in equal if self._carries(kind, normal)}
            place = {"place"} if self.address(facets, role) == "equal" else set()
            found = self.agreeing[(facets.ref, role)] = frozenset(kinds | place) - {"cookie", "click"}
        return {kind for kind in found if kind != but}

    def disagreements(self, facets: Facets, role: str) -> set[str]:
        """Kinds of which both sides have values and none is equal, and `place`."""
        found = {"email"} if self.mail(facets, role) == "differs" else set()
        ours = self.kinds.get("phone")
        theirs = [n for k, n in facets.of(role) if k == "phone"] if ours else []
        if ours and theirs and ours.keys().isdisjoint(theirs):
            found.add("phone")
        if self.address(facets, role) == "differs":
            found.add("place")
        return found

    def address(self, facets: Facets, role: str) -> Level:
        """Compare the address of a row with those known."""
        theirs = facets.places_in(role)
        if not theirs:
            return "unknown"
        found = self.addresses.get(theirs)
        if found is None:
            found = "equal" if agree(self.places, theirs) else "unknown"
            found = self.addresses[theirs] = "differs" if disagree(self.places, theirs) else found
        return found

    def mail(self, facets: Facets, role: str) -> Level:
        """Compare the personal mailboxes of a row with those known: `near` is another tag, dots, or one letter."""
        ours = self.mailboxes
        if not ours or not facets.mailboxes:
            return "unknown"
        roles = (role,) if role in facets.people else (role, facets.described(role), "subject")
        theirs = [n for r, n in facets.mailboxes if r in roles and self.is_personal(n)]
        if not theirs:
            return "unknown"
        if not set(ours).isdisjoint(theirs):
            return "equal"
        return "near" if any(nearly(one, other) for one in ours for other in theirs) else "differs"

    def personal(self, facets: Facets) -> tuple[str, ...]:
        """The mailboxes of a row's subject that may be a person's: none of a role, a filler, one's own domain."""
        return tuple(sorted(n for k, n in facets.of("subject") if k == "email" and self.is_personal(n)))

    def is_personal(self, address: str) -> bool:
        """Whether a mailbox may be a person's: not of a role, of one's own domains, nor one that stands for none."""
        return self._carries("email", address)

    def take_frontier(self) -> list[Value]:
        """Give the values that were not searched with yet, and forget them."""
        taken, self.frontier = self.frontier, []
        return taken

    def describes_more(self) -> bool:
        """Whether there is more to make keys of descriptions of than when this was asked last: they only ever grow."""
        before = self.describing
        self.describing = len(self.people), len(self.places), len(self.kinds.get("email", ()))
        return self.describing != before
