"""Who else uses a value: the people who share a mailbox, a phone, a device, and whom a row fits as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal

from dsar.emails import mail_name
from dsar.identity.clicks import is_entry, sign_of
from dsar.identity.facets import Facets, Ref, origin_of, row_name
from dsar.identity.found import Graded, Users, Value
from dsar.identity.kinds import is_family_mailbox, says_nobody, strength
from dsar.identity.mailboxes import bears
from dsar.identity.people import Person, compare, fits_better
from dsar.identity.rules import MAX_PEOPLE, Link
from dsar.identity.search import Search
from dsar.identity.subject import Subject
from dsar.model import Evidence
from dsar.normalise import BLOCK_KINDS

_WEIGHED = 200
"""So many rows of a learned id are held against the subject, to see whether it is disputed."""


def link_of(search: Search, subject: Subject, ref: Ref, carried: tuple[str, str, str]) -> Link:
    """Say how a row was reached, and who else uses the value."""
    kind, role, normal = carried
    if kind in BLOCK_KINDS:
        return Link(kind, role, normal, origin_of(subject.described[(kind, normal)]))
    value = subject.reach[(kind, normal)]
    known = subject.values[value]
    users = _known_users(search, subject, value)
    rivals: tuple[Ref, ...] = ()
    if users.strangers and (person := search.facets[ref].person(role)).named:
        fits = (places for stranger, places in users.strangers if _fits_as_well(subject, stranger, person))
        rivals = tuple(others[0] for places in fits if (others := [at for at in places if at != ref]))
    sign = sign_of(search, subject, value, ref) if kind == "email" else ""
    return Link(
        kind,
        role,
        normal,
        origin_of(known.origin),
        users.number,
        known.beside,
        users.disputed,
        rivals,
        users.namesakes,
        sign,
    )


def alone_on(search: Search, subject: Subject, ref: Ref, carried: tuple[str, str, str]) -> bool:
    """Whether nobody else, nor a namesake, is known on the mailbox of which a row holds another way to write it."""
    _, role, name = carried
    if subject.mail(search.facets[ref], role) != "near":
        return True
    known = [("email", address) for address in subject.kinds.get("email", ()) if mail_name(address) == name]
    every = [_known_users(search, subject, value) for value in known]
    return all(users.number == 1 and not users.namesakes for users in every)


def _known_users(search: Search, subject: Subject, value: Value) -> Users:
    """Give who uses a value, counted once for as long as the profile is the same."""
    if value not in subject.users:
        subject.users[value] = _users(search, subject, value)
    return subject.users[value]


def _users(search: Search, subject: Subject, value: Value) -> Users:
    """Count who uses a value: the subject, and whoever carries it and cannot be the subject."""
    worth = strength(value[0])
    if worth in ("cookie", "click"):
        rows = search.rows_with(value)
        return Users(1 + len({owner for ref, _ in rows for owner in _owners(search, subject, search.facets[ref])}))
    groups = search.users(value)
    strangers = [group for group in groups if any(_cannot_be(subject, person) for person in group)]
    disputed = worth == "account" and subject.values[value].origin is not None and _disputed(search, subject, value)
    if worth not in ("email", "phone"):
        return Users(1 + len(strangers), (), disputed)
    number = 1 + len(strangers)
    if worth == "email":
        several = len(groups) if _names_nobody(subject) else 0  # who asks may be any of them
        number = max(number, several, _entries(search, value))
    if number > MAX_PEOPLE:  # it says nothing of any of them, whomever of the crowd a row fits
        return Users(number)
    rivals = tuple(pair for group in strangers for pair in group.items() if _cannot_be(subject, pair[0]))
    if worth == "phone":
        return Users(number, rivals)
    shared = number > 1 or is_family_mailbox(value[1])  # nobody asks it of a mailbox of one
    return Users(number, rivals, namesakes=shared and _fall_apart(search, subject, value))


def _names_nobody(subject: Subject) -> bool:
    return not any(person.named for person in subject.people)


def undecided(search: Search, subject: Subject) -> bool:
    """Whether no name is known of the subject, and several people use one mailbox of theirs."""
    mailboxes = (("email", address) for address in subject.mailboxes)
    return _names_nobody(subject) and any(len(search.users(mailbox)) > 1 for mailbox in mailboxes)


def _fall_apart(search: Search, subject: Subject, value: Value) -> bool:
    """Whether the rows on a mailbox that may be the subject's by their name are of two accounts with other phones.

    They may be a father's and a son's: then a row is not the subject's for its name alone.
    """
    signs: list[set[Value]] = [{sign for sign in subject.values if _tells_apart(sign)}]
    for ref, role in islice(search.rows_with(value), _WEIGHED):
        facets = search.facets[ref]
        c = subject.compare(facets.person(role))
        if c.given in ("equal", "alike", "nickname") and not c.conflicts:
            signs.append({sign for sign in facets.of(role) if _tells_apart(sign) and sign[0] not in facets.row_kinds})
    return len([group for group in _joined(signs) if {strength(kind) for kind, _ in group} == {"phone", "account"}]) > 1


def _tells_apart(sign: Value) -> bool:
    return strength(sign[0]) in ("phone", "account") and not says_nobody(*sign)


def _joined(groups: Iterable[set[Value]]) -> list[set[Value]]:
    """Put together the sets that have something in common, directly or by way of others."""
    found: list[set[Value]] = []
    for group in groups:
        apart = [other for other in found if other.isdisjoint(group)]
        joined = group.union(*(other for other in found if not other.isdisjoint(group)))
        found = [*apart, joined]
    return found


def _entries(search: Search, value: Value) -> int:
    """Count the entries of a mailing list that stand on one mailbox, if one of them names nobody.

    A list keeps a mailbox once; a second entry was made by somebody else who uses it.
    """
    entries: dict[int, set[tuple[str, str, str]]] = {}
    unnamed: set[int] = set()
    for ref, _ in search.rows_with(value):
        facets = search.facets[ref]
        numbers = {entry for entry in facets.own() if entry[0] in facets.row_kinds and strength(entry[0]) == "click"}
        entries.setdefault(ref[0], set()).update(numbers)
        if numbers and not facets.people:
            unnamed.add(ref[0])
    return max((len(entries[number]) for number in unnamed), default=0)


def _cannot_be(subject: Subject, person: Person) -> bool:
    found = subject.compare(person)
    return bool(found.conflicts) or found.given == "close"


def _fits_as_well(subject: Subject, stranger: Person, person: Person) -> bool:
    """Whether a named row fits somebody else who uses the value no worse than the subject."""
    theirs = compare(stranger, person)
    if theirs.given == "nickname" and subject.is_namesake(stranger):
        theirs = theirs._replace(given="equal")  # who is called Dan now and Daniel then is not told apart by it
    return not theirs.conflicts and theirs.given != "close" and not fits_better(subject.compare(person), theirs)


def _disputed(search: Search, subject: Subject, value: Value) -> bool:
    """Whether a row that carries a learned id contradicts the subject in two kinds of values and agrees in none."""
    for ref, role in islice(search.rows_with(value), _WEIGHED):
        facets = search.facets[ref]
        if ref not in subject.confirmed and len(subject.disagreements(facets, role)) >= 2:
            alike = subject.compare(facets.person(role)).birth == "equal"
            if not alike and not subject.agreements(facets, role, "account"):
                return True
    return False


def _owners(search: Search, subject: Subject, facets: Facets) -> Iterable[tuple[str, str]]:
    """Who used a device in a row: its login, account, e-mail or newsletter where that is not the subject's own.

    A row that gives the subject's full name is not somebody else's, whatever mailbox it was written with. A newsletter
    is somebody else's unless its entry is the subject's by name; the entry itself, unless it speaks against that.
    """
    if any(c.full_name and not c.conflicts for c in map(subject.compare, facets.people.values())):
        return
    if is_entry(facets) and whose_entry(subject, facets) != "other":
        return
    for kind, _, normal in facets.own():
        personal = strength(kind) in ("account", "email", "click") and kind not in facets.row_kinds
        if personal and (kind, normal) not in subject.reach:
            if strength(kind) == "click" and any(entries_of(search, subject, (kind, normal))):
                continue
            yield kind, normal


def entries_of(search: Search, subject: Subject, click: Value) -> Iterator[Ref]:
    """Give the entries of a mailing list to which a link was sent, if they are the subject's by what they say."""
    entries = [ref for ref, _ in search.rows_with(click) if is_entry(search.facets[ref])]
    if entries and all(whose_entry(subject, search.facets[ref]) == "own" for ref in entries):
        yield from entries


def whose_entry(subject: Subject, facets: Facets) -> Literal["own", "other", "unknown"]:
    """Say whose an entry of a mailing list is by its name, else by whose name its mailbox bears.

    An entry with neither a name nor a mailbox of a person is nobody else's.
    """
    person = facets.person("subject")
    c = subject.compare(person)
    if c.conflicts or c.given == "close":
        return "other"
    if c.given in ("equal", "alike", "nickname"):
        return "own"
    mailboxes = subject.personal(facets)
    if not mailboxes or subject.mail(facets, "subject") in ("equal", "near"):
        return "own"
    names = [known for known in subject.people if known.given and known.family]
    borne = {bears(address, known.given, known.family) for known in names for address in mailboxes}
    if "own" in borne:
        return "own"
    return "other" if "other" in borne and not any(map(is_family_mailbox, mailboxes)) else "unknown"


def met_clicks(search: Search, subject: Subject) -> Iterator[Value]:
    """Give the links of newsletters that were opened on devices which led to rows, and that are not yet known."""
    devices = [kind for kind in subject.kinds if strength(kind) == "cookie"]
    for device, at in ((kind, normal) for kind in devices for normal in subject.kinds[kind]):
        for ref, role in search.carriers.get((device, at), ()):
            if (device, role, at) in subject.candidates.get(ref, ()):
                for kind, _, normal in search.facets[ref].own():
                    if strength(kind) == "click" and (kind, normal) not in subject.reach:
                        yield kind, normal


def opened(search: Search, subject: Subject, found: Mapping[Ref, Graded]) -> list[Graded]:
    """Entries of mailing lists whose links were opened on a device of the subject's, and that are theirs by name."""
    entries: dict[Ref, Graded] = {}
    for ref, visit in sorted(found.items()):
        if visit.grade != "probable" or visit.evidence[0].rule not in ("same-cookie", "same-device_id"):
            continue
        for kind, _, normal in sorted(search.facets[ref].own()):
            for entry in entries_of(search, subject, (kind, normal)) if strength(kind) == "click" else ():
                agrees = subject.compare(search.facets[entry].person("subject")).agrees
                why = Evidence("opened", kind, row_name(ref), agrees, (), 1, normal)
                reason = "A link that was sent to it was opened on this person's device, and nothing speaks against it."
                entries.setdefault(entry, Graded(entry, "probable", visit.hop + 1, (why,), reason))
    return [graded for entry, graded in sorted(entries.items()) if entry not in found or open_to(found[entry])]


def open_to(graded: Graded) -> bool:
    """Whether a row is merely possible, and nothing speaks against it: another sign may make it probable."""
    return graded.grade == "possible" and not any(evidence.conflicts for evidence in graded.evidence)
