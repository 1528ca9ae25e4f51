"""How long the data is kept, in the person's language, with an end date for each record (Art. 15(1)(d) GDPR)."""

from __future__ import annotations

from dsar.config import CollectionSpec, Keep
from dsar.model import Finding, Retention
from dsar.reports.facts import categories_found, declared
from dsar.retention import covers, ends_on
from dsar.vocabulary import sentence


def retention(spec: CollectionSpec, found: tuple[Finding, ...], language: str) -> tuple[Retention, ...]:
    """Tell every retention rule that a category of these findings falls under, with the end date of each record.

    An end date is None where the rule is a criterion, or where the record has no date that can be read.
    """
    seen = categories_found(found)
    told = []
    for keep in spec.keep:
        held = tuple(key for key in seen if covers(keep, key))
        if held:
            categories = ("*",) if "*" in keep.categories else held
            told.append(Retention(categories, rule(keep, spec, language), _ends(keep, spec, found)))
    return tuple(told)


def rule(keep: Keep, spec: CollectionSpec, language: str) -> str:
    """Put a retention rule in plain words of the language, e.g. `3 years after “Last order”; AO §147`."""
    numbers = (("year", keep.years), ("month", keep.months), ("day", keep.days))
    parts = [_number(unit, number, language) for unit, number in numbers if number is not None]
    period = parts[0] if parts else ""
    for then in parts[1:]:
        period = sentence("keep_and", language, first=period, then=then)
    if period and keep.after:
        field = declared(spec.fields, keep.after)
        starts = {"end of year": "keep_after_year", "end of financial year": "keep_after_financial_year"}
        key = starts.get(keep.from_ or "", "keep_after")
        period = sentence(key, language, period=period, column=(field and field.label) or keep.after)
    hold = sentence("keep_hold", language, date=keep.hold_until.isoformat()) if keep.hold_until else None
    told = "; ".join(part for part in (period, keep.criterion, hold, keep.statute) if part)
    return told or sentence("keep_unknown", language)


def _number(unit: str, number: int, language: str) -> str:
    return sentence(f"keep_{unit}" if number == 1 else f"keep_{unit}s", language, number=number)


def _ends(keep: Keep, spec: CollectionSpec, found: tuple[Finding, ...]) -> tuple[tuple[str, str | None], ...]:
    ends = []
    for finding in found:
        record = finding.match.record
        end = ends_on(keep, spec.fields, dict(record.fields))
        ends.append((record.record, end.isoformat() if end else None))
    return tuple(ends)
