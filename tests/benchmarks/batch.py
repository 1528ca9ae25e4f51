"""Access packages of many requests in one run against the package of one."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.company import Company, company, write_requests
from tests.benchmarks.setting import DSAR, Setting
from tests.benchmarks.timing import Result, Work, compare, process

REQUESTS = 200
FILES = {"report.html", "report.pdf", "data.xlsx", "data.json", "manifest.json"}


def run(setting: Setting) -> Iterator[Result]:
    """Whole processes of `dsar export`; a package in a batch saves the start and the search of its own."""
    contacts = max(setting.rows // 100, 20)
    made = company(setting.folder / "batch", contacts=contacts, orders=5 * contacts, lines=10 * contacts)
    count = min(REQUESTS, contacts)
    one, many = _export(made, [contacts // 2]), _export(made, list(range(0, contacts, contacts // count))[:count])
    one()
    spent: list[float] = []

    def a_package() -> float:
        spent.append(many() / count)
        return spent[-1]

    floor = ("the package of one request, whole process", one)
    yield compare(f"export, one package of {count}", 0.25, floor, a_package, setting.runs)
    setting.note(f"{1 / statistics.median(spent[1:]):.1f} packages a second in a batch of {count}")


def _export(made: Company, people: list[int]) -> Work:
    requests = write_requests(made.folder / f"requests-{len(people)}.csv", people)
    out = made.folder / f"out-{len(people)}"

    def export() -> float:
        shutil.rmtree(out, ignore_errors=True)
        seconds = process([DSAR, "export", "--requests", requests, "--out", out, "--quiet"], made.folder)
        _check(out, len(people))
        return seconds

    return export


def _check(out: Path, count: int) -> None:
    """Raise RuntimeError unless every package is whole: what is missing must not count as fast."""
    whole = [folder for folder in out.iterdir() if {file.name for file in folder.iterdir()} >= FILES]
    if len(whole) != count:
        raise RuntimeError(f"{len(whole)} of {count} packages are whole")
