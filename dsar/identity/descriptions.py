"""Rows reached by what describes a person: a name with a birth date, a postcode, an address, and no identifier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from dsar.emails import mail_name
from dsar.identity.facets import OWN_ROLES, Facets, Ref
from dsar.identity.found import Value
from dsar.identity.mail_signs import are_numbered, is_alias, is_at_work, is_familys, is_for_a_purpose, tells_birth
from dsar.identity.people import Comparison, Person
from dsar.identity.places import share_postcode
from dsar.identity.subject import Subject
from dsar.model import Evidence, Grade
from dsar.normalise import full_name, houses


def lookups(subject: Subject) -> Iterator[tuple[Value, Ref | None]]:
    """Give the keys of names, birth dates, houses and mailboxes under which rows may stand, each with its origin.

    The origin is the row that gave what the key begins with, None for the request.
    """
    for normal in subject.kinds.get("email", ()):
        yield ("mail_name", mail_name(normal)), subject.values[("email", normal)].origin
    codes = {normal: origin for (kind, normal), origin in subject.places.items() if kind == "postcode"}
    for (kind, normal), origin in subject.places.items():
        if kind == "street":
            keys = [key for code in codes for key in houses(normal, code)] + list(houses(normal))
            yield from ((("house", key), origin) for key in keys)
    births = tuple(sorted({day for person in subject.people for day in person.births}))
    for person, origin in subject.people.items():
        yield from [(key, origin) for key in _of_person(person, births, tuple(codes))]


@lru_cache(maxsize=4_096)
def _of_person(person: Person, births: tuple[str, ...], codes: tuple[str, ...]) -> tuple[Value, ...]:
    return tuple(_keys_of(person, births, codes))


def _keys_of(person: Person, births: Collection[str], codes: Collection[str]) -> Iterator[Value]:
    family = person.family or person.single
    for name in dict.fromkeys((family, family.split()[-1])) if family else ():
        yield from (("family_birth", f"{name}|{day}") for day in births)
        if person.given:
            yield from (("family_postcode", f"{name}|{code}") for code in codes)
    if family:
        yield from (("initial_birth", f"{family[0]}|{day}") for day in births)
    # a text names Ada Maria Bell so, or as Ada Bell, or as Maria Bell; two words of it are looked up
    for given in person.given[:2] if person.family else ():
        yield from (("name_in_text", key) for key in full_name(f"{given} {person.family.split()[-1]}"))
    if person.given:
        yield from (("given_birth", f"{person.given[0][0]}|{day}") for day in births)


Ruling = tuple[Grade, str]


def rule(subject: Subject, facets: Facets, role: str, kind: str, *, alone: bool) -> tuple[Ruling, Comparison] | None:
    """Judge a row by its description alone; None where too little agrees to say anything.

    `alone` says of a mailbox written otherwise that nobody else is known on it.
    """
    c = subject.compare(facets.person(role))
    if c.conflicts or subject.other_documents(facets, role):
        return None
    if role not in OWN_ROLES:
        return (("possible", DELIVERED), c) if _delivered(subject, facets, role, c) else None
    place = subject.address(facets, role) == "equal"
    if kind == "mail_name":
        ruling = _mailbox(subject, facets, role, c, place=place, alone=alone)
    else:
        ruling = _full(subject, facets, role, c, place=place) if c.full_name else _partly(subject, facets, role, c)
    return (ruling, c) if ruling else None


NAMESAKE = "name_place_namesake"
"""Why of a row that may be a father's as well as a son's."""
DELIVERED = "name_place_other_role"
"""Why of a row that is somebody else's, and sends something to the subject's home."""


def _delivered(subject: Subject, facets: Facets, role: str, c: Comparison) -> bool:
    """Whether the row names the subject in full, at their address, in a role of somebody whom it is not about."""
    named = role in facets.people and role in facets.places and c.full_name and c.given != "close"
    return named and subject.address(facets, role) == "equal"


def _mailbox(subject: Subject, facets: Facets, role: str, c: Comparison, *, place: bool, alone: bool) -> Ruling | None:
    """Nearly the same e-mail address: the same one written otherwise, or somebody else's."""
    if subject.mail(facets, role) != "near":
        return None
    alias, family = is_alias(subject, facets, role), is_familys(facets, role)
    second = place and (not family or _else_agrees(subject, facets, role))
    if c.full_name and (second or c.birth == "equal") and (alias or c.given == "equal"):
        return "confirmed", "mailbox_full"
    if c.given in ("equal", "alike", "nickname") and c.family != "differs":
        same = alias and alone and c.given == "equal" and any(p.named for p in subject.asked)
        return ("confirmed", "mailbox_same") if same and not family else ("probable", "mailbox_named")
    if c.given == "unknown" and alias:
        return ("possible", "mailbox_family") if family else ("probable", "mailbox_alias")
    return "possible", "mailbox_near"


def _else_agrees(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether another number or phone agrees, beside mailbox and address."""
    return bool(subject.agreements(facets, role, "email") - {"place"})


def _full(subject: Subject, facets: Facets, role: str, c: Comparison, *, place: bool) -> Ruling | None:
    """The same full name: with the birth date and one thing more it is the person; at one address perhaps a namesake.

    Father and son may share name and address, and then differ in their mailboxes or phones.
    """
    mail, differ = subject.mail(facets, role), subject.disagreements(facets, role)
    if c.birth == "equal":
        if c.given in ("alike", "close") and "email" in differ:
            return "probable", "name_birth_twin"
        if place or c.middle or mail in ("equal", "near"):
            return "confirmed", "name_birth_place" if place else "name_birth_more"
        return "probable", "name_birth"
    if place:
        private = not is_familys(facets, role) or _else_agrees(subject, facets, role)
        if mail == "near" and "phone" not in differ and c.given == "equal" and private:
            return "confirmed", "name_place_mail"
        second = subject.agreements(facets, role, "place") - {"place"}
        born = tells_birth(subject, facets, role)
        if born and c.given == "equal":
            return "confirmed", "name_place_born"
        if subject.fits_namesake(facets.person(role)) and not second:
            return "possible", NAMESAKE
        if "email" in differ:
            if second or born:
                return "probable", "name_place_differs"
            two = "phone" in differ and are_numbered(subject, facets, role)
            work = is_at_work(subject, facets, role) and not two
            if work or is_for_a_purpose(subject, facets, role):
                return "probable", "name_place_work"
            return "possible", "name_place_differs"
        if c.middle and c.given == "equal" and not differ:
            return "confirmed", "name_place_middle"
        return "probable", "name_place"
    return ("possible", "name_postcode") if share_postcode(subject.places, facets.places_in(role)) else None


def _partly(subject: Subject, facets: Facets, role: str, c: Comparison) -> Ruling | None:
    """A part of the name: a changed or missing family name, an initial, or a given name that is nearly the same."""
    place = subject.address(facets, role) == "equal"
    if c.given in ("equal", "nickname", "alike") and c.birth == "equal":
        if place:
            return ("confirmed" if c.given == "equal" else "probable"), "given_birth_place"
        return ("probable", "given_birth_middle") if c.middle and c.given == "equal" else ("possible", "given_birth")
    if c.given == "unknown" and c.birth == "equal" and place and "family_name" in c.agrees:
        return "probable", "family_birth_place"
    if c.given == "unknown" or not (place or c.birth == "equal") or "family_name" not in c.agrees:
        return None
    return "possible", "name_partly"


OPEN = frozenset({"name-partly", "name-postcode", "given-birth", "mailbox-near"})
"""Rules of possible rows that a high score makes probable: nothing speaks against them, but too little for them."""
REASONS = {
    "mailbox_full": "Nearly the same e-mail address, the same full name, and the address or birth date agrees.",
    "mailbox_named": "Nearly the same e-mail address, and the name agrees.",
    "mailbox_same": "The same mailbox, with another tag or dots, and the same given name; nobody else is known on it.",
    "mailbox_alias": "Another way to write the same mailbox: with a tag, or with other dots.",
    "mailbox_family": "Another way to write the same mailbox, which a family shares by its name.",
    "mailbox_near": "Nearly the same e-mail address; nothing says whose it is.",
    "name_birth": "The same full name and birth date.",
    "name_birth_twin": "The same birth date and nearly the same name, but other mailboxes: perhaps a twin.",
    "name_birth_place": "The same full name, birth date and address.",
    "name_birth_more": "The same full name and birth date, and the middle name or the mailbox agrees.",
    "name_place": "The same full name at the same address.",
    "name_place_middle": "The same full name with the same middle name, at the same address.",
    "name_place_mail": "The same full name at the same address, and nearly the same e-mail address.",
    "name_place_born": "The same full name at the same address, and a mailbox ends in the year of birth.",
    "name_place_namesake": "The same full name at the same address, where somebody else bears that name, too.",
    "name_place_work": "The same full name at the same address; one mailbox is for work, or for another purpose.",
    "name_place_differs": "The same full name at the same address, but other mailboxes: perhaps a namesake.",
    "given_birth_place": "The same given name, birth date and address; the family name is missing or another.",
    "given_birth_middle": "The same given names and birth date; the family name is missing or another.",
    "given_birth": "The same given name and birth date, but another family name.",
    "family_birth_place": "The same family name, birth date and address; the row gives no given name.",
    "name_partly": "Nearly the same name, at the same address or with the same birth date.",
    "name_place_other_role": "The same full name at the same address, but in another role: the row is somebody else's.",
    "name_postcode": "The same full name in the same postcode.",
}


def evidence(why: str, origin: str, c: Comparison) -> Evidence:
    """Give the evidence of a ruling: its rule, and what agrees."""
    return Evidence(why.replace("_", "-"), "name", origin, c.agrees, c.conflicts, 1, nearly=c.nearly)
