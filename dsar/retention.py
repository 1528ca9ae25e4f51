"""How long a record is kept: the end of a period from the record's own date, and the rule in plain words."""

from __future__ import annotations

import calendar
import fnmatch
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from dsar import vocabulary
from dsar.config import FieldSpec, Keep, plain

_EPOCH_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000}


def ends_on(keep: Keep, fields: Mapping[str, FieldSpec], values: Mapping[str, str | None]) -> date | None:
    """Compute the last day of a retention period from the record's own date (Art. 15(1)(d), 17(3)(b) GDPR).

    `fields` and `values` are by heading. The period starts at the date in column `keep.after`, or at the end of that
    year; a `hold_until` that is later wins. Returns None where it cannot be computed; `why_unknown` says why.
    """
    if why_unknown(keep, fields, values) is not None:
        return None
    if not _has_period(keep):
        return keep.hold_until
    end = _period_end(keep, fields, values)
    return max(end, keep.hold_until) if end and keep.hold_until else end


def why_unknown(keep: Keep, fields: Mapping[str, FieldSpec], values: Mapping[str, str | None]) -> str | None:
    """Say in words, without any value, why `ends_on` gives None; None where it gives a date."""
    if not _has_period(keep):
        if keep.hold_until is not None and keep.criterion is None:
            return None
        return "the rule is a criterion in words, not a period" if keep.criterion else "the rule names no period"
    if keep.after is None:
        return "the rule names no column that the period starts from"
    text = value_of(values, keep.after)
    if text is None or not text.strip():
        return f"the record has no date in column {keep.after}"
    if _start(keep, fields, values) is None:
        return f"the date in column {keep.after} cannot be read; give the column its `time` format"
    if _period_end(keep, fields, values) is None:
        return "the period ends beyond the calendar"
    return None


def rule_text(keep: Keep, fields: Mapping[str, FieldSpec]) -> str:
    """Put a retention rule in plain words, with the column by its label: `3 years after “Last seen”; AO §147`."""
    parts = [
        f"{number} {unit[:-1] if number == 1 else unit}"
        for number, unit in ((keep.years, "years"), (keep.months, "months"), (keep.days, "days"))
        if number is not None
    ]
    rule = " and ".join(parts)
    if rule and keep.after:
        described = field_of(fields, keep.after)
        start = f"“{(described and described.label) or keep.after}”"
        if keep.from_:
            start = f"the end of the {keep.from_.removeprefix('end of ')} of {start}"
        rule = f"{rule} after {start}"
    held = f"not before {keep.hold_until.isoformat()}" if keep.hold_until else None
    return "; ".join(part for part in (rule, keep.criterion, held, keep.statute) if part) or "no period is stated"


def says_nothing(text: str) -> bool:
    """Whether a retention text names neither a period nor a criterion, such as "as long as necessary" (A-9)."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return all(word in _empty_words() for word in words)


def covers(keep: Keep, category: str | None) -> bool:
    """Whether a retention rule is about a field of this Fideslang category; `*` covers every field."""
    return any(vocabulary.covers(wanted, category or vocabulary.UNCLASSIFIED) for wanted in keep.categories)


def field_of(fields: Mapping[str, FieldSpec], heading: str) -> FieldSpec | None:
    """The declaration of a column or JSON leaf: its own name first, then a name or pattern with `*`."""
    wanted = plain(heading)
    anywhere = re.sub(r"\[\d+\]", "[*]", wanted)
    by_name = {plain(name): spec for name, spec in fields.items()}
    if spec := by_name.get(wanted) or by_name.get(anywhere):
        return spec
    for name, spec in by_name.items():
        pattern = name.replace("[", "(").replace("]", ")")
        if "*" in name and fnmatch.fnmatchcase(wanted.replace("[", "(").replace("]", ")"), pattern):
            return spec
    return None


def value_of(values: Mapping[str, str | None], heading: str) -> str | None:
    """The value under a heading; blanks around it and case do not matter where the exact heading is absent."""
    if heading in values:
        return values[heading]
    wanted = plain(heading)
    return next((value for name, value in values.items() if plain(name) == wanted), None)


def add_months(start: date, months: int) -> date:
    """Add calendar months; a day the month does not have becomes its last (31 January + 1 month, BGB §188(3)).

    Raises ValueError or OverflowError beyond the calendar.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def read_date(text: str, spec: FieldSpec | None) -> date | None:
    """Read the day from a cell as `read_moment` does; None if it is no date."""
    moment = read_moment(text, spec)
    return moment.date() if moment else None


def read_moment(text: str, spec: FieldSpec | None) -> datetime | None:
    """Read a cell by the field's `time` (strptime format, `s`, `ms`, `us`) or, failing that, as ISO 8601.

    A moment is told in the field's `zone`; without one, as the value's own offset has it. None if it is no date.
    """
    cell, form = text.strip(), spec.time if spec else None
    moment = _epoch(cell, _EPOCH_UNITS[form]) if form in _EPOCH_UNITS else _written(cell, form)
    if moment is None:
        return None
    if spec and spec.zone and moment.tzinfo is not None:
        try:
            moment = moment.astimezone(ZoneInfo(spec.zone))
        except (ValueError, KeyError, OverflowError):
            return None
    return moment


def _written(cell: str, form: str | None) -> datetime | None:
    if form:
        try:
            return datetime.strptime(cell, form)
        except ValueError:
            pass
    try:
        return datetime.fromisoformat(cell.removesuffix(" UTC"))
    except ValueError:
        pass
    try:  # Shopify and others put a blank before the offset.
        return datetime.strptime(cell, "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None


def _epoch(cell: str, unit: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(cell) / unit, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


@cache
def _empty_words() -> frozenset[str]:
    text = resources.files("dsar.vocabulary").joinpath("retention.toml").read_text(encoding="utf-8")
    return frozenset(word for words in tomllib.loads(text)["empty_words"].values() for word in words)


def _has_period(keep: Keep) -> bool:
    return any(number is not None for number in (keep.days, keep.months, keep.years))


def _start(keep: Keep, fields: Mapping[str, FieldSpec], values: Mapping[str, str | None]) -> date | None:
    text = value_of(values, keep.after) if keep.after else None
    return read_date(text, field_of(fields, keep.after)) if text and keep.after else None


def _year_end(keep: Keep, day: date) -> date:
    """The day itself, or the last day of the calendar or financial year that it lies in."""
    if keep.from_ is None:
        return day
    closing = keep.year_end if keep.from_ == "end of financial year" and keep.year_end else "12-31"
    month, last = (int(part) for part in closing.split("-"))
    ends = [date(year, month, min(last, calendar.monthrange(year, month)[1])) for year in (day.year, day.year + 1)]
    return next(end for end in ends if end >= day)


def _period_end(keep: Keep, fields: Mapping[str, FieldSpec], values: Mapping[str, str | None]) -> date | None:
    start = _start(keep, fields, values)
    if start is None:
        return None
    try:
        start = _year_end(keep, start)
        return add_months(start, 12 * (keep.years or 0) + (keep.months or 0)) + timedelta(days=keep.days or 0)
    except (ValueError, OverflowError):
        return None
