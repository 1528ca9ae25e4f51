"""Rendering ten times the rows as a PDF may cost ten times as much, not a hundred times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dsar.model import AccessReport
from dsar.renderers.as_pdf import render_pdf
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, compare, timed
from tests.renderers.example import plain_report, visits

TIMES = 10


def run(setting: Setting) -> Iterator[Result]:
    """Every row is printed; the goal leaves a tenth for the machine."""
    rows = max(setting.rows // 100, 20)
    few, many = _report(rows), _report(TIMES * rows)
    floor = (f"{rows:,} rows", lambda: timed(lambda: render_pdf(few)))
    yield compare(
        f"pdf, {TIMES * rows:,} rows", 1.1 * TIMES, floor, lambda: timed(lambda: render_pdf(many)),
        setting.runs,
    )  # fmt: skip


def _report(rows: int) -> AccessReport:
    return replace(plain_report(), collections=(visits(rows),))
