"""What the four renderings of a package cost: many small ones on two processes, and one of 100,000 rows."""

from __future__ import annotations

import io
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from dsar.model import AccessReport
from dsar.renderers.as_html import render_html
from dsar.renderers.as_json import render_json
from dsar.renderers.as_pdf import render_pdf
from dsar.renderers.as_xlsx import render_xlsx
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, compare, timed
from tests.renderers.example import contacts, person, plain_report, visits

RENDER = {"html": render_html, "pdf": render_pdf, "xlsx": render_xlsx, "json": render_json}
PACKAGES, RECORDS = 1_000, 50
SECONDS_PACKAGES, SECONDS_ROWS, MIB_ROWS, MICROSECONDS_ROW = 20.0, 60.0, 1024.0, 80.0


def run(setting: Setting) -> Iterator[Result]:
    """Packages, one large package, and the PDF's rows beside reportlab's own LongTable in the same run."""
    count = max(PACKAGES * setting.rows // 1_000_000, 20)
    yield _packages(count, setting)
    rows = max(setting.rows // 10, 1_000)
    yield from _large(rows, setting)
    yield _beside_longtable(max(rows // 50, 200), setting)


def small(number: int) -> AccessReport:
    """A package of 50 records: two contacts, a log of 48 lines, like a usual customer's."""
    first = replace(contacts(), findings=(person(number), person(number + 1)), retention=())
    return replace(plain_report(), collections=(first, visits(RECORDS - 2)))


def write(number: int) -> int:
    """Render one small package in all four forms; returns its bytes."""
    report = small(number)
    return sum(len(render(report)) for render in RENDER.values())


def _packages(count: int, setting: Setting) -> Result:
    def both() -> float:
        with multiprocessing.get_context("fork").Pool(2) as pool:
            return timed(lambda: pool.map(write, range(count), chunksize=10))

    write(0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = [both() for _ in range(setting.runs)]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / setting.runs
    setting.note(f"{count:,} packages: {busy:.1f} s of processor, {busy / 2:.1f} s on two cores with nothing beside")
    allowed = SECONDS_PACKAGES * count / PACKAGES
    parts = {name: timed(lambda render=render: render(small(1))) * 1000 for name, render in RENDER.items()}  # type: ignore[misc]
    setting.note(f"one package: {', '.join(f'{name} {cost:.1f} ms' for name, cost in parts.items())}")
    what = f"{count:,} packages of {RECORDS} records, 2 processes"
    return Result(what, tuple(one / allowed for one in seconds), 1.0, f"{allowed:g} s allowed")


def _large(rows: int, setting: Setting) -> Iterator[Result]:
    """In a process of its own, so that its memory is its own."""
    code = f"from tests.benchmarks.reports import measure; measure({rows})"
    told = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
    setting.note(", ".join(f"{name} {cost:.1f} s" for name, cost in told["parts"].items()))
    setting.note(f"{rows:,} rows: {told['busy']:.1f} s of processor")
    share = rows / 100_000
    seconds, allowed = sum(told["parts"].values()), SECONDS_ROWS * share
    yield Result(f"{rows:,} rows in one package", (seconds / allowed,), 1.0, f"{allowed:g} s allowed, {seconds:.1f} s")
    memory = told["mib"]
    yield Result(f"{rows:,} rows, memory", (memory / MIB_ROWS,), 1.0, f"{MIB_ROWS:g} MiB allowed, {memory:.0f} MiB")


def measure(rows: int) -> None:
    """Render a package of many rows and print seconds by form and the peak of memory as JSON."""
    report = replace(plain_report(), collections=(visits(rows),))
    parts = {}
    for name, render in RENDER.items():
        start = time.perf_counter()
        render(report)
        parts[name] = time.perf_counter() - start
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"parts": parts, "mib": mib, "busy": time.process_time()}))


def _beside_longtable(rows: int, setting: Setting) -> Result:
    report = replace(plain_report(), collections=(visits(rows),))
    fixed = _busy(lambda: render_pdf(replace(report, collections=())))
    cost = _busy(lambda: render_pdf(report)) - fixed
    setting.note(f"PDF: {cost / rows * 1e6:.0f} µs of processor a row of six columns ({MICROSECONDS_ROW:g} allowed)")
    table = (f"reportlab LongTable, {rows:,} rows", lambda: timed(lambda: _longtable(report)))
    return compare(f"PDF, {rows:,} rows", 1.0, table, lambda: timed(lambda: render_pdf(report)), setting.runs)


def _busy(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _longtable(report: AccessReport) -> bytes:
    from reportlab.platypus import LongTable, SimpleDocTemplate

    [collection] = report.collections
    rows = [[field.value or "" for field in finding.fields] for finding in collection.findings]
    data = io.BytesIO()
    SimpleDocTemplate(data).build([LongTable(rows, repeatRows=1)])
    return data.getvalue()
