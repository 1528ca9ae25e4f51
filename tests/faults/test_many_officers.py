"""Eight processes at once, each with its own mix of commands, and a ninth that is killed: nothing is lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dsar.store.journal import Journal
from dsar.store.keys import open_keys
from tests.faults import small

OFFICERS = 8
KILLED = OFFICERS + 1
"""One more, who is killed in the middle of it, again and again, and begins anew each time."""


def _commands(number: int) -> list[list[str]]:
    """What one officer does, in an order of their own."""
    who = ["--email", f"p{number}@example.org"]
    own = [
        [["find", *who], ["export", *who, "--out", f"export-{number}"], ["erase", *who, "--out", f"erase-{number}"]][
            number % 3
        ],
        ["request", "add", *who, "--received", "2026-11-06", *(["--request", "K-9"] if number == KILLED else [])],
        ["batch", f"batch-{number}.csv", "--out", f"batch-{number}", "--wait", "120"],
    ]
    random.Random(number).shuffle(own)
    return own


LOOP = """
import json, sys
from dsar.cli import main
for words in json.loads(sys.argv[1]):
    code = main(words)
    if code not in (0, 1):
        sys.exit(f"{words[0]}: {code}")
"""


def _line(number: int) -> list[str]:
    """The command line of a process that runs the commands of one officer one after the other."""
    commands = [[*words, "--today", small.TODAY] for words in _commands(number)]
    return [sys.executable, "-c", LOOP, json.dumps(commands)]


def _officer(folder: Path, number: int) -> str:
    """Let one officer work; gives what did not end well."""
    if number == KILLED:
        for seconds in (1.5, 3, 5):
            process = subprocess.Popen(_line(number), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            process.kill()
            process.wait()
    ended = subprocess.run(_line(number), cwd=folder, capture_output=True, text=True, timeout=280)
    return "" if ended.returncode == 0 else ended.stderr[-500:]


def test_eight_officers_at_once_lose_nothing_while_a_ninth_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    small.make(folder)
    for number in range(1, KILLED + 1):
        row = f"B-{number},access,2026-11-02,p{number + 20}@example.org\n"
        (folder / f"batch-{number}.csv").write_text("request_id,right,received,email\n" + row)
    small.run("load", folder)

    with ThreadPoolExecutor(KILLED) as pool:
        failed = list(pool.map(lambda number: _officer(folder, number), range(1, KILLED + 1)))

    journal = Journal(folder / ".dsar" / "journal.jsonl", open_keys(folder / "dsar.key").journal)
    names = journal.requests()
    numbers = [name for name in names if name.startswith("DSR-")]
    assert failed == [""] * KILLED
    assert sorted(numbers) == [f"DSR-2026-{number:03d}" for number in range(1, OFFICERS + 1)], "no number given twice"
    assert sum(name.startswith("ADHOC-") for name in names) == sum(number % 3 > 0 for number in range(1, KILLED + 1))
    assert [event.step for event in journal.events("K-9")] == ["registered"], "once, however often it was killed"
    for number in range(1, KILLED + 1):
        steps = [event.step.partition(":")[0] for event in journal.events(f"B-{number}")]
        assert steps == ["registered", "export", "fulfilled"]
        made = ("", f"export-{number}/report.pdf", f"erase-{number}/plan.json")[number % 3]
        assert (folder / made).exists() and (folder / f"batch-{number}" / "summary.json").is_file()
    assert not list(folder.glob(".*.part")) and not list((folder / ".dsar" / "batches").glob("*"))
