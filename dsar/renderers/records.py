"""How the records of a collection become columns and cells, the same in every file of the package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsar import vocabulary
from dsar.model import CollectionReport, FieldValue, Finding
from dsar.renderers.texts import Phrases

End: TypeAlias = tuple[tuple[str, ...], str | None]
"""The categories a retention rule covers, and the ISO date its period ends for one record, if it can be computed."""
COMPACT_FROM = 40
"""From this number of records on, a collection is shown as one table instead of a card for each record."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a collection: its technical name and its plain name."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees in the place of a value; only `value` is text of the person's data."""

    text: str
    kind: Literal["value", "empty", "absent", "withheld"]
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """The reconciliation of one collection: values = shown + withheld (A-21)."""

    records: int
    values: int
    withheld: int

    @property
    def shown(self) -> int:
        """How many values of the source stand in the copy."""
        return self.values - self.withheld


def named(finding: Finding) -> dict[str, FieldValue]:
    """Return the fields of a record by name, in their order; a name that occurs again gets `#2`, so none is lost."""
    fields = {field.name: field for field in finding.fields}
    if len(fields) == len(finding.fields):
        return fields
    fields = {}
    for field in finding.fields:
        name, number = field.name, 2
        while name in fields:
            name, number = f"{field.name}#{number}", number + 1
        fields[name] = field
    return fields


def first_fields(collection: CollectionReport) -> dict[str, FieldValue]:
    """Return every field that occurs in any record of the collection by name, as it stands where it occurs first."""
    fields: dict[str, FieldValue] = {}
    for finding in collection.findings:
        for name, field in named(finding).items():
            fields.setdefault(name, field)
    return fields


def columns(collection: CollectionReport) -> tuple[Column, ...]:
    """Return every field that occurs in any record of the collection, in the order of first sight."""
    return tuple(Column(name, field.label or name) for name, field in first_fields(collection).items())


def shown(field: FieldValue | None, say: Phrases) -> Shown:
    """Return what stands in the place of a value: itself unchanged, or why there is none."""
    if field is not None and field.withheld is not None:
        return Shown(say("record.withheld", reason=field.withheld), "withheld")
    if field is None or field.value is None:
        return Shown(say("record.absent"), "absent")
    if field.value == "":
        return Shown(say("record.empty"), "empty", field.meaning or "")
    return Shown(field.value, "value", field.meaning or "")


def tally(collection: CollectionReport) -> Tally:
    """Count the values of a collection's source rows and how many of them are withheld."""
    fields = [field for finding in collection.findings for field in finding.fields]
    withheld = sum(field.withheld is not None for field in fields)
    values = sum(field.value is not None or field.withheld is not None for field in fields)
    return Tally(len(collection.findings), values, withheld)


def kept(collection: CollectionReport) -> dict[str, list[End]]:
    """Return for each record the ends of its retention as (categories, ISO date or None)."""
    ends: dict[str, list[End]] = {}
    for retention in collection.retention:
        for record, end in retention.ends:
            ends.setdefault(record, []).append((retention.categories, end))
    return ends


def kept_text(ends: Iterable[End], say: Phrases) -> str:
    """Say in words until when one record is kept; empty where no rule computes an end for it."""
    parts = []
    for categories, end in ends:
        date = end or say("record.kept_open")
        words = ", ".join(category_text(category, say) for category in categories if category != "*")
        parts.append(say("record.kept_for", date=date, categories=words) if words else date)
    return "; ".join(parts)


def category_text(key: str, say: Phrases) -> str:
    """Name a category of data in plain words; the key itself where no list knows it (A-6)."""
    return vocabulary.category(key).text(say.language)


def codes(collection: CollectionReport) -> tuple[tuple[str, str, str], ...]:
    """Return (field, code, meaning) of every coded value that is shown, each once (A-20)."""
    found: dict[tuple[str, str, str], None] = {}
    for finding in collection.findings:
        for field in finding.fields:
            if field.meaning and field.value is not None and field.withheld is None:
                found[(field.label or field.name, field.value, field.meaning)] = None
    return tuple(found)
