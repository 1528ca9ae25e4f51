"""Rows that share only weak keys with a subject: which of them are worth reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsar.identity.facets import Ref
from dsar.identity.kinds import strength
from dsar.identity.subject import Link, Subject, Value
from dsar.normalise import BLOCK_KINDS

MANY = 100
"""A key that more rows share, or are one slip away from, says nothing by itself: a second one must agree with it."""

Links = dict[Link, int]
"""The keys that led to a row, with the place at which each was looked up."""
Ways = dict[str, dict[Ref, Links]]
"""What keys agree in → the rows that they led to."""


def is_weak(kind: str) -> bool:
    """Whether a key only describes a person; a mention of the whole name is shown, however many there are."""
    return kind in BLOCK_KINDS and kind != "name_in_text"


def by_way(values: Iterable[Value], carriers: Mapping[Value, Iterable[tuple[Ref, str]]]) -> Ways:
    """Sort the rows that carry keys by what the keys agree in: several digits of one phone are one agreement."""
    found: Ways = {}
    for place, value in enumerate(values):
        rows = carriers[value]
        if rows:
            kind, normal = value
            way = "phone" if kind == "phone_end" else kind if is_weak(kind) else strength(kind)
            there = found.setdefault(way, {})
            for ref, role in rows:
                there.setdefault(ref, {})[(kind, role, normal)] = place
    return found


def merged(ways: Ways) -> dict[Ref, Links]:
    """Give every row with all its keys, whatever they agree in."""
    found: dict[Ref, Links] = {}
    for rows in ways.values():
        for ref, links in rows.items():
            found[ref] = found[ref] | links if ref in found else links
    return found


def worth_reading(subject: Subject, ways: Ways) -> dict[Ref, Links]:
    """Choose of the rows that weak keys led to those to read: by a key that few rows share, or by two keys.

    The others are kept in the subject's `passed` and counted in the answer; another key that leads to one of them later
    makes it worth reading. Which rows those are depends on nothing but the subject and the rows themselves.
    """
    dense = {way for way, rows in ways.items() if len(rows.keys() - subject.candidates.keys()) > MANY}
    if subject.decided.by_mark or not (dense or subject.passed):  # whatever people decided about is read
        return merged(ways)
    every = {way: subject.passed.get(way, {}) | rows for way, rows in ways.items()}
    every |= {way: rows for way, rows in subject.passed.items() if way not in every}
    chosen: Ways = {}
    for way, rows in every.items():
        others = [there.keys() for other, there in every.items() if other != way]
        kept = set(rows) & set().union(subject.candidates, *others)
        fresh = ways.get(way, {})
        kept |= set(fresh) if way not in dense else set()
        chosen[way] = {ref: rows[ref] for ref in sorted(kept)}
        subject.passed[way] = {ref: links for ref, links in rows.items() if ref not in kept}
    subject.passed = {way: rows for way, rows in subject.passed.items() if rows}
    return merged(chosen)


def recalled(subject: Subject, refs: Iterable[Ref]) -> dict[Ref, Links]:
    """Take out of what was passed over the rows that an identifier led to after all, with their keys."""
    if not subject.passed:
        return {}
    wanted = set(refs)
    found = {way: {ref: rows[ref] for ref in rows.keys() & wanted} for way, rows in subject.passed.items()}
    for way, rows in found.items():
        subject.passed[way] = {ref: links for ref, links in subject.passed[way].items() if ref not in rows}
    return merged(found)
