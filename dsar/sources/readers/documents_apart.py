"""JSON files read in a process of their own, wherever they are large enough to harm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from dsar.errors import Unreadable
from dsar.sources.limits import MB, current
from dsar.sources.readers import document_process, documents
from dsar.sources.readers.child import Child
from dsar.sources.readers.documents import Documents
from dsar.sources.readers.rows import spool
from dsar.sources.readers.scan import is_compressed

HARMLESS = 4 * MB
"""A file of this size cannot make its parser use more than some 400 MB, whatever it holds: no process for it."""


class DocumentRows:
    """The records of a JSON file on their way to the store, and the headings and leaf paths met meanwhile."""

    def __init__(
        self, path: Path, encoding: str, records: str | None, *, by_line: bool, others: frozenset[str] = frozenset()
    ) -> None:
        """The arguments are those of `Documents`."""
        self._reader = Documents(path, encoding, records, by_line=by_line, others=others)
        self._how = {"encoding": encoding, "records": records, "by_line": by_line, "others": sorted(others)}
        self._path = path
        self.headings, self.leaves = self._reader.headings, self._reader.leaves

    def spool(self, out: BinaryIO) -> dict[str | None, int]:
        """Write the rows as `rows.spool` does; raises Unreadable as the reader does, or where it was stopped."""
        if _is_harmless(self._path):
            return spool(self._reader.rows(), out)
        end = _apart(self._path, self._how, out.write)
        self.headings.update({name: number for number, name in enumerate(end["headings"])})
        self.leaves.update(dict.fromkeys(end["leaves"]))
        return dict(end["found"])


def outline(path: Path, encoding: str, most: int) -> dict[str, Any]:
    """Give what `documents.outline` gives, read apart where the file is large; raises Unreadable as that does."""
    if _is_harmless(path):
        return documents.outline(path, encoding, most)
    return _apart(path, {"encoding": encoding, "most": most}, lambda _: None)


def _is_harmless(path: Path) -> bool:
    return not is_compressed(path) and path.stat().st_size <= HARMLESS


def _apart(path: Path, how: dict[str, Any], write: Callable[[bytes], object]) -> dict[str, Any]:
    # reading goes on from record to record: its time grows with the file
    more = path.stat().st_size // MB
    child = Child(document_process.__name__, current().model_dump(), str(path.resolve()), how, more_seconds=more)
    hint = "Look where it came from; if it is sound, raise `reader_mb` or `reader_seconds` under [limits]."
    return child.spool(write, Unreadable(f"{path.name} stopped the reader of JSON.", hint=hint))
