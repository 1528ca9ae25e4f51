"""The report as data.json, schema `dsar-data/1`: the exact copy, for programs."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from dsar import vocabulary
from dsar.model import AccessReport, Attachment, CollectionReport, FieldValue, Finding, Processing, SourceAnswer
from dsar.renderers import content, records
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.visible import LONE, SURROGATE, visible

SCHEMA = "dsar-data/1"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
}


def render_json(report: AccessReport) -> bytes:
    """Write the report as one UTF-8 JSON document, the same bytes for the same report.

    Every value is text as in the source, `null` where the row has none, `{"withheld": …}` where it is not shown and
    `{"escaped": …}` where it holds lone surrogates, which UTF-8 cannot carry. Raises DsarError for a language without
    texts.
    """
    say = phrases(report.language)
    document: dict[str, Any] = {"schema": SCHEMA, **_header(report, say)}
    document["sources"] = [_source(source) for source in report.sources]
    document["collections"] = [_collection(collection, say) for collection in report.collections]
    document["records"] = [_record(one, ends) for part in report.collections for one, ends in _with_ends(part)]
    document["attachments"] = [_attachment(file, say) for file in report.attachments]
    document["not_searched"] = [{"what": what, "reason": reason} for what, reason in report.not_searched]
    document["held_back"] = [{"grade": g, "count": count, "reason": why} for g, count, why in report.held_back]
    document["withheld"] = [{"record": r, "field": field, "reason": why} for r, field, why in report.withheld]
    document["redactions"] = [dataclasses.asdict(one) for one in report.redactions]
    document["rights"] = [{"right": right, "how": how} for right, how in report.rights]
    document["complaint"] = {"authority": report.authority, "court": report.court}
    document["never_sold"] = report.never_sold
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a surrogate outside the values, e.g. in the name of a file
        return visible(text, LONE).encode("utf-8")


def _header(report: AccessReport, say: Phrases) -> dict[str, Any]:
    request = report.request
    return {
        "@context": CONTEXT,
        "notation": say("json.notation"),
        "request_id": request.request_id,
        "as_of": report.as_of,
        "held": report.held,
        "complete": report.complete,
        "draft": list(report.drafts),
        "language": report.language,
        "request": {
            "id": request.request_id,
            "right": request.right,
            "regime": request.regime,
            "received": request.received,
            "identity": {"method": request.identity_method, "verified_on": request.identity_verified_on},
        },
        "answer": {"held": report.held, "complete": report.complete, "text": list(content.answer(report, say))},
        "controller": {"name": report.controller, "contact": report.contact, "dpo": report.dpo},
        "identifiers": [
            {"kind": known.kind, "value": _value(known.value), "given": known.given, "learned_from": known.learned_from}
            for known in report.identifiers
        ],
    }


def _source(source: SourceAnswer) -> dict[str, Any]:
    told = {field.name: getattr(source, field.name) for field in dataclasses.fields(source)}
    told["files"] = [dataclasses.asdict(file) for file in source.files]
    return told


def _collection(collection: CollectionReport, say: Phrases) -> dict[str, Any]:
    count = records.tally(collection)
    return {
        "source": collection.source,
        "collection": collection.collection,
        "title": collection.title,
        "counts": {
            "records": count.records,
            "values": count.values,
            "shown": count.shown,
            "withheld": count.withheld,
        },
        "missing": list(collection.missing),
        "processing": [_processing(use) for use in collection.processing],
        "recipients": [dataclasses.asdict(recipient) for recipient in collection.recipients],
        "retention": [{"categories": list(kept.categories), "rule": kept.rule} for kept in collection.retention],
        "origin": collection.origin,
        "automated_decision": collection.automated_decision,
        "columns": [_column(name, field, say) for name, field in records.first_fields(collection).items()],
    }


def _processing(use: Processing) -> dict[str, Any]:
    purpose, basis = vocabulary.purpose(use.purpose_key), vocabulary.basis(use.basis_key)
    return {
        "purpose": {"text": use.purpose, "fides_use": purpose.fides_use, "dpv": purpose.dpv},
        "basis": {"text": use.basis, "iri": basis.iri},
        "interest": use.interest,
        "categories": list(use.categories),
    }


def _column(name: str, field: FieldValue, say: Phrases) -> dict[str, Any]:
    return {
        "name": name,
        "label": field.label,
        "category": field.category,
        "category_text": records.category_text(field.category, say),
        "dpv": vocabulary.category(field.category).dpv,
        "given": field.given,
        "time": field.time,
        "third_party": field.third_party,
    }


def _with_ends(collection: CollectionReport) -> list[tuple[Finding, list[records.End]]]:
    ends = records.kept(collection)
    return [(finding, ends.get(finding.match.record.record, [])) for finding in collection.findings]


def _record(finding: Finding, ends: list[records.End]) -> dict[str, Any]:
    match, record = finding.match, finding.match.record
    fields = records.named(finding)
    told: dict[str, Any] = {
        "record": record.record,
        "source": record.source,
        "collection": record.collection,
        "key": _value(record.key),
        "file": record.file,
        "line": record.line,
        "grade": match.grade,
        "hop": match.hop,
        "reason": match.reason,
        "evidence": [
            {
                "rule": evidence.rule,
                "kind": evidence.kind,
                "from": evidence.origin,
                "agrees": list(evidence.agrees),
                "conflicts": list(evidence.conflicts),
                "shared_by": evidence.shared_by,
            }
            for evidence in match.evidence
        ],
        "fields": {name: _field(field) for name, field in fields.items()},
    }
    meanings = {name: field.meaning for name, field in fields.items() if field.meaning and field.withheld is None}
    if meanings:
        told["meanings"] = meanings
    if ends:
        told["kept_until"] = [{"categories": list(categories), "until": until} for categories, until in ends]
    return told


def _field(field: FieldValue) -> Any:
    if field.withheld is not None:
        return {"withheld": {"reason": field.withheld}}
    return _value(field.value)


def _value(text: str | None) -> Any:
    """The value unchanged; one with lone surrogates as an object, so that no program mistakes it for the value."""
    if text is None or text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return {"escaped": visible(text, SURROGATE)}
    return text


def _attachment(file: Attachment, say: Phrases) -> dict[str, Any]:
    problem = say(f"attachments.problem_{file.problem}") if file.problem else None
    return {**dataclasses.asdict(file), "problem": problem}
