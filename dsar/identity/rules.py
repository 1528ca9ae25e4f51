"""The rules: what a link between a subject and a row is worth, given everything else that is known.

Grades follow the measured worth of identifiers: ids and logins nearly always mean one person, e-mail addresses and
phones are shared by families, cookies by whoever uses the device, an IP address by hundreds. A conflict beats any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from dsar.identity import descriptions
from dsar.identity.clicks import Sign
from dsar.identity.facets import OWN_ROLES, Facets, Ref, origin_of
from dsar.identity.found import Link as Key
from dsar.identity.kinds import EXCLUSIVE, called, is_family_mailbox, is_generic_mailbox, is_short, strength
from dsar.identity.mail_signs import bears_another
from dsar.identity.people import Comparison
from dsar.identity.subject import Subject
from dsar.model import Evidence, Grade

ORDER: dict[Grade, int] = {"confirmed": 0, "probable": 1, "possible": 2, "refused": 3}


MAX_PEOPLE = 5
"""A value that more people share says nothing about any of them."""


class Verdict(NamedTuple):
    """What one link is worth, and why, in a sentence without values."""

    grade: Grade
    evidence: Evidence
    reason: str
    rivals: tuple[Ref, ...] = ()


class Link(NamedTuple):
    """How a row was reached: the kind, role and normal form of the value, and who else uses it."""

    kind: str
    role: str
    normal: str
    origin: str
    """`request`, or the name of the row that lent the value."""
    shared_by: int = 1
    """People known to use the value, the subject included."""
    beside: bool = False
    """Whether it was learned from a row that holds another value of its kind: one of them may be somebody else's."""
    disputed: bool = False
    """Whether a row with this id contradicts the subject in too much to be theirs."""
    rivals: tuple[Ref, ...] = ()
    """Rows of others who use the value and whom this row fits no worse than the subject."""
    namesakes: bool = False
    """Whether the rows of the subject's name on a mailbox fall apart by phone: some may be a namesake's."""
    opened: Sign = ""
    """Whose a row on a mailbox is by the devices on which links were opened that were sent there."""

    @property
    def given(self) -> bool:
        """Whether the request itself gives the value."""
        return self.origin == "request"


def judge(subject: Subject, facets: Facets, link: Link) -> Verdict | None:
    """Say what one link between a subject and a row is worth; None for a name in a text that is another address's."""
    if facets.unreadable:
        return _verdict("possible", link, Comparison(), "unparsed")
    if link.kind == "name_in_text":
        # before the street of a parcel stands a name that many have: it counts at the subject's own address
        elsewhere = link.role != "mentioned" and subject.places and subject.address(facets, link.role) != "equal"
        return None if elsewhere else _verdict("possible", link, Comparison(), "mentioned")
    c = subject.compare(facets.person(link.role))
    documents = subject.other_documents(facets, link.role)
    if documents:
        c = c._replace(others=(*c.others, *documents))
    kind = "email" if "@" in link.normal and link.kind == "login" else strength(link.kind)
    if kind == "email" and is_generic_mailbox(link.normal, subject.own_domains):
        return _generic(link, c)
    if link.role not in OWN_ROLES:
        return _verdict("possible", link, c, "in_other_role" if link.role != "mentioned" else "mentioned")
    if kind in ("email", "phone") and not c.conflicts:
        if link.shared_by > MAX_PEOPLE or link.normal in subject.own_phones:
            return _generic(link, c)
        if link.rivals and not subject.agreements(facets, link.role, kind) & {"account", "document"}:
            return _verdict("possible", link, c, "ambiguous")
    grade, why = _RULES[kind](subject, facets, link, c)
    return _verdict(grade, link, c, why)


def _verdict(grade: Grade, link: Link, c: Comparison, why: str) -> Verdict:
    rule = why if why in ("mentioned", "unparsed") else f"same-{link.kind}"
    if why == "conflict" and c.conflicts == ("several_names",):
        why = "several"
    kind = link.kind.removesuffix("_in_text")
    evidence = Evidence(rule, kind, link.origin, c.agrees, c.conflicts, link.shared_by, link.normal, c.nearly)
    return Verdict(grade, evidence, _reason(why, kind, link.shared_by), link.rivals if why == "ambiguous" else ())


@lru_cache(maxsize=1024)
def _reason(why: str, kind: str, people: int) -> str:
    return _REASONS[why].format(kind=called(kind), people=people)


Ruling = tuple[Grade, str]


def _generic(link: Link, c: Comparison) -> Verdict:
    """A mailbox or number of an office, or of a crowd, says nothing; with the same full name it may be worth a look."""
    if c.full_name and not c.conflicts and link.role in OWN_ROLES:
        return _verdict("probable", link, c, "generic_named")
    return _verdict("refused", link, c, "crowd" if link.shared_by > MAX_PEOPLE else "generic")


def _account(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts:
        return "possible", "conflict"
    second, differ = subject.agreements(facets, link.role, "account"), subject.disagreements(facets, link.role)
    if link.given:
        another = c.family == "differs" and c.birth != "equal" and len(differ) >= 2 and not second
        return ("probable", "account_alone") if another else ("confirmed", "account")
    if c.birth == "equal" or (second and not (second == {"place"} and {"email", "phone"} <= differ)):
        return "confirmed", "account"
    # an order booked on a namesake's account must not bring in the namesake: a learned id that is contradicted by
    # everything else needs a second agreement
    if link.disputed or len(differ) >= 2:
        return "probable", "account_alone"
    if c.given == "close":
        return "probable", "account_close"
    if not c.agrees and link.shared_by > 1:
        return "probable", "account_shared"
    if not c.agrees and is_short(link.normal):
        return "probable", "account_short"
    return "confirmed", "account"


def _email(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts:
        return "possible", "conflict"
    second = subject.agreements(facets, link.role, "email")
    if c.given == "close":
        return ("confirmed", "email") if second & {"account", "document"} else ("probable", "close_name")
    if c.birth == "equal":
        second.add("birth_date")
    if link.shared_by > 1 or is_family_mailbox(link.normal):
        return _shared_email(subject, facets, link, c, second)
    if c.given == "unknown" and not second and bears_another(subject, link.normal, facets.person(link.role)):
        return "probable", "mailbox_named"
    if link.opened == "elsewhere" and not second and not c.agrees:
        return "probable", "opened_elsewhere"
    if link.beside and not second and not c.agrees:
        return "probable", "beside"
    if c.family == "differs":
        return ("confirmed", "email") if second else ("probable", "other_family_name")
    return "confirmed", "email"


def _shared_email(subject: Subject, facets: Facets, link: Link, c: Comparison, second: set[str]) -> Ruling:
    """A mailbox of several people: the given name tells them apart; a row without one may be anybody's of them."""
    why = "shared" if link.shared_by > 1 else "family"
    if c.full_name and second - {"place"}:
        return "confirmed", "shared_named"
    fits = c.given == "equal" and c.family != "differs" and not link.namesakes
    if fits and "phone" not in subject.disagreements(facets, link.role):
        return "confirmed", "shared_named"
    if link.opened == "own":
        return "probable", "opened_own"
    named = why == "family" and c.given == "unknown" and any(person.given for person in subject.people)
    return ("probable" if c.agrees or second - {"place"} or named else "possible"), why


def _phone(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if c.conflicts or c.family == "differs":
        return "refused", "conflict"
    second = subject.agreements(facets, link.role, "phone")
    if c.full_name and c.given != "close":
        if second - {"place"} or c.birth == "equal" or subject.mail(facets, link.role) in ("near", "equal"):
            return "confirmed", "phone"
        if link.shared_by == 1 and "email" not in subject.disagreements(facets, link.role):
            return "confirmed", "phone"
    if c.full_name or c.given not in ("unknown", "differs") or c.birth == "equal":
        return "probable", "phone_partly"
    return "possible", "phone_alone"


def _document(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    """A number for life decides against one part that was mistyped or changed, if everything else agrees."""
    place = subject.address(facets, link.role) == "equal"
    if c.conflicts == ("birth_date",) and c.full_name and place:
        return "confirmed", "document_but"
    if c.conflicts == ("given_name",) and c.birth == "equal" and (place or "family_name" in c.agrees):
        return "probable", "document_but"
    if len(c.conflicts) == 1 and link.kind in EXCLUSIVE and c.full_name:
        return "probable", "document_but"
    if c.conflicts:
        return "possible", "conflict"
    lent = (c.given == "close" and place) or (c.family == "differs" and c.given != "equal")
    if lent and c.birth != "equal":
        return "probable", "document_lent"  # brothers with one first name; a second name that is somebody else's first
    return ("confirmed", "document") if c.agrees else ("probable", "document_alone")


def _cookie(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if link.shared_by > 1 or c.conflicts:
        return "refused", "cookie_shared"
    other_mailbox = "email" in subject.disagreements(facets, link.role) and c.birth != "equal"
    if link.given:
        return ("probable", "cookie") if other_mailbox else ("confirmed", "cookie_given")
    named = c.full_name and c.given != "close"
    if named and not other_mailbox:
        return "confirmed", "cookie_named"
    return "probable", "cookie"


def _click(subject: Subject, facets: Facets, link: Link, c: Comparison) -> Ruling:
    if link.given and link.kind in facets.row_kinds and not c.conflicts:
        return "confirmed", "click_given"
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
    "account_alone": "The same {kind}, but address, e-mail or phone are others: perhaps booked wrongly.",
    "account_close": "The same {kind}, but a given name that is nearly the same may be somebody else's.",
    "account_shared": "The same {kind}, but {people} people use it and the row does not say which.",
    "account_short": "The same {kind}, but it is short: another system may use it for somebody else.",
    "email": "The same e-mail address, used by no one else we know of.",
    "shared_named": "The same e-mail address and the same name; several people use the address.",
    "shared": "The same e-mail address, but {people} people use it and the row does not say which.",
    "family": "The same e-mail address, which a family shares by its name, and the row does not say whose it is.",
    "other_family_name": "The same e-mail address and given name, but another family name.",
    "mailbox_named": "The same e-mail address, but it bears another given name than the one that is known.",
    "beside": "The same e-mail address, learned from a row with several: it may be somebody else's.",
    "opened_elsewhere": "The same e-mail address, but links were opened on a device of nobody who is known to use it.",
    "opened_own": "The same e-mail address, which others use, too; links were opened on this person's device.",
    "close_name": "The same e-mail address, but a given name that is nearly the same may be somebody else's.",
    "generic": "Only a mailbox or number that belongs to a role, to many people, or to nobody.",
    "crowd": "Only the same {kind}, which {people} people use.",
    "generic_named": "The same full name on a mailbox or number that belongs to a role, or to many people.",
    "ambiguous": "The same {kind}, but {people} people use it, and the row fits another of them as well.",
    "phone": "The same phone number and the same full name.",
    "phone_partly": "The same phone number, but the name is incomplete or the number is not only theirs.",
    "phone_alone": "The same phone number, and no full name to compare.",
    "document": "The same document number; name or birth date agrees.",
    "document_but": "The same document number, and all else agrees but one thing, which was perhaps mistyped.",
    "document_lent": "The same document number, but the name is not quite the same: it may have been lent.",
    "document_alone": "The same document number, and nothing else to compare.",
    "cookie": "The same browser (cookie) as a visit with this person's login or order; used by no one else we know of.",
    "cookie_named": "The same browser (cookie), used by no one else we know of, and the same full name.",
    "cookie_given": "The cookie that the person presented; used by no one else we know of.",
    "cookie_shared": "A browser (cookie) or link that {people} people used.",
    "click_given": "The request gives the number of this entry.",
    "click": "A link that was sent to this person only.",
    "weak": "An identifier that many people share.",
    "conflict": "The same {kind}, but name or birth date belong to someone else.",
    "several": "The same {kind}, but the row names several people, and not whose it is.",
    "in_other_role": "The person appears in another role, not as the one the row is about.",
    "mentioned": "The person's {kind} stands in the text of this row.",
    "unparsed": "The row could not be read, but it holds the person's {kind}.",
}


def judge_description(subject: Subject, facets: Facets, key: Key, *, alone: bool) -> Verdict | None:
    """Judge a row that was reached by a name with birth date or postcode; None where they do not all agree.

    `alone` says of a mailbox written otherwise that nobody else is known on it.
    """
    kind, role, normal = key
    found = descriptions.rule(subject, facets, role, kind, alone=alone)
    if found is None:
        return None
    (grade, why), c = found
    rivals = subject.fits_namesake(facets.person(role)) if why == descriptions.NAMESAKE else ()
    origin = origin_of(subject.described[(kind, normal)])
    return Verdict(grade, descriptions.evidence(why, origin, c), descriptions.REASONS[why], rivals)


def ranked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Sort verdicts, the strongest first."""
    return sorted(verdicts, key=lambda v: (ORDER[v.grade], v.evidence.kind, v.evidence.origin, v.reason))
