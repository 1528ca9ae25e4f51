"""Rows that share only weak keys with a subject: which of them are worth reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dsar.identity.facets import Ref
from dsar.identity.found import Carriers, Link, Reached, Value, Ways
from dsar.identity.kinds import strength
from dsar.identity.subject import Subject
from dsar.normalise import BLOCK_KINDS

MANY = 100
"""A key that more rows share, or are one slip away from, says nothing by itself: a second one must agree with it."""

Links = dict[Link, int]
"""The keys that led to a row, with the place at which each was looked up."""


def is_weak(kind: str) -> bool:
    """Whether a key only describes a person; a mention of the whole name is shown, however many there are."""
    return kind in BLOCK_KINDS and kind != "name_in_text"


def by_way(values: Iterable[Value], carriers: Mapping[Value, Carriers]) -> Ways:
    """Sort the keys that rows carry by what they agree in: several digits of one phone are one agreement."""
    found: Ways = {}
    for place, value in enumerate(values):
        rows = carriers.get(value)
        if rows:
            kind = value[0]
            way = kind if is_weak(kind) else strength(kind)
            found.setdefault(way, []).append((place, value, rows))
    return found


def links_of(ways: Ways, wanted: Collection[Ref] | None = None) -> dict[Ref, Links]:
    """Give the rows, or those that are wanted, with every key that led to each."""
    found: dict[Ref, Links] = {}
    for place, (kind, normal), rows in (reached for way in ways.values() for reached in way):
        for ref, role in rows:
            if wanted is None or ref in wanted:
                found.setdefault(ref, {})[(kind, role, normal)] = place
    return found


def worth_reading(subject: Subject, ways: Ways) -> dict[Ref, Links]:
    """Choose of the rows that weak keys led to those to read: by a key that few rows share, or by two keys.

    The others are kept in the subject's `passed` and counted in the answer; another key that leads to one of them later
    makes it worth reading. Which rows those are depends on nothing but the subject and the rows themselves.
    """
    if not ways:
        return {}
    if not subject.passed and not any(sum(len(rows) for _, _, rows in way) > MANY for way in ways.values()):
        return links_of(ways)  # the usual case, told without making sets
    fresh = {way: _rows(reached) for way, reached in ways.items()}
    dense = {way for way, rows in fresh.items() if len(rows - subject.candidates.keys()) > MANY}
    if subject.decided.by_mark or not (dense or subject.passed):  # whatever people decided about is read
        return links_of(ways)
    every = {way: [*subject.passed.get(way, ()), *ways.get(way, ())] for way in ways.keys() | subject.passed.keys()}
    nothing: set[Ref] = set()
    rows_of = {way: fresh.get(way, nothing) | subject.passed_rows.get(way, nothing) for way in every}
    chosen: set[Ref] = set()
    for way, rows in rows_of.items():
        chosen |= fresh.get(way, set()) if way not in dense else rows & subject.candidates.keys()
        for other, there in rows_of.items():
            chosen |= rows & there if other != way else set()
    subject.passed |= {way: every[way] for way in dense}
    subject.passed_rows |= {way: rows_of[way] for way in dense}
    return links_of(every, chosen)


def recalled(subject: Subject, refs: Collection[Ref]) -> dict[Ref, Links]:
    """Give those of the rows passed over that an identifier led to after all, with their keys."""
    return links_of(subject.passed, refs) if subject.passed else {}


def count_passed(subject: Subject) -> int:
    """Count the rows that were not read, because all that they share with the subject too many share."""
    found = set().union(*subject.passed_rows.values())
    return len(found - subject.candidates.keys() - subject.leads.keys())


def _rows(way: Iterable[Reached]) -> set[Ref]:
    return {ref for _, _, rows in way for ref, _ in rows}
