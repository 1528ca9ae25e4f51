"""What a Californian request to know asks for: categories, sources, purposes, recipients (Cal. Civ. 1798.110, .130)."""

from __future__ import annotations

from collections.abc import Iterable

from dsar.config import CollectionSpec
from dsar.model import California, CaliforniaCategory, CollectionReport, Recipient, Request
from dsar.reports.setting import Setting
from dsar.vocabulary import category, ccpa_category

Part = tuple[CollectionSpec, CollectionReport]


def california(request: Request, parts: Iterable[Part], setting: Setting) -> California:
    """Sort what was found for this person by the categories of the CCPA (A-58).

    Specific pieces are told only where the identity was verified (CCPA Regs §7024(a), A-57). A recipient whose entry
    says `sold = true` is one to whom it was sold or shared; all others received it for a business purpose.
    """
    found: dict[str, dict[str, dict[str, None]]] = {}
    sold = {recipient.name for recipient in setting.config.recipient if recipient.sold}
    for spec, part in parts:
        kept = dict.fromkeys(retention.rule for retention in part.retention)
        for key in _categories(part):
            told = found.setdefault(category(key).ccpa or "B", {name: {} for name in _LISTS})
            told["held"][category(key).text(setting.language)] = None
            told["sources"].update(dict.fromkeys(_sources(spec, part, key)))
            told["purposes"].update(dict.fromkeys(_purposes(part, key)))
            told["kept"].update(kept)
            for recipient in part.recipients:
                told["sold" if recipient.name in sold else "disclosed"][_named(recipient)] = None
    verified = bool(request.identity_method and request.identity_verified_on)
    return California(verified, tuple(_category(letter, found[letter], setting) for letter in sorted(found)))


_LISTS = ("held", "sources", "purposes", "sold", "disclosed", "kept")


def _category(letter: str, told: dict[str, dict[str, None]], setting: Setting) -> CaliforniaCategory:
    lists = {name: tuple(told[name]) for name in _LISTS}
    return CaliforniaCategory(letter, ccpa_category(letter, setting.language), **lists)


def _categories(part: CollectionReport) -> tuple[str, ...]:
    fields = (field for finding in part.findings for field in finding.fields)
    return tuple(dict.fromkeys(field.category for field in fields if field.value or field.withheld))


def _sources(spec: CollectionSpec, part: CollectionReport, key: str) -> Iterable[str]:
    """From the person, observed, derived, or the named supplier: by field where it is declared, else as a whole."""
    ways = {"provided": "person", "observed": "observed", "derived": "derived"}
    if spec.origin in ("third_party", "acquisition") and spec.supplier:
        yield spec.supplier
        return
    given = {f.given for one in part.findings for f in one.fields if f.category == key and (f.value or f.withheld)}
    named = [ways[way] for way in ("provided", "observed", "derived") if way in given]
    yield from named or ([spec.origin] if spec.origin else [])


def _purposes(part: CollectionReport, key: str) -> Iterable[str]:
    for use in part.processing:
        if "*" in use.categories or key in use.categories:
            yield use.purpose


def _named(recipient: Recipient) -> str:
    return f"{recipient.name} ({recipient.role})" if recipient.role else recipient.name
