"""How the records of a collection become columns and cells, the same in every file of the package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsar import vocabulary
from dsar.model import Attachment, CollectionReport, FieldValue, Finding, Group
from dsar.renderers.moments import short
from dsar.renderers.texts import Phrases

End: TypeAlias = tuple[tuple[str, ...], str | None]
"""The categories a retention rule covers, and the ISO date its period ends for one record, if it can be computed."""
COMPACT_FROM = 40
"""From this number of records on, a collection is shown as one table instead of a card for each record."""
_ITEM = re.compile(r"\[(\d+)\]")


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


@dataclass(frozen=True, slots=True)
class Part:
    """Records that stand together in the copy: a group with its moments, or a single record."""

    findings: tuple[Finding, ...]
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """What the records of a part have in common, told once, and the columns in which they differ."""

    common: dict[str, FieldValue]
    differing: tuple[Column, ...]


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


def first_fields(findings: Iterable[Finding]) -> dict[str, FieldValue]:
    """Return every field that occurs in any of the records by name, as it stands where it occurs first."""
    fields: dict[str, FieldValue] = {}
    for finding in findings:
        for name, field in named(finding).items():
            if name not in fields:
                fields[name] = field
    return fields


def columns(findings: Iterable[Finding], say: Phrases) -> tuple[Column, ...]:
    """Return every field that occurs in any of the records, in the order of first sight."""
    return tuple(Column(name, label(name, field, say)) for name, field in first_fields(findings).items())


def label(name: str, field: FieldValue, say: Phrases) -> str:
    """Name a field in plain words; one that nobody has classified yet says so."""
    plain = field.label or name
    return f"{plain} ({say('record.unclassified')})" if field.category == vocabulary.UNCLASSIFIED else plain


def parts(collection: CollectionReport) -> Iterator[Part]:
    """Yield the records of a collection in the order of the copy: in their groups, or one by one."""
    if not collection.groups:
        yield from (Part((finding,)) for finding in collection.findings)
        return
    by_id = {finding.match.record.record: finding for finding in collection.findings}
    for group in collection.groups:
        yield Part(tuple(by_id[record] for record in group.records), group)


def part_title(part: Part, say: Phrases) -> str:
    """Say how many records stand together and from when to when."""
    count, group = len(part.findings), part.group
    if count == 1 or group is None:
        return say("group.alone")
    first, last = short(group.first), short(group.last)
    if not first:
        return say("group.together", count=count)
    if first == last:
        return say("group.at", first=first, count=count)
    return say("group.from_to", first=first, last=last, count=count)


def same(findings: Sequence[Finding], say: Phrases) -> Same:
    """Tell apart what several records have in common from where they differ; each value stands in one of the two."""
    rows = [named(finding) for finding in findings]
    first, *others = rows
    common = {
        name: field for name, field in first.items() if all(_told(row.get(name)) == _told(field) for row in others)
    }
    differing = tuple(column for column in columns(findings, say) if column.name not in common)
    return Same(common, differing)


def _told(field: FieldValue | None) -> tuple[str | None, ...] | None:
    return (field.value, field.withheld, field.meaning) if field else None


def shown(field: FieldValue | None, say: Phrases) -> Shown:
    """Return what stands in the place of a value: itself unchanged, or why there is none."""
    if field is not None and field.withheld is not None:
        return Shown(say("record.withheld", reason=field.withheld), "withheld")
    if field is None or field.value is None:
        return Shown(say("record.absent"), "absent")
    if field.value == "":
        return Shown(say("record.empty"), "empty", field.meaning or "")
    return Shown(field.value, "value", field.meaning or "")


def blank(fields: Mapping[str, FieldValue], say: Phrases) -> tuple[tuple[str, str], ...]:
    """Return (mark, labels) of the fields without a value: the empty ones, then those the row does not have."""
    empty: list[str] = []
    absent: list[str] = []
    for name, field in fields.items():
        if field.withheld is None and not field.value and not field.meaning:
            (absent if field.value is None else empty).append(label(name, field, say))
    told = ((say("record.empty"), empty), (say("record.absent"), absent))
    return tuple((mark, ", ".join(labels)) for mark, labels in told if labels)


def filled(fields: Mapping[str, FieldValue]) -> Iterator[tuple[str, FieldValue]]:
    """Yield the fields that hold something, or withhold it."""
    for name, field in fields.items():
        if field.withheld is not None or field.value or field.meaning:
            yield name, field


def item_of(name: str) -> str:
    """Name the item of a list that a field such as `jobs[0].title` belongs to, `jobs 1`; empty outside of lists."""
    last = name.rfind("[")
    if last < 0:
        return ""
    path = name[: name.index("]", last) + 1]
    return _ITEM.sub(lambda found: f" {int(found[1]) + 1}", path).replace(".", " › ")


def item_titles(fields: Mapping[str, FieldValue]) -> dict[str, str]:
    """Name each item of a list in plain words where its labels do: `File: name` and `File: kind` are in `File 1`.

    By what `item_of` gives; an item whose labels have nothing in common keeps its technical name.
    """
    labels: dict[str, dict[str, None]] = {}
    for name, field in fields.items():
        if item := item_of(name):
            labels.setdefault(item, {})[(field.label or name).partition(": ")[0]] = None
    titles = {}
    for item, found in labels.items():
        plain, number = next(iter(found)), item.rpartition(" ")[2]
        titles[item] = f"{plain} {number}" if len(found) == 1 and "[" not in plain else item
    return titles


def tally(collection: CollectionReport) -> Tally:
    """Count the values of a collection's source rows and how many of them are withheld."""
    withheld = values = 0
    for finding in collection.findings:
        for field in finding.fields:
            withheld += field.withheld is not None
            values += field.value is not None or field.withheld is not None
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
    told = []
    for categories, end in ends:
        date = end or say("record.kept_open")
        words = ", ".join(category_text(category, say) for category in categories if category != "*")
        told.append(say("record.kept_for", date=date, categories=words) if words else date)
    return "; ".join(told)


def shared_end(part: Part, ends: Mapping[str, list[End]], say: Phrases) -> str:
    """Until when all records of a part are kept, if it is the same for each; empty where it is not, or not known."""
    told = {kept_text(ends.get(finding.match.record.record, []), say) for finding in part.findings}
    return told.pop() if len(told) == 1 else ""


def files(attachments: Iterable[Attachment]) -> dict[str, list[Attachment]]:
    """Return the attached files by record, so that each stands with what it belongs to."""
    found: dict[str, list[Attachment]] = {}
    for file in attachments:
        found.setdefault(file.record, []).append(file)
    return found


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
