"""From confirmed matches to findings: every field of a record classified, none left out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dsar.config import CollectionSpec, FieldSpec, field_for
from dsar.model import Answer, FieldValue, Finding
from dsar.vocabulary import UNCLASSIFIED, category, sentence

Collections = Mapping[tuple[str, str], CollectionSpec]
NOT_CONFIGURED = CollectionSpec()
"""A collection that dsar.toml says nothing about: every field is unclassified, every legal key missing."""
_INDEX = re.compile(r"\[\d+\]")


def findings(answer: Answer, collections: Collections, language: str = "en") -> tuple[Finding, ...]:
    """Classify every field of every confirmed record, in the order of the answer (Art. 15(1)(b), 15(3) GDPR).

    `collections` is by (source, collection); a collection that is not there has all its fields unclassified. Values
    stay as they are, but for those that open an account or a system: they are withheld with the reason (Art. 32).
    Raises DsarError for a language there is not.
    """
    reason = sentence("secret", language)
    known: dict[tuple[str, str, str], FieldSpec] = {}
    found = []
    for match in answer.graded("confirmed"):
        record = match.record
        fields = collections.get((record.source, record.collection), NOT_CONFIGURED).fields
        values = []
        for name, value in record.fields:
            place = (record.source, record.collection, name)
            if place not in known:
                known[place] = declared(fields, name) or FieldSpec()
            values.append(_classified(name, value, known[place], reason))
        found.append(Finding(match, tuple(values)))
    return tuple(found)


def declared(fields: dict[str, FieldSpec], name: str) -> FieldSpec | None:
    """The declaration of a column or JSON leaf such as `phones[0].value`, which is declared as `phones[*].value`."""
    return field_for(fields, name) or field_for(fields, any_index(name))


def any_index(name: str) -> str:
    """The path of a JSON leaf with `[*]` for each index; a heading without one stays as it is."""
    return _INDEX.sub("[*]", name)


def categories_found(found: tuple[Finding, ...]) -> tuple[str, ...]:
    """The categories of which a value was found, in order of first sight: never the list of a notice (A-6)."""
    fields = (field for finding in found for field in finding.fields)
    return tuple(dict.fromkeys(field.category for field in fields if field.value or field.withheld))


def _classified(name: str, value: str | None, spec: FieldSpec, reason: str) -> FieldValue:
    key = spec.category or UNCLASSIFIED
    secret = bool(value) and (spec.secret or category(key).secret)
    return FieldValue(
        name=name,
        label=spec.label or name,
        value=None if secret else value,
        category=key,
        given=spec.given,
        time=spec.time is not None,
        third_party=spec.third_party,
        meaning=None if secret else _meaning(value, spec),
        withheld=reason if secret else None,
    )


def _meaning(value: str | None, spec: FieldSpec) -> str | None:
    if value is None:
        return None
    return spec.codes.get(value) or spec.codes.get(value.strip())
