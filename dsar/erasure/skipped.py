"""The query that tests whether restricted rows are skipped: what it counts is still used (Art. 18(2) GDPR)."""

from __future__ import annotations

from dsar.erasure.check import read_back
from dsar.erasure.dialects import dialect, equals, quoted, quoted_table
from dsar.erasure.statement import condition
from dsar.model import ErasurePlan


def query_of_skipped(plan: ErasurePlan, target: str, dialect_name: str) -> bytes:
    """Write a query of one column for each row that a script restricts; each must give 0 once the script has run.

    It counts the row unless it carries the markers of the restriction. Whoever puts the table that a campaign or an
    export reads in the place of the row's own sees whether that leaves the row out. Empty where no script restricts.
    """
    spoken = dialect(dialect_name)
    texts = dict.fromkeys(
        step.statement for step in plan.steps if step.target == target and step.outcome == "restrict" and step.statement
    )
    changes = [change for text in texts if (change := read_back(text or "", spoken)).set]
    if not changes:
        return b""
    lines = [
        "-- Each query must give 0: it counts a restricted row that does not carry its marker.",
        "-- Put the view or table that a campaign or an export reads in the place of the table, and run it again.",
        "-- It holds record keys, which are personal data: keep it private and remove it afterwards.",
    ]
    for change in changes:
        marked = " AND ".join(
            f"{quoted(column, spoken)} IS NULL" if value is None else equals(column, value, spoken)
            for column, value in change.set
        )
        lines.append(
            f"SELECT COUNT(CASE WHEN {marked} THEN NULL ELSE 1 END) AS must_be_0"
            f" FROM {quoted_table(change.table, spoken)} WHERE {condition(change, spoken)};"
        )
    return "".join(f"{line}\n" for line in lines).encode("ascii")
