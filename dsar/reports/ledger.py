"""The sums of a report are drawn again from both ends: what the sources counted, and what the copy holds (A-21)."""

from __future__ import annotations

from collections import Counter

from dsar.errors import Incomplete
from dsar.model import AccessReport


def check_sums(report: AccessReport) -> None:
    """Raise Incomplete, naming source and sums, unless every number of the report reconciles.

    For each file: rows read = loaded + unreadable. For each collection: records in the copy = records counted by the
    search, no record twice, and no more records than rows. For groups, consents and attachments: only records that
    are in the copy.
    """
    copied = Counter(f"{part.source}/{part.collection}" for part in report.collections for _ in part.findings)
    records = [one.match.record.record for part in report.collections for one in part.findings]
    if len(records) != len(set(records)):
        raise _broken("the copy", f"{len(records)} records stand for {len(set(records))}")
    for source in report.sources:
        place = f"{source.source}/{source.collection}"
        for file in source.files:
            if file.rows_read != file.rows_loaded + file.rows_unreadable:
                sums = (
                    f"{file.rows_read} rows read are not {file.rows_loaded} loaded + {file.rows_unreadable} unreadable"
                )
                raise _broken(f"{place}: {file.path}", sums)
        if source.confirmed != copied.pop(place, 0):
            raise _broken(place, "the copy does not hold the records that the search counted")
        rows = sum(file.rows_read for file in source.files)
        matched = source.confirmed + source.probable + source.possible
        if source.files and matched > rows:
            raise _broken(place, f"{matched} records were matched in {rows} rows")
    if copied:
        raise _broken(next(iter(copied)), "the copy holds records of a source that is not listed")
    _check_members(report, frozenset(records))


def _check_members(report: AccessReport, records: frozenset[str]) -> None:
    for part in report.collections:
        grouped = [record for group in part.groups for record in group.records]
        if part.groups and sorted(grouped) != sorted(one.match.record.record for one in part.findings):
            raise _broken(f"{part.source}/{part.collection}", "its groups do not hold each record once")
    told = [record for consent in report.consents for record in consent.records]
    told += [access.record for access in report.accesses]
    told += [record for record, _, _ in report.withheld]
    if not records.issuperset(told):
        raise _broken("the histories", "they name records that are not in the copy")


def _broken(place: str, sums: str) -> Incomplete:
    return Incomplete(f"The sums do not reconcile: {place}: {sums}.", hint="Report this; nothing was written.")
