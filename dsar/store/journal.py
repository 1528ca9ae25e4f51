"""The journal: what was done, in an append-only file whose lines are chained and sealed; it holds no personal value."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsar.errors import WorkspaceError
from dsar.store.files import private_folder

START = "0" * 64


@dataclass(frozen=True)
class JournalHead:
    """Where the journal stands: how many events it holds and the seal of the last."""

    events: int
    head: str


class Journal:
    """Events are keyed by request and step and written once; each request has its own chain inside the global one."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._known: dict[tuple[str, str], str] = {}
        self._heads: dict[str, str] = {}
        self._count, self._last = 0, START
        for event in _events(path):
            self._take(event)

    def append(self, request: str, step: str, at: str, facts: Mapping[str, int | str | bool]) -> str:
        """Write one event and make it last before returning; gives the head of the request's chain.

        The same step of a request is written once. `facts` holds counts, hashes and names of files of ours only.
        """
        if (request, step) in self._known:
            return self._known[(request, step)]
        event: dict[str, Any] = {"n": self._count + 1, "at": at, "request": request, "step": step, "facts": dict(facts)}
        event["chain"] = _seal(self._key, {k: event[k] for k in ("at", "request", "step", "facts")}, self.head(request))
        event["prev"] = self._last
        event["seal"] = _seal(self._key, event, self._last)
        self._write(event)
        self._take(event)
        return str(event["chain"])

    def head(self, request: str) -> str:
        """The seal of the last event of a request's own chain."""
        return self._heads.get(request, START)

    def _take(self, event: dict[str, Any]) -> None:
        self._known[(event["request"], event["step"])] = event["chain"]
        self._heads[event["request"]] = event["chain"]
        self._count, self._last = event["n"], event["seal"]

    def _write(self, event: dict[str, Any]) -> None:
        private_folder(self._path.parent)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            os.write(handle, (json.dumps(event, sort_keys=True, ensure_ascii=True) + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def verify(path: Path, key: str) -> JournalHead:
    """Read the whole journal and check every seal and link.

    Raises WorkspaceError that names the first line that was edited, cut, inserted or moved.
    """
    last, count = START, 0
    for count, event in enumerate(_events(path), start=1):
        sealed = {name: value for name, value in event.items() if name != "seal"}
        if event.get("n") != count or event.get("prev") != last or event.get("seal") != _seal(key, sealed, last):
            raise WorkspaceError(
                f"The journal is not whole: line {count} was changed, moved or does not follow the line before.",
                hint="Compare it with its backup and with the heads printed in the packages.",
            )
        last = event["seal"]
    return JournalHead(count, last)


def _events(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                event = json.loads(line)
                if not line.endswith(b"\n") or not isinstance(event, dict):
                    raise ValueError
            except ValueError:
                raise WorkspaceError(
                    f"The journal is damaged in line {number}.", hint="Restore it from its backup."
                ) from None
            yield event


def _seal(key: str, event: Mapping[str, Any], before: str) -> str:
    text = json.dumps(event, sort_keys=True, ensure_ascii=True)
    return hmac.new(key.encode(), f"{before}\n{text}".encode(), hashlib.sha256).hexdigest()
