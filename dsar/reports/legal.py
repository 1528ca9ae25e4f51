"""What the law wants to know of a collection and of the controller, and what of it is not filled in."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.config import CollectionSpec, Config, Decision, Keep, Purpose, RecipientSpec
from dsar.reports.facts import declared
from dsar.retention import covers as keep_covers
from dsar.retention import says_nothing
from dsar.vocabulary import basis, covers
from dsar.vocabulary.countries import third_country

CONTROLLER_KEYS = ("name", "contact", "authority", "court", "calendar")


def missing_keys(spec: CollectionSpec, config: Config) -> tuple[str, ...]:
    """Name the must-keys that a collection lacks, in the order of dsar.toml (Art. 5(2), 14, 15, 30 GDPR).

    A key stands alone (`keep`), or with what it is missing for (`basis (newsletter)`). Columns without a category
    are not named here.
    """
    parts = (_purposes(spec), _keeps(spec), _origin(spec), _recipients(spec, config), _automated(spec))
    return tuple(dict.fromkeys(key for part in parts for key in part))


def missing_controller_keys(config: Config) -> tuple[str, ...]:
    """Name the keys of `[controller]` that a report cannot be without (Art. 13(1)(a), 15(1)(f), 77, 79 GDPR)."""
    return tuple(key for key in CONTROLLER_KEYS if _blank(getattr(config.controller, key)))


def regime_name(written: str) -> str:
    """The name of a regime as it is compared: in capitals; `UK GDPR` is `UK`."""
    name = written.strip().upper()
    return "UK" if name in ("UK GDPR", "UK-GDPR") else name


def _purposes(spec: CollectionSpec) -> Iterator[str]:
    named = [purpose for purpose in spec.purposes if not _blank(purpose.purpose)]
    if not named:
        yield "purposes"
        return
    for purpose in named:
        yield from _basis(purpose)
    for key in _categories(spec):
        if not any(covers(wanted, key) for purpose in named for wanted in purpose.categories):
            yield f"purposes ({key})"


def _basis(purpose: Purpose) -> Iterator[str]:
    letter = basis(purpose.basis).letter
    if letter is None:
        yield f"basis ({purpose.purpose})"
    elif letter == "f" and _blank(purpose.interest):  # Art. 13(1)(d), 14(2)(b)
        yield f"interest ({purpose.purpose})"


def _keeps(spec: CollectionSpec) -> Iterator[str]:
    if not spec.keep:
        yield "keep"
        return
    for keep in spec.keep:
        yield from _keep(keep, spec)
    for key in _categories(spec):
        if not any(keep_covers(keep, key) for keep in spec.keep):
            yield f"keep ({key})"


def _keep(keep: Keep, spec: CollectionSpec) -> Iterator[str]:
    if keep.criterion is not None and says_nothing(keep.criterion):
        yield "keep.criterion"
    if any(number is not None for number in (keep.days, keep.months, keep.years)):
        if keep.after is None or _blank(keep.after):
            yield "keep.after"
        elif spec.fields and declared(spec.fields, keep.after) is None:
            yield f"keep.after ({keep.after})"
    elif keep.criterion is None and keep.hold_until is None:
        yield "keep"


def _origin(spec: CollectionSpec) -> Iterator[str]:
    if spec.origin is None:
        yield "origin"
    elif spec.origin in ("third_party", "acquisition"):  # Art. 14(2)(f), 14(1)-(3); P-7: legality must be confirmed
        for key in ("supplier", "acquired", "confirmation", "notice"):
            if _blank(getattr(spec, key)):
                yield key


def _recipients(spec: CollectionSpec, config: Config) -> Iterator[str]:
    if spec.recipients is None:
        yield "recipients"
        return
    known = {recipient.name: recipient for recipient in config.recipient}
    for used in spec.recipients:
        recipient = known.get(used.name)
        if recipient is None:
            yield f"recipients ({used.name})"
        else:
            yield from _recipient(recipient, config.controller.regime)


def _recipient(recipient: RecipientSpec, regime: str) -> Iterator[str]:
    if _blank(recipient.country):
        yield f"country ({recipient.name})"
    elif third_country(recipient.country, regime_name(regime)) and (
        recipient.transfer is None or _blank(recipient.transfer.mechanism)
    ):
        yield f"transfer ({recipient.name})"
    if "distributor" in recipient.role.casefold() and (
        recipient.certificate is None or _blank(recipient.certificate.ref)
    ):
        yield f"certificate ({recipient.name})"


def _automated(spec: CollectionSpec) -> Iterator[str]:
    # Art. 15(1)(h): a bare "yes" tells neither the logic nor the consequences.
    if isinstance(spec.automated_decision, Decision):
        yield from _undescribed(spec.automated_decision)
    elif spec.automated_decision is not False and not (
        isinstance(spec.automated_decision, str) and spec.automated_decision.strip()
    ):
        yield "automated_decision"


def _undescribed(told: Decision) -> Iterator[str]:
    for key in ("logic", "consequences", "contact"):
        if _blank(getattr(told, key)):
            yield f"automated_decision.{key}"


def _categories(spec: CollectionSpec) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field.category for field in spec.fields.values() if field.category))


def _blank(value: object) -> bool:
    return value is None or not str(value).strip()
