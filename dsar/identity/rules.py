"""The rules: what a link between a subject and a row is worth, given everything else that is known.

Grades follow the measured worth of identifiers: ids and logins nearly always mean one person, e-mail addresses and
phones are shared by families, cookies by whoever uses the device, an IP address by hundreds. A conflict beats any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dsar.identity.facets import OWN_ROLES, Facets
from dsar.identity.kinds import is_generic_mailbox, strength
from dsar.identity.people import Comparison
from dsar.identity.subject import Subject, Value
from dsar.model import Evidence, Grade

ORDER: dict[Grade, int] = {"confirmed": 0, "probable": 1, "possible": 2, "refused": 3}


@dataclass(frozen=True)
class Verdict:
    """What one link is worth, and why, in a sentence without values."""

    grade: Grade
    evidence: Evidence
    reason: str


@dataclass(frozen=True)
class Link:
    """How a row was reached: the kind, role and normal form of the value, and how many people share it."""

    kind: str
    role: str
    normal: str
    origin: str
    """`request`, or the id of the record that lent the value."""
    given: bool
    shared_by: int
    """People known to use the value, the subject included."""


def judge(subject: Subject, facets: Facets, link: Link) -> Verdict:
    """Say what one link between a subject and a row is worth."""
    if facets.unreadable:
        return _verdict("possible", link, Comparison("unknown", "unknown", "unknown", False), "unparsed")
    c = subject.compare(facets.person(link.role))
    if link.role not in OWN_ROLES:
        return _verdict("possible", link, c, "in_other_role" if link.role != "mentioned" else "mentioned")
    rule = _RULES[strength(link.kind)]
    grade, why = rule(subject, facets, link, c)
    return _verdict(grade, link, c, why)


def _verdict(grade: Grade, link: Link, c: Comparison, why: str) -> Verdict:
    rule = why if why in ("mentioned", "unparsed") else f"same-{link.kind}"
    evidence = Evidence(rule, link.kind, link.origin, c.agrees, c.conflicts, link.shared_by)
    return Verdict(grade, evidence, _REASONS[why].format(kind=link.kind.replace("_", " "), people=link.shared_by))


Ruling = tuple[Grade, str]


def _account(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts:
        return "possible", "conflict"
    if link.given:
        return "confirmed", "account"
    second = subject.agreements(facets, link.role, "account")
    against = subject.disagreements(facets, link.role)
    # an order booked on a namesake's account must not bring in the namesake: a learned id that is contradicted by
    # everything else needs a second agreement
    if len(against) >= 2 and not second and c.birth != "equal":
        return "probable", "account_alone"
    return "confirmed", "account"


def _email(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    generic = is_generic_mailbox(link.normal, subject.own_domains)
    if c.conflicts:
        return ("refused", "generic") if generic else ("possible", "conflict")
    if generic:
        return ("probable", "generic_named") if c.full_name else ("refused", "generic")
    second = subject.agreements(facets, link.role, "email")
    if c.birth == "equal":
        second.add("birth_date")
    if link.shared_by > 1:
        if c.full_name and (second - {"place"} or c.given == "equal"):
            return "confirmed", "shared_named"
        return "probable", "shared"
    if c.family == "differs":
        return ("confirmed", "email") if second else ("probable", "other_family_name")
    return "confirmed", "email"


def _phone(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts or c.family == "differs":
        return "refused", "conflict"
    second = subject.agreements(facets, link.role, "phone")
    if c.full_name and (link.shared_by == 1 or second or c.birth == "equal"):
        return "confirmed", "phone"
    if c.full_name or c.given in ("equal", "alike", "initial"):
        return "probable", "phone_partly"
    return "possible", "phone_alone"


def _document(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts:
        return "possible", "conflict"
    return ("confirmed", "document") if c.agrees else ("probable", "document_alone")


def _cookie(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if link.shared_by > 1 or c.conflicts:
        return "refused", "cookie_shared"
    return ("confirmed", "cookie_given") if link.given else ("probable", "cookie")


def _click(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if link.shared_by > 1 or c.conflicts:
        return "refused", "cookie_shared"
    return "probable", "click"


def _never(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    return "refused", "weak"


_RULES: dict[str, Callable[[Subject, Facets, Link, Comparison], Ruling]] = {
    "account": _account,
    "email": _email,
    "phone": _phone,
    "document": _document,
    "cookie": _cookie,
    "click": _click,
    "never": _never,
}

_REASONS = {
    "account": "The same {kind}; nothing in the row speaks against it.",
    "account_alone": "The same {kind}, but address, e-mail or phone are others: perhaps booked here wrongly.",
    "email": "The same e-mail address, used by no one else we know of.",
    "shared_named": "The same e-mail address and the same name; {people} people use the address.",
    "shared": "The same e-mail address, but {people} people use it and the row does not say which.",
    "other_family_name": "The same e-mail address and given name, but another family name.",
    "generic": "Only a mailbox that belongs to a role or to nobody.",
    "generic_named": "The same name on a mailbox that belongs to a role.",
    "phone": "The same phone number and the same full name.",
    "phone_partly": "The same phone number, but the name is incomplete or {people} people use the number.",
    "phone_alone": "The same phone number; the row names nobody.",
    "document": "The same document number; name or birth date agrees.",
    "document_alone": "The same document number; the row names nobody.",
    "cookie": "The same browser (cookie) as a visit with this person's login or order; used by no one else we know of.",
    "cookie_given": "The cookie that the person presented; used by no one else we know of.",
    "cookie_shared": "A browser (cookie) or link that {people} people used.",
    "click": "A link that was sent to this person only.",
    "weak": "An identifier that many people share.",
    "conflict": "The same {kind}, but name or birth date belong to someone else.",
    "in_other_role": "The person appears in another role, not as the one the row is about.",
    "mentioned": "The person's {kind} stands in the text of this row.",
    "unparsed": "The row could not be read, but it holds the person's {kind}.",
    "name_birth": "The same full name and birth date.",
    "name_birth_place": "The same full name, birth date and address.",
    "name_place": "The same full name at the same address.",
}


def by_description(subject: Subject, facets: Facets, link: Link) -> Verdict | None:
    """Judge a row that was reached by name and birth date or address only; None where they do not all agree."""
    c = subject.compare(facets.person(link.role))
    if c.conflicts or not c.full_name or link.role not in OWN_ROLES:
        return None
    place = "place" in subject.agreements(facets, link.role, "")
    if c.birth == "equal":
        why, grade = ("name_birth_place", "probable") if place else ("name_birth", "probable")
    elif place and link.kind == "family_postcode":
        why, grade = "name_place", "possible"
    else:
        return None
    evidence = Evidence(why.replace("_", "-"), "name", "request", c.agrees, c.conflicts, 1)
    return Verdict(grade, evidence, _REASONS[why])  # type: ignore[arg-type]


def best(verdicts: Iterable[Verdict]) -> tuple[Grade, tuple[Evidence, ...], str]:
    """Take the strongest of several verdicts, with all the evidence, strongest first."""
    ranked = sorted(verdicts, key=lambda v: (ORDER[v.grade], v.evidence.kind, v.evidence.origin))
    return ranked[0].grade, tuple(dict.fromkeys(v.evidence for v in ranked)), ranked[0].reason


def description_lookups(subject: Subject) -> list[Value]:
    """The keys made of names with birth dates and postcodes under which rows of this person may stand."""
    found: dict[Value, None] = {}
    births = sorted({day for person in subject.people for day in person.births})
    for person in subject.names():
        for day in births:
            found[("family_birth", f"{person.family}|{day}")] = None
        for place in sorted(subject.places):
            if any(char.isdigit() for char in place) and " " not in place:
                found[("family_postcode", f"{person.family}|{place.upper()}")] = None
    return list(found)
