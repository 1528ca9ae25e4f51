"""What an anonymisation must respect: what its columns bear, and that nothing of the person is left (Recital 26)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dsar import vocabulary
from dsar.config import CollectionSpec, FieldSpec, Limit
from dsar.erasure.hold import column_of
from dsar.erasure.schema import TableShape
from dsar.model import Record
from dsar.retention import field_of, read_date

_TELLING = ("user.name", "user.contact", "user.content", "user.government_id", "user.date_of_birth", "user.biometric",
            "user.device", "user.unique_id", "user.account", "user.social", "x.user.communication",
            "x.user.attachment")  # fmt: skip
"""Categories whose value points to one person, alone or with little else."""
_FIRST = re.compile(r"\{first:(\d{1,2})\}")


class Uncoarsened(ValueError):
    """A value cannot be made coarser as its template says; the message does not hold it."""


def new_value(template: str, key: str, old: str | None, described: FieldSpec | None) -> str | None:
    """What a column is set to: `{null}` is NULL, `{key}` the row's key, so that a unique column stays unique.

    `{year}` is the year of the column's own date and `{first:3}` its first three characters: coarser, as Recital 26
    GDPR and WP216 want what stays of an anonymised row. Raises Uncoarsened where the column holds no date.
    """
    if template == "{null}":
        return None
    if "{year}" in template:
        day = read_date(old, described) if old else None
        if day is None:
            raise Uncoarsened
        template = template.replace("{year}", f"{day.year:04}")
    return _FIRST.sub(lambda found: (old or "")[: int(found[1])], template).replace("{key}", key)


def still_exact(record: Record, spec: CollectionSpec, settings: Mapping[str, str]) -> tuple[str, ...]:
    """The headings of an anonymised row whose date or place stays as exact as it was (Recital 26 GDPR, WP216; E-7)."""
    if spec.erase is None:
        return ()
    found = []
    for heading, value in record.fields:
        described = field_of(spec.fields, heading)
        if not value or described is None or column_of(spec.erase, heading) in settings:
            continue
        timed = described.time is not None or vocabulary.covers("x.record.time", described.category or "")
        place = vocabulary.covers("user.location", described.category or "")
        if place or (timed and read_date(value, described) is not None):
            found.append(heading)
    return tuple(dict.fromkeys(found))


def broken_bound(news: Mapping[str, str | None], templates: Mapping[str, str], limits: Mapping[str, Limit]) -> str:
    """Say which new value its column cannot bear, without the value; empty where all can.

    A unique column needs `{key}` in its template, or the second anonymised row would be refused by the database.
    """
    for column, value in news.items():
        limit = limits.get(column, Limit())
        if value is None and limit.required:
            return f"`set` empties column {column}, which the database requires"
        if value is not None and limit.length is not None and len(value) > limit.length:
            return f"the new value of column {column} is longer than its {limit.length} characters"
        if value is not None and limit.unique and "{key}" not in templates[column]:
            return f"column {column} is unique, so its new value needs {{key}}"
    return ""


def limits_of(spec: CollectionSpec, shape: TableShape | None) -> dict[str, Limit]:
    """What the columns of a collection's table bear: by the DDL of the target, and by `erase.limits` over it."""
    own = spec.erase.limits if spec.erase else {}
    return {**(shape.limits if shape else {}), **own}


def still_telling(record: Record, spec: CollectionSpec, settings: Mapping[str, str]) -> tuple[str, ...]:
    """The headings that would still point to the person after an anonymisation (Recital 26 GDPR, WP216).

    A heading counts that is filled, names or describes the person by its declaration, and is not overwritten. The
    row's own key counts where it is an e-mail address or a phone number: it is personal data although it is a key.
    """
    return tuple(dict.fromkeys(_telling(record, spec, settings)))


def _telling(record: Record, spec: CollectionSpec, settings: Mapping[str, str]) -> Iterator[str]:
    erase = spec.erase
    if erase is None:
        return
    keys = {column_of(erase, heading) for heading in (*spec.key, *erase.key)}
    for heading, value in record.fields:
        described = field_of(spec.fields, heading)
        column = column_of(erase, heading)
        if not value or described is None or (column in settings):
            continue
        if column in keys and described.identifier not in ("email", "phone", "name"):
            continue  # a number that stands for nobody once no other table resolves it
        category = described.category or ""
        telling = any(vocabulary.covers(one, category) for one in _TELLING)
        if described.identifier or described.third_party or telling:
            yield heading
