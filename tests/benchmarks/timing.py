"""Ratios: two pieces of work timed in turn in the same run, so that a busy machine slows both."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

Work = Callable[[], float]
"""Does something once and gives the seconds it took."""


@dataclass(frozen=True)
class Result:
    """One line of the table: a cost as a multiple of its floor, over all runs."""

    what: str
    ratios: tuple[float, ...]
    goal: float
    """The ratio may be this large."""
    floor: str
    """What the floor is and, for orientation, what it costs here."""

    @property
    def median(self) -> float:
        """The ratio that counts."""
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.median <= self.goal


def compare(what: str, goal: float, floor: tuple[str, Work], work: Work, runs: int) -> Result:
    """Time floor and work in turn, `runs` times after one warm-up of each; the ratio of each pair counts."""
    name, bare = floor
    bare(), work()
    pairs = [(bare(), work()) for _ in range(runs)]
    seconds = statistics.median(least for least, _ in pairs)
    return Result(what, tuple(cost / least for least, cost in pairs), goal, f"{name}, {seconds:.3f} s")


def timed(work: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def process(command: Sequence[str | Path], folder: Path | None = None, out: Path | None = None) -> float:
    """Give the seconds of a whole process; its output goes to `out` or nowhere.

    Raises RuntimeError unless it ends with 0 or 1 (done, but a person must look), so that a failure is never fast.
    """
    with (out or Path(os.devnull)).open("wb") as file:
        start = time.perf_counter()
        ended = subprocess.run(command, cwd=folder, stdout=file, stderr=subprocess.PIPE, check=False)
        seconds = time.perf_counter() - start
    if ended.returncode not in (0, 1):
        raise RuntimeError(f"exit code {ended.returncode}: {ended.stderr.decode(errors='replace')}")
    return seconds


@contextmanager
def watched(*functions: tuple[ModuleType, str]) -> Iterator[dict[str, float]]:
    """Add up the seconds inside functions of modules while the block runs; the modules are as before afterwards."""
    spent = {name: 0.0 for _, name in functions}

    def wrapped(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def watching(*args: object, **more: object) -> object:
            start = time.perf_counter()
            try:
                return function(*args, **more)
            finally:
                spent[name] += time.perf_counter() - start

        return watching

    before = [(module, name, getattr(module, name)) for module, name in functions]
    for module, name, function in before:
        setattr(module, name, wrapped(name, function))
    try:
        yield spent
    finally:
        for module, name, function in before:
            setattr(module, name, function)
