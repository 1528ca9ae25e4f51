"""The access report of one person: everything Art. 15 GDPR asks for, from the answer of the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from dsar.config import CollectionSpec, Config, Purpose
from dsar.errors import DsarError
from dsar.model import (
    OUT_OF_SCOPE,
    AccessReport,
    Answer,
    Attachment,
    California,
    CollectionReport,
    Finding,
    Limitation,
    Processing,
    SourceAnswer,
)
from dsar.reports.california import california
from dsar.reports.decisions import automated_decision
from dsar.reports.drafts import drafts, untranslated
from dsar.reports.facts import NOT_CONFIGURED, Collections, categories_found, findings
from dsar.reports.histories import accesses, consents, logged
from dsar.reports.in_language import in_language
from dsar.reports.ledger import check_sums
from dsar.reports.legal import missing_keys, regime_name
from dsar.reports.origin import automated_text, origin_text
from dsar.reports.periods import retention
from dsar.reports.recipients import never_sold, recipients
from dsar.reports.rights import rights
from dsar.reports.setting import Setting
from dsar.reports.together import groups
from dsar.vocabulary import basis, covers, language_of, purpose, sentence

_HELD_BACK: tuple[Literal["probable", "possible", "refused"], ...] = ("probable", "possible", "refused")


def build_report(
    answer: Answer,
    config: Config,
    collections: Collections,
    attachments: tuple[Attachment, ...],
) -> AccessReport:
    """Build what a person is told under Art. 15 GDPR, from this person's confirmed records only.

    `collections` is by (source, collection) with connector and dsar.toml already joined; the day of the report is that
    of `answer.as_of`. A report with `drafts` must not go out. Raises Incomplete if a sum does not reconcile, DsarError
    for a language there are no texts in, and for an attachment of a foreign record.
    """
    setting = _setting(answer, config)
    words = in_language(config, collections, setting.language)
    setting, collections = replace(setting, config=words.config, words=words.words), words.collections
    found = findings(answer, collections, setting.language, setting.regime)
    _refuse_foreign(attachments, found)
    told = tuple(_collections(answer, found, collections, setting))
    specs = tuple(collections.get((part.source, part.collection), NOT_CONFIGURED) for part in told)
    held = tuple(zip(specs, (part.findings for part in told), strict=True))
    asked = collections if answer.limited is None else answer.limited.to
    titles = ((_title(place, spec, answer), spec) for place, spec in collections.items() if place in asked)
    report = AccessReport(
        **_header(answer, setting),
        drafts=(*drafts(told, collections, setting), *untranslated(told, words.missing, setting.language)),
        collections=told,
        attachments=attachments,
        held_back=tuple(_held_back(answer, setting.language)),
        withheld=tuple(_withheld(found)),
        rights=rights(tuple(use for part in told for use in part.processing), specs, setting),
        never_sold=never_sold(config, collections.values()),
        consents=consents(held),
        accesses=accesses(held),
        accesses_logged=logged(titles),
    )
    check_sums(report)
    if setting.regime == "CCPA":
        return _californian(report, california(answer.request, zip(specs, told, strict=True), setting))
    return report


def _californian(report: AccessReport, told: California) -> AccessReport:
    """The same for California: without the pieces where the identity was not verified for them (§7024(a), A-57)."""
    if told.pieces:
        return replace(report, california=told)
    return replace(
        report, california=told, collections=(), identifiers=(), attachments=(), withheld=(), redactions=(),
        consents=(), accesses=(), accesses_logged=(),
    )  # fmt: skip


def _setting(answer: Answer, config: Config) -> Setting:
    request, controller = answer.request, config.controller
    language = language_of(request.language or controller.language)
    regime = regime_name(request.regime or controller.regime)
    return Setting(config, language, date.fromisoformat(answer.as_of[:10]), regime)


def _header(answer: Answer, setting: Setting) -> dict[str, Any]:
    """Who answers whom, when, and which sources were and were not searched."""
    controller, language = setting.config.controller, setting.language
    sources = tuple(_in_words(source, setting) for source in answer.sources)
    missed = tuple(_unanswered(sources, setting.config, language))
    outside = {(one.title or one.source, sentence("out_of_scope", language)) for one in answer.sources}
    return {
        "request": answer.request,
        "language": language,
        "regime": setting.regime,
        "controller": controller.name,
        "contact": controller.contact,
        "dpo": controller.dpo,
        "authority": controller.authority,
        "court": controller.court,
        "as_of": answer.as_of,
        "made": setting.today.isoformat(),
        "held": answer.held,
        "complete": _complete(answer) and not set(missed) - outside,
        "limited": _limited(answer, sources),
        "identifiers": answer.identifiers,
        "sources": sources,
        "not_searched": tuple(dict.fromkeys((*missed, *_left_aside(setting.config, language)))),
    }


def _complete(answer: Answer) -> bool:
    """Whether all that was asked for was searched and nothing waits: that the person narrowed it is no gap."""
    note = answer.limited.note if answer.limited else None
    return replace(answer, notes=tuple(one for one in answer.notes if one != note)).complete


def _limited(answer: Answer, sources: tuple[SourceAnswer, ...]) -> Limitation | None:
    """What the person limited the request to, and where outside of it something was found, by the titles of both."""
    if answer.limited is None:
        return None
    titles = {(one.source, one.collection): one.title or one.source for one in sources}
    to = dict.fromkeys(titles[place] for place in answer.limited.to)
    left = tuple((titles[one[:2]], one[2]) for one in answer.limited.left if one[2])
    return Limitation(tuple(to), len({source for source, _ in answer.limited.to}), left)


def _in_words(source: SourceAnswer, setting: Setting) -> SourceAnswer:
    """The same with title and reason in the language of the report; the search gives its own for the officer."""
    source = replace(source, title=setting.words.get(source.title, source.title))
    if source.reason is None:
        return source
    keys = {"failed": "failed", "held": "partly_failed", "not_searched": "no_such_rows"}
    key = "manual" if source.connector == "manual" else keys.get(source.result, "failed")
    key = "out_of_scope" if source.reason == OUT_OF_SCOPE else key
    return replace(source, reason=sentence(key, setting.language))


def _title(place: tuple[str, str], spec: CollectionSpec, answer: Answer) -> str:
    titles = {(source.source, source.collection): source.title for source in answer.sources}
    return spec.title or titles.get(place) or place[1]


def _collections(
    answer: Answer, found: tuple[Finding, ...], collections: Collections, setting: Setting
) -> Iterator[CollectionReport]:
    """One report for each collection that holds data, in the order of the sources."""
    grouped: dict[tuple[str, str], list[Finding]] = {(s.source, s.collection): [] for s in answer.sources}
    for finding in found:
        record = finding.match.record
        grouped.setdefault((record.source, record.collection), []).append(finding)
    for place, part in grouped.items():
        if part:
            spec = collections.get(place, NOT_CONFIGURED)
            yield _collection(spec, _title(place, spec, answer), tuple(part), setting)


def _collection(spec: CollectionSpec, title: str, found: tuple[Finding, ...], setting: Setting) -> CollectionReport:
    record, language = found[0].match.record, setting.language
    seen = categories_found(found)
    return CollectionReport(
        source=record.source,
        collection=record.collection,
        title=title,
        processing=tuple(use for one in spec.purposes if (use := _processing(one, seen, language))),
        recipients=recipients(spec, found, setting),
        retention=retention(spec, found, language),
        origin=origin_text(spec, found, language),
        automated_decision=automated_text(spec, language),
        findings=found,
        missing=missing_keys(spec, setting.config),
        groups=groups(spec, found),
        decision=automated_decision(spec, found),
    )


def _processing(one: Purpose, seen: tuple[str, ...], language: str) -> Processing | None:
    """A purpose with the categories of this person's data that it uses; None where it uses none (A-4)."""
    used = tuple(key for key in seen if any(covers(wanted, key) for wanted in one.categories))
    if not used or not one.purpose.strip():
        return None
    what, why = purpose(one.purpose), basis(one.basis)
    return Processing(
        purpose=what.text(language),
        basis=why.text(language),
        interest=one.interest or None,
        categories=("*",) if "*" in one.categories else used,
        purpose_key=what.key,
        basis_key=why.key,
    )


def _unanswered(sources: tuple[SourceAnswer, ...], config: Config, language: str) -> Iterator[tuple[str, str]]:
    """Sources that should have been searched and were not: failed ones, and those a person is asked about."""
    for source in sources:
        if source.result in ("failed", "not_searched"):
            manual = any(one.manual and one.name == source.source for one in config.source)
            reason = source.reason or sentence("manual" if manual else "failed", language)
            yield source.title or source.source, reason
    answered = {source.source for source in sources}
    for one in config.source:
        if one.manual and one.name not in answered:
            yield one.title or one.name, sentence("manual", language)


def _left_aside(config: Config, language: str) -> Iterator[tuple[str, str]]:
    """What the controller never searches, such as backups, with its reason (EDPB Guidelines 01/2022, 5.1)."""
    for one in config.controller.not_searched:
        days = one.last_copy_days
        yield one.what, sentence("last_copy", language, reason=one.reason, days=days) if days else one.reason


def _held_back(answer: Answer, language: str) -> Iterator[tuple[str, int, str]]:
    """Records that are not part of the copy, counted by grade; refused ones may only be counted by their source."""
    for grade in _HELD_BACK:
        counted = sum(getattr(source, grade) for source in answer.sources)
        count = max(counted, len(answer.graded(grade)))
        if count:
            yield grade, count, sentence(f"held_{grade}", language)


def _withheld(found: tuple[Finding, ...]) -> Iterator[tuple[str, str, str]]:
    for finding in found:
        for field in finding.fields:
            if field.withheld is not None:
                yield finding.match.record.record, field.label, field.withheld


def _refuse_foreign(attachments: tuple[Attachment, ...], found: tuple[Finding, ...]) -> None:
    own = {finding.match.record.record for finding in found}
    foreign = sum(attachment.record not in own for attachment in attachments)
    if foreign:
        raise DsarError(
            f"{foreign} attached file(s) belong to records that are not confirmed as this person's.",
            hint="Hand over the files of confirmed records only.",
        )
