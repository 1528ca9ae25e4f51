"""Mailboxes that spell a full name: `ada.lovelace@`, and nobody else of that name is known.

A name alone leads nowhere, and a mailbox that spells it is little more: it is probable where every row of that name is
of one person, and possible where there are several. It never confirms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dsar.identity.facets import OWN_ROLES, Facets, Ref, origin_of
from dsar.identity.found import Graded, Value
from dsar.identity.kinds import strength
from dsar.identity.mailboxes import has_purpose, is_private, nearly
from dsar.identity.people import Person, clusters
from dsar.identity.places import agree
from dsar.identity.search import Search
from dsar.identity.sharing import open_to
from dsar.identity.spellings import mailboxes_of, names_in, spells
from dsar.identity.subject import Subject
from dsar.identity.weak import MANY
from dsar.model import Evidence, Grade
from dsar.normalise import full_name


def find_spelt(search: Search, subjects: Sequence[Subject]) -> None:
    """Look for rows whose mailbox spells a subject's full name, and for the name that a subject's mailbox spells.

    Rows that leads led to are read with them: to read few rows of an export costs as much as to read hundreds.
    """
    forth = [list(_mailboxes_of(subject)) for subject in subjects]
    back = [list(_names_of(subject)) for subject in subjects]
    search.look_near(value for wanted in (*forth, *back) for value in wanted)
    for subject, mailboxes, names in zip(subjects, forth, back, strict=True):
        subject.spelt = {
            **{ref: mailbox for mailbox in mailboxes for ref in _few(search, subject, mailbox)},
            **{ref: name for name in names for ref in _few(search, subject, name)},
        }
    search.read(ref for subject in subjects for ref in (*subject.spelt, *subject.leads))
    for subject in subjects:
        subject.spelt = {ref: key for ref, key in subject.spelt.items() if _spelling(subject, search.facets[ref])}
    names_of = {key for subject in subjects for ref in subject.spelt for key in _name_keys(subject, search.facets[ref])}
    search.look_near(sorted(names_of))
    search.read(ref for name in names_of for ref, _ in search.near.get(name, ())[: MANY + 1])


def graded_spelt(search: Search, subject: Subject, found: Mapping[Ref, Graded]) -> Iterator[Graded]:
    """Grade the rows whose mailbox spells the subject's name, or whose name the subject's mailbox spells.

    A row that was found in another way is given only where that makes it probable.
    """
    spelling = {ref: _spelling(subject, search.facets[ref]) for ref in sorted(subject.spelt)}
    mailboxes = {n for ref, person in spelling.items() if person for n in subject.personal(search.facets[ref])}
    several = any(map(_whole, subject.people)) and len(mailboxes) > 1  # of two that spell one name, one is another's
    for ref, person in spelling.items():
        if person is None:
            continue
        facets = search.facets[ref]
        grade: Grade = "possible" if several or not _theirs_alone(search, subject, facets) else "probable"
        c = subject.compare(facets.person("subject"))
        origin = subject.people.get(person)
        evidence = Evidence("mailbox-spelt", "name", origin_of(origin), c.agrees, (), 1)
        if ref in found and not (grade == "probable" and open_to(found[ref])):
            continue
        yield Graded(ref, grade, 1, (evidence,), _REASONS[grade])


_REASONS = {
    "probable": "The mailbox spells the full name, and nobody else of that name is known.",
    "possible": "The mailbox spells the full name, which several people bear.",
}


def _mailboxes_of(subject: Subject) -> Iterator[Value]:
    births = _births(subject)
    for person in subject.people:
        if _whole(person):
            yield from (("mail_name", name) for name in mailboxes_of(person, births))


def _names_of(subject: Subject) -> Iterator[Value]:
    """The full names that the subject's mailboxes spell, where no full name is known."""
    if any(person.family for person in subject.people):
        return
    given = [p.given[0] if p.given else p.single for p in subject.people if p.given or p.single]
    for kind, address in list(subject.values):
        if kind == "email" and subject.is_personal(address):
            yield from names_in(address, [name for name in given if len(name) > 1])


def _births(subject: Subject) -> frozenset[str]:
    return frozenset(day for person in subject.people for day in person.births)


def _few(search: Search, subject: Subject, key: Value) -> list[Ref]:
    """The rows under a key, none where they are many."""
    carriers = search.near.get(key)
    if not carriers:  # nearly always
        return []
    rows = {ref for ref, role in carriers if role in OWN_ROLES} - subject.candidates.keys()
    return sorted(rows) if len(rows) <= MANY else []


def _spelling(subject: Subject, facets: Facets) -> Person | None:
    """The person whose full name a mailbox spells, on either side, if nothing speaks against it."""
    person = facets.person("subject")
    c = subject.compare(person)
    if c.conflicts or c.given == "close" or c.family == "differs" or subject.other_documents(facets, "subject"):
        return None
    if subject.mail(facets, "subject") == "equal":
        return None
    if subject.disagreements(facets, "subject") - {"email"}:
        return None
    named = c.given in ("equal", "alike", "nickname")
    known = next(filter(_whole, subject.people), None)
    if known is not None:  # a row with a full name of its own is a namesake's as soon as the subject's; it is no hint
        theirs = () if _whole(person) else subject.personal(facets)
        births = _births(subject)
        return known if any(spells(address, known, births, named=named) for address in theirs) else None
    ours = [address for kind, address in subject.values if kind == "email" and subject.is_personal(address)]
    if _whole(person) and any(spells(address, person, person.births, named=named) for address in ours):
        return next(iter(subject.people), person)
    return None


def _whole(person: Person) -> bool:
    return bool(person.given and person.family) and len(person.given[0]) > 1


def _name_keys(subject: Subject, facets: Facets) -> list[Value]:
    whole = [person for person in (*subject.people, facets.person("subject")) if _whole(person)]
    return [("name", key) for person in whole for key in full_name(f"{person.given[0]} {person.family}")]


def _theirs_alone(search: Search, subject: Subject, facets: Facets) -> bool:
    """Whether nobody else may be meant: who bears the name has no other private mailbox, and nobody else needs one."""
    ours, theirs = subject.mailboxes, subject.personal(facets)
    spelling, others = (theirs, ours) if any(map(_whole, subject.people)) else (ours, theirs)
    kept = [n for n in others if not has_purpose(n) and not any(nearly(n, one) for one in spelling)]
    if any(is_private(n) for n in kept):
        return False
    return all(_alone(search, subject, key, bare=not kept) for key in _name_keys(subject, facets))


def _alone(search: Search, subject: Subject, key: Value, *, bare: bool) -> bool:
    """Whether all rows of a name are of one person; those of others who have a mailbox do not count for the `bare`.

    Two rows that share neither an address nor any identifier may be of two people.
    """
    rows = {ref: role for ref, role in search.near.get(key, ()) if role in OWN_ROLES}
    if len(rows) > MANY:
        return False
    if any(map(_whole, subject.people)):
        others = [search.facets[ref] for ref in rows.keys() - subject.confirmed.keys()]
        away = [facets for facets in others if not _at_home(subject, facets)]
        mailboxes = [{n for n in subject.personal(facets) if is_private(n)} for facets in away]
        return not others or (bare and all(mailboxes) and len(set().union(*mailboxes)) <= _FEW)
    facets = [search.facets[ref] for ref in sorted(rows)]
    same = all(_tied(facets[0], other) for other in facets[1:])
    return same and len(clusters((search.facets[ref].person(role) for ref, role in rows.items()), most=2)) < 2


_FEW = 2
"""Where more people of one name have a mailbox, one of them may well have a second one."""


def _at_home(subject: Subject, facets: Facets) -> bool:
    """Whether a row of the subject's name stands at their address, and nothing speaks against it."""
    c = subject.compare(facets.person("subject"))
    return not c.conflicts and c.given != "close" and subject.address(facets, "subject") == "equal"


def _tied(one: Facets, other: Facets) -> bool:
    """Whether two rows share an address or an identifier of a person."""
    shared = one.of("subject") & other.of("subject")
    return any(strength(kind) != "never" for kind, _ in shared) or agree(
        one.places_in("subject"), other.places_in("subject")
    )
