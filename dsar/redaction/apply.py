"""What was decided, done: passages replaced by their labels in every value before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsar.model import Answer, Mention, Redaction
from dsar.vocabulary import sentence

Place = tuple[str, str]


def to_redact(mentions: Iterable[Mention]) -> dict[Place, list[Mention]]:
    """Give the mentions that are to be taken out, by (record, field or file)."""
    found: defaultdict[Place, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.outcome == "redact":
            found[mention.record, mention.field].append(mention)
    return dict(found)


def redacted(value: str, mentions: Sequence[Mention]) -> str:
    """Replace the passages of some mentions in a value by their labels, or the whole value where all of it is meant."""
    whole = next((mention for mention in mentions if not mention.passages), None)
    if whole is not None:
        return whole.label
    spans = sorted((start, end, mention.label) for mention in mentions for start, end in mention.passages)
    parts, last = [], 0
    for start, end, label in spans:
        if start >= last:
            parts += [value[last:start], label]
        last = max(last, end)
    return "".join([*parts, value[last:]])


def without_others(answer: Answer, mentions: Sequence[Mention]) -> Answer:
    """Give the answer as it may leave: every value without the passages that were decided to be redacted.

    Reports and all files are made from it, so no layer of them ever holds what was taken out (T-5).
    """
    places = to_redact(mentions)
    if not places:
        return answer
    matches = []
    for match in answer.matches:
        record = match.record
        fields = tuple(
            (name, redacted(value, places[record.record, name]) if value and (record.record, name) in places else value)
            for name, value in record.fields
        )
        matches.append(match if fields == record.fields else replace(match, record=replace(record, fields=fields)))
    return replace(answer, matches=tuple(matches))


def redactions_of(mentions: Sequence[Mention], language: str) -> tuple[Redaction, ...]:
    """Say for the person what was taken out: place, label, how many passages, and why (A-18; Art. 12(4) GDPR)."""
    told: dict[tuple[str, str, str, str], int] = {}
    for (record, field), taken in to_redact(mentions).items():
        for mention in taken:
            reason = sentence(f"redacted_{mention.ground}", language)
            key = (record, field, mention.label, reason)
            told[key] = told.get(key, 0) + max(1, len(mention.passages))
    return tuple(
        Redaction(record, field, label, count, reason) for (record, field, label, reason), count in told.items()
    )
