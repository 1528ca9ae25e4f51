"""Commands in processes of their own that need no start: forked from one that has imported everything and done nothing.

So a kill meets what a command does, and not the second in which Python reads its modules. Not for a process that
holds threads or connections, as that of pytest does: `python -m tests.faults.kills` is one of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

import dsar

P = ParamSpec("P")
T = TypeVar("T")

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.chmod", "shutil.rmtree")


def warm() -> None:
    """Import everything that a command may need; raises AssertionError if that started a thread."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    for module in pkgutil.walk_packages(dsar.__path__, "dsar."):
        with contextlib.suppress(ImportError):  # an extra that is not installed
            importlib.import_module(module.name)
    for name in ("duckdb", "holidays", "phonenumbers", "reportlab.platypus", "openpyxl", "uharfbuzz"):
        importlib.import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a thread does not live on in a fork"


def start(folder: Path, words: Sequence[str], dies_at: int = 0, told: int = -1) -> int:
    """Start a command in a folder and give its process; it kills itself before its `dies_at`-th change of the disk.

    How many changes it has made goes to the handle `told` when it ends.
    """
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 3
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(_said(folder), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(1, 2)
        count = _counted(dies_at)
        code = importlib.import_module("dsar.cli").main(list(words))
        atexit._run_exitfuncs()
        if told >= 0:
            os.write(told, str(count()).encode())
    finally:
        os._exit(code)


def _said(folder: Path) -> Path:
    """Where the output of the last command in a folder lies, beside it."""
    return folder.with_name(f"{folder.name}.out")


def _counted(dies_at: int) -> Callable[[], int]:
    """Count what Python changes on the disk in this process, and kill it before that change; gives the counter."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        flags = arguments[2] if event == "open" else 0
        if event in _CHANGES or (isinstance(flags, int) and flags & _WRITES):
            tick()

    def before(original: Callable[P, T]) -> Callable[P, T]:
        def called(*given: P.args, **named: P.kwargs) -> T:
            tick()
            return original(*given, **named)

        return called

    os.write, os.fsync = before(os.write), before(os.fsync)
    sys.addaudithook(heard)
    return lambda: done


def wait(process: int, seconds: float = 300) -> int | None:
    """Wait for a command; gives its exit code, negative for a signal, or None if it still works."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    return None


def run(folder: Path, words: Sequence[str]) -> int:
    """Run a command to its end; gives how many changes it made. Raises AssertionError where it ends with an error."""
    reads, told = os.pipe()
    code = wait(start(folder, words, told=told))
    os.close(told)
    with open(reads, "rb") as file:
        count = file.read()
    if code not in (0, 1):
        raise AssertionError(f"{words[0]} ended with {code}: {_said(folder).read_text()}")
    return int(count)
