"""The journal: what was done, in an append-only file whose lines are chained and sealed; it holds no personal value."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsar.errors import TornJournal, WorkspaceError
from dsar.store.files import private_folder, sync_folder
from dsar.store.torn import Torn, begins_a_line, keep

START = "0" * 64
_NAMES = {"n": int, "at": str, "request": str, "step": str, "facts": dict, "chain": str, "prev": str, "seal": str}


@dataclass(frozen=True)
class JournalHead:
    """Where the journal stands: how many events it holds and the seal of the last."""

    events: int
    head: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done: when, for which request, which step, with counts, codes, dates and hashes."""

    at: str
    request: str
    step: str
    facts: Mapping[str, int | str | bool]
    chain: str
    """The seal of the request's own chain up to this event."""


class Journal:
    """Events are keyed by request and step and written once; each request has its own chain inside the global one.

    Opening checks every seal and link. Several processes may append: each takes in what the others wrote first.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Read and check the journal; raises WorkspaceError that names the first line that is not as it was written."""
        self._path, self._key = path, key
        self._known: dict[tuple[str, str], str] = {}
        self._seals: set[str] = set()
        self._events: dict[str, list[Event]] = {}
        self._heads: dict[str, str] = {}
        self._folded: dict[str, list[str]] = {}
        self._count, self._last, self._size = 0, START, 0
        self.refresh()

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._path.parent

    @property
    def stands(self) -> JournalHead:
        """Where the journal stood when it was last read or written."""
        return JournalHead(self._count, self._last)

    def append(self, request: str, step: str, at: str, facts: Mapping[str, int | str | bool]) -> str:
        """Write one event and make it last before returning; gives the head of the request's chain.

        The same step of a request is written once. `facts` holds counts, hashes and names of files of ours only.
        Raises WorkspaceError if the journal was changed meanwhile.
        """
        private_folder(self._path.parent)
        with self._held(os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as handle:
            self._catch_up(handle)
            if (request, step) not in self._known:
                event = self._event(request, step, at, facts)
                self._write(handle, (json.dumps(event, sort_keys=True, ensure_ascii=True) + "\n").encode())
                self._take(event)
        return self._known[(request, step)]

    def head(self, request: str) -> str:
        """The seal of the last event of a request's own chain."""
        return self._heads.get(request, START)

    def holds(self, head: str) -> bool:
        """Whether a head that was printed earlier, of the whole log or of a request, is among its seals.

        If it is not, the end of the log was cut off after it was printed, or another log was put in its place.
        """
        return head == START or head in self._seals

    def events(self, request: str) -> tuple[Event, ...]:
        """The events of one request, oldest first, as far as the journal was read."""
        return tuple(self._events.get(request, ()))

    def requests(self) -> tuple[str, ...]:
        """Everything that has a chain of its own, in the order of the first events: the register is their replay."""
        return tuple(self._events)

    def spellings(self, request: str) -> tuple[str, ...]:
        """Everything with a chain of its own whose name is this one but for its case."""
        return tuple(self._folded.get(request.casefold(), ()))

    def refresh(self) -> None:
        """Take in and check what other processes have appended meanwhile."""
        if self._path.exists():
            with self._held(os.O_RDONLY, fcntl.LOCK_SH) as handle:
                self._catch_up(handle)

    @contextmanager
    def _held(self, flags: int, how: int) -> Iterator[int]:
        """Open the file and lock it until the end of the block: nobody reads half a line or chains to an old one."""
        handle = os.open(self._path, flags | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, how)
            yield handle
        finally:
            os.close(handle)

    def _catch_up(self, handle: int) -> None:
        """Check and take in the lines that were appended since the journal was last read."""
        size = os.fstat(handle).st_size
        if size < self._size:
            raise WorkspaceError("The journal was cut.", hint="Restore it from its backup.")
        with open(os.dup(handle), "rb") as file:
            file.seek(self._size)
            for line in file:
                if not line.endswith(b"\n") and begins_a_line(line, self._count + 1, self._last):
                    raise self._torn()
                self._take(self._checked(line))
                self._size += len(line)

    def _torn(self) -> TornJournal:
        return TornJournal(
            f"The last line of the journal, line {self._count + 1}, is not whole: it was torn while it was written, "
            "or cut.",
            hint="Any command but those of `dsar journal` sets it aside, e.g. `dsar request list`.",
            journal=self,
        )

    def mend(self, check: Callable[[], None] = lambda: None) -> Torn | None:
        """Set aside a last line that was torn while it was written, so that the log can go on; gives what was kept.

        None where nothing is lost: its line end alone was missing and is put there, or somebody else has mended it.
        `check` raises WorkspaceError where something was done because of the line. What is kept is still to be noted.
        Raises WorkspaceError if the line is whole and its seal is not right.
        """
        with self._held(os.O_RDWR | os.O_APPEND, fcntl.LOCK_EX) as handle:
            try:
                self._catch_up(handle)
            except TornJournal:
                tail = os.pread(handle, os.fstat(handle).st_size - self._size, self._size)
            else:
                return None
            if _is_json(tail):
                self._checked(tail + b"\n")
                os.write(handle, b"\n")
                os.fsync(handle)
                self._catch_up(handle)
                return None
            check()
            torn = keep(self._path.parent, tail)
            os.ftruncate(handle, self._size)
            os.fsync(handle)
            return torn

    def _checked(self, line: bytes) -> dict[str, Any]:
        """Give the event of the next line; raises WorkspaceError if it is damaged or its seal or link is not right."""
        number = self._count + 1
        try:
            event = json.loads(line)
            whole = line.endswith(b"\n") and all(type(event[name]) is kind for name, kind in _NAMES.items())
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise WorkspaceError(f"The journal is damaged in line {number}.", hint="Restore it from its backup.")
        sealed = {name: value for name, value in event.items() if name != "seal"}
        seal = _seal(self._key, sealed, self._last)
        if event["n"] != number or event["prev"] != self._last or not hmac.compare_digest(event["seal"], seal):
            raise WorkspaceError(
                f"The journal is not whole: line {number} was changed, moved or does not follow the line before.",
                hint="Compare it and the key file with their backups and with the heads printed in the packages.",
            )
        return dict(event)

    def _event(self, request: str, step: str, at: str, facts: Mapping[str, int | str | bool]) -> dict[str, Any]:
        event: dict[str, Any] = {"at": at, "request": request, "step": step, "facts": dict(facts)}
        event["chain"] = _seal(self._key, event, self.head(request))
        event |= {"n": self._count + 1, "prev": self._last}
        return event | {"seal": _seal(self._key, event, self._last)}

    def _write(self, handle: int, line: bytes) -> None:
        """Append one whole line and make it last, or leave the file as it was."""
        try:
            if os.write(handle, line) != len(line):
                raise OSError(
                    errno.ENOSPC, os.strerror(errno.ENOSPC)
                )  # a disk that is full takes a part without an error
            os.fsync(handle)
            if not self._size:  # its name is new, too
                sync_folder(self._path.parent)
        except BaseException:
            os.ftruncate(handle, self._size)
            raise
        self._size += len(line)

    def _take(self, event: dict[str, Any]) -> None:
        self._known[(event["request"], event["step"])] = event["chain"]
        kept = Event(event["at"], event["request"], event["step"], event["facts"], event["chain"])
        if kept.request not in self._events:
            self._folded.setdefault(kept.request.casefold(), []).append(kept.request)
        self._events.setdefault(kept.request, []).append(kept)
        self._heads[event["request"]] = event["chain"]
        self._count, self._last = event["n"], event["seal"]
        self._seals |= {event["seal"], event["chain"]}


def verify(path: Path, key: str) -> JournalHead:
    """Read the whole journal and check every seal and link.

    Raises WorkspaceError that names the first line that was edited, cut, inserted or moved.
    """
    return Journal(path, key).stands


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _seal(key: str, event: Mapping[str, Any], before: str) -> str:
    text = json.dumps(event, sort_keys=True, ensure_ascii=True)
    return hmac.new(key.encode(), f"{before}\n{text}".encode(), hashlib.sha256).hexdigest()
