"""One subject on built segments against starting DuckDB; a thousand subjects against one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from dsar.cli.as_json import dumps
from tests.benchmarks.company import Company, company, email_of, write_requests
from tests.benchmarks.setting import DSAR, Setting
from tests.benchmarks.timing import Result, Work, compare, process, timed

ORDERS = 5
"""Orders a contact."""
SUBJECTS = 1_000


def run(setting: Setting) -> Iterator[Result]:
    """Whole processes on segments that are there already."""
    made = company(setting.folder / "find", contacts=setting.rows, orders=ORDERS * setting.rows)
    one = _find(made, "--email", email_of(setting.rows // 2))
    build = timed(one)
    setting.note(f"the first run, which builds the segments of {(1 + ORDERS) * setting.rows:,} rows: {build:.1f} s")
    start = [sys.executable, "-c", "import duckdb"]
    rows = f"{setting.rows:,} contacts, {ORDERS * setting.rows:,} orders"
    floor = ("python -c 'import duckdb'", lambda: process(start))
    yield compare(f"find, one subject, {rows}", 10.0, floor, one, max(setting.runs, 5))
    yield _many(setting, made)


def _many(setting: Setting, made: Company) -> Result:
    count = min(SUBJECTS, setting.rows)
    people = range(0, setting.rows, max(setting.rows // count, 1))
    many = write_requests(made.folder / "many.csv", list(people)[:count])
    single = write_requests(made.folder / "single.csv", [setting.rows // 2])
    return many_against_one(setting, made, many, single, count)


def many_against_one(setting: Setting, made: Company, many: Path, single: Path, count: int) -> Result:
    """Compare a search for `count` people of a requests file with one for a single person and writing the answers.

    Raises RuntimeError unless everybody was found.
    """
    answers = made.folder / "answers.jsonl"
    ask_many = _find(made, "--requests", str(many), out=answers)
    ask_one = _find(made, "--requests", str(single))
    ask_many()
    documents = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    found = sum(document["held"] for document in documents)
    if len(documents) != count or found != count:
        raise RuntimeError(f"{found} of {count} subjects were found")
    copy = made.folder / "copy.jsonl"
    writing = timed(lambda: _write(documents, copy))
    setting.note(f"writing {count:,} answers ({copy.stat().st_size / 1e6:.1f} MB) costs {writing:.3f} s of the floor")
    floor = ("one subject + writing the answers", lambda: ask_one() + timed(lambda: _write(documents, copy)))
    return compare(f"find, {count:,} subjects", 3.0, floor, ask_many, setting.runs)


def _find(made: Company, *who: str, out: Path | None = None) -> Work:
    command = [str(DSAR), "find", *who, "--json", "--quiet"]
    return lambda: process(command, made.folder, out)


def _write(documents: list[dict[str, object]], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(dumps(document, one_line=True))
