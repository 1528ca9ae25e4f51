"""Who received this person's data, by name, and whether any of it was ever sold (Art. 15(1)(c), 15(2) GDPR)."""

from __future__ import annotations

from collections.abc import Iterable

from dsar.config import Certificate, CollectionSpec, Config, RecipientUse, plain
from dsar.model import Finding, Recipient
from dsar.reports.facts import declared
from dsar.reports.setting import Setting
from dsar.vocabulary import sentence

_NOT_SENT = frozenset({"", "0", "false", "f", "no", "n", "nein", "none", "null"})
_MECHANISMS = {
    "adequacy": "mechanism_adequacy",
    "scc": "mechanism_scc",
    "bcr": "mechanism_bcr",
    "derogation": "mechanism_derogation",
}


def recipients(spec: CollectionSpec, found: tuple[Finding, ...], setting: Setting) -> tuple[Recipient, ...]:
    """Name those that this person's records of one collection went to (Art. 15(1)(c) GDPR, C-154/21).

    A recipient whose `sent` names a column is told only where a record of this person says that it was sent.
    """
    known = {recipient.name: recipient for recipient in setting.config.recipient}
    told = []
    for used in spec.recipients or ():
        disclosed = _disclosed(used, spec, found, setting.language)
        recipient = known.get(used.name)
        if disclosed is None:
            continue
        transfer = recipient.transfer if recipient else None
        told.append(
            Recipient(
                name=used.name,
                role=recipient.role if recipient else "",
                country=recipient.country if recipient else "",
                disclosed=disclosed,
                mechanism=_mechanism(transfer.mechanism, setting.language) if transfer else None,
                copy_at=transfer.copy_at if transfer else None,
                certificate=_certificate(recipient.certificate if recipient else None, setting),
            )
        )
    return tuple(told)


def never_sold(config: Config, collections: Iterable[CollectionSpec]) -> bool:
    """Whether every configured disclosure says `sold = false` itself, and no collection is silent (P-10).

    A default is no statement: a recipient without the key, or a collection without `recipients`, makes it False.
    """
    specs = tuple(collections)
    told = all("sold" in recipient.model_fields_set and not recipient.sold for recipient in config.recipient)
    return bool(specs) and told and all(spec.recipients is not None for spec in specs)


def _disclosed(used: RecipientUse, spec: CollectionSpec, found: tuple[Finding, ...], language: str) -> str | None:
    """When, or how it is known, that records were sent; None where none of this person's records was."""
    sent = used.sent.strip()
    if plain(sent) in ("", "all", "all rows"):
        text = sentence("sent_all", language)
    elif _is_column(sent, spec, found):
        values = _values(sent, found)
        if not values:
            return None
        listed = ", ".join(dict.fromkeys(values))
        label = (field := declared(spec.fields, sent)) and field.label
        numbers = {"count": len(values), "total": len(found)}
        text = sentence("sent_column", language, **numbers, column=label or sent, values=listed)
    else:
        text = sent
    return sentence("sent_since", language, since=used.since.isoformat(), sent=text) if used.since else text


def _is_column(name: str, spec: CollectionSpec, found: tuple[Finding, ...]) -> bool:
    if declared(spec.fields, name) is not None:
        return True
    return any(plain(field.name) == plain(name) for finding in found for field in finding.fields)


def _values(column: str, found: tuple[Finding, ...]) -> list[str]:
    """What each record that was sent says in the column: a date, a mark."""
    cells = [
        next((field.value for field in finding.fields if plain(field.name) == plain(column)), None) for finding in found
    ]
    return [cell.strip() for cell in cells if cell is not None and plain(cell) not in _NOT_SENT]


def _mechanism(written: str, language: str) -> str | None:
    key = _MECHANISMS.get(plain(written))
    return sentence(key, language) if key else written.strip() or None


def _certificate(certificate: Certificate | None, setting: Setting) -> str | None:
    if certificate is None or not certificate.ref.strip():
        return None
    if certificate.until is None:
        return certificate.ref
    key = "certificate_expired" if certificate.until < setting.today else "certificate_valid"
    return sentence(key, setting.language, ref=certificate.ref, until=certificate.until.isoformat())
