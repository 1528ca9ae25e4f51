"""What stands beside the steps of a plan: who must be told, and what the plan does not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from dsar.config import CollectionSpec, Config, RecipientSpec, RecipientUse
from dsar.erasure.counted import counted
from dsar.model import OUT_OF_SCOPE, Answer, Recipient, Record, SourceAnswer
from dsar.retention import value_of

_NOT_SENT = {"", "0", "no", "n", "false", "f", "nein"}


def recipients_of(
    records: Sequence[Record], collections: Mapping[tuple[str, str], CollectionSpec], config: Config
) -> tuple[Recipient, ...]:
    """Collect everybody the records went to, each once, in the order of dsar.toml (Art. 19 GDPR, C-154/21).

    `sent = "all"` means every row; any other `sent` names a column that is filled where the row was sent.
    """
    told: dict[str, list[str]] = {}
    for record in records:
        spec = collections.get((record.source, record.collection))
        for use in (spec.recipients or ()) if spec else ():
            said = _disclosed(use, record)
            if said and said not in told.setdefault(use.name, []):
                told[use.name].append(said)
    return tuple(_recipient(known, "; ".join(told[known.name])) for known in config.recipient if told.get(known.name))


def _disclosed(use: RecipientUse, record: Record) -> str | None:
    since = f"since {use.since.isoformat()}, " if use.since else ""
    place = f"{record.source}/{record.collection}"
    if use.sent == "all":
        return f"{since}every row of {place}"
    value = value_of(dict(record.fields), use.sent)
    if value is None:
        return f"{since}{place}: not known whether this row was sent"
    return None if value.strip().casefold() in _NOT_SENT else f"{since}{place}: marked in column {use.sent}"


def _recipient(known: RecipientSpec, disclosed: str) -> Recipient:
    told = Recipient(known.name, known.role, known.country, disclosed)
    if known.transfer:
        told = replace(told, mechanism=known.transfer.mechanism, copy_at=known.transfer.copy_at)
    if known.certificate:
        until = f", valid until {known.certificate.until.isoformat()}" if known.certificate.until else ""
        told = replace(told, certificate=f"{known.certificate.ref}{until}")
    return told


def out_of_scope(answer: Answer, config: Config, today: date) -> tuple[tuple[str, str], ...]:
    """List what the plan does not reach, each with its reason: undecided records, sources, backups (Art. 12(4), 17).

    Backups come with the day their last copy expires, counted from `today`.
    """
    undecided = [
        (
            f"{source.source}/{source.collection}",
            f"{counted(count, f'{grade} record')}, not decided: a person must say what is theirs",
        )
        for source in answer.sources
        for grade, count in (("probable", source.probable), ("possible", source.possible))
        if count
    ]
    manual = [
        (source.title or source.name, f"No export; ask {source.ask or 'the people who run it'}.")
        for source in config.source
        if source.manual
    ]
    asked = {source.name for source in config.source if source.manual}
    unsearched = [
        (f"{source.source}/{source.collection}", _why(source))
        for source in answer.sources
        if source.result in ("failed", "not_searched") and source.source not in asked
    ]
    never = [
        (left.what, f"{left.reason}{_expiry(left.last_copy_days, today)}") for left in config.controller.not_searched
    ]
    return (*undecided, *manual, *unsearched, *never)


def _why(source: SourceAnswer) -> str:
    if source.reason == OUT_OF_SCOPE:
        return source.reason
    return f"{source.result.replace('_', ' ')}: {source.reason or 'no reason'}"


def _expiry(days: int | None, today: date) -> str:
    return "" if days is None else f"; the last copy expires by {(today + timedelta(days=days)).isoformat()}"
