"""Finding the rows of a thousand people, without reading or writing anything else, against one join of their hashes."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from dsar.fulfilment.children import MOST, cores
from dsar.fulfilment.finding.find import settings_of
from dsar.fulfilment.finding.shares import shared_search
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.identity.decided import Decided
from dsar.model import Request
from dsar.progress import SILENT
from dsar.store.lookup import open_sorted
from dsar.store.sql import hashes
from tests.benchmarks.company import company, email_of
from tests.benchmarks.find import ORDERS, SUBJECTS
from tests.benchmarks.fresh_load import peak
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, compare, timed

GOAL = 30.0
MEMORY = 1536.0
"""MiB that a search may take."""


def run(setting: Setting) -> Iterator[Result]:
    """Search contacts, five times as many orders and as many log lines."""
    rows = setting.rows
    made = company(setting.folder / "resolve", contacts=rows, orders=ORDERS * rows, lines=ORDERS * rows)
    with_segments = open_workspace(made.config)
    count = min(SUBJECTS, rows)
    people = [email_of(number) for number in range(0, rows, max(rows // count, 1))][:count]
    requests = [request_of(email=[address]) for address in people]
    table = _table(with_segments, setting.folder / "table")
    found: list[int] = []
    before = peak()
    yield compare(
        f"resolve {count:,} subjects, {(1 + 2 * ORDERS) * rows:,} rows",
        GOAL,
        ("one hash join of the identifiers", lambda: _join(with_segments, table, people)),
        lambda: _resolve(with_segments, requests, found),
        setting.runs,
    )
    if min(found) < count:
        raise RuntimeError(f"only {min(found)} of {count} subjects were found")
    setting.note(f"peak memory before the search {before:.0f} MiB (the segments were built in the same process)")
    yield Result("memory of all its processes, at most", ((peak() + _others()) / MEMORY,), 1.0, f"{MEMORY:.0f} MiB")
    with_segments.close()


def _table(workspace: Workspace, folder: Path) -> list[str]:
    """Write every identifier of every segment as a table that DuckDB reads, sorted as it is; gives its files."""
    import duckdb

    folder.mkdir()
    files = []
    for path in (file for segment in workspace.segments for file in segment.identifiers.files):
        there = open_sorted(path)
        columns = {"hash": there.hashes, "entry": there.entries, "_row": there.rows}
        files.append(str(folder / f"{len(files)}.parquet"))
        with duckdb.connect() as connection:
            connection.register("identifiers", columns)
            connection.execute(f"COPY identifiers TO '{files[-1]}' (FORMAT parquet, ROW_GROUP_SIZE 40960)")
    return files


def _join(workspace: Workspace, files: list[str], people: list[str]) -> float:
    """Join every identifier of every segment with a hash for each subject, and count."""
    import duckdb

    asked = hashes(workspace.keys.identifiers, [("email", address) for address in people])
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE asked AS SELECT unnest($1::UBIGINT[]) AS hash", [asked])
        connection.execute("SELECT count(*) FROM read_parquet($1)", [files])
        query = "SELECT i.hash, i.entry, i._row FROM read_parquet($1) AS i JOIN asked USING (hash)"
        return timed(lambda: connection.execute(query, [files]).fetchall())


def _resolve(workspace: Workspace, requests: list[Request], found: list[int]) -> float:
    nothing_decided, settings = [Decided()] * len(requests), settings_of(workspace)
    with workspace.run() as run:

        def work() -> None:
            with shared_search(workspace.segments, workspace.lock, requests, nothing_decided, settings) as search:
                everybody = [resolution for resolutions, _ in search(run, SILENT) for resolution in resolutions]
            found.append(sum(any(g.grade == "confirmed" for g in one.graded) for one in everybody))

        return timed(work)


def _others() -> float:
    """MiB that the largest other process took, times their number; what Linux hands on to a process counts as its."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return (min(MOST, cores()) - 1) * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
