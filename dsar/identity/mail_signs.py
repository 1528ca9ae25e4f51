"""What the mailboxes of a row and those of a subject say of each other, beside being the same or another one."""

from __future__ import annotations

from dsar.identity.facets import Facets
from dsar.identity.kinds import is_family_mailbox, mailbox
from dsar.identity.mailboxes import another_bears, bears, ends_in_year, has_purpose, is_private, number_of
from dsar.identity.mailboxes import is_slip as is_slip_of
from dsar.identity.people import Person
from dsar.identity.subject import Subject


def is_slip(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether a mailbox of the row is a known one with a letter typed twice, or two of them swapped."""
    return any(is_slip_of(one, other) for one in subject.mailboxes for other in _of(facets, role))


def is_alias(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether a mailbox of the row is one that is known, with another tag or dots that its provider ignores."""
    ours = {mailbox(n) for n in subject.kinds.get("email", ())}
    return any(mailbox(n) in ours for n in _of(facets, role))


def tells_birth(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether a mailbox of one side ends in the year in which the other side is born: `ada85@`, `ada1985@`."""
    theirs = [n for n in _of(facets, role) if not is_family_mailbox(n)]
    ours = [n for n in subject.kinds.get("email", ()) if not is_family_mailbox(n)]
    days = {day for person in subject.people for day in person.births}
    born = facets.person(role).births
    return any(ends_in_year(n, days) for n in theirs) or any(ends_in_year(n, born) for n in ours)


def is_at_work(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether the mailboxes differ in that one is private and the other an organisation's: a person has both."""
    ours = {is_private(n) for n in subject.mailboxes}
    theirs = {is_private(n) for n in _of(facets, role) if subject.is_personal(n)}
    return len(ours) == 1 and len(theirs) == 1 and ours != theirs


def are_numbered(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether the mailboxes of both sides end in numbers, and none in the same: `ada30@`, `ada62@` are namesakes'."""
    ours, theirs = ({number_of(n) for n in names} - {""} for names in (subject.mailboxes, _of(facets, role)))
    return bool(ours and theirs and ours.isdisjoint(theirs))


def is_for_a_purpose(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether one side's mailbox is the person's by name and kept for a purpose: a person has another beside it."""
    theirs = [n for n in _of(facets, role) if subject.is_personal(n)]
    special = [any(_is_special(subject, n) for n in mailboxes) for mailboxes in (subject.mailboxes, theirs)]
    return bool(theirs and subject.mailboxes) and any(special) and not all(special)


def _is_special(subject: Subject, address: str) -> bool:
    return has_purpose(address) and any(bears(address, p.given, p.family) == "own" for p in subject.people)


def is_familys(facets: Facets, role: str) -> bool:
    """Whether a mailbox of the row is a family's by its name, so that an address says no more."""
    return any(map(is_family_mailbox, _of(facets, role)))


def _of(facets: Facets, role: str) -> list[str]:
    return [normal for kind, normal in facets.of(role) if kind == "email"]


def bears_another(subject: Subject, address: str, person: Person) -> bool:
    """Whether a mailbox bears another given name than the row's, or, where the row names nobody, the subject's."""
    named = [person] if person.given else [known for known in subject.people if known.given and known.family]
    return another_bears(address, tuple((one.given, one.family) for one in named))
