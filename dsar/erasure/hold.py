"""What forbids erasing a record today: retention by statute and legal holds, and for which fields (Art. 17(3))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.config import CollectionSpec, Erase, Keep, LegalHold
from dsar.model import Answer, Reason, Record
from dsar.normalise import normal_forms
from dsar.retention import covers, ends_on, field_of, rule_text, why_unknown


@dataclass(frozen=True, slots=True)
class Hold:
    """The duty or hold on a record: its reason with statute and end, and the headings it covers."""

    reason: Reason
    headings: frozenset[str]
    unknown: str | None = None
    """Why the end date cannot be computed; None where it can."""


@dataclass(frozen=True, slots=True)
class Stay:
    """What forbids erasing anything of a person for now, in all sources or in some (Art. 15, 17(3)(e), 18(1)(c))."""

    reason: Reason
    sources: tuple[str, ...] = ("*",)


def stay_of(source: str, stays: Sequence[Stay]) -> Stay | None:
    """Find what keeps the records of a source: of several the one that ends last, without an end last of all."""
    found = [stay for stay in stays if "*" in stay.sources or source in stay.sources]
    return max(found, key=lambda stay: stay.reason.until or "9999", default=None)


def legal_holds(answer: Answer, holds: Sequence[LegalHold], region: str | None, today: date) -> tuple[Stay, ...]:
    """Find the claims of dsar.toml that this person is part of and that have not ended (Art. 17(3)(e) GDPR).

    A person is part of one where an identifier of the hold is, in its normal form, one that the search went with.
    """
    known = {(one.kind, form) for one in answer.identifiers for form in normal_forms(one.kind, one.value, region)}
    found = []
    for hold in holds:
        pairs = [pair.partition("=") for pair in hold.ids]
        named = {(kind, form) for kind, _, value in pairs for form in normal_forms(kind, value, region)}
        if hold.until >= today and known & named:
            text = f"It is held for a legal claim: {hold.claim}."
            found.append(Stay(Reason("Art. 17(3)(e)", text, until=hold.until.isoformat()), hold.sources))
    return tuple(found)


def open_access(request_id: str) -> Stay:
    """Keep everything while an access request of the same person is open: answer first, then erase (E-9)."""
    text = f"Access request {request_id} of the same person is open: answer it first, then plan the erasure again."
    return Stay(Reason("Art. 12(4)", text))


def hold_on(record: Record, spec: CollectionSpec, today: date) -> Hold | None:
    """Find what forbids erasing the record on `today`, several rules joined; None where nothing does.

    A rule holds by its statute until the computed end date, that day included (Art. 17(3)(b) GDPR), or as a legal
    hold until `hold_until` (Art. 17(3)(e)). A statute whose end cannot be computed holds without an end date. A
    period without a statute is the controller's own and does not stand against a request.
    """
    values = dict(record.fields)
    rules: list[tuple[Keep, date | None, frozenset[str]]] = []
    for keep in spec.keep:
        end = ends_on(keep, spec.fields, values) if keep.statute else keep.hold_until
        binds = keep.statute is not None or keep.hold_until is not None
        headings = _covered(keep, spec, values)
        if binds and headings and (end is None or end >= today):
            rules.append((keep, end, headings))
    return _joined(rules, spec, values) if rules else None


def free_settings(record: Record, spec: CollectionSpec, hold: Hold) -> dict[str, str]:
    """The part of `erase.set` whose columns hold filled fields that the hold does not cover (Art. 5(1)(c), 17(3)).

    A column that the export does not show is left alone: nothing is known about it.
    """
    if spec.erase is None:
        return {}
    filled = [heading for heading, value in record.fields if value]
    free = {column_of(spec.erase, heading) for heading in filled if heading not in hold.headings}
    held = {column_of(spec.erase, heading) for heading in hold.headings}
    return {column: value for column, value in spec.erase.set.items() if column in free - held}


def column_of(erase: Erase, heading: str) -> str:
    """The column of the table that a heading of the export stands for: itself, unless key or lock say otherwise."""
    return {**erase.key, **erase.lock}.get(heading, heading)


def _covered(keep: Keep, spec: CollectionSpec, values: Mapping[str, str | None]) -> frozenset[str]:
    covered = set()
    for heading, value in values.items():
        described = field_of(spec.fields, heading)
        if value and covers(keep, described.category if described else None):
            covered.add(heading)
    return frozenset(covered)


def _joined(
    rules: list[tuple[Keep, date | None, frozenset[str]]], spec: CollectionSpec, values: Mapping[str, str | None]
) -> Hold:
    ends = [end for _, end, _ in rules]
    until = None if None in ends else max(end for end in ends if end).isoformat()
    unknown = next((why_unknown(keep, spec.fields, values) for keep, end, _ in rules if end is None), None)
    statutes = list(dict.fromkeys(keep.statute for keep, _, _ in rules if keep.statute))
    # the statute stands beside the text, so it is not said twice
    said = "; ".join(
        dict.fromkeys(rule_text(keep.model_copy(update={"statute": None}), spec.fields) for keep, _, _ in rules)
    )
    text = f"The law requires keeping it: {said}." if statutes else f"It is held for legal claims: {said}."
    ground = "Art. 17(3)(b)" if statutes else "Art. 17(3)(e)"
    if unknown:
        text += f" The end cannot be computed: {unknown}."
    reason = Reason(ground, text, statute="; ".join(statutes) or None, until=until)
    return Hold(reason, frozenset().union(*(headings for _, _, headings in rules)), unknown)
