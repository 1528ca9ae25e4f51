"""What every benchmark is given: a folder of its own, the size of its data, the number of runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

DSAR = Path(sys.executable).with_name("dsar")
"""The console script of the environment that runs the benchmarks."""


@dataclass(frozen=True)
class Setting:
    """The folder is deleted afterwards; every size follows from `rows`."""

    folder: Path
    rows: int
    runs: int

    def note(self, text: str) -> None:
        """Print a line below the table's lines: where time or memory goes."""
        sys.stdout.write(f"    {text}\n")
