"""Processes of our own that share the work of a person: the same bytes and the same order, however many there are."""

from __future__ import annotations

import collections
import os
import pickle
import queue
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from dsar.errors import DsarError

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

MOST = 4
"""More children wait for this process, which searches, gathers and writes for all of them."""
AHEAD = 6
"""Pieces of work that are begun ahead of the one that is waited for: enough for all children, few enough for memory."""
_LENGTH = 8
T = TypeVar("T")
P = ParamSpec("P")


class ChildDied(DsarError):
    """A process of ours ended in the middle of a piece of work, and so did a second one."""

    exit_code = 3
    work: int | None = None
    """Whose work it was, by its place among all; this process must not try it itself."""


class Begin(Protocol):
    """Begins a piece of work; what it gives waits for the result, and raises what the work raises."""

    def __call__(self, task: Callable[Concatenate[Any, P], T], *given: P.args, **more: P.kwargs) -> Callable[[], T]: ...


def ahead(begun: Iterable[T]) -> Iterator[T]:
    """Give what an iterator gives, in order, and let it run some items ahead, so that what these began goes on."""
    waiting: collections.deque[T] = collections.deque()
    for one in begun:
        waiting.append(one)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


@contextmanager
def children(scratch: Path, common: object, worth: bool) -> Iterator[Begin]:
    """Give what begins work: in as many processes as there are cores for us; in this one if it is not worth a start.

    A task is a function of a module, which is called with `common` and what it is given; both go through a pipe, never
    through a command line. `scratch` is a private folder for temporary files. What fails there is done again here, so
    that its error is told as any other and none travels. A child that dies is replaced once; if the next one dies of
    the same work, that work raises ChildDied. Children end with this process, however it ends: their input does.
    """
    number = min(MOST, cores()) if worth else 0
    if number < 2:
        yield lambda task, *given, **more: lambda: _here(scratch, task, common, given, more)
        return
    every = [_Child(scratch, common) for _ in range(number)]
    free: queue.SimpleQueue[_Child] = queue.SimpleQueue()
    for child in every:
        free.put(child)

    def ask(task: Callable[..., T], given: tuple[Any, ...], more: dict[str, Any]) -> list[T] | None:
        child = free.get()
        try:
            return child.ask(task, given, more)
        finally:
            free.put(child)

    def begin(task: Callable[Concatenate[Any, P], T], *given: P.args, **more: P.kwargs) -> Callable[[], T]:
        asked = pool.submit(ask, task, given, more)

        def wait() -> T:
            answer = asked.result()
            return answer[0] if answer is not None else _here(scratch, task, common, given, more)

        return wait

    with _threads(number) as pool:
        try:
            yield begin
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in every:
                child.close()


def _threads(number: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # a search for one person needs none

    return ThreadPoolExecutor(number)


def cores() -> int:
    """Count the cores that this process may use, which may be fewer than the machine has."""
    may = getattr(os, "sched_getaffinity", None)
    return len(may(0)) if may is not None else os.cpu_count() or 1


def _here(scratch: Path, task: Callable[..., T], common: object, given: tuple[Any, ...], more: dict[str, Any]) -> T:
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        return task(common, *given, **more)
    finally:
        tempfile.tempdir = before


class _Child:
    """A process that is started when it is first asked, and again after it died."""

    def __init__(self, scratch: Path, common: object) -> None:
        self._first = (str(scratch), common)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def ask(self, task: Callable[..., T], given: tuple[Any, ...], more: dict[str, Any]) -> list[T] | None:
        """Give the result alone in a list, None if the work failed there or cannot be sent.

        Raises ChildDied if the process died twice of it.
        """
        try:
            asked = pickle.dumps((task, given, more), protocol=pickle.HIGHEST_PROTOCOL)
        except Exception:  # of whatever cannot be pickled; it is done here
            return None
        for _ in range(2):
            try:
                process = self._running()
                if process is None or process.stdin is None or process.stdout is None:
                    return None
                _send(process.stdin, asked)
                answer: list[T] | None = pickle.loads(_receive(process.stdout))  # noqa: S301 - the other end is ours
            except (OSError, EOFError, pickle.PickleError):
                self._drop()
            else:
                return answer
        raise ChildDied(
            "A process that worked for this request ended before it was done.",
            hint="The machine may have lacked memory: run it again, with fewer requests at once.",
        )

    def close(self) -> None:
        """End the process, for good."""
        with self._lock:
            self._closed = True
        self._drop()

    def _running(self) -> subprocess.Popen[bytes] | None:
        """Give the process, started if need be; None if it cannot be started, or nobody waits for it any more."""
        with self._lock:
            if self._process is None and not self._closed:
                command = [sys.executable, "-I", "-X", "utf8", "-m", "dsar.fulfilment.children"]
                pipe, null = subprocess.PIPE, subprocess.DEVNULL
                try:
                    self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null)  # noqa: S603
                except OSError:
                    return None
                if self._process.stdin is not None:
                    _send(self._process.stdin, pickle.dumps(self._first, protocol=pickle.HIGHEST_PROTOCOL))
            return self._process

    def _drop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what a dead child did not read cannot be flushed
                if pipe is not None:
                    pipe.close()


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(_LENGTH, "big") + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """Give what the other end of our own pipe sent; raises EOFError at its end."""
    size = int.from_bytes(pipe.read(_LENGTH), "big")
    data = pipe.read(size)
    if not size or len(data) < size:
        raise EOFError
    return data


def main() -> None:
    """Do each piece of work that comes on stdin and answer on stdout; the loop of a child."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # our parent ends us
    with open(os.dup(0), "rb") as asked, open(os.dup(1), "wb") as answers:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0), os.dup2(nothing, 1)  # what a library prints is no answer
        tempfile.tempdir, common = pickle.loads(_receive(asked))  # noqa: S301 - both ends are ours, nobody else has it
        waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(asked, waiting), daemon=True).start()
        while True:
            asking = waiting.get()
            answer = pickle.dumps(None)
            with suppress(Exception):  # the parent does it again, and tells what is wrong
                task, given, more = pickle.loads(asking)  # noqa: S301 - as above
                answer = pickle.dumps([task(common, *given, **more)], protocol=pickle.HIGHEST_PROTOCOL)
            _send(answers, answer)


def _listen(asked: IO[bytes], waiting: queue.SimpleQueue[bytes]) -> None:
    """Take each piece of work as it comes, and end this process in the middle of one when nobody waits any more."""
    while True:
        try:
            waiting.put(_receive(asked))
        except EOFError:
            os._exit(0)


if __name__ == "__main__":
    main()
