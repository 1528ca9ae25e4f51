"""Run the benchmarks, all or those named, and print each ratio beside its goal."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.benchmarks import batch, erasure, find, help, mixed, others, pdf, readers, reports, resolve, segments
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result

BENCHMARKS: dict[str, Callable[[Setting], Iterable[Result]]] = {
    "help": help.run,
    "segments_csv": segments.csv,
    "segments_log": segments.log,
    "readers": readers.speed,
    "readers_memory": readers.memory,
    "find": find.run,
    "resolve": resolve.run,
    "others": others.run,
    "pdf": pdf.run,
    "reports": reports.run,
    "batch": batch.run,
    "erasure": erasure.run,
    "mixed": mixed.run,
}
LINE = "{:<46} {:>7} {:>7} {:>7} {:>7}  {:<8} {}\n"


def main() -> None:
    """Run what was named; a missed goal is printed and no error, the machine may be busy; work that fails is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; none = all")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the largest export but orders (5 times)")
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs after the warm-up, odd (default 3)")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}")
    if given.rows < 1_000 or given.runs < 1 or given.runs % 2 == 0:
        parser.error("--rows is at least 1000, --runs odd")
    sys.stdout.write(LINE.format("what", "min", "median", "max", "goal", "reached", "floor"))
    failed = []
    for name in given.names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="dsar-benchmark-") as folder:
            try:
                for result in BENCHMARKS[name](Setting(Path(folder).resolve(), given.rows, given.runs)):
                    _print(result)
            except RuntimeError as error:
                failed.append(name)
                sys.stdout.write(f"{name}: FAILED: {error}\n")
    sys.exit(1 if failed else 0)


def _print(result: Result) -> None:
    ratios = (min(result.ratios), result.median, max(result.ratios), result.goal)
    reached = "yes" if result.reached else "NO"
    sys.stdout.write(LINE.format(result.what, *(f"{ratio:.2f}" for ratio in ratios), reached, result.floor))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
