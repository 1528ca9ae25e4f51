"""The report as data.json, schema `dsar-data/1`: the exact copy, for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any

from dsar import vocabulary
from dsar.model import (
    AccessReport,
    Attachment,
    CollectionReport,
    FieldValue,
    Finding,
    Limitation,
    Processing,
    Recipient,
    SourceAnswer,
)
from dsar.renderers import content, law, records
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.visible import LONE, SURROGATE, visible

SCHEMA = "dsar-data/1"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
}


def render_json(report: AccessReport) -> bytes:
    """Write the report as one UTF-8 JSON document, the same bytes for the same report; data.schema.json describes it.

    Every value is text as in the source, `null` where the row has none, `{"withheld": …}` where it is not shown and
    `{"escaped": …}` where it holds lone surrogates, which UTF-8 cannot carry. Raises DsarError for a language without
    texts.
    """
    say = phrases(report.language)
    parts = ((key, value) for part in (_header, _data, _law) for key, value in part(report, say))
    lines = (f"  {_compact(key)}: {_listed(value) if key in _LISTS else _compact(value)}" for key, value in parts)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a surrogate outside the values, e.g. in the name of a file
        return visible(text, LONE).encode("utf-8")


_LISTS = frozenset(("identifiers", "sources", "collections", "records", "attachments", "consents", "access_log"))
"""Written an entry a line, so that people and line tools find their way."""


_compact = json.JSONEncoder(ensure_ascii=False).encode


def _listed(entries: Iterable[Any]) -> str:
    lines = [f"    {_compact(entry)}" for entry in entries]
    return "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"


def _header(report: AccessReport, say: Phrases) -> Iterator[tuple[str, Any]]:
    request = report.request
    yield "schema", SCHEMA
    yield "@context", CONTEXT
    yield "notation", say("json.notation")
    yield "request_id", request.request_id
    yield "as_of", report.as_of
    yield "made", report.made or None
    yield "held", report.held
    yield "complete", report.complete
    yield "draft", list(report.drafts)
    yield "language", report.language
    identity = {"method": request.identity_method, "verified_on": request.identity_verified_on}
    asked = {"id": request.request_id, "right": request.right, "regime": report.regime}
    yield "request", {**asked, "received": request.received, "due": request.due, "identity": identity}
    yield "answer", {"held": report.held, "complete": report.complete, "text": list(content.answer(report, say))}
    yield "controller", {"name": report.controller, "contact": report.contact, "dpo": report.dpo}


def _data(report: AccessReport, say: Phrases) -> Iterator[tuple[str, Any]]:
    yield (
        "identifiers",
        [
            {"kind": known.kind, "value": _value(known.value), "given": known.given, "learned_from": known.learned_from}
            for known in report.identifiers
        ],
    )
    yield "sources", (_source(source) for source in report.sources)
    yield "collections", (_collection(collection, report, say) for collection in report.collections)
    yield "records", (_record(one, ends) for part in report.collections for one, ends in _with_ends(part))
    yield "attachments", (_attachment(file, say) for file in report.attachments)


def _law(report: AccessReport, say: Phrases) -> Iterator[tuple[str, Any]]:
    yield "consents", (dataclasses.asdict(consent) for consent in report.consents)
    yield "access_log", (dataclasses.asdict(access) for access in report.accesses)
    yield "access_log_kept_by", list(report.accesses_logged)
    if report.limited is not None:
        yield "limited", limited(report.limited)
    yield "not_searched", [{"what": what, "reason": reason} for what, reason in report.not_searched]
    yield "held_back", [{"grade": grade, "count": count, "reason": why} for grade, count, why in report.held_back]
    yield "withheld", [{"record": record, "field": field, "reason": why} for record, field, why in report.withheld]
    yield "redactions", [dataclasses.asdict(one) for one in report.redactions]
    yield "rights", [{"right": right, "how": how} for right, how in report.rights]
    yield "complaint", {"authority": report.authority, "court": report.court}
    yield "never_sold", report.never_sold
    if report.california is not None:
        yield "california", dataclasses.asdict(report.california)


def limited(told: Limitation) -> dict[str, Any]:
    """What the person limited their request to, and how many records of theirs that leaves out, by source."""
    left = [{"what": title, "records": records} for title, records in told.left]
    return {"to": list(told.to), "left_out": left}


def _source(source: SourceAnswer) -> dict[str, Any]:
    told = {field.name: getattr(source, field.name) for field in dataclasses.fields(source)}
    told["files"] = [dataclasses.asdict(file) for file in source.files]
    return told


def _collection(collection: CollectionReport, report: AccessReport, say: Phrases) -> dict[str, Any]:
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
        "recipients": [_recipient(recipient, report) for recipient in collection.recipients],
        "retention": [{"categories": list(kept.categories), "rule": kept.rule} for kept in collection.retention],
        "origin": collection.origin,
        "automated_decision": collection.automated_decision,
        "decision": _decision(collection),
        "groups": [dataclasses.asdict(group) for group in collection.groups],
        "columns": [_column(name, field, say) for name, field in records.first_fields(collection.findings).items()],
    }


def _decision(collection: CollectionReport) -> dict[str, Any] | None:
    told = collection.decision
    if told is None:
        return None
    return {
        "logic": told.logic,
        "effect": told.effect,
        "consequences": told.consequences,
        "contact": told.contact,
        "decisions": [
            {"record": record, "when": when, "result": result, "inputs": [{"field": n, "value": v} for n, v in inputs]}
            for record, when, result, inputs in told.decisions
        ],
    }


def _recipient(recipient: Recipient, report: AccessReport) -> dict[str, Any]:
    return {**dataclasses.asdict(recipient), "third_country": law.outside(recipient, report)}


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


def _with_ends(collection: CollectionReport) -> Iterator[tuple[Finding, list[records.End]]]:
    ends = records.kept(collection)
    return ((finding, ends.get(finding.match.record.record, [])) for finding in collection.findings)


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
        "when": finding.when,
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
