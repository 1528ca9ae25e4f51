"""Where the links of a mailing list were opened, and what that says of an entry that names nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from dsar.identity.facets import Facets, Ref, row_name
from dsar.identity.found import Graded, Value
from dsar.identity.kinds import says_nobody, strength
from dsar.identity.people import Person, compare
from dsar.model import Evidence

if TYPE_CHECKING:
    from dsar.identity.search import Search
    from dsar.identity.subject import Subject

Sign = Literal["own", "other", "elsewhere", ""]
"""Whose device the links of an entry were opened on: the subject's, somebody else's, one of nobody who is known."""


class Opening(NamedTuple):
    """Where the links of an entry were opened that stands on a mailbox and names nobody."""

    by: tuple[Person, ...] = ()
    """Whoever is named on the mailbox and uses the device."""
    elsewhere: bool = False
    """Whether it was none of the devices that are known of those who are named on the mailbox."""


def is_entry(facets: Facets) -> bool:
    """Whether a row is an entry of a mailing list: the number of its links is that of the row."""
    return any(strength(kind) == "click" for kind in facets.row_kinds)


def follow_links(search: Search, subjects: Sequence[Subject]) -> None:
    """Find out where the links of entries were opened that stand on known mailboxes and name nobody.

    What is told of a mailbox depends on the rows alone, never on who asks.
    """
    known = {("email", name) for subject in subjects for name in subject.mailboxes}
    fresh = sorted(mailbox for mailbox in known - search.openings.keys() if mailbox in search.carriers)
    entries = {mailbox: list(_unnamed(search, mailbox)) for mailbox in fresh}
    search.openings.update({mailbox: {} for mailbox in fresh})
    asked = [mailbox for mailbox in fresh if entries[mailbox]]
    links = (link for mailbox in asked for entry in entries[mailbox] for link in _links(search.facets[entry]))
    logins = (("login", name) for mailbox in asked for name in _accounts(search, mailbox))
    search.look_up([*links, *logins])
    visits = (ref for mailbox in asked for entry in entries[mailbox] for ref in _visits(search, entry))
    search.look_up(sorted({device for ref in visits for device in _devices(search.facets[ref])}))
    for mailbox in asked:
        search.openings[mailbox] = {entry: _opening(search, mailbox, entry) for entry in entries[mailbox]}


def sign_of(search: Search, subject: Subject, mailbox: Value, ref: Ref) -> Sign:
    """Say whose a row on a mailbox is by the devices on which the links of its entries were opened.

    The row may be such an entry; or the request is one, and the row names who uses the mailbox.
    """
    openings = search.openings.get(mailbox)
    if not openings:
        return ""
    opening = openings.get(ref)
    if opening is not None:
        if not any(person.named for person in subject.people):
            return ""
        fits = [not subject.compare(person).conflicts for person in opening.by]
    else:
        opening = next((found for entry, found in openings.items() if _asks(search, subject, entry)), None)
        person = search.facets[ref].person("subject")
        if opening is None or not person.named:
            return ""
        fits = [not compare(other, person).conflicts for other in opening.by]
    if not fits:
        return "elsewhere" if opening.elsewhere else ""
    return "own" if all(fits) else "other" if not any(fits) else ""


def visits_by_links(search: Search, subject: Subject, found: Mapping[Ref, Graded]) -> list[Graded]:
    """Visits by a link that was sent to an entry which is probably the subject's: they are as probable as the entry."""
    visits: dict[Ref, Graded] = {}
    for name in subject.mailboxes:
        for entry in sorted(search.openings.get(("email", name), ())):
            graded = found.get(entry)
            if graded is None or graded.grade != "probable" or not sign_of(search, subject, ("email", name), entry):
                continue
            for kind, normal in _links(search.facets[entry]):
                for ref in sorted(_rows(search, [(kind, normal)]) - found.keys()):
                    if not logins_of(search.facets[ref]) - {value for _, value in subject.values}:
                        why = Evidence("link-of-entry", kind, row_name(entry), (), (), 1, normal)
                        visits.setdefault(ref, Graded(ref, "probable", graded.hop + 1, (why,), _BY_LINK))
    return list(visits.values())


_BY_LINK = "A link that was sent to an entry of a list which is probably theirs."


def _asks(search: Search, subject: Subject, entry: Ref) -> bool:
    """Whether a request that names nobody gives the number of an entry."""
    if any(person.named for person in subject.asked):
        return False
    return any(link in subject.values and subject.values[link].origin is None for link in _links(search.facets[entry]))


def _unnamed(search: Search, mailbox: Value) -> Iterator[Ref]:
    for ref in {ref for ref, _ in search.rows_with(mailbox)}:
        facets = search.facets[ref]
        if is_entry(facets) and not facets.people:
            yield ref


def _links(facets: Facets) -> list[Value]:
    return sorted({(kind, normal) for kind, _, normal in facets.own() if strength(kind) == "click"})


def _accounts(search: Search, mailbox: Value) -> set[str]:
    """The numbers and names with which whoever uses a mailbox logs in."""
    rows = (search.facets[ref] for ref, _ in search.rows_with(mailbox))
    return {normal for facets in rows for normal in logins_of(facets)} | {mailbox[1]}


def logins_of(facets: Facets) -> set[str]:
    """The accounts and names of a row with which people log in; not its own number."""
    own = ((kind, normal) for kind, _, normal in facets.own() if kind not in facets.row_kinds)
    return {normal for kind, normal in own if strength(kind) == "account" and not says_nobody(kind, normal)}


def _devices(facets: Facets) -> set[Value]:
    return {(kind, normal) for kind, _, normal in facets.own() if strength(kind) == "cookie"}


def _rows(search: Search, values: Iterable[Value]) -> set[Ref]:
    return {ref for value in values for ref, _ in search.carriers.get(value, ())}


def _visits(search: Search, entry: Ref) -> set[Ref]:
    """The visits by the links of an entry."""
    return _rows(search, _links(search.facets[entry])) - {entry}


def _opening(search: Search, mailbox: Value, entry: Ref) -> Opening:
    visits = [search.facets[ref] for ref in _visits(search, entry)]
    named = [search.facets[ref] for ref, _ in search.rows_with(mailbox) if search.facets[ref].person("subject").named]
    accounts = _accounts(search, mailbox)
    used = {device: _strangers(search, device, named, accounts) for visit in visits for device in _devices(visit)}
    theirs = {device for device, strangers in used.items() if not strangers}
    entered = {login for visit in visits for login in logins_of(visit)}
    known = [(facets, _devices_of(search, facets)) for facets in named]
    by = {facets.person("subject") for facets, devices in known if devices & theirs or logins_of(facets) & entered}
    if by:
        return Opening(tuple(sorted(by, key=repr)))
    alone = any(len(strangers) < _MANY for strangers in used.values())
    return Opening(elsewhere=alone and any(devices for _, devices in known) and mailbox[1] not in entered)


_MANY = 2
"""A device that so many others use says nothing of anybody."""


def _devices_of(search: Search, facets: Facets) -> set[Value]:
    """The devices of whoever a row names: its own, and those on which its account was logged in to."""
    visits = _rows(search, [("login", login) for login in logins_of(facets)])
    return _devices(facets).union(*(_devices(search.facets[ref]) for ref in visits))


def _strangers(search: Search, device: Value, named: Sequence[Facets], accounts: set[str]) -> set[object]:
    """Who else uses a device: logins that are none of the mailbox's, and people who are none of those named on it."""
    found: set[object] = set()
    for ref, _ in search.carriers.get(device, ()):
        facets = search.facets[ref]
        found |= logins_of(facets) - accounts
        person = facets.person("subject")
        if person.named and all(compare(other.person("subject"), person).conflicts for other in named):
            found.add(person)
    return found
