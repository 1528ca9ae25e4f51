"""Print every figure of the matcher on labelled data: `python -m tests.benchmarks.identity FOLDER`."""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.identity.exports import COMPANY, EVERY, Data
from tests.benchmarks.identity.measure import (
    GRADES,
    Answers,
    Figures,
    Labelled,
    answers_of,
    labelled,
    requests_of,
    review_load,
    score,
    sessions,
    workspace_of,
)
from tests.benchmarks.identity.unseen import UNSEEN, write_unseen

GOALS: dict[tuple[str, str], tuple[float | None, float | None, float | None]] = {
    ("company", "confirmed"): (0.998, 0.955, 0.0025),
    ("company", "probable"): (0.988, 0.99, None),
    ("households", "confirmed"): (0.9998, 0.82, 0.0003),
    ("households", "probable"): (0.999, 0.89, None),
    ("households", "possible"): (None, 0.93, None),
    ("traps", "confirmed"): (1.0, None, 0.0),
    ("traps", "probable"): (None, None, 0.08),
    ("traps", "possible"): (None, 0.75, None),
    ("typos", "confirmed"): (1.0, None, 0.0),
    ("typos", "probable"): (0.99, 0.35, None),
    ("typos", "possible"): (0.99, 0.65, None),
    ("addresses", "confirmed"): (1.0, 0.65, 0.0),
    ("addresses", "probable"): (None, 0.80, None),
    ("addresses", "possible"): (0.99, 0.97, None),
    ("web sessions", "confirmed"): (0.998, None, None),
    ("web sessions", "probable"): (0.97, 0.93, None),
}
"""Goals as (precision, recall, breach): at least, at least, at most."""
LINE = "{:<13} {:<10} {:<10} {:>9} {:>7} {:>8} {:>7}  {}\n"


def main() -> None:
    """Measure what is there; a folder that is missing is told, and nothing at all to measure ends with code 2."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.identity", description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", help="folder with company/, households/, traps/, typos/, addresses/"
    )
    parser.add_argument("--only", nargs="*", metavar="NAME", help="some of the folders")
    parser.add_argument("--no-peer", action="store_true", help="leave Splink out")
    parser.add_argument("--seed", type=int, default=1, help="which record of a person asks (default 1)")
    parser.add_argument("--unseen", type=int, metavar="PEOPLE", help="measure an invented company of so many people")
    given = parser.parse_args()
    if given.unseen:
        _unseen(given.unseen, given.seed)
        return
    if given.folder is None:
        parser.error("give a folder with labelled data, or --unseen PEOPLE")
    there = [
        d for d in EVERY if (given.folder / d.folder / "truth.csv").is_file() and d.folder in (given.only or d.folder)
    ]
    if not there:
        parser.error(f"{given.folder} holds no labelled data: no company/truth.csv, households/truth.csv, …")
    for data in EVERY:
        if data not in there:
            sys.stdout.write(f"{data.folder}: not measured\n")
    sys.stdout.write(LINE.format("data", "who", "up to", "precision", "recall", "breach", "foreign", "goal"))
    with tempfile.TemporaryDirectory(prefix="dsar-identity-") as home:
        for data in there:
            _measure(data, given.folder.resolve(), Path(home), given.seed, peer=not given.no_peer)


def _unseen(people: int, seed: int) -> None:
    sys.stdout.write(LINE.format("data", "who", "up to", "precision", "recall", "breach", "foreign", "goal"))
    with tempfile.TemporaryDirectory(prefix="dsar-identity-") as home:
        folder = write_unseen(Path(home) / "data", people, seed)
        _measure(UNSEEN, folder, Path(home), seed, peer=False)


def _measure(data: Data, folder: Path, home: Path, seed: int, *, peer: bool) -> None:
    one = labelled(data, folder, seed)
    workspace = workspace_of(data, folder, home / data.folder)
    requests = requests_of(one, folder)
    start = time.perf_counter()
    answers = answers_of(workspace, one, requests)
    seconds = time.perf_counter() - start
    _print(data.folder, "dsar", score(answers, one))
    for name, half in (("half A", True), ("half B", False)):
        _print(
            data.folder, name, score(answers, one, lambda person, half=half: _first_half(person) == half), goals=False
        )
    asked = len(requests)
    sys.stdout.write(f"    {asked:,} requests in {seconds:.1f} s: {1000 * seconds / asked:.1f} s for 1,000; ")
    sys.stdout.write(f"review load {review_load(answers):.2f} records a subject\n")
    if data is COMPANY:
        _web(answers, one, folder)
    if peer:
        _peer(one, folder)
    workspace.close()


def _first_half(person: str) -> bool:
    """Halve the people of a folder, always in the same way: how far they differ is chance."""
    return hashlib.md5(person.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def _web(answers: Answers, one: Labelled, folder: Path) -> None:
    found = sessions(answers, one, folder)
    shared = found.pop("shared")
    _print("web sessions", "dsar", found)
    sys.stdout.write(f"    sessions listed from a cookie with several owners: {shared.foreign} (goal: 0)\n")


def _peer(one: Labelled, folder: Path) -> None:
    try:
        from tests.benchmarks.identity.peer import splink_answers

        _print(one.data.folder, "Splink 5", score(splink_answers(one, folder), one), goals=False)
    except ImportError:
        sys.stdout.write("    Splink is not installed: pip install '.[bench]'\n")


def _print(name: str, who: str, found: dict[str, Figures], *, goals: bool = True) -> None:
    for grade in GRADES:
        if grade not in found:
            continue
        f = found[grade]
        told = _against(f, GOALS.get((name, grade), (None, None, None))) if goals else ""
        cells = (f"{f.precision:.4f}", f"{f.recall:.4f}", f"{f.breach:.2%}", f.foreign, told)
        sys.stdout.write(LINE.format(name, who, grade, *cells))
    sys.stdout.flush()


def _against(f: Figures, goal: tuple[float | None, float | None, float | None]) -> str:
    precision, recall, breach = goal
    parts = []
    if precision is not None:
        parts.append(f"P>={precision} {'yes' if f.precision >= precision else 'NO'}")
    if recall is not None:
        parts.append(f"R>={recall} {'yes' if f.recall >= recall else 'NO'}")
    if breach is not None:
        parts.append(f"breach<={breach:.2%} {'yes' if f.breach <= breach else 'NO'}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
