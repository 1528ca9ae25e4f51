"""Records that only make sense together: a visit, an order with its lines, a thread (C-487/21, A-23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dsar.config import CollectionSpec, Together
from dsar.model import Finding, Group
from dsar.reports.cells import filled, iso, moment, order


def groups(spec: CollectionSpec, found: tuple[Finding, ...]) -> tuple[Group, ...]:
    """Put the records of a collection into groups, each record once, in the order of their first record.

    Empty where dsar.toml names no `together`, or where no group would hold two records.
    """
    if spec.together is None:
        return ()
    parted = list(_parted(spec.together, spec, found))
    return tuple(parted) if any(len(group.records) > 1 for group in parted) else ()


def _parted(rule: Together, spec: CollectionSpec, found: tuple[Finding, ...]) -> Iterator[Group]:
    by_value: dict[tuple[str, ...], list[tuple[datetime | None, Finding]]] = {}
    for finding in found:
        key = _key(rule, finding) or ("", finding.match.record.record)  # what tells nothing stands alone
        by_value.setdefault(key, []).append((moment(finding, rule.time, spec), finding))
    for members in by_value.values():
        if rule.time is None:
            yield _group(members)
            continue
        timed = [(order(when), when, one) for when, one in members if when is not None]
        timed.sort(key=lambda member: member[0])
        gap = timedelta(minutes=rule.minutes) if rule.minutes else None
        part: list[tuple[datetime | None, Finding]] = []
        before: datetime | None = None
        for at, when, one in timed:
            if part and gap is not None and before is not None and at - before > gap:
                yield _group(part)
                part = []
            part.append((when, one))
            before = at
        part += [(None, one) for when, one in members if when is None]
        if part:
            yield _group(part)


def _key(rule: Together, finding: Finding) -> tuple[str, ...] | None:
    for heading in rule.by:
        value = filled(finding, heading)
        if value is not None:
            return (heading, value)
    return None


def _group(members: list[tuple[datetime | None, Finding]]) -> Group:
    times = [when for when, _ in members if when is not None]
    first, last = (iso(times[0]), iso(times[-1])) if times else (None, None)
    return Group(tuple(one.match.record.record for _, one in members), first, last)
