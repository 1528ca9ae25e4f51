"""Where the data comes from, and whether machines decide by it, as sentences (Art. 15(1)(g)-(h) GDPR)."""

from __future__ import annotations

from dsar.config import CollectionSpec, Decision
from dsar.model import Finding
from dsar.vocabulary import sentence

_GIVEN_BY = {"person": "provided", "observed": "observed", "derived": "derived"}


def origin_text(spec: CollectionSpec, found: tuple[Finding, ...], language: str) -> str:
    """Say where the data of a collection comes from, and which fields came another way (Art. 15(1)(g), 14(2)(f)).

    What is not recorded is said to be so; `missing_keys` makes such a report a draft.
    """
    if spec.origin in ("third_party", "acquisition"):
        first = _indirect(spec, language)
    else:
        first = sentence(f"origin_{spec.origin or 'unknown'}", language)
    usual = _GIVEN_BY.get(spec.origin or "")
    rest = [_also(given, found, language) for given in ("provided", "observed", "derived") if given != usual]
    return " ".join(text for text in (first, *rest) if text)


def automated_text(spec: CollectionSpec, language: str) -> str:
    """Say whether decisions are made by automated means alone; if so, the controller's own words (C-203/22)."""
    told = spec.automated_decision
    if isinstance(told, Decision):
        return sentence("automated_described", language)
    if isinstance(told, str) and told.strip():
        return told.strip()
    if told is None or isinstance(told, str):
        return sentence("automated_unknown", language)
    return sentence("automated_undescribed" if told else "automated_none", language)


def _indirect(spec: CollectionSpec, language: str) -> str:
    unknown = sentence("not_recorded", language)
    return sentence(
        f"origin_{spec.origin}",
        language,
        supplier=spec.supplier or unknown,
        acquired=spec.acquired.isoformat() if spec.acquired else unknown,
        confirmation=spec.confirmation or unknown,
        notice=spec.notice or unknown,
    )


def _also(given: str, found: tuple[Finding, ...], language: str) -> str:
    """The fields that came to the controller another way than the collection as a whole (A-12: per category)."""
    fields = (field for finding in found for field in finding.fields)
    labels = dict.fromkeys(f.label for f in fields if f.given == given and (f.value or f.withheld))
    return sentence(f"also_{given}", language, fields=", ".join(labels)) if labels else ""
