"""Rows that a connector's hook.py gives, read in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from dsar.errors import Unreadable
from dsar.sources.limits import MB, current
from dsar.sources.readers import hook_process
from dsar.sources.readers.child import Child


class HookedRows:
    """The records that `read` of a hook finds in a file, on their way to the store, and the headings met meanwhile."""

    def __init__(self, hook: Path, path: Path, encoding: str) -> None:
        self._hook, self._path, self._encoding = hook, path, encoding
        self.headings: dict[str, int] = {}

    def spool(self, out: BinaryIO) -> dict[str | None, int]:
        """Write the rows as `rows.spool` does; raises Unreadable where the hook fails or is stopped."""
        task = {"path": str(self._path.resolve()), "encoding": self._encoding, "name": self._path.name}
        end = _apart(self._hook, self._path, task, out.write)
        self.headings.update({name: number for number, name in enumerate(end["headings"])})
        return dict(end["found"])


def cleaned(hook: Path, spooled: Path, name: str, headings: dict[str, int], out: BinaryIO) -> dict[str | None, int]:
    """Write the rows of a spool with the columns that `clean` of a hook adds, which join `headings`.

    The cells of the file stay as they are, in their places. Raises Unreadable where the hook fails as a whole.
    """
    task = {"path": str(spooled.resolve()), "headings": list(headings), "name": name}
    end = _apart(hook, spooled, task, out.write)
    for heading in end["headings"]:
        headings[heading] = len(headings)
    return dict(end["found"])


def _apart(hook: Path, path: Path, task: dict[str, Any], write: Callable[[bytes], object]) -> dict[str, Any]:
    more = path.stat().st_size // MB
    child = Child(hook_process.__name__, current().model_dump(), str(hook), task, more_seconds=more)
    hint = "If the file is sound, raise `reader_mb` or `reader_seconds` under [limits] in dsar.toml."
    return child.spool(write, Unreadable(f"{task['name']} stopped hook.py of its connector.", hint=hint))
