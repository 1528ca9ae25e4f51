"""Build the segments of a dsar.toml in this process and print its peak memory in MiB; run by the benchmarks."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak() -> float:
    """Peak memory of this program in MiB.

    Linux hands `ru_maxrss` of the parent on to a program it starts, so the program's own mark is read where there is
    one.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if found:
        return int(found[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    from dsar.fulfilment.workspace import open_workspace

    opened = open_workspace(sys.argv[1])
    if opened.failures:
        sys.exit(f"not loaded: {opened.failures[0].reason}")
    sys.stdout.write(f"{peak():.0f}\n")
