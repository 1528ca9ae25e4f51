"""The file of Art. 20 GDPR: what the person provided, or was observed, under consent or a contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from dsar import vocabulary
from dsar.model import AccessReport, Attachment, CollectionReport, FieldValue, Finding
from dsar.renderers import records
from dsar.renderers.as_json import limited
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.visible import LONE, SURROGATE, visible

SCHEMA = "dsar-portability/1"
FILE, SCHEMA_FILE = "portability.json", "portability.schema.json"


def render_portability(report: AccessReport) -> bytes:
    """Write the machine-readable file of Art. 20(1) GDPR as UTF-8 JSON, the same bytes for the same report.

    Only fields marked `provided` or `observed` go in, and only where a purpose under consent or a contract uses their
    category; the file says which others were left out and why (A-52, A-53). It deletes nothing and is no answer to a
    request for access (A-56). Raises DsarError for a language without texts.
    """
    say = phrases(report.language)
    parts = [_collection(part, say) for part in report.collections]
    files = [file for part in report.collections for file in portable_files(part, report.attachments)]
    document = {
        "schema": SCHEMA,
        "notice": say("portability.notice"),
        "notation": say("json.notation"),
        "request_id": report.request.request_id,
        "controller": {"name": report.controller, "contact": report.contact},
        "as_of": report.as_of,
        "language": report.language,
        "draft": list(report.drafts),
        **({"limited": limited(report.limited)} if report.limited else {}),
        "collections": [part for part in parts if part["records"]],
        "excluded": [left for part in parts for left in part.pop("excluded")],
        "attachments": [{"record": f.record, "name": f.name, "file": f.stored_as, "sha256": f.sha256} for f in files],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return visible(text, LONE).encode("utf-8")


def schema() -> bytes:
    """The JSON Schema of the file, to be handed over with it (A-54)."""
    return (resources.files(__package__) / SCHEMA_FILE).read_bytes()


def portable_files(part: CollectionReport, attachments: tuple[Attachment, ...]) -> Iterator[Attachment]:
    """Yield the copied files that a portable field names: a CV that the person sent (A-24, A-52)."""
    named = {
        (finding.match.record.record, field.value)
        for finding in part.findings
        for field in finding.fields
        if _left_out(field, part) is None
    }
    return (file for file in attachments if file.stored_as and (file.record, file.name) in named)


def _collection(part: CollectionReport, say: Phrases) -> dict[str, Any]:
    fields = records.first_fields(part.findings)
    reasons = {name: _left_out(field, part) for name, field in fields.items()}
    held = [told for finding in part.findings if (told := _record(finding, reasons))]
    columns = [
        {"name": name, "label": field.label, "category": field.category,
         "dpv": vocabulary.category(field.category).dpv, "given": field.given}
        for name, field in fields.items() if reasons[name] is None
    ]  # fmt: skip
    return {
        "source": part.source,
        "collection": part.collection,
        "title": part.title,
        "columns": columns,
        "records": held,
        "excluded": list(_excluded(part, fields, reasons, say)),
    }


def _record(finding: Finding, reasons: dict[str, str | None]) -> dict[str, Any] | None:
    told = {
        name: _value(field)
        for name, field in records.named(finding).items()
        if reasons[name] is None and field.value is not None and field.withheld is None
    }
    return {"record": finding.match.record.record, "fields": told} if told else None


def _value(field: FieldValue) -> Any:
    text = field.value or ""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return {"escaped": visible(text, SURROGATE)}
    return text


def _left_out(field: FieldValue, part: CollectionReport) -> str | None:
    """Why a field is not portable, as a key of the phrases; None where it is (Art. 20(1), WP 242 rev.01)."""
    if field.given is None or field.category == vocabulary.UNCLASSIFIED:
        return "unknown"
    if field.given == "derived":
        return "derived"
    if field.withheld is not None:
        return "withheld"
    uses = (use for use in part.processing if vocabulary.basis(use.basis_key or use.basis).letter in ("a", "b"))
    covered = any("*" in use.categories or field.category in use.categories for use in uses)
    return None if covered else "basis"


def _excluded(
    part: CollectionReport, fields: dict[str, FieldValue], reasons: dict[str, str | None], say: Phrases
) -> Iterator[dict[str, Any]]:
    """One entry for each reason: which fields of the collection it left out; all of them where nothing is portable."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason is not None:
            by_reason.setdefault(reason, []).append(fields[name].label or name)
    whole = len(by_reason) == 1 and None not in reasons.values()
    for reason, labels in by_reason.items():
        yield {
            "source": part.source,
            "collection": part.collection,
            "whole": whole,
            "fields": labels,
            "reason": say(f"portability.{reason}"),
        }
