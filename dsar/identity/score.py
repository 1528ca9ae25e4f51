"""How likely a row is the subject's, in bits: it fills and orders the queue of a review, and never confirms.

The sum of log2(m/u) over comparison levels (Fellegi and Sunter, A Theory for Record Linkage, 1969), with m fixed for
each level and no training. How often a name occurs in the loaded data does not count: it was measured, and no figure
rose (docs/matcher.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dsar.identity.facets import Facets
from dsar.identity.kinds import says_nobody, strength
from dsar.identity.mail_signs import is_slip
from dsar.identity.names import PARTICLES, family_names, given_names, one_letter_off
from dsar.identity.people import Person, births
from dsar.identity.places import nearly_agree
from dsar.identity.subject import Subject
from dsar.phones import tail

PROBABLE, POSSIBLE, DOUBTFUL = 16.5, 10.0, 14.5
"""Bits from which a row without conflict is probable, from which it is possible, and one with a conflict is."""
GIVEN = {"equal": 5.0, "nickname": 4.0, "alike": 4.5, "initial": 2.0, "close": 3.0, "fuzzy": 3.0, "differs": -5.0}
FAMILY = {"equal": 7.0, "alike": 6.0, "fuzzy": 4.0, "differs": -4.0}
BIRTH = {"equal": 12.0, "alike": 9.0, "near": 4.0, "differs": -5.0}
MAIL = {"equal": 14.0, "slip": 17.0, "near": 11.0, "differs": -1.0}
NUMBER = {"equal": 12.0, "near": 9.0, "differs": -3.0}
PLACE = {"equal": 9.0, "near": 6.0, "differs": -1.0}
TURNED = -1.0
"""Given and family name stand in each other's place."""


@dataclass(frozen=True)
class Score:
    """The bits of a row with what agrees and what does not."""

    bits: float
    agrees: tuple[str, ...]
    conflicts: tuple[str, ...]

    telling: bool
    """Whether something agrees that a household does not share: a birth date, mailbox or number."""

    shared: float = 0.0
    """Bits of what a household shares twice over: where family name and address both agree, the lesser of them."""
    own: bool = False
    """Whether more than an initial and a birth date agree, or a number or mailbox: brothers share the former."""

    @property
    def probable(self) -> bool:
        """Whether the row is likely theirs: nothing conflicts, and more agrees than a household shares."""
        return self.bits - self.shared >= PROBABLE and self.own and not self.conflicts

    @property
    def possible(self) -> bool:
        """Whether the row is worth a look: enough agrees, or the whole name and nearly the birth date."""
        whole = {"given_name", "family_name", "birth_date"} <= set(self.agrees)
        return self.bits >= (DOUBTFUL if self.conflicts else POSSIBLE) and (self.telling or whole)


_PERSONAL = frozenset({"birth_date", "email", "phone", "document"})


Level = tuple[str, Mapping[str, float]]


def score(subject: Subject, facets: Facets, role: str) -> Score:
    """Compare a row with everything known of the subject, level by level."""
    return _scored(subject, facets, role, *_levels(subject, facets, role))


def possible(subject: Subject, facets: Facets, role: str) -> Score | None:
    """Score a row that nothing but its score admits; None where it is too little, whatever its address may be."""
    levels, turned = _levels(subject, facets, role)
    least = DOUBTFUL if _conflicts(levels) else POSSIBLE
    if round(_bits(levels, turned) + PLACE["equal"], 1) < least:
        return None
    found = _scored(subject, facets, role, levels, turned)
    return found if found.possible else None


def _levels(subject: Subject, facets: Facets, role: str) -> tuple[dict[str, Level], bool]:
    """Compare all but the address; tells, too, whether given and family name stand in each other's place."""
    person = facets.person(role)
    given, family, turned = max(
        (_names(known, person) for known in subject.people if known.named),
        key=lambda levels: GIVEN.get(levels[0], 0) + FAMILY.get(levels[1], 0),
        default=("unknown", "unknown", False),
    )
    days = frozenset(day for known in subject.people for day in known.births)
    levels: dict[str, Level] = {
        "given_name": (given, GIVEN),
        "family_name": (family, FAMILY),
        "birth_date": (_births(days, person.births), BIRTH),
        "email": (_mail(subject, facets, role, given), MAIL),
        "phone": (_numbers(subject, facets, role, "phone"), NUMBER),
        "document": (_numbers(subject, facets, role, "document"), NUMBER),
    }
    return levels, turned


def _bits(levels: Mapping[str, Level], turned: bool) -> float:
    return sum(weights.get(level, 0.0) for level, weights in levels.values()) + (TURNED if turned else 0.0)


def _conflicts(levels: Mapping[str, Level]) -> tuple[str, ...]:
    return tuple(name for name, (level, _) in levels.items() if level == "differs" and name in _TELLING)


def _scored(subject: Subject, facets: Facets, role: str, levels: dict[str, Level], turned: bool) -> Score:
    levels["place"] = _place(subject, facets, role), PLACE
    person, given, family = facets.person(role), levels["given_name"][0], levels["family_name"][0]
    agrees = tuple(name for name, (level, weights) in levels.items() if weights.get(level, 0) > 0)
    other_mailbox = levels["email"][0] == "differs" or (
        role != "subject" and _mail(subject, facets, "subject", given) == "differs"
    )
    # a namesake with a neighbouring number: where the mailbox is another one, a number that is merely near says nothing
    vague = {"birth_date"} | ({"phone", "document"} if other_mailbox else set())
    telling = any(name in _PERSONAL for name in agrees if levels[name][0] != "near" or name not in vague)
    home = min(weights.get(level, 0.0) for level, weights in (levels["family_name"], levels["place"]))
    alone = given != "initial" and telling and family != "differs" and _one_of_both(subject, person, given, levels)
    own = alone or any(name in agrees for name in ("email", "phone", "document"))
    if other_mailbox:
        own = own and any(levels[name][0] in ("equal", "alike") for name in _PERSONAL)
    bits = round(_bits(levels, turned), 1)
    return Score(bits, agrees, _conflicts(levels), telling, max(0.0, home), own)


_TELLING = frozenset({"given_name", "birth_date", "document"})


def _one_of_both(subject: Subject, person: Person, given: str, levels: Mapping[str, Level]) -> bool:
    """Whether given name or birth date is surely the same: with both typed wrongly, or other second names, it is kin.

    Brothers and sisters share a family name, and those of one year or day much of the birth date.
    """
    if given in ("fuzzy", "close", "unknown") and levels["birth_date"][0] != "equal":
        return False
    ours = {known.given[1][0] for known in subject.people if len(known.given) > 1}
    return given == "equal" or len(person.given) < 2 or not ours or person.given[1][0] in ours


@lru_cache(maxsize=100_000)
def _names(one: Person, other: Person) -> tuple[str, str, bool]:
    """Compare names both ways round; gives the levels of given and family name, and whether they are turned."""
    if not one.named or not other.named:
        return "unknown", "unknown", False
    ours, theirs = _parts(one), _parts(other)
    straight = _given(ours[0], theirs[0]), _family(ours[1], theirs[1]), False
    other_way = _given(ours[0], tuple(theirs[1].split())), _family(ours[1], " ".join(theirs[0])), True
    return max(straight, other_way, key=lambda found: _worth(*found))


def _worth(given: str, family: str, turned: bool) -> float:
    return GIVEN.get(given, 0.0) + FAMILY.get(family, 0.0) + (2 * TURNED if turned else 0.0)


def _parts(person: Person) -> tuple[tuple[str, ...], str]:
    return person.given, person.family or person.single


def _given(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    verdict = given_names(one, other)
    return "fuzzy" if verdict == "differs" and _fuzzy(one[0], other[0]) else verdict


def _family(one: str, other: str) -> str:
    verdict = family_names(one, other)
    if verdict != "differs":
        return verdict
    words = set(one.split()) - PARTICLES, set(other.split()) - PARTICLES
    return "fuzzy" if _fuzzy(one, other) or any(one_letter_off(a, b) for a in words[0] for b in words[1]) else verdict


@lru_cache(maxsize=100_000)
def _fuzzy(one: str, other: str) -> bool:
    """Whether two words may be one, typed badly: two slips in five letters or more."""
    from rapidfuzz.distance import OSA, JaroWinkler

    if min(len(one), len(other)) < 3:
        return False
    slips = OSA.distance(one, other)
    return bool(
        slips <= 1 or (slips <= 2 and min(len(one), len(other)) > 3) or JaroWinkler.similarity(one, other) > 0.9
    )


def _births(one: frozenset[str], other: frozenset[str]) -> str:
    verdict = births(one, other)
    near = verdict == "differs" and any(_near_days(a, b) for a in one for b in other)
    return "near" if near else verdict


def _near_days(one: str, other: str) -> bool:
    """Whether two of year, month and day are equal, or two digits are typed wrongly."""
    parts = zip(one.split("-"), other.split("-"), strict=True)
    return sum(a == b for a, b in parts) == 2 or sum(a != b for a, b in zip(one, other, strict=True)) <= 2


def _mail(subject: Subject, facets: Facets, role: str, given: str) -> str:
    """Compare mailboxes; where no names are compared, a plain slip of the fingers is worth more than another letter."""
    level = subject.mail(facets, role)
    return "slip" if level == "near" and given == "unknown" and is_slip(subject, facets, role) else level


def _numbers(subject: Subject, facets: Facets, role: str, worth: str) -> str:
    theirs = [(kind, number) for kind, number in facets.of(role) if strength(kind) == worth]
    pairs = [(ours, number) for kind, number in theirs for ours in subject.kinds.get(kind, ())]
    if any(a == b for a, b in pairs):
        return "equal"
    if any(near_number(a, b) for a, b in pairs) or (worth == "phone" and _end_alike(subject, facets, role)):
        return "near"
    return "differs" if pairs else "unknown"


def _end_alike(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether two phone numbers end alike: one was perhaps written without its area or its country."""
    theirs = {normal[-_END:] for kind, normal in facets.of(role) if kind in ("phone", "phone_tail")}
    told = subject.request.identifiers if theirs and "phone" in subject.unused else ()
    short = (end for given in told if given.kind == "phone" and (end := tail(given.value)))
    ours = (*subject.kinds.get("phone", ()), *(end for end in short if not says_nobody("phone", end)))
    return not theirs.isdisjoint(number[-_END:] for number in ours)


_END = 7
"""Digits of a number that are too many to agree by chance, and too few to say whose it is."""


@lru_cache(maxsize=100_000)
def near_number(one: str, other: str) -> bool:
    """Whether two numbers are one digit apart, or two neighbours swapped, or one is the end of the other."""
    short, long = sorted((one, other), key=len)
    return one_letter_off(one, other) or (len(short) >= 6 and long.endswith(short.lstrip("+")))


def _place(subject: Subject, facets: Facets, role: str) -> str:
    level = subject.address(facets, role)
    return "near" if level != "equal" and nearly_agree(subject.places, facets.places_in(role)) else level
