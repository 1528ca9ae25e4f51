"""Answers as the JSON documents of the contract: keys may be added, never renamed or dropped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dsar.model import Answer, Evidence, FileFacts, KnownIdentifier, Limited, Match, SourceAnswer

if TYPE_CHECKING:
    import datetime

    from dsar.fulfilment.copies.release import Released
    from dsar.fulfilment.desk.due import Due
    from dsar.fulfilment.setup.check import CheckedSource, CheckResult
    from dsar.register.deadlines import Deadline

WITHHELD = "possible records may be another person's, so their values are not shown until somebody has decided"


def dumps(document: dict[str, Any], *, one_line: bool = False) -> str:
    """Write a document as ASCII text with a line end; escapes keep every value exact and no terminal is commanded."""
    separators = (",", ":") if one_line else None
    text = json.dumps(document, ensure_ascii=True, indent=None if one_line else 2, separators=separators)
    return text.replace("\x7f", "\\u007f") + "\n"


def find_document(answer: Answer, guesses: Sequence[str] = ()) -> dict[str, Any]:
    """Give `dsar-find/1`: refused records are counted by source, and are not among the records."""
    document = {
        "schema": "dsar-find/1",
        "request_id": answer.request.request_id,
        "as_of": answer.as_of,
        "held": answer.held,
        "complete": answer.complete and not guesses,
        "identifiers": [_identifier(known) for known in answer.identifiers],
        "sources": [source_object(source) for source in answer.sources],
        "records": [_record(match) for match in answer.matches if match.grade != "refused"],
        "notes": list(answer.notes),
        "left_out": [{"reason": reason, "rows": rows} for reason, rows in answer.left_out],
        "same_as": list(answer.same_as),
        "guesses": list(guesses),
    }
    return document if answer.limited is None else document | {"limited": _limited(answer.limited)}


def _limited(limited: Limited) -> dict[str, Any]:
    """Give what was asked for alone, and how many records lie outside of it; `held` speaks of what was asked for."""
    return {
        "to": ["/".join(place) for place in limited.to],
        "left_out": [{"source": s, "collection": c, "confirmed": number} for s, c, number in limited.left],
    }


def release_document(released: Released) -> dict[str, Any]:
    """Give `dsar-release/1`; the passphrase is in its file and never here."""
    return {
        "schema": "dsar-release/1",
        "request_id": released.request_id,
        "package": str(released.package),
        "sha256": released.sha256,
        "files": list(released.files),
        "passphrase_file": None if released.passphrase_file is None else str(released.passphrase_file),
        "redactions": sum(one.count for one in released.report.redactions),
        "notes": list(released.notes),
        "doubts": list(released.doubts),
    }


def check_document(checked: CheckResult) -> dict[str, Any]:
    """Give `dsar-check/1`."""
    return {
        "schema": "dsar-check/1",
        "complete": checked.complete,
        "controller": list(checked.controller),
        "old_exports": list(checked.old_exports),
        "code": list(checked.code),
        "sources": [_checked(source) for source in checked.sources],
        "unrecognised": [
            {"path": str(path), "reason": reason, "nearest": nearest} for path, reason, nearest in checked.unrecognised
        ],
        "returned": list(checked.returned),
    }


def deadline_object(found: Deadline) -> dict[str, Any]:
    """Give the dates of one regime; those that it does not have are null."""
    return {
        "regime": found.regime,
        "calendar": found.calendar,
        "received": _iso(found.received),
        "raw_end": _iso(found.raw_end),
        "due": _iso(found.due),
        "notice_by": _iso(found.notice_by),
        "acknowledge_by": _iso(found.acknowledge_by),
        "internal_target": _iso(found.target),
        "rule": found.rule,
        "rules": dict(found.rules),
        "rule_version": found.version,
        "interpretations": {
            name: {
                "used": told.used,
                "alternatives": {reading: _iso(day) for reading, day in told.alternatives.items()},
                "of": told.of,
            }
            for name, told in found.interpretations.items()
        },
        "notes": list(found.notes),
    }


def deadline_document(dates: Sequence[Deadline]) -> dict[str, Any]:
    """Give `dsar-deadline/1`: the dates of the regime that leads, and those of every regime in `regimes`."""
    every = [deadline_object(one) for one in dates]
    return {"schema": "dsar-deadline/1", **every[0], "regimes": every}


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def request_document(one: Due, duplicates: Sequence[str] | None = None) -> dict[str, Any]:
    """Give `dsar-request/1`: one request of the register with its dates, what blocks it, and its history."""
    found, request = one.found, one.found.request
    document = {
        "schema": "dsar-request/1",
        "request_id": request.request_id,
        "right": request.right,
        "right_proposed": found.fact("right_proposed") == "True",
        "scope": list(request.scope),
        "state": found.state,
        "open": found.open,
        **deadline_object(one.first),
        "received_at": request.received,
        "days_left": one.days_left,
        "blocked_by": list(one.blocked_by),
        "regimes": [deadline_object(dates) for dates in one.dates],
        "history": [
            {"at": entry.at, "step": entry.step, "state": entry.state, "facts": dict(entry.facts)}
            for entry in found.history
        ],
    }
    return document if duplicates is None else document | {"duplicates": list(duplicates)}


def source_object(source: SourceAnswer) -> dict[str, Any]:
    """Give one element of `sources`."""
    return {
        "source": source.source,
        "collection": source.collection,
        "title": source.title,
        "connector": source.connector,
        "result": source.result,
        "reason": source.reason,
        "files": [_file(facts) for facts in source.files],
        "snapshot": source.snapshot,
        "searched_with": list(source.searched_with),
        "confirmed": source.confirmed,
        "probable": source.probable,
        "possible": source.possible,
        "refused": source.refused,
    }


def _file(facts: FileFacts) -> dict[str, Any]:
    return {
        "path": facts.path,
        "sha256": facts.sha256,
        "rows_read": facts.rows_read,
        "rows_loaded": facts.rows_loaded,
        "rows_unreadable": facts.rows_unreadable,
    }


def _identifier(known: KnownIdentifier) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": known.kind, "value": known.value, "given": known.given}
    if known.learned_from is not None:
        document["learned_from"] = known.learned_from
    return document


def _record(match: Match) -> dict[str, Any]:
    record = match.record
    document: dict[str, Any] = {
        "record": record.record,
        "source": record.source,
        "collection": record.collection,
        "key": record.key,
        "file": record.file,
        "line": record.line,
        "lines": record.lines,
        "grade": match.grade,
        "hop": match.hop,
        "reason": match.reason,
        "evidence": [_evidence(evidence) for evidence in match.evidence],
        "ambiguous_with": list(match.ambiguous_with),
        "score": match.score,
        "places": list(match.places),
    }
    if match.grade == "possible":
        return document | {"fields": None, "withheld": WITHHELD}
    return document | {"fields": fields_object(record.fields)}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    told = {
        "rule": evidence.rule,
        "kind": evidence.kind,
        "from": evidence.origin,
        "agrees": list(evidence.agrees),
        "conflicts": list(evidence.conflicts),
        "shared_by": evidence.shared_by,
    }
    return told | ({"nearly": list(evidence.nearly)} if evidence.nearly else {})


def fields_object(fields: Sequence[tuple[str, str | None]]) -> dict[str, str | None]:
    """Give the fields by heading; the second of two equal headings becomes `heading#2`, so that none is lost."""
    result: dict[str, str | None] = {}
    for name, value in fields:
        free, number = name, 1
        while free in result:
            number += 1
            free = f"{name}#{number}"
        result[free] = value
    return result


def _checked(checked: CheckedSource) -> dict[str, Any]:
    return source_object(checked.answer) | {
        "guessed": list(checked.guessed),
        "confirmed_mapping": checked.confirmed_mapping,
        "unclassified": list(checked.unclassified),
        "attachments": list(checked.attachments),
        "missing": list(checked.missing),
        "notes": list(checked.notes),
        "age_days": checked.age_days,
    }
