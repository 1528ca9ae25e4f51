"""Why a report is a draft: what the controller has not filled in, or has not confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsar.config import CollectionSpec, Config
from dsar.model import CollectionReport, Finding
from dsar.reports.facts import NOT_CONFIGURED, Collections, any_index, declared
from dsar.reports.legal import missing_controller_keys
from dsar.reports.setting import Setting
from dsar.vocabulary import UNCLASSIFIED, sentence


def drafts(told: tuple[CollectionReport, ...], collections: Collections, setting: Setting) -> tuple[str, ...]:
    """Say in sentences why a report cannot go out yet; names of keys and columns only, never a value."""
    language = setting.language
    reasons = list(_of_controller(setting.config, setting.regime, language))
    for collection in told:
        spec = collections.get((collection.source, collection.collection), NOT_CONFIGURED)
        where = f"{collection.source}/{collection.collection}"
        for key, names in (
            ("draft_missing", collection.missing),
            ("draft_unconfirmed", spec.unconfirmed),
            ("draft_unclassified", _unclassified(collection.findings)),
            ("draft_codes", _codes_without_meaning(spec, collection.findings)),
        ):
            if names:
                reasons.append(sentence(key, language, collection=where, keys=", ".join(names)))
    return tuple(reasons)


def untranslated(
    told: tuple[CollectionReport, ...], missing: Mapping[tuple[str, str] | None, tuple[str, ...]], language: str
) -> tuple[str, ...]:
    """Name texts of the controller that the person would get in another language (Art. 12(1) GDPR, A-38)."""
    places = (None, *((collection.source, collection.collection) for collection in told))
    texts = tuple(dict.fromkeys(text for place in places for text in missing.get(place, ())))
    if not texts:
        return ()
    shown = "; ".join(f"“{text}”" for text in texts[:3])
    return (sentence("draft_texts", language, count=len(texts), texts=shown, code=language),)


def _of_controller(config: Config, regime: str, language: str) -> Iterator[str]:
    missing = missing_controller_keys(config)
    if missing:
        yield sentence("draft_controller", language, keys=", ".join(missing))
    if regime not in ("GDPR", "UK", "CCPA"):
        yield sentence("draft_regime", language, regime=regime)


def _unclassified(found: tuple[Finding, ...]) -> tuple[str, ...]:
    fields = (field for finding in found for field in finding.fields)
    return tuple(dict.fromkeys(any_index(f.name) for f in fields if f.category == UNCLASSIFIED and f.value is not None))


def _codes_without_meaning(spec: CollectionSpec, found: tuple[Finding, ...]) -> tuple[str, ...]:
    """Columns with a list of codes that lacks a code found here: every code must be told in words (A-20)."""
    open_codes = (f for finding in found for f in finding.fields if f.value and f.value.strip() and not f.meaning)
    names = dict.fromkeys(any_index(field.name) for field in open_codes)
    return tuple(name for name in names if (field := declared(spec.fields, name)) and field.codes)
