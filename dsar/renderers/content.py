"""What the report says and in which order (Art. 15 GDPR), as plain blocks that HTML, PDF and XLSX draw alike."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.model import AccessReport, Limitation
from dsar.renderers.blocks import Block, Facts, Heading, Prose, Section, Table
from dsar.renderers.california import california
from dsar.renderers.collection import collection_blocks
from dsar.renderers.histories import accesses, consents
from dsar.renderers.moments import moment
from dsar.renderers.pictures import flow, record_map, timeline
from dsar.renderers.texts import Phrases
from dsar.vocabulary import sentence


def answer(report: AccessReport, say: Phrases) -> tuple[str, ...]:
    """Return the sentences that stand before anything else; the first says whether data is held (A-2)."""
    held = {answer.source for answer in report.sources if answer.result == "held"}
    count = sum(answer.confirmed for answer in report.sources)
    whole = report.limited is None
    nothing = "answer.not_held" if whole else "answer.not_held_limited"
    sentences = [say("answer.held" if report.held else nothing)]
    sources = len({answer.source for answer in report.sources}) if report.limited is None else report.limited.sources
    sentences.append(say("answer.count", records=count, held=len(held), sources=sources))
    if report.limited is not None:
        sentences.append(say("answer.limited", to=", ".join(report.limited.to), records=report.limited.records))
    everything = "answer.complete" if whole else "answer.complete_limited"
    sentences.append(say(everything if report.complete else "answer.incomplete"))
    if report.redactions:
        sentences.append(say("answer.redacted"))
    if report.never_sold:
        sentences.append(say("answer.never_sold"))
    return tuple(sentences)


def subtitle(report: AccessReport, say: Phrases) -> str:
    """Name the law under which the report answers."""
    laws = {"UK": "report.subtitle_uk", "CCPA": "report.subtitle_ccpa"}
    return say(laws.get(report.regime, "report.subtitle"))


def sections(report: AccessReport, say: Phrases) -> Iterator[Section]:
    """Yield every section of the report in the order of the law (A-1 to A-20)."""
    yield Section("about", say("about.title"), (about(report, say),))
    pieces = report.california is None or report.california.pieces
    if pieces and report.collections:
        yield Section("glance", say("glance.title"), _glance(report, say))
    if report.california is not None:
        yield Section("california", say("california.title"), tuple(california(report.california, say)))
    yield Section("sources", say("sources.title"), tuple(_sources(report, say)))
    if pieces:
        yield Section("identifiers", say("identifiers.title"), (_identifiers(report, say),))
    for number, collection in enumerate(report.collections, start=1):
        title = say("collection.title", title=collection.title)
        yield Section(f"data-{number}", title, tuple(collection_blocks(report, collection, say)))
    if pieces:
        yield Section("consents", say("consents.title"), (consents(report, say),))
        yield Section("accesses", say("accesses.title"), tuple(accesses(report, say)))
        yield Section("attachments", say("attachments.title"), (attachments(report, say),))
    yield Section("left-out", say("left_out.title"), tuple(_left_out(report, say)))
    yield Section("not-searched", say("not_searched.title"), (_not_searched(report, say),))
    yield Section("rights", say("rights.title"), (_rights(report, say),))
    yield Section("complaint", say("complaint.title"), tuple(_complaint(report, say)))
    yield Section("reading", say("reading.title"), tuple(_reading(say)))


def about(report: AccessReport, say: Phrases) -> Facts:
    """Return the header of the report: request, dates, controller, contacts, language (A-1)."""
    request, unknown = report.request, say("report.unknown")
    identity = unknown
    if request.identity_method:
        date = request.identity_verified_on or unknown
        identity = say("about.identity_line", method=request.identity_method, date=date)
    return Facts(
        (
            (say("about.request"), request.request_id or unknown),
            (say("about.right"), say("right.know" if report.regime == "CCPA" else f"right.{request.right}")),
            (say("about.regime"), _law(report, say)),
            (say("about.received"), moment(request.received, say)),
            *([(say("about.due"), moment(request.due, say))] if request.due else []),
            (say("about.made"), report.made or unknown),
            (say("about.as_of"), moment(report.as_of, say)),
            (say("about.identity"), identity),
            (say("about.controller"), report.controller or unknown),
            (say("about.contact"), report.contact or unknown),
            (say("about.dpo"), report.dpo or unknown),
            (say("about.language"), say("about.language_name")),
        )
    )


def _law(report: AccessReport, say: Phrases) -> str:
    """The law of the answer by its name in the language; one that dsar has no texts for as it was written."""
    keys = {"GDPR": "law", "UK": "law_uk", "CCPA": "law_ccpa"}
    return sentence(keys[report.regime], say.language) if report.regime in keys else report.regime


def sources_table(report: AccessReport, say: Phrases) -> Table:
    """Return all sources with result and counts, zeros included (A-3)."""
    keys = ("source", "result", "confirmed", "probable", "possible", "refused", "searched_with", "snapshot")
    rows = []
    for source in report.sources:
        result = say(f"sources.{source.result}") + (f": {source.reason}" if source.reason else "")
        kinds = ", ".join(say.kind(kind) for kind in source.searched_with)
        counts = (source.confirmed, source.probable, source.possible, source.refused)
        title = f"{source.title} ({source.source}/{source.collection})"
        snapshot = moment(source.snapshot, say)
        rows.append((title, result, *map(str, counts), kinds or say("report.none"), snapshot))
    return Table(
        say("sources.caption"),
        tuple(say(f"sources.{key}") for key in keys),
        tuple(rows),
        (21, 12, 5, 13, 8, 13, 16, 12),
    )


def files_table(report: AccessReport, say: Phrases) -> Table:
    """Return every file that was read with its count of rows and its hash."""
    keys = ("file", "rows_read", "rows_loaded", "rows_unreadable", "sha256")
    files = {file.path: file for source in report.sources for file in source.files}
    rows = tuple(
        (file.path, str(file.rows_read), str(file.rows_loaded), str(file.rows_unreadable), file.sha256)
        for file in files.values()
    )
    sums = [sum(getattr(f, key) for f in files.values()) for key in keys[1:4]]
    total: tuple[str, ...] = (say("sources.total"), *map(str, sums), "")
    head = tuple(say(f"sources.{key}") for key in keys)
    return Table(say("sources.files_caption"), head, (*rows, total), (30, 9, 9, 10, 42))


def _sources(report: AccessReport, say: Phrases) -> Iterator[Block]:
    yield Prose(say("sources.intro"))
    yield sources_table(report, say)
    if any(source.snapshot and source.snapshot != report.as_of for source in report.sources):
        yield Prose(say("sources.snapshots_differ", as_of=moment(report.as_of, say)))
    yield Heading(say("sources.files_title"))
    files = files_table(report, say)
    if len(files.rows) == 1:  # the sum alone
        yield Prose(say("sources.no_files"))
        return
    yield files
    yield Prose(say("sources.ledger"))


def _glance(report: AccessReport, say: Phrases) -> tuple[Block, ...]:
    return (Prose(say("glance.intro")), *(draw(report, say) for draw in (timeline, record_map, flow)))


def _identifiers(report: AccessReport, say: Phrases) -> Block:
    if not report.identifiers:
        return Prose(say("identifiers.none"))
    rows = []
    for known in report.identifiers:
        origin = say("identifiers.given")
        if not known.given:
            origin = say("identifiers.learned", record=known.learned_from or say("report.unknown"))
        rows.append((say.kind(known.kind), known.value, origin))
    head = (say("identifiers.kind"), say("identifiers.value"), say("identifiers.origin"))
    return Table(say("identifiers.caption"), head, tuple(rows), (28, 36, 36))


def attachments(report: AccessReport, say: Phrases) -> Table | Prose:
    """Return the list of files that belong to the records, the failed ones included (A-24)."""
    if not report.attachments:
        return Prose(say("attachments.none"))
    rows = []
    for file in report.attachments:
        problem = say(f"attachments.problem_{file.problem}") if file.problem else ""
        size = "" if file.bytes is None else str(file.bytes)
        rows.append((file.name, file.record, file.stored_as or "", size, file.sha256 or "", problem))
    keys = ("name", "record", "stored_as", "bytes", "sha256", "problem")
    head = tuple(say(f"attachments.{key}") for key in keys)
    return Table(say("attachments.caption"), head, tuple(rows), (18, 18, 18, 8, 22, 16))


def _left_out(report: AccessReport, say: Phrases) -> Iterator[Block]:
    if report.limited is not None:
        yield _not_asked_for(report.limited, say)
    if not report.held_back and not report.withheld and not report.redactions:
        yield Prose(say("left_out.nothing" if report.limited is None else "left_out.nothing_else"))
        return
    if report.held_back:
        head = (say("left_out.grade"), say("left_out.count"), say("left_out.reason"))
        rows = tuple((say(f"grade.{grade}"), str(count), reason) for grade, count, reason in report.held_back)
        yield Table(say("left_out.held_back_caption"), head, rows, (20, 14, 66))
    if report.withheld or report.redactions:
        yield withheld_table(report, say)
    yield Prose(say("left_out.complaint"))


def _not_asked_for(limited: Limitation, say: Phrases) -> Block:
    """Return what lies outside of a request that the person limited, counted by source (A-32)."""
    if not limited.left:
        return Prose(say("left_out.elsewhere"))
    rows = tuple((title, str(count)) for title, count in limited.left)
    return Table(say("left_out.limited_caption"), (say("sources.source"), say("left_out.count")), rows, (80, 20))


def withheld_table(report: AccessReport, say: Phrases) -> Table:
    """Return every value that is not shown, or not in full because labels stand for others, with the reason (A-18)."""
    head = (say("left_out.record"), say("left_out.field"), say("left_out.reason"))
    labelled = tuple(
        (one.record, one.field, say("left_out.labelled", label=one.label, count=one.count, reason=one.reason))
        for one in report.redactions
    )
    return Table(say("left_out.withheld_caption"), head, (*report.withheld, *labelled), (38, 22, 40))


def _not_searched(report: AccessReport, say: Phrases) -> Block:
    if not report.not_searched:
        return Prose(say("not_searched.none"))
    head = (say("not_searched.what"), say("not_searched.reason"))
    return Table(say("not_searched.caption"), head, report.not_searched, (40, 60))


def _rights(report: AccessReport, say: Phrases) -> Block:
    if not report.rights:
        return Prose(say("rights.none"), strong=True)
    head = (say("rights.right"), say("rights.how"))
    return Table(say("rights.caption"), head, report.rights, (34, 66))


def _complaint(report: AccessReport, say: Phrases) -> Iterator[Block]:
    known = bool(report.authority)
    yield Prose(say("complaint.authority", authority=report.authority) if known else say("complaint.no_authority"))
    if report.court:
        own = report.court.rstrip().endswith(".")  # a sentence of the controller's stands by itself
        yield Prose(report.court if own else say("complaint.court", court=report.court))


def _reading(say: Phrases) -> Iterator[Block]:
    yield Prose(say("reading.unchanged"))
    yield Prose(say("reading.marks", empty=say("record.empty"), absent=say("record.absent")))
    yield Prose(say("reading.notation"))
    yield Prose(say("reading.files"))
    yield Prose(f"{say('reading.pdf_text')} {say('reading.glyphs')}")
