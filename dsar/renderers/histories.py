"""What the report tells of consents, of look-ups, and of decisions by machines (A-13, A-16, A-17)."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.model import AccessReport, AutomatedDecision
from dsar.renderers.blocks import Block, Facts, Prose, Table
from dsar.renderers.moments import moment
from dsar.renderers.texts import Phrases
from dsar.vocabulary.countries import country_name


def consents(report: AccessReport, say: Phrases) -> Table | Prose:
    """Return every consent by purpose and channel: text, given when and how, withdrawn when (Art. 7(1) and (3))."""
    if not report.consents:
        return Prose(say("consents.none") if report.limited is None else say("consents.none_limited"))
    rows = tuple(
        (
            one.purpose or say("report.unknown"),
            one.channel,
            one.state,
            one.version,
            _event(one.given, one.given_how, say),
            _event(one.withdrawn, one.withdrawn_how, say),
            ", ".join(record.rpartition("/")[2] for record in one.records),
        )
        for one in report.consents
    )
    keys = ("purpose", "channel", "state", "version", "given", "withdrawn", "records")
    head = tuple(say(f"consents.{key}") for key in keys)
    return Table(say("consents.caption"), head, rows, (15, 10, 13, 14, 18, 18, 12))


def _event(when: str | None, how: str, say: Phrases) -> str:
    return ", ".join(part for part in (moment(when, say) if when else "", how) if part)


def accesses(report: AccessReport, say: Phrases) -> Iterator[Block]:
    """Yield every logged look-up and disclosure, or why there is none to tell (C-579/21)."""
    if not report.accesses_logged:
        yield Prose(say("accesses.not_logged") if report.limited is None else say("accesses.not_asked_for"))
        return
    table = accesses_table(report, say)
    yield table if table.rows else Prose(say("accesses.none", titles=", ".join(report.accesses_logged)))
    if any(access.kind == "access" for access in report.accesses):
        yield Prose(say("accesses.staff"))


def accesses_table(report: AccessReport, say: Phrases) -> Table:
    """Return the look-ups and disclosures, oldest first."""
    rows = tuple(
        (moment(one.when, say), say(f"accesses.{one.kind}"), one.by, country_name(one.country, say.language),
         one.purpose, one.record.rpartition("/")[2])
        for one in report.accesses
    )  # fmt: skip
    head = tuple(say(f"accesses.{key}") for key in ("when", "kind", "by", "country", "purpose", "record"))
    return Table(say("accesses.caption"), head, rows, (22, 12, 22, 10, 22, 12))


def decision(told: AutomatedDecision, say: Phrases) -> Iterator[Block]:
    """Yield how machines decide, and each decision about this person with the data that went in (C-203/22)."""
    rows = tuple((say(f"decision.{key}"), getattr(told, key)) for key in ("logic", "effect", "consequences", "contact"))
    yield Facts(tuple((name, text) for name, text in rows if text))
    if not told.decisions:
        yield Prose(say("decision.none"))
        return
    decisions = tuple(
        (record.rpartition("/")[2], moment(when, say), result, "; ".join(f"{name}: {value}" for name, value in inputs))
        for record, when, result, inputs in told.decisions
    )
    head = tuple(say(f"decision.{key}") for key in ("record", "when", "result", "inputs"))
    yield Table(say("decision.caption"), head, decisions, (18, 22, 20, 40))
