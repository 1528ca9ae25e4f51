"""The process of its own in which a JSON file is parsed: its memory and its time are bounded by the system."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

from dsar.config import Limits
from dsar.errors import Unreadable
from dsar.sources.limits import limited
from dsar.sources.readers.bounds import bounded
from dsar.sources.readers.documents import Documents, outline
from dsar.sources.readers.rows import spool


def main(megabytes: int, seconds: int, limits: dict[str, int], path: str, how: dict[str, Any]) -> int:
    """Write the rows of a file as the spool has them, or its outline, and last how it ended.

    The last line is `{"end": …}` with the count, the headings and the leaves, or `{"error": [message, hint]}`.
    """
    bounded(megabytes, seconds)
    with limited(Limits(**limits)), open(1, "wb", closefd=False) as out:
        try:
            end: dict[str, Any] = {"end": _outline(path, how) if "most" in how else _rows(path, how, out)}
        except Unreadable as error:
            end = {"error": [error.message, error.hint]}
        out.write(json.dumps(end).encode() + b"\n")
    return 0


def _rows(path: str, how: dict[str, Any], out: BinaryIO) -> dict[str, Any]:
    others = frozenset(how["others"])
    reader = Documents(Path(path), how["encoding"], how["records"], by_line=how["by_line"], others=others)
    found = spool(reader.rows(), out)
    return {"found": list(found.items()), "headings": list(reader.headings), "leaves": list(reader.leaves)}


def _outline(path: str, how: dict[str, Any]) -> dict[str, Any]:
    return outline(Path(path), how["encoding"], how["most"])


if __name__ == "__main__":
    sys.exit(main(*map(json.loads, sys.argv[1:])))
