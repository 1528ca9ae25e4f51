"""What in a text is the person's own: their addresses, numbers and the words of their name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dsar.config import Config, FieldSpec
from dsar.model import Answer, Record
from dsar.normalise import NAME_KINDS, PLACE_KINDS, normal_forms, phone, words
from dsar.redaction.detect import tokens

SpecOf = Callable[[Record, str], FieldSpec]
_OF_NOBODY = (
    "info office kontakt contact sales vertrieb support help service admin hello mail team billing accounting hr jobs "
    "karriere noreply no-reply newsletter marketing orders order bestellung invoices privacy datenschutz dpo legal "
    "security abuse postmaster webmaster desk"
)
FUNCTIONS = frozenset(_OF_NOBODY.split())
"""Mailboxes of the controller that name a function and nobody."""


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to the person, and what belongs to the controller and so to nobody."""

    values: frozenset[str]
    """Normal forms of e-mails, phones and issued numbers, whatever their kind."""
    words: frozenset[str]
    """The words of the person's names, in plain letters."""
    domains: tuple[str, ...]
    """Domains of the controller's mailboxes."""
    region: str | None

    def has(self, normal: str) -> bool:
        """Whether a normal form is the person's own."""
        return normal in self.values

    def is_name(self, normal: str) -> bool:
        """Whether every word of a name is a word of the person's own names."""
        return all(word in self.words for word in normal.split())

    def is_staff(self, address: str) -> bool:
        """Whether an address is a mailbox of the controller."""
        domain = address.rpartition("@")[2]
        return any(domain == name or domain.endswith(f".{name}") for name in self.domains)

    def is_function(self, address: str) -> bool:
        """Whether an address is a mailbox of the controller that stands for a function (`privacy@`), for no person."""
        return self.is_staff(address) and address.partition("@")[0].rstrip("0123456789") in FUNCTIONS


def own_of(answer: Answer, spec_of: SpecOf, config: Config) -> Own:
    """Gather what is the person's own: what they gave, what the search learned, what their records say of them.

    The controller's own phones and function mailboxes are taken in, too: they are nobody's.
    """
    region = config.controller.phone_region
    values = {number for text in config.controller.own_phones if (number := phone(text, region))}
    named: set[str] = set()
    for kind, value in _identifiers(answer, spec_of):
        if kind in NAME_KINDS:
            named.update(words(value))
        elif kind not in PLACE_KINDS and kind != "birth_date":
            values.update(normal_forms(kind, value, region))
            values.update(token.normal for token in tokens(value))
    values.update(match.record.key.casefold() for match in answer.graded("confirmed"))
    domains = tuple(domain.casefold() for domain in config.controller.own_domains)
    return Own(frozenset(values), frozenset(named), domains, region)


def _identifiers(answer: Answer, spec_of: SpecOf) -> Iterable[tuple[str, str]]:
    named = {w for one in answer.request.identifiers if one.kind in NAME_KINDS for w in words(one.value)}
    foreign = {m.record.record for m in answer.graded("confirmed") if _only_receives(m.record, spec_of, named)}
    for known in answer.identifiers:
        if known.given or known.learned_from not in foreign:
            yield known.kind, known.value
    for match in answer.graded("confirmed"):
        for name, value in match.record.fields if match.record.record not in foreign else ():
            spec = spec_of(match.record, name) if value else None
            if spec is not None and spec.identifier and spec.role == "subject":
                yield spec.identifier, value or ""


def _only_receives(record: Record, spec_of: SpecOf, named: set[str]) -> bool:
    """Whether a parcel goes to the person and somebody else pays: the record's subject is the other one then."""
    names: dict[str, set[str]] = {}
    for field, value in record.fields:
        spec = spec_of(record, field) if value else None
        if spec is not None and spec.identifier in NAME_KINDS:
            names.setdefault(spec.role, set()).update(words(value or ""))
    paid, sent = names.get("billing", set()), names.get("shipping", set())
    return bool(named and paid and sent and sent <= named and not paid <= named)
