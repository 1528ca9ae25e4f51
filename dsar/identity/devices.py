"""Rows on a device on which a link was opened that was sent to a person: theirs, if nobody else is known to use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dsar.identity.clicks import is_entry, logins_of
from dsar.identity.facets import OWN_ROLES, Facets, Ref, row_name
from dsar.identity.found import Graded, Value
from dsar.identity.kinds import lookups, strength
from dsar.identity.mail_signs import is_at_work
from dsar.identity.people import clusters
from dsar.identity.search import Search
from dsar.identity.sharing import open_to
from dsar.identity.subject import Subject
from dsar.model import Evidence


def meet_devices(search: Search, subjects: Sequence[Subject]) -> None:
    """Look for rows on devices that are not yet known, on which links were opened that were sent to the subjects."""
    devices = [dict(_devices(search, subject)) for subject in subjects]
    search.look_up(sorted({device for found in devices for device in found}))
    logins = {login for found in devices for device in found for login in _logins(search, device)}
    search.look_up(sorted({value for login in logins for value in lookups("login", login)}))
    for subject, found in zip(subjects, devices, strict=True):
        for device, visit in sorted(found.items()):
            rows = _rows(search, device)
            if all(_may_be(subject, search.facets[ref], role) for ref, role in rows.items()) and _one(search, rows):
                named = [ref for ref, role in rows.items() if search.facets[ref].person(role).named]
                subject.met.update(dict.fromkeys(named, (visit, device)))


def met(search: Search, subject: Subject, found: Mapping[Ref, Graded]) -> Iterator[Graded]:
    """Grade the rows on such devices that nothing else leads to, or not surely."""
    for ref, (visit, (kind, device)) in sorted(subject.met.items()):
        if ref not in found or open_to(found[ref]):
            agrees = subject.compare(search.facets[ref].person("subject")).agrees
            why = Evidence("met-device", kind, row_name(visit), agrees, (), 1, device)
            yield Graded(ref, "probable", 1, (why,), _REASON)


_REASON = "A link that was sent to this person was opened on the device of this row, and nothing speaks against it."


def _devices(search: Search, subject: Subject) -> Iterator[tuple[Value, Ref]]:
    """The devices of visits by the subject's own links, each with a visit."""
    for kind, link in [value for value in subject.values if strength(value[0]) == "click"]:
        for ref, role in sorted(search.carriers.get((kind, link), ())):
            facets = search.facets[ref]
            if not is_entry(facets) and (kind, role, link) in subject.candidates.get(ref, ()):
                for found, _, normal in sorted(facets.own()):
                    if strength(found) == "cookie" and (found, normal) not in subject.reach:
                        yield (found, normal), ref


def _logins(search: Search, device: Value) -> set[str]:
    return {login for ref, _ in search.carriers.get(device, ()) for login in logins_of(search.facets[ref])}


def _rows(search: Search, device: Value) -> dict[Ref, str]:
    """The rows on a device, and those of the accounts that were logged in to on it, each with its role."""
    found = {ref: role for ref, role in search.carriers.get(device, ()) if role in OWN_ROLES}
    for login in _logins(search, device):
        rows = (row for value in lookups("login", login) for row in search.carriers.get(value, ()))
        found.update({ref: role for ref, role in rows if role in OWN_ROLES})
    return found


def _may_be(subject: Subject, facets: Facets, role: str) -> bool:
    """Whether nothing speaks against a row: no other name, no other private mailbox, no other document."""
    c = subject.compare(facets.person(role))
    if c.conflicts or c.given == "close" or subject.other_documents(facets, role):
        return False
    return subject.mail(facets, role) != "differs" or is_at_work(subject, facets, role)


def _one(search: Search, rows: Mapping[Ref, str]) -> bool:
    """Whether the rows describe one person."""
    return len(clusters((search.facets[ref].person(role) for ref, role in rows.items()), most=2)) < 2
