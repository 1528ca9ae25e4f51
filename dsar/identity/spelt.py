"""Mailboxes that spell a full name: `ada.lovelace@`, and nobody else of that name is known.

A name alone leads nowhere, and a mailbox that spells it is little more: it is probable where every row of that name is
of one person, and possible where there are several. It never confirms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dsar.emails import mail_name
from dsar.identity.facets import OWN_ROLES, Facets, Ref, origin_of
from dsar.identity.found import Graded, Value
from dsar.identity.kinds import strength
from dsar.identity.people import Person, clusters
from dsar.identity.places import agree
from dsar.identity.search import Search
from dsar.identity.subject import Subject
from dsar.identity.weak import MANY
from dsar.model import Evidence, Grade
from dsar.normalise import full_name

_SHORTEST = 2
_LONG = 7
"""Letters of a full name below which other words may spell it as well."""


def find_spelt(search: Search, subjects: Sequence[Subject]) -> None:
    """Look for rows whose mailbox spells a subject's full name, and for the name that a subject's mailbox spells."""
    forth = [list(_mailboxes_of(subject)) for subject in subjects]
    back = [list(_names_of(subject)) for subject in subjects]
    search.look_near(value for wanted in (*forth, *back) for value in wanted)
    for subject, mailboxes, names in zip(subjects, forth, back, strict=True):
        subject.spelt = {
            **{ref: mailbox for mailbox in mailboxes for ref in _few(search, subject, mailbox)},
            **{ref: name for name in names for ref in _few(search, subject, name)},
        }
    search.read(ref for subject in subjects for ref in subject.spelt)
    for subject in subjects:
        subject.spelt = {ref: key for ref, key in subject.spelt.items() if _spelling(subject, search.facets[ref])}
    names_of = {key for subject in subjects for ref in subject.spelt for key in _name_keys(subject, search.facets[ref])}
    search.look_near(sorted(names_of))
    search.read(ref for name in names_of for ref, _ in search.near.get(name, ())[: MANY + 1])


def graded_spelt(search: Search, subject: Subject) -> Iterator[Graded]:
    """Grade the rows whose mailbox spells the subject's name, or whose name the subject's mailbox spells."""
    for ref in sorted(subject.spelt):
        facets = search.facets[ref]
        person = _spelling(subject, facets)
        if person is None:
            continue
        alone = all(_alone(search, subject, key) for key in _name_keys(subject, facets))
        grade: Grade = "probable" if alone else "possible"
        c = subject.compare(facets.person("subject"))
        origin = subject.people.get(person)
        evidence = Evidence("mailbox-spelt", "name", origin_of(origin), c.agrees, (), 1)
        yield Graded(ref, grade, 1, (evidence,), _REASONS[grade])


_REASONS = {
    "probable": "The mailbox spells the full name, and nobody else of that name is known.",
    "possible": "The mailbox spells the full name, which several people bear.",
}


def _mailboxes_of(subject: Subject) -> Iterator[Value]:
    """The mailbox names that a full name gives: given and family name, in either order."""
    for person in subject.people:
        if _whole(person):
            given, family = person.given[0], person.family.replace(" ", "")
            yield from (("mail_name", given + family), ("mail_name", family + given))


def _names_of(subject: Subject) -> Iterator[Value]:
    """The full names that the subject's mailboxes spell, where no full name is known."""
    if any(person.family for person in subject.people):
        return
    given = [p.given[0] if p.given else p.single for p in subject.people if p.given or p.single]
    for kind, address in list(subject.values):
        if kind == "email" and subject.is_personal(address):
            yield from (("name", key) for key in _parted(address, given))


def _parted(address: str, given: Sequence[str]) -> Iterator[str]:
    local = address.partition("@")[0].split("+")[0]
    words = re.split("[._-]", local)
    if len(words) == 2 and all(word.isalpha() and len(word) > 1 for word in words):
        yield from full_name(" ".join(words))
    for name in given:
        for rest in (local.removeprefix(name), local.removesuffix(name)):
            if len(name) > _SHORTEST and rest != local and rest.isalpha() and len(rest) > _SHORTEST:
                yield from full_name(f"{name} {rest}")


def _few(search: Search, subject: Subject, key: Value) -> list[Ref]:
    """The rows under a key, none where they are many."""
    rows = {ref for ref, role in search.near.get(key, ()) if role in OWN_ROLES} - subject.candidates.keys()
    return sorted(rows) if len(rows) <= MANY else []


def _spelling(subject: Subject, facets: Facets) -> Person | None:
    """The person whose full name a mailbox spells, on either side, if nothing speaks against it."""
    person = facets.person("subject")
    c = subject.compare(person)
    if c.conflicts or c.given == "close" or c.family == "differs" or subject.other_documents(facets, "subject"):
        return None
    if subject.disagreements(facets, "subject") - {"email"}:
        return None
    known = next(filter(_whole, subject.people), None)
    if known is not None:  # a row with a full name of its own is a namesake's as soon as the subject's; it is no hint
        theirs = () if _whole(person) else subject.personal(facets)
        return known if any(_spells(address, known) for address in theirs) else None
    ours = [address for kind, address in subject.values if kind == "email" and subject.is_personal(address)]
    if _whole(person) and any(_spells(address, person) for address in ours):
        return next(iter(subject.people), person)
    return None


def _whole(person: Person) -> bool:
    return bool(person.given and person.family) and len(person.given[0]) > 1


def _spells(address: str, person: Person) -> bool:
    given, family = person.given[0], person.family.replace(" ", "")
    return len(given + family) >= _LONG and mail_name(address) in (given + family, family + given)


def _name_keys(subject: Subject, facets: Facets) -> list[Value]:
    whole = [person for person in (*subject.people, facets.person("subject")) if _whole(person)]
    return [("name", key) for person in whole for key in full_name(f"{person.given[0]} {person.family}")]


def _alone(search: Search, subject: Subject, key: Value) -> bool:
    """Whether all rows of a name are the subject's, or, where the subject has no full name, of one person.

    Two rows that share neither an address nor any identifier may be of two people.
    """
    rows = {ref: role for ref, role in search.near.get(key, ()) if role in OWN_ROLES}
    if len(rows) > MANY:
        return False
    if any(map(_whole, subject.people)):
        return rows.keys() <= subject.confirmed.keys()
    facets = [search.facets[ref] for ref in sorted(rows)]
    same = all(_tied(facets[0], other) for other in facets[1:])
    return same and len(clusters((search.facets[ref].person(role) for ref, role in rows.items()), most=2)) < 2


def _tied(one: Facets, other: Facets) -> bool:
    """Whether two rows share an address or an identifier of a person."""
    shared = one.of("subject") & other.of("subject")
    return any(strength(kind) != "never" for kind, _ in shared) or agree(
        one.places_in("subject"), other.places_in("subject")
    )
