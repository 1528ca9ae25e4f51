"""Attached files are read in a child process with bounds on memory and time: a hostile one costs an error."""

from __future__ import annotations

import base64
import contextlib
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

MEMORY = 1_500_000_000
SECONDS = 30
"""Of computing for one file."""
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one file: its text, or why there is none."""

    text: str | None
    problem: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    """What the file says of who made it and where, see `metadata`."""


def read_all(files: Sequence[tuple[str, bytes]]) -> tuple[Read, ...]:
    """Read the text of files, given as (name, bytes), in their order; one that ends the child is told as unreadable."""
    found: list[Read] = []
    while len(found) < len(files):
        before = len(found)
        found.extend(_some(files[before:]))
        if len(found) < len(files):
            found.append(Read(None, "reading it took too much time or memory"))
    return tuple(found)


def cleaned(name: str, data: bytes) -> bytes | None:
    """Give a file without what it says of who made it and where; None where that cannot be done."""
    told = next(_some([(name, data)], "clean"), Read(None))
    return None if told.text is None else base64.b64decode(told.text)


def _some(files: Sequence[tuple[str, bytes]], *how: str) -> Iterator[Read]:
    """Read files until one of them ends the child."""
    command = [sys.executable, "-I", "-X", "utf8", "-m", "dsar.redaction.child", *how]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    asks, answers = child.stdin, child.stdout
    try:
        for name, data in files:
            if asks is None or answers is None:  # cannot be: both are pipes
                return
            suffix = PurePath(name).suffix.encode(errors="replace")[:16]
            asks.write(len(suffix).to_bytes(_LENGTH, "big") + suffix + len(data).to_bytes(_LENGTH, "big") + data)
            asks.flush()
            line = answers.readline()
            if not line.endswith(b"\n"):
                return
            told = json.loads(line)
            yield Read(**{**told, "details": tuple(map(tuple, told.get("details", ())))})
    except (BrokenPipeError, ValueError):
        return
    finally:
        child.kill()
        child.wait()
        for pipe in (asks, answers):
            with contextlib.suppress(BrokenPipeError):  # what was not read by the dead child cannot be flushed
                if pipe is not None:
                    pipe.close()


def _cleaned(data: bytes) -> dict[str, Any]:
    from dsar.redaction.metadata import without_details

    try:
        return {"text": base64.b64encode(without_details(data)).decode("ascii")}
    except Exception:  # whatever a hostile file raises is a reason not to hand it over
        return {"text": None, "problem": "it cannot be cleaned"}


def _read(data: bytes, suffix: str) -> dict[str, Any]:
    from dsar.redaction.documents import Unread, text_of
    from dsar.redaction.metadata import details_of

    told: dict[str, Any] = {"text": None}
    try:
        told["details"] = details_of(data)
        told["text"] = text_of(data, suffix)
    except Unread as error:
        told["problem"] = str(error)
    except Exception:  # whatever a hostile file raises is a reason to have a person read it
        told["problem"] = "it is damaged"
    return told


def main() -> None:
    """Answer each file on stdin with one line of JSON; the loop of the child."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked, answers = open(0, "rb", closefd=False), open(1, "wb", closefd=False)  # noqa: SIM115 - they are open already
    while head := asked.read(_LENGTH):
        suffix = asked.read(int.from_bytes(head, "big")).decode(errors="replace")
        data = asked.read(int.from_bytes(asked.read(_LENGTH), "big"))
        spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDS, resource.RLIM_INFINITY))
        told = _cleaned(data) if sys.argv[1:] == ["clean"] else _read(data, suffix)
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
