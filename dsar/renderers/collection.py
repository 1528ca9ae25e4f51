"""What the report says about one collection: purposes, recipients, retention, origin, and the copy (A-4 to A-15)."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.model import AccessReport, CollectionReport, Retention
from dsar.renderers import records
from dsar.renderers.blocks import Block, Copy, Heading, Prose, Table
from dsar.renderers.histories import decision
from dsar.renderers.law import in_country, safeguard
from dsar.renderers.texts import Phrases


def collection_blocks(report: AccessReport, collection: CollectionReport, say: Phrases) -> Iterator[Block]:
    """Yield what a person is told about one collection, in the order of the law, the copy of the records last."""
    count = records.tally(collection)
    numbers = {"records": count.records, "values": count.values, "shown": count.shown, "withheld": count.withheld}
    yield Prose(say("collection.count", **numbers))
    if collection.missing:
        yield Prose(say("collection.missing", keys=", ".join(collection.missing)), strong=True)
    yield Heading(say("collection.purposes"))
    yield _purposes(collection, say)
    yield Heading(say("collection.categories"))
    yield _categories(collection, say)
    yield Heading(say("collection.recipients"))
    yield _recipients(report, collection, say)
    yield Heading(say("collection.retention"))
    yield _retention(collection, say)
    yield Heading(say("collection.origin"))
    yield Prose(collection.origin or say("report.unknown"))
    yield Heading(say("collection.automated"))
    yield Prose(collection.automated_decision or say("report.unknown"))
    if collection.decision is not None:
        yield from decision(collection.decision, say)
    yield Heading(say("collection.copy"))
    yield Copy(collection, records.files(report.attachments))
    meanings = records.codes(collection)
    if meanings:
        head = (say("left_out.field"), say("collection.code"), say("collection.meaning"))
        yield Heading(say("collection.codes"))
        yield Table(say("collection.codes_caption"), head, meanings, (30, 20, 50))


def _purposes(collection: CollectionReport, say: Phrases) -> Block:
    if not collection.processing:
        return Prose(say("collection.no_purposes"), strong=True)
    rows = []
    for use in collection.processing:
        basis = say("collection.basis_interest", basis=use.basis, interest=use.interest) if use.interest else use.basis
        rows.append((use.purpose, basis, _categories_used(use.categories, say)))
    head = (say("collection.purpose"), say("collection.basis"), say("collection.used"))
    return Table(say("collection.purposes_caption"), head, tuple(rows), (32, 40, 28))


def _categories_used(categories: tuple[str, ...], say: Phrases) -> str:
    if "*" in categories:
        return say("collection.all_categories")
    return ", ".join(records.category_text(category, say) for category in categories)


def _categories(collection: CollectionReport, say: Phrases) -> Block:
    """The categories actually found, never the list of a privacy notice (A-6)."""
    kinds = {
        (field.category, field.given, field.name, field.label): field
        for finding in collection.findings
        for field in finding.fields
        if field.value is not None or field.withheld is not None
    }
    found: dict[tuple[str, str], dict[str, None]] = {}
    for field in kinds.values():
        given = say(f"given.{field.given or 'unknown'}")
        found.setdefault((field.category, given), {})[records.label(field.name, field, say)] = None
    rows = tuple(
        (records.category_text(category, say), ", ".join(labels), given) for (category, given), labels in found.items()
    )
    head = (say("collection.category"), say("collection.fields"), say("collection.given"))
    return Table(say("collection.categories_caption"), head, rows, (30, 44, 26))


def _recipients(report: AccessReport, collection: CollectionReport, say: Phrases) -> Block:
    if not collection.recipients:
        missing = "recipients" in collection.missing
        return Prose(say("report.unknown") if missing else say("collection.no_recipients"), strong=missing)
    rows = []
    for recipient in collection.recipients:
        country, covered = in_country(recipient, report, say), safeguard(recipient, report, say)
        certificate, role = recipient.certificate or say("report.none"), recipient.role or say("report.unknown")
        rows.append((recipient.name, role, country, recipient.disclosed, covered, certificate))
    keys = ("recipient", "role", "country", "disclosed", "safeguard", "certificate")
    head = tuple(say(f"collection.{key}") for key in keys)
    return Table(say("collection.recipients_caption"), head, tuple(rows), (18, 15, 15, 17, 22, 13))


def _retention(collection: CollectionReport, say: Phrases) -> Block:
    if not collection.retention:
        return Prose(say("collection.no_retention"), strong=True)
    rows = tuple(
        (_categories_used(retention.categories, say), retention.rule, _ends(retention, say))
        for retention in collection.retention
    )
    head = (say("collection.category"), say("collection.rule"), say("collection.ends"))
    return Table(say("collection.retention_caption"), head, rows, (28, 38, 34))


def _ends(retention: Retention, say: Phrases) -> str:
    dates = sorted({end for _, end in retention.ends if end})
    if not dates:
        return say("collection.ends_none")
    text = say("collection.ends_one", date=dates[0])
    if len(dates) > 1:
        text = say("collection.ends_range", first=dates[0], last=dates[-1])
    without = sum(end is None for _, end in retention.ends)
    return say("collection.ends_open", dates=text, count=without) if without else text
