"""Rows that could not be read, searched for what is known of a subject as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsar.identity.facets import origin_of
from dsar.identity.found import Graded
from dsar.identity.kinds import strength
from dsar.identity.rules import Link, judge
from dsar.identity.search import Search
from dsar.identity.subject import Subject


def unread(search: Search, subject: Subject) -> Iterator[Graded]:
    """Rows that could not be read but hold a value of the subject as text: possible, for a person to look at."""
    if not search.unparsed:
        return
    needles = {
        text: (kind, normal)
        for (kind, normal), known in sorted(subject.values.items())
        for text in (normal, known.written.casefold())
        if len(text) > 4 and strength(kind) != "never"
    }
    for ref, text in search.unparsed:
        hit = next((needle for needle in needles if needle in text and _whole_word(needle, text)), None)
        if hit is not None:
            kind, normal = needles[hit]
            known = subject.values[(kind, normal)]
            verdict = judge(subject, search.facets[ref], Link(kind, "subject", normal, origin_of(known.origin)))
            if verdict is None:
                continue
            yield Graded(ref, "possible", known.hop + 1, (verdict.evidence,), verdict.reason)


def _whole_word(needle: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(needle)}(?![^\W_])", text) is not None
