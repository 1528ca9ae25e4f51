"""Where rows may stand that are the subject's with something typed wrongly: keys one slip away from what is known."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from string import ascii_lowercase

from dsar.emails import mail_name
from dsar.identity.found import Value
from dsar.identity.kinds import strength
from dsar.identity.mailboxes import SURE
from dsar.identity.search import Search
from dsar.identity.subject import Subject
from dsar.identity.weak import by_way, worth_reading


def follow_leads(search: Search, subjects: Sequence[Subject]) -> None:
    """Look up the keys that are one slip away from what is known, of many subjects at once; reads no row yet."""
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        wanted = [_leads(subject) for subject in some]
        search.look_near(chain.from_iterable(wanted))
        for subject, values in zip(some, wanted, strict=True):
            there = values.keys() & search.near.keys()  # of hundreds, mostly none
            carried = [value for value in values if value in there] if there else []
            for ref, links in worth_reading(subject, by_way(carried, search.near)).items():
                kind, role, _ = min(links, key=lambda link: links[link])
                subject.leads.setdefault(ref, (kind, role))


_AT_ONCE = 1_000
"""Subjects whose keys are made and held at a time: each has hundreds, of which nearly all lead nowhere.

Of fewer at a time the keys would take less memory, and a large index would be paged through once for each lot.
"""


def _leads(subject: Subject) -> dict[Value, None]:
    """Give keys under which mistyped rows of a subject may stand, each once; most of them belong to nobody.

    Birth dates with one digit wrong or day and month swapped, given and family name turned, numbers with one digit
    wrong or two swapped, mailboxes without one of their letters.
    """
    found: list[Value] = []
    days = sorted({day for person in subject.people for day in person.births})
    names = [(person.family or person.single, person.given[0] if person.given else "") for person in subject.people]
    for family, given in dict.fromkeys(names) if days else ():
        for day in days:
            if family:
                found.append(("given_birth", f"{family[0]}|{day}"))
                found += [("family_birth", f"{family}|{other}") for other in _near_days(day)]
            if given:
                found.append(("initial_birth", f"{given[0]}|{day}"))
                found += [("family_birth", f"{given}|{other}") for other in (day, *_near_days(day)) if len(given) > 1]
    for kind, normal in subject.values:
        if kind == "email":
            found += [("mail_name", other) for other in _shorter(mail_name(normal))]
            if not any(person.named for person in subject.people):
                found += [("mail_name", other) for other in _otherwise(mail_name(normal))]
        if kind == "phone" or strength(kind) == "document":
            found += [(kind, other) for other in _near_numbers(normal)]
    return dict.fromkeys(found)


@lru_cache(maxsize=4_096)
def _near_days(day: str) -> tuple[str, ...]:
    """Give the dates that differ from an ISO date in one digit, or by day and month swapped."""
    digits = [place for place, digit in enumerate(day) if digit.isdigit()]
    near = [f"{day[:place]}{other}{day[place + 1 :]}" for place in digits for other in "0123456789"]
    swapped = f"{day[:4]}-{day[8:]}-{day[5:7]}"
    return tuple(found for found in (*near, swapped) if found != day and _exists(found))


def _exists(day: str) -> bool:
    year, rest = day[:4], day[5:]
    if not "1880" < year < "2100":
        return False
    return rest in _days_of_a_year() or (rest == "02-29" and calendar.isleap(int(year)))


@lru_cache(maxsize=1)
def _days_of_a_year() -> frozenset[str]:
    first = datetime.date(2001, 1, 1)
    return frozenset((first + datetime.timedelta(number)).isoformat()[5:] for number in range(365))


def _near_numbers(number: str) -> list[str]:
    """Give the numbers that differ in one digit, or in two neighbours that are swapped."""
    found = []
    for place, digit in enumerate(number):
        if digit.isdigit():
            before, after = number[:place], number[place + 1 :]
            found += [before + other + after for other in "0123456789" if other != digit]
            following = after[:1]
            if following.isdigit() and following != digit:
                found.append(before + following + digit + after[1:])
    return found


def _shorter(name: str) -> list[str]:
    """Give a mailbox name without one of its letters, and with two neighbours swapped."""
    found = []
    for place in range(len(name)) if len(name) > _SHORTEST else ():
        found.append(name[:place] + name[place + 1 :])
        found.append(name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :])
    return found


def _otherwise(name: str) -> list[str]:
    """Give a long mailbox name with one letter more, or another one in its place, but not its first."""
    places = range(1, len(name)) if len(name) >= SURE else ()
    more = [name[:place] + letter + name[place:] for place in places for letter in ascii_lowercase]
    return more + [name[:place] + letter + name[place + 1 :] for place in places for letter in ascii_lowercase]


_SHORTEST = 4
