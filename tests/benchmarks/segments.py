"""Building a segment, identifiers included, against DuckDB's own copy of the same file to Parquet."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import dsar.sources.loader
import dsar.sources.reading
import dsar.sources.reading_logs
import dsar.sources.reading_table
from tests.benchmarks.company import Company, company
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, compare, timed, watched

GOAL = 5.0
MEMORY = 1024.0
"""MiB a load may take, however large the file."""
GROWTH = 1.15
"""How much more twice the rows may take; the allocator's own noise is below that."""
_STEPS = {"scan": "scan", "from_table": "records", "from_lines": "records", "counts": "counts",
          "build_identifiers": "identifiers"}  # fmt: skip


def csv(setting: Setting) -> Iterator[Result]:
    """A CRM of twelve columns, all of them described."""
    return _segments(setting, "crm.csv", partial(_contacts, setting.folder), "read_csv('{}', all_varchar = true)")


def log(setting: Setting) -> Iterator[Result]:
    """A combined log with login and cookie."""
    reader = (
        "read_csv('{}', auto_detect = false, header = false, delim = e'\\x01', quote = '', escape = '', "
        "columns = {{'line': 'VARCHAR'}})"
    )
    return _segments(setting, "access.log", partial(_lines, setting.folder), reader)


def _contacts(folder: Path, rows: int) -> Company:
    return company(folder / f"contacts-{rows}", contacts=rows)


def _lines(folder: Path, rows: int) -> Company:
    return company(folder / f"lines-{rows}", lines=rows)


def _segments(setting: Setting, export: str, make: Callable[[int], Company], reader: str) -> Iterator[Result]:
    made = make(setting.rows)
    path = made.export(export)
    read = reader.format(path)
    splits: list[dict[str, float]] = []
    out = made.folder / "floor.parquet"
    floor = (f"DuckDB's copy of {path.stat().st_size / 1e6:.0f} MB", lambda: _copy(read, out))
    what = f"segment of {export}, {setting.rows:,} rows"
    yield compare(what, GOAL, floor, lambda: _load(made, splits), setting.runs)
    _tell(setting, splits[1:])
    one = _fresh(made)
    shutil.rmtree(made.folder)
    twice = make(2 * setting.rows)
    two = _fresh(twice)
    shutil.rmtree(twice.folder)
    yield Result(f"peak memory of {export}, {2 * setting.rows:,} rows", (two / MEMORY,), 1.0, f"{MEMORY:.0f} MiB")
    yield Result("  the same, against half the rows", (two / one,), GROWTH, f"a fresh process, {one:.0f} MiB")


def _copy(reader: str, out: Path) -> float:
    import duckdb

    with duckdb.connect() as connection:
        return timed(lambda: connection.execute(f"COPY (SELECT * FROM {reader}) TO '{out}' (FORMAT parquet)"))


def _load(made: Company, splits: list[dict[str, float]]) -> float:
    """Load without any segment there; adds where the time went to `splits`."""
    from dsar.fulfilment.workspace import open_workspace

    shutil.rmtree(made.workspace, ignore_errors=True)
    tables, logs, loader = dsar.sources.reading_table, dsar.sources.reading_logs, dsar.sources.loader
    watch = [(dsar.sources.reading, "scan"), (tables, "from_table"), (tables, "counts")]
    watch += [(logs, "from_lines"), (logs, "counts"), (loader, "build_identifiers")]
    with watched(*watch) as spent:
        start = time.perf_counter()
        opened = open_workspace(made.config)
        seconds = time.perf_counter() - start
    if opened.failures:
        raise RuntimeError(opened.failures[0].reason)
    splits.append({**spent, "whole": seconds})
    return seconds


def _tell(setting: Setting, splits: list[dict[str, float]]) -> None:
    whole = statistics.median(split["whole"] for split in splits)
    shares: dict[str, float] = {}
    for name, step in _STEPS.items():
        shares[step] = shares.get(step, 0.0) + statistics.median(split[name] for split in splits)
    shares["rest"] = whole - sum(shares.values())
    told = ", ".join(f"{step} {seconds:.2f} s ({seconds / whole:.0%})" for step, seconds in shares.items())
    setting.note(f"whole {whole:.2f} s: {told}")


def _fresh(made: Company) -> float:
    """Load in a process of its own; gives its peak memory in MiB. Raises RuntimeError if it cannot load."""
    shutil.rmtree(made.workspace, ignore_errors=True)
    return fresh_peak(made.config)


def fresh_peak(config: Path) -> float:
    """Load what a dsar.toml describes in a process of its own; gives its peak memory in MiB.

    Raises RuntimeError if it cannot load.
    """
    command = [sys.executable, "-P", str(Path(__file__).with_name("fresh_load.py")), str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"the load ended with {ended.stderr.strip().splitlines()[-1:]}")
    return float(ended.stdout)
