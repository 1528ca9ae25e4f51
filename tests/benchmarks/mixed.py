"""A batch of mixed rights: what a second hundred of subjects costs, and twice as many rows."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.company import Company, company, email_of
from tests.benchmarks.find import many_against_one
from tests.benchmarks.setting import DSAR, Setting
from tests.benchmarks.timing import Result, Work, compare

RIGHTS = ("access", "portability", "erasure", "restriction", "objection", "rectification", "withdrawal")
SUBJECTS = 1000
"""Of a full run; a smaller one takes a tenth of a percent of its rows."""


def run(setting: Setting) -> Iterator[Result]:
    """Whole processes of `dsar batch` on built segments: 1 M contacts, 2 M orders and 2 M log lines at full size."""
    made, twice = _made(setting, "rows", setting.rows), _made(setting, "twice", 2 * setting.rows)
    subjects = min(SUBJECTS, max(setting.rows // 1000, 20))
    most: list[str] = []
    half = ("a batch of half as many subjects", _batch(made, subjects // 2, most))
    yield compare(f"batch, {subjects} subjects", 2.3, half, _batch(made, subjects, most), setting.runs)
    same = ("the same batch on half as many rows", _batch(made, subjects, most))
    yield compare(f"batch, {subjects} subjects, twice the rows", 1.2, same, _batch(twice, subjects, most), setting.runs)
    yield many_against_one(setting, made, _requests(made, subjects), _requests(made, 1), subjects)
    setting.note(most[-1])


def _made(setting: Setting, name: str, rows: int) -> Company:
    made = company(setting.folder / name, contacts=rows, orders=2 * rows, lines=2 * rows)
    subprocess.run([DSAR, "check", "--quiet"], cwd=made.folder, stdout=subprocess.DEVNULL, check=False)
    return made


def _requests(made: Company, count: int) -> Path:
    path = made.folder / f"mixed-{count}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["request_id", "right", "received", "email", "scope", "set.phone"])
        for number in range(count):
            right = RIGHTS[number % len(RIGHTS)]
            change = "+49 30 23125 999" if right == "rectification" else ""
            scope = "marketing:email" if right in ("objection", "withdrawal") else ""
            writer.writerow([f"R-{number:05d}", right, "2026-11-02", email_of(13 * number), scope, change])
    return path


def _batch(made: Company, count: int, most: list[str]) -> Work:
    requests, out = _requests(made, count), made.folder / "out"

    def batch() -> float:
        for gone in (out, made.workspace / "cases"):
            shutil.rmtree(gone, ignore_errors=True)
        (made.workspace / "journal.jsonl").unlink(missing_ok=True)
        seconds, memory = _measured(["batch", requests, "--out", out, "--quiet"], made.folder)
        lines = json.loads((out / "summary.json").read_text())["requests"]
        done = sum(line["state"] == "ready for review" for line in lines)
        if len(lines) != count or not done:
            raise RuntimeError(f"{done} of {count} requests were fulfilled")
        most.append(f"batch of {count}: {seconds:.1f} s, {memory} MiB at most, {done} fulfilled")
        return seconds

    return batch


def _measured(words: Sequence[str | Path], folder: Path) -> tuple[float, int]:
    """Seconds and peak memory (MiB) of a whole process. Raises RuntimeError unless it ends with 0 or 1."""
    started = time.perf_counter()
    process = subprocess.Popen([DSAR, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"dsar {words[0]} ended with {process.returncode}")
    return time.perf_counter() - started, used.ru_maxrss // 1024
