"""A plan as one script a target, in one transaction, that can only do what the plan says."""

from __future__ import annotations

from dsar.erasure.check import read_back
from dsar.erasure.counted import counted
from dsar.erasure.dialects import Dialect, dialect
from dsar.erasure.digest import digest
from dsar.erasure.frames import FRAMES
from dsar.errors import DsarError
from dsar.model import ErasurePlan

_HOW_TO_RUN = {
    "postgresql": "psql -X -f THIS_FILE DATABASE",
    "mariadb": "mariadb DATABASE < THIS_FILE",
    "mysql": "mysql DATABASE < THIS_FILE   (needs the right to create a procedure)",
    "sqlite": "sqlite3 DATABASE_FILE < THIS_FILE",
    "sqlserver": "sqlcmd -b -i THIS_FILE",
    "oracle": "sqlplus USER @THIS_FILE",
    "snowflake": "snow sql -f THIS_FILE",
    "bigquery": "bq query --use_legacy_sql=false < THIS_FILE",
}


class PlanChanged(DsarError):
    """The plan is not the one its digest was taken of, so no script may be written from it."""


def script(plan: ErasurePlan, target_name: str, dialect_name: str) -> bytes:
    """Write the script of one target: every statement once, in the plan's order, guarded and in one transaction.

    Each statement is read back by a second parser before it is wrapped (Art. 5(1)(f), 32 GDPR). The script holds the
    keys and lock values of its rows, hidden in ASCII literals, and no other personal data; no comment holds any.
    Raises PlanChanged where the plan and its digest differ, MisreadStatement where a statement does not read as one
    DELETE or UPDATE of one row, DsarError where the plan has no statement for the target.
    """
    if plan.digest != digest(plan.steps):
        raise PlanChanged("The plan differs from its digest.", hint="Make the plan again with `dsar erase`.")
    spoken = dialect(dialect_name)
    steps = [step for step in plan.steps if step.target == target_name and step.statement]
    if not steps:
        raise DsarError(f"The plan has no statement for target `{target_name}`.", hint="There is nothing to run there.")
    # Several lines of an export may show one row of the database: it goes once, or the guard would stop the rest.
    changes = [read_back(text, spoken) for text in dict.fromkeys(step.statement or "" for step in steps)]
    lines = [*_head(plan, target_name, spoken), *FRAMES[spoken.name](changes, spoken)]
    lines.insert(1, f"-- {counted(len(changes), 'statement')} for {counted(len(steps))}.")
    # Checked line by line: a line end inside a name would start a line of its own, outside its comment.
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise DsarError("A script holds a character outside printable ASCII.", hint="Check the name of the target.")
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _head(plan: ErasurePlan, target_name: str, spoken: Dialect) -> list[str]:
    lines = [
        "-- READ BEFORE YOU RUN. This script changes the rows of an approved plan, and nothing else.",
        f"-- Request {plan.request_id}, target {target_name}, dialect {spoken.name}, made on {plan.as_of[:10]}.",
        f"-- Plan digest {plan.digest}: compare it with the digest that was approved.",
        "-- All or nothing: if any row is not exactly as it was exported, nothing is changed.",
        "-- Rows are compared as text, so an index may not be used and a large table may be locked for some seconds.",
        "-- Triggers of your own in the database still run; this script cannot see what they do.",
        "-- It holds record keys, which are personal data: keep it private and remove it afterwards.",
        f"-- Run it with: {_HOW_TO_RUN[spoken.name]}",
    ]
    if not spoken.executed:
        lines.append(
            f"-- THIS DIALECT WAS ONLY PARSED, NEVER RUN ON A REAL {spoken.name.upper()}: try it on a copy first."
        )
    return lines
