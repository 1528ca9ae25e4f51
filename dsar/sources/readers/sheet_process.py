"""The process of its own in which a workbook is parsed: whatever it does to its parser, it costs only this process."""

from __future__ import annotations

import datetime
import json
import signal
import sys
from pathlib import Path
from typing import Any, TextIO

from dsar.sources.readers.bounds import bounded

DAMAGED = 3
"""Its exit code for a file that is no workbook."""


def main(megabytes: int, seconds: int, path: str, most: int) -> int:
    """Write every sheet that is not empty to stdout as JSON lines: `{"sheet": name}`, then each row as a list of texts.

    `most` rows a sheet (0 for all of them). Memory and processor time are bounded by the system.
    """
    bounded(megabytes, seconds)
    # out of memory, the parser may wait for itself for ever: the clock of the wall ends that, too
    patience = min(seconds, 30 + 20 * Path(path).stat().st_size // 1024**2)
    from python_calamine import CalamineError, CalamineWorkbook

    with open(1, "w", encoding="utf-8", closefd=False) as out:
        try:
            signal.alarm(patience)
            workbook = CalamineWorkbook.from_path(path)
            for name in workbook.sheet_names:
                signal.alarm(patience)
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                signal.alarm(0)
                if any(cell not in ("", None) for row in rows for cell in row):
                    _write(out, {"sheet": name})
                    for row in rows[: most or None]:
                        _write(out, [cell_text(cell) for cell in row])
        except CalamineError:
            return DAMAGED
    return 0


def cell_text(value: Any) -> str:
    """Write a cell as text: whole numbers without a point, dates as ISO 8601, truth as TRUE and FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(out: TextIO, line: Any) -> None:
    out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main(*map(json.loads, sys.argv[1:])))
