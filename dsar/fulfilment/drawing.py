"""The files of a package, drawn from its report: here, or in processes of their own while the next are gathered."""

from __future__ import annotations

import os
import pickle
import queue
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from dsar.model import AccessReport

Files = list[tuple[str, bytes]]
Draw = Callable[[AccessReport], Callable[[], Files]]
"""Begins to draw a report; what it gives waits for the files."""
CHILDREN = 2
MANY = 8
"""Reports from which on a child saves more than its start costs."""
_LENGTH = 8


def drawn(report: AccessReport) -> Iterator[tuple[str, bytes]]:
    """Draw every form of a report, one by one; the same report gives the same bytes in whatever process."""
    from dsar.renderers.as_html import render_html
    from dsar.renderers.as_json import render_json
    from dsar.renderers.as_pdf import render_pdf
    from dsar.renderers.as_portability import FILE, SCHEMA_FILE, render_portability, schema
    from dsar.renderers.as_xlsx import render_xlsx

    renderers: dict[str, Callable[[AccessReport], bytes]] = {
        "report.html": render_html, "report.pdf": render_pdf, "data.xlsx": render_xlsx, "data.json": render_json,
    }  # fmt: skip
    if report.request.right == "portability":
        renderers = {FILE: render_portability, SCHEMA_FILE: lambda _: schema()}
    for name, render in renderers.items():
        yield name, render(report)


@contextmanager
def drawers(scratch: Path, count: int) -> Iterator[Draw]:
    """Give what draws so many reports: two processes of our own for many, this one for a few.

    `scratch` is a private folder for temporary files. What a child could not draw, or one that died, is drawn here, so
    that its fault is told as any other. Children end with this process, however it ends: their input does.
    """
    number = min(CHILDREN, os.cpu_count() or 1) if count >= MANY else 0
    if number < CHILDREN:
        yield lambda report: lambda: _here(scratch, report)
        return
    children = [_Child(scratch) for _ in range(number)]
    free: queue.SimpleQueue[_Child] = queue.SimpleQueue()
    for child in children:
        free.put(child)

    def ask(report: AccessReport) -> Files | None:
        child = free.get()
        try:
            return child.ask(report)
        finally:
            free.put(child)

    def draw(report: AccessReport) -> Callable[[], Files]:
        asked = pool.submit(ask, report)
        return lambda: asked.result() or _here(scratch, report)

    with ThreadPoolExecutor(number) as pool:
        try:
            yield draw
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in children:
                child.close()


def _here(scratch: Path, report: AccessReport) -> Files:
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        return list(drawn(report))
    finally:
        tempfile.tempdir = before


class _Child:
    """A process that draws; values of people go to it through a pipe and never stand in its command line."""

    def __init__(self, scratch: Path) -> None:
        command = [sys.executable, "-I", "-X", "utf8", "-m", "dsar.fulfilment.drawing"]
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._scratch = str(scratch)

    def ask(self, report: AccessReport) -> Files | None:
        """Give the files of a report, None if it could not be drawn there."""
        asks, answers = self._process.stdin, self._process.stdout
        if asks is None or answers is None:  # cannot be: both are pipes
            return None
        try:
            _send(asks, (self._scratch, report))
            files: Files | None = _receive(answers)
        except (OSError, ValueError, EOFError, pickle.PickleError):
            return None
        return files

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what a dead child did not read cannot be flushed
                if pipe is not None:
                    pipe.close()


def _send(pipe: IO[bytes], what: object) -> None:
    data = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_LENGTH, "big") + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """Give what the other end of our own pipe sent; raises EOFError at its end."""
    size = int.from_bytes(pipe.read(_LENGTH), "big")
    data = pipe.read(size)
    if not size or len(data) < size:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - both ends are ours, and nobody else has the pipe


def main() -> None:
    """Draw each report on stdin to stdout; the loop of a child."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, answers = open(0, "rb", closefd=False), open(1, "wb", closefd=False)  # noqa: SIM115 - they are open already
    while True:
        try:
            scratch, report = _receive(asked)
        except EOFError:
            return
        files: Files | None = None
        with suppress(Exception):  # the parent draws it again, and tells what is wrong
            files = _here(Path(scratch), report)
        _send(answers, files)


if __name__ == "__main__":
    main()
