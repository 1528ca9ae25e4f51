"""Consents given and withdrawn, and who looked at or received the data, from the sources that log it (A-16, A-17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dsar.config import CollectionSpec, History
from dsar.model import Access, Consent, Finding
from dsar.reports.cells import filled, iso, moment, order, text

Held = Iterable[tuple[CollectionSpec, tuple[Finding, ...]]]
"""The declaration of each collection that holds data, with this person's findings in it."""
_Event = tuple[datetime | None, Finding]


def consents(held: Held) -> tuple[Consent, ...]:
    """Tell for each purpose and channel what was agreed to, when and how, and whether it was withdrawn (Art. 7).

    The last event counts; what was given again after a withdrawal is told as given.
    """
    told: list[Consent] = []
    for spec, found in held:
        if spec.history is not None and spec.history.tells == "consents":
            told.extend(_consents(spec.history, spec, found))
    return tuple(told)


def accesses(held: Held) -> tuple[Access, ...]:
    """List every look-up and disclosure that a source logged, by time; staff stand as roles (C-579/21, T-6)."""
    told: list[tuple[datetime, Access]] = []
    for spec, found in held:
        rule = spec.history
        if rule is None or rule.tells == "consents":
            continue
        for when, one in _events(rule, spec, found):
            access = Access(
                kind="access" if rule.tells == "accesses" else "disclosure",
                when=iso(when) or text(one, rule.when),
                purpose=text(one, rule.purpose),
                by=text(one, rule.by),
                country=text(one, rule.country),
                record=one.match.record.record,
            )
            told.append((order(when) if when else datetime.min.replace(tzinfo=UTC), access))
    told.sort(key=lambda entry: entry[0])
    return tuple(access for _, access in told)


def logged(held: Iterable[tuple[str, CollectionSpec]]) -> tuple[str, ...]:
    """Name the collections that log look-ups or disclosures, whether they hold this person's or not."""
    return tuple(title for title, spec in held if spec.history is not None and spec.history.tells != "consents")


def _consents(rule: History, spec: CollectionSpec, found: tuple[Finding, ...]) -> Iterator[Consent]:
    by_purpose: dict[tuple[str, str], list[_Event]] = {}
    for event in _events(rule, spec, found):
        by_purpose.setdefault((text(event[1], rule.purpose), text(event[1], rule.channel)), []).append(event)
    for (purpose, channel), events in by_purpose.items():
        given = [event for event in events if not _ends(rule, event[1])]
        last = events[-1]
        ended = last if _ends(rule, last[1]) else None
        start = given[-1] if given else None
        yield Consent(
            purpose=purpose,
            channel=channel,
            state=text(last[1], rule.state),
            version=text(start[1], rule.version) if start else "",
            given=_when(start, rule),
            given_how=text(start[1], rule.how) if start else "",
            withdrawn=_when(ended, rule),
            withdrawn_how=text(ended[1], rule.how) if ended else "",
            records=tuple(one.match.record.record for _, one in events),
        )


def _ends(rule: History, finding: Finding) -> bool:
    return bool(rule.state) and (filled(finding, rule.state or "") or "") in rule.withdrawn


def _when(event: _Event | None, rule: History) -> str | None:
    return None if event is None else iso(event[0]) or text(event[1], rule.when) or None


def _events(rule: History, spec: CollectionSpec, found: tuple[Finding, ...]) -> list[_Event]:
    """The findings with their moments, in time; those without one come first, as nothing is known of them."""
    events = [(moment(one, rule.when, spec), one) for one in found]
    undated = [event for event in events if event[0] is None]
    dated = sorted(((order(when), when, one) for when, one in events if when is not None), key=lambda event: event[0])
    return [*undated, *((when, one) for _, when, one in dated)]
