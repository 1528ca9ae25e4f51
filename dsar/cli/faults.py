"""The log of a fault of ours: types and places, never a message or a local variable, because these hold values."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

import dsar

PACKAGE = Path(dsar.__file__).parent.parent


def is_interrupt(error: BaseException) -> bool:
    """Whether DuckDB says so that Ctrl-C was pressed during a query; told by name, because it may not be loaded."""
    if type(error).__name__ == "InterruptException":
        return type(error).__module__.partition(".")[0] in ("duckdb", "_duckdb")
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def write_log(error: BaseException, command: str) -> Path | None:
    """Write what happened to a file of mode 0600 in the temp folder and return its path; None if that fails too."""
    try:
        handle, name = tempfile.mkstemp(prefix="dsar-fault-", suffix=".log")
    except OSError:
        return None
    with open(handle, "w", encoding="utf-8") as log:
        log.write(describe(error, command))
        log.flush()
        os.fsync(log.fileno())
    return Path(name)


def describe(error: BaseException, command: str) -> str:
    """Give the type of the error and of those that led to it, each with file, line and function of its stack."""
    lines = [f"command: {command}", f"python: {platform.python_version()} on {sys.platform}"]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(
            f"  {_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(current.__traceback__)
        )
        current = current.__cause__ or current.__context__
    return "\n".join(lines) + "\n"


def _short(filename: str) -> str:
    """A path without the folders above the package: these may hold the name of whoever runs dsar."""
    path = Path(filename)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else "/".join(path.parts[-3:])
