"""The rehearsal of a script's own text, on a server of the target's kind that holds copies of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dsar.erasure.dialects import Dialect, dialect
from dsar.erasure.server_copy import Cells, CopiedTable, dump, fill, tamper
from dsar.erasure.servers import MARK, Done, Server, server_for

_MOST = {"postgresql": 4_000, "mariadb": 400, "sqlite": 4_000}
"""So many planned rows are rehearsed at once; MariaDB has no index on what is compared."""
_TWICE = 25
"""So many scripts of a run are also tried a second time and on a changed row; more would only take time."""
_OURS = re.compile(r"dsar: [\x20-\x7e]+")
_TEXTS = re.compile(r"char|text|string|clob", re.IGNORECASE)

Expected = Mapping[str, Mapping[int, Cells | None]]
"""Table → number of a planned row → its cells afterwards; None where it goes."""


@dataclass(frozen=True, slots=True)
class TextRehearsal:
    """What became of one script when it was run on a copy; never holds a value."""

    target: str
    dialect: str
    server: str
    """Name and version of the server; empty where there was none."""
    statements: int
    problems: tuple[str, ...] = ()
    not_run: str = ""
    """Why it was not run; empty where it was."""
    twice: bool = False
    """Whether it was also run a second time and on a changed row, so that its guards were seen to work."""

    @property
    def passed(self) -> bool:
        """Whether it was run and did exactly what the plan says."""
        return not self.problems and not self.not_run


@dataclass(frozen=True)
class Job:
    """One script to be rehearsed: its text, what it should do, and the lock columns of its tables."""

    plan: int
    script: bytes
    statements: int
    expected: Expected
    locks: Mapping[str, str | None]


@dataclass(frozen=True)
class Stage:
    """The copies that the jobs of one target run on: named rows, and some that no statement names."""

    target: str
    dialect: str
    tables: tuple[CopiedTable, ...]
    others: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def of(self, jobs: Sequence[Job]) -> list[CopiedTable]:
        """The tables that some jobs need, with the rows these name and the others."""
        found = []
        for table in self.tables:
            rows = {number for job in jobs for number in job.expected.get(table.name, ())}
            if rows:
                rows |= self.others.get(table.name, frozenset())
                kept = {number: cells for number, cells in table.rows.items() if number in rows}
                found.append(CopiedTable(table.name, table.columns, kept, table.shape))
        return found


def rehearse_texts(stage: Stage, jobs: Sequence[Job]) -> dict[int, TextRehearsal]:
    """Run the scripts of one target by its own client on a private server; gives what was seen, by plan.

    Exactly the planned rows change and every other keeps its cells; a second run changes nothing; and a row that was
    changed in between makes the guards undo everything (requirements E-29, Art. 32(1)(b) GDPR).
    """
    with server_for(stage.dialect) as server:
        if isinstance(server, str):
            return {
                job.plan: TextRehearsal(stage.target, stage.dialect, "", job.statements, (), server) for job in jobs
            }
        every = -(-len(jobs) // _TWICE) or 1
        twice = {job.plan for job in jobs[::every]}
        seen: dict[int, TextRehearsal] = {}
        for batch in _batches(jobs, _MOST[stage.dialect]):
            problems = _Batch(server, dialect(stage.dialect), stage, batch, twice).run()
            for job in batch:
                seen[job.plan] = TextRehearsal(
                    stage.target, stage.dialect, server.name, job.statements, tuple(problems[job.plan]), "",
                    job.plan in twice,
                )  # fmt: skip
        return seen


def _batches(jobs: Sequence[Job], most: int) -> Iterator[list[Job]]:
    """Jobs that can run one after the other on the same copies: none touches a row of another."""
    batch: list[Job] = []
    rows: set[tuple[str, int]] = set()
    for job in jobs:
        own = {(table, number) for table, numbers in job.expected.items() for number in numbers}
        if batch and (rows & own or len(rows) + len(own) > most):
            yield batch
            batch, rows = [], set()
        batch.append(job)
        rows |= own
    if batch:
        yield batch


class _Batch:
    """One set of copies and the scripts that run on it; `problems` collects what went wrong, by plan."""

    def __init__(self, server: Server, spoken: Dialect, stage: Stage, jobs: Sequence[Job], twice: set[int]) -> None:
        self.server, self.spoken, self.jobs = server, spoken, jobs
        self.tables = stage.of(jobs)
        self.twice = [job for job in jobs if job.plan in twice]
        self.problems: dict[int, list[str]] = {job.plan: [] for job in jobs}

    def run(self) -> dict[int, list[str]]:
        """Run everything; gives the problems."""
        if fill(self.server, self.spoken, self.tables).code != 0:
            self._all("the export's values do not fit the types of the database, by its DDL file")
            return self.problems
        before = self._dump()
        self._once()
        after = self._dump()
        self._compare(before, after)
        for job in self.twice:
            if not self.problems[job.plan]:
                self.server.run(job.script)
                if self._dump() != after:
                    self.problems[job.plan].append("a second run changes rows again")
        self._tampered()
        return self.problems

    def _dump(self) -> dict[str, dict[int, Cells]]:
        return dump(self.server, self.spoken, self.tables)

    def _all(self, problem: str) -> None:
        for job in self.jobs:
            self.problems[job.plan].append(problem)

    def _once(self) -> None:
        """Run every script, one client for as many as succeed in a row."""
        left = list(self.jobs)
        while left:
            done, well = _run_all(self.server, left)
            if well == len(left) and done.code == 0:
                return
            failed = left[min(well, len(left) - 1)]
            self.problems[failed.plan].append(_said(done))
            left = left[well + 1 :]

    def _compare(self, before: Mapping[str, Mapping[int, Cells]], after: Mapping[str, Mapping[int, Cells]]) -> None:
        planned = {(table, n) for job in self.jobs for table, rows in job.expected.items() for n in rows}
        for table in self.tables:
            rows = before[table.name]
            others = [n for n in rows if (table.name, n) not in planned]
            if any(after[table.name].get(n) != rows[n] for n in others) or after[table.name].keys() - rows.keys():
                self._all(f"a row of {table.name} that is not in the plan changed")
        for job in self.jobs:
            if not self.problems[job.plan] and not all(self._right(job, table, before, after) for table in self.tables):
                self.problems[job.plan].append("a planned row is not as the plan says")

    def _right(self, job: Job, table: CopiedTable, before: Mapping[str, Mapping[int, Cells]],
               after: Mapping[str, Mapping[int, Cells]]) -> bool:  # fmt: skip
        for number, cells in job.expected.get(table.name, {}).items():
            now = after[table.name].get(number)
            if (cells is None) != (now is None):
                return False
            if cells is None or now is None:
                continue
            was = before[table.name][number]
            for column, meant, held, old in zip(table.columns, cells, now, was, strict=True):
                kind = table.type_of(column, self.spoken)
                changed = meant != table.rows[number][table.columns.index(column)]
                if held != meant and (_TEXTS.search(kind) or (not changed and held != old)):
                    return False
        return True

    def _tampered(self) -> None:
        """Change one row of each script that is tried so: every one must fail and leave everything as it was."""
        tried = [job for job in self.twice if not self.problems[job.plan]]
        if not tried or fill(self.server, self.spoken, self.tables).code != 0:
            return
        by_name = {table.name: table for table in self.tables}
        for job in tried:
            name, rows = next((name, rows) for name, rows in reversed(list(job.expected.items())) if rows)
            lock = job.locks.get(name)
            number = list(rows)[-1]
            table = by_name[name]
            if lock and (table.required(lock) or not table.rows[number][table.columns.index(lock)]):
                lock = None
            tamper(self.server, self.spoken, table, number, lock)
        before = self._dump()
        for job in tried:
            if self.server.run(job.script).code == 0:
                self.problems[job.plan].append("its guards let it run although a row was changed in between")
        if self._dump() != before:
            self._all("a script that failed left changes behind")


def _run_all(server: Server, jobs: Sequence[Job]) -> tuple[Done, int]:
    """Run scripts one after the other, by one client where it can, as far as they succeed; gives how many did."""
    if server.between:
        done = server.run(b"".join(job.script + server.between.encode("ascii") for job in jobs))
        return done, done.out.count(MARK)
    for well, job in enumerate(jobs):
        done = server.run(job.script)
        if done.code:
            return done, well
    return Done(0, "", ""), len(jobs)


def _said(done: Done) -> str:
    """What the server said, as far as it is our own words: a message of its own may quote a value."""
    own = _OURS.search(done.errors + done.out)
    return own.group() if own else "the server refused the script"
