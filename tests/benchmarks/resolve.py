"""Finding the rows of a thousand people, without reading or writing anything else, against one join of their hashes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.identity.resolve import resolve
from dsar.identity.search import Settings
from dsar.model import Request
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
    yield Result("memory of the same process", (peak() / MEMORY,), 1.0, f"{MEMORY:.0f} MiB")
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
    settings = Settings(workspace.keys.identifiers, workspace.config.controller.phone_region)
    with workspace.run() as run:

        def work() -> None:
            resolutions, _ = resolve(run, requests, settings)
            found.append(sum(any(g.grade == "confirmed" for g in r.graded) for r in resolutions))

        return timed(work)
