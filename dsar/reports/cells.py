"""Cells of a finding by the heading that dsar.toml names, case and blanks around it aside."""

from __future__ import annotations

from datetime import UTC, datetime

from dsar.config import CollectionSpec, plain
from dsar.model import FieldValue, Finding
from dsar.normalise import NULLS
from dsar.reports.facts import declared
from dsar.retention import read_moment


def cell(finding: Finding, heading: str | None) -> FieldValue | None:
    """The field under a heading; None where no heading is named or the record has no such field."""
    if not heading:
        return None
    exact = next((field for field in finding.fields if field.name == heading), None)
    if exact is not None:
        return exact
    wanted = plain(heading)
    return next((field for field in finding.fields if plain(field.name) == wanted), None)


def text(finding: Finding, heading: str | None) -> str:
    """The value under a heading, its code resolved; empty where there is none or it is withheld."""
    field = cell(finding, heading)
    return (field.meaning or field.value or "").strip() if field else ""


def filled(finding: Finding, heading: str) -> str | None:
    """The value as it stands, None where it says nothing (`-`, `null`, blank)."""
    field = cell(finding, heading)
    value = (field.value or "").strip() if field else ""
    return None if value.casefold() in NULLS else value


def moment(finding: Finding, heading: str | None, spec: CollectionSpec) -> datetime | None:
    """The moment under a heading; None where it cannot be read."""
    value = cell(finding, heading)
    if value is None or not value.value or not heading:
        return None
    return read_moment(value.value, declared(spec.fields, heading))


def iso(when: datetime | None) -> str | None:
    """A moment as ISO 8601; the day alone where the cell holds no time of the day."""
    if when is None:
        return None
    if when.tzinfo is None and (when.hour, when.minute, when.second) == (0, 0, 0):
        return when.date().isoformat()
    return when.isoformat()


def order(when: datetime) -> datetime:
    """A moment that can be compared with any other: without a zone it counts as UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)
