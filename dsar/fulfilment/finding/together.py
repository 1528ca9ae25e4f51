"""What the requests of one run say of each other: who perhaps asked twice, and which note is about whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dsar.model import Answer

SPLIT = "The search leads to two people who cannot be one: nothing is confirmed. Give a name or birth date."
"""The note on a request that seems to be of two people."""
NAMED = 5
"""Requests that one line names."""


def told_apart(answers: Sequence[Answer]) -> list[Answer]:
    """Say of each answer which other requests of the run found the same confirmed records."""
    same, names = sharing(answers), _names(answers)
    return [
        replace(answer, same_as=tuple(names[other] for other in sorted(same.get(number, ()))))
        for number, answer in enumerate(answers)
    ]


def sharing(answers: Sequence[Answer]) -> dict[int, set[int]]:
    """Give of each answer, by its place, the places of the others that confirm a record which it confirms as well."""
    owners: dict[str, list[int]] = {}
    for number, answer in enumerate(answers):
        for match in answer.graded("confirmed"):
            owners.setdefault(match.record.record, []).append(number)
    same: dict[int, set[int]] = {}
    for numbers in owners.values():
        for number in numbers if len(numbers) > 1 else ():
            same.setdefault(number, set()).update(set(numbers) - {number})
    return same


def _names(answers: Sequence[Answer]) -> list[str]:
    return [answer.request.request_id or f"number {place}" for place, answer in enumerate(answers, start=1)]


def same_people(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Say which requests found the same confirmed records, each group once; no personal values."""
    names = _names(answers)
    groups = (
        tuple(one for one in names if one == name or one in answer.same_as)
        for name, answer in zip(names, answers, strict=True)
        if answer.same_as
    )
    return tuple(
        f"{_listed(group)} found the same confirmed records: perhaps one person asked more than once."
        for group in dict.fromkeys(groups)
    )


def notes_by_request(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Give every note of the answers once: first those about some, with their names, then those about all of them."""
    about: dict[str, list[str]] = {}
    for name, answer in zip(_names(answers), answers, strict=True):
        for note in answer.notes:
            about.setdefault(note, []).append(name)
    some = [f"{_listed(names)}: {note}" for note, names in about.items() if len(names) < len(answers)]
    return (*some, *(note for note, names in about.items() if len(names) == len(answers)))


def first_of_all(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Say whose requests seem to be of two people, and which of several seem to be of one."""
    split = [name for name, answer in zip(_names(answers), answers, strict=True) if SPLIT in answer.notes]
    return (*((f"{_listed(split)}: {SPLIT}",) if split else ()), *same_people(answers))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
