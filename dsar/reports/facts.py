"""From confirmed matches to findings: every field of a record classified, none left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC

from dsar.config import CollectionSpec, FieldSpec, field_for
from dsar.model import Answer, FieldValue, Finding, Record
from dsar.reports.reasons import reason
from dsar.retention import read_moment
from dsar.vocabulary import UNCLASSIFIED, category, sentence
from dsar.vocabulary.countries import country_name

_Known = dict[tuple[str, str, str], tuple[FieldSpec, str | None]]
Collections = Mapping[tuple[str, str], CollectionSpec]
NOT_CONFIGURED = CollectionSpec()
"""A collection that dsar.toml says nothing about: every field is unclassified, every legal key missing."""
_OF_RECORDS = ("x.record", "user.behavior", "user.privacy", "user.payment", "user.financial", "system", UNCLASSIFIED)
"""Categories whose times say when a record came to be."""
_COUNTRY, _CODE = "user.contact.address.country", re.compile("[A-Z]{2}")
_INDEX = re.compile(r"\[\d+\]")


def findings(
    answer: Answer, collections: Collections, language: str = "en", regime: str = "GDPR"
) -> tuple[Finding, ...]:
    """Classify every field of every confirmed record, in the order of the answer (Art. 15(1)(b), 15(3) GDPR).

    `collections` is by (source, collection); a collection that is not there has all its fields unclassified. Values
    stay as they are, but for those that open an account or a system: they are withheld with the reason (Art. 32), and
    under the CCPA numbers that identify a person for life, which are only named (CCPA Regs §7024(d)).
    Raises DsarError for a language there is not.
    """
    known: _Known = {}
    found = []
    for match in answer.graded("confirmed"):
        record = match.record
        fields = collections.get((record.source, record.collection), NOT_CONFIGURED).fields
        values = []
        for name, value in record.fields:
            place = (record.source, record.collection, name)
            if place not in known:
                spec = declared(fields, name) or FieldSpec()
                known[place] = (spec, _withheld(spec, language, regime))
            values.append(_classified(name, value, *known[place], language))
        told = replace(match, reason=reason(match, language))
        found.append(Finding(told, tuple(values), _when(values, record, known)))
    return tuple(found)


def _withheld(spec: FieldSpec, language: str, regime: str) -> str | None:
    """Why values of a field are never shown; None where they are."""
    listed = category(spec.category or UNCLASSIFIED)
    if spec.secret or listed.secret:
        return sentence("secret", language)
    if regime == "CCPA" and listed.never_ccpa:
        return sentence("ccpa_withheld", language, what=listed.text(language))
    return None


def _when(values: list[FieldValue], record: Record, known: _Known) -> str | None:
    """The earliest moment of a record that tells of the record itself, not of a life such as a date of birth."""
    moments = []
    for field in values:
        if field.time and field.value and field.category.startswith(_OF_RECORDS):
            found = read_moment(field.value, known[(record.source, record.collection, field.name)][0])
            if found is not None:
                moments.append(found if found.tzinfo else found.replace(tzinfo=UTC))
    return min(moments).isoformat() if moments else None


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


def _classified(name: str, value: str | None, spec: FieldSpec, reason: str | None, language: str) -> FieldValue:
    key = spec.category or UNCLASSIFIED
    secret = bool(value) and reason is not None
    return FieldValue(
        name=name,
        label=spec.label or name,
        value=None if secret else value,
        category=key,
        given=spec.given,
        time=spec.time is not None,
        third_party=spec.third_party,
        meaning=None if secret else _meaning(value, spec, language),
        withheld=reason if secret else None,
    )


def _meaning(value: str | None, spec: FieldSpec, language: str) -> str | None:
    """What a code means: by the declared list, or the name of a country (every code resolves to words, A-20)."""
    if value is None:
        return None
    told = spec.codes.get(value) or spec.codes.get(value.strip())
    if told is None and spec.category == _COUNTRY and _CODE.fullmatch(value.strip()):
        name = country_name(value, language)
        return name if name != value else None
    return told
