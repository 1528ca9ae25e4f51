"""Segments: one immutable folder for each export file, with its rows and its sorted identifiers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Literal

from pydantic import TypeAdapter

from dsar.config import FieldSpec
from dsar.model import FileFacts

READER_VERSION = "4"
"""Changes when a reader gives other rows for the same file, so that segments are built anew."""

_HEAD = 65_536
_FIELDS = TypeAdapter(dict[str, FieldSpec])


@dataclass(frozen=True)
class Declaration:
    """What a segment's rows are: its place in the configuration and the meaning of every column."""

    source: str
    collection: str
    title: str
    connector: str
    format: Literal["table", "json", "log"]
    key: tuple[str, ...]
    fields: dict[str, FieldSpec]
    """Effective declaration of each column (table), leaf path (json) or group (log) that has one."""
    group_by: str | None = None
    """Column whose equal values make one record of several rows, such as the order number."""
    carry: tuple[str, ...] = ()
    """Columns whose value the continuation rows of a group take from its first row."""
    pattern: str | None = None
    quick: str | None = None
    """A simpler pattern for the usual lines, tried first: where it matches, it says the same as `pattern`."""
    phone_region: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the declaration as plain values for JSON."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "fields"}
        return {**plain, "fields": _FIELDS.dump_python(self.fields, mode="json", exclude_defaults=True)}

    def digest(self, normaliser: str, key_id: str) -> str:
        """Name the identifiers built under this declaration, normaliser and key; any change names others."""
        text = json.dumps([self.to_json(), normaliser, key_id], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Contents:
    """What a segment holds, as counted when it was built."""

    collection: str
    """Collection that the file was read as."""
    part: str
    """Sheet or member inside the file; empty for the file itself."""
    headings: tuple[str, ...]
    leaves: tuple[str, ...]
    """For json: every leaf path that occurs, indices as `[*]`."""
    sha256: str
    rows_read: int
    rows_loaded: int
    rows_unreadable: int
    reasons: dict[str, int]
    """Why rows are unreadable, and how many of each."""
    constants: tuple[tuple[str, str], ...] = ()
    """What every row of the file has besides its columns: said of the file, or by its name."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column (json: leaf) of a row, those that the file itself gives among them."""
        return (*(self.leaves or self.headings), *(name for name, _ in self.constants))


@dataclass(frozen=True)
class Identifiers:
    """The sorted identifiers of a segment: files of (hash, entry, row), and what each entry is."""

    files: tuple[Path, ...] = ()
    entries: tuple[tuple[str, str], ...] = ()
    """(kind, role) of each number of an entry."""


@dataclass(frozen=True)
class Segment:
    """A built segment together with its declaration: all a search needs to know of an export file."""

    number: int
    folder: Path
    file: str
    """Path of the export as answers show it."""
    path: Path
    snapshot: str
    declaration: Declaration
    contents: Contents
    identifiers: Identifiers
    member: str = ""
    """The member of the archive `path` that was read; empty for a file that lies there by itself."""
    shown_name: str = ""
    """Name of the file in the ids of records without a key: no longer than tells the collection's files apart."""

    @property
    def records(self) -> Path:
        """The Parquet file with all rows."""
        return self.folder / "records.parquet"

    @cached_property  # every line of every answer tells of it
    def facts(self) -> FileFacts:
        """The file's counts as answers show them."""
        c = self.contents
        part = f"#{c.part}" if c.part else ""
        return FileFacts(f"{self.file}{part}", c.sha256, c.rows_read, c.rows_loaded, c.rows_unreadable)


def fingerprint(path: Path, options: Iterable[object]) -> str:
    """Name a segment by what the file is now: size, time, its first and last 64 KiB, and how it is read.

    Raises OSError if the file cannot be opened.
    """
    status = path.stat()
    digest = hashlib.sha256(
        repr((READER_VERSION, str(path), status.st_size, status.st_mtime_ns, *options)).encode(errors="surrogateescape")
    )
    with path.open("rb") as file:
        digest.update(file.read(_HEAD))
        if status.st_size > _HEAD:
            file.seek(max(_HEAD, status.st_size - _HEAD))
            digest.update(file.read(_HEAD))
    return digest.hexdigest()[:32]


def read_contents(folder: Path) -> Contents | None:
    """Read what a segment holds, or None where it was never finished."""
    try:
        document = json.loads((folder / "segment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    for name in ("headings", "leaves"):
        document[name] = tuple(document[name])
    document["constants"] = tuple((name, value) for name, value in document["constants"])
    return Contents(**document)


def contents_json(contents: Contents) -> bytes:
    """Give the contents as the bytes of segment.json."""
    return json.dumps(dataclasses.asdict(contents), ensure_ascii=False, indent=1).encode()


def with_shown_names(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Give each segment the shortest end of its path that no other file of its collection has: mostly the file name."""
    listed = tuple(segments)
    files: dict[tuple[str, str], set[PurePath]] = {}
    for segment in listed:
        place = (segment.declaration.source, segment.declaration.collection)
        files.setdefault(place, set()).add(PurePath(segment.file))
    names = {(place, path): _shortest(path, paths) for place, paths in files.items() for path in paths}
    return tuple(
        dataclasses.replace(s, shown_name=names[(s.declaration.source, s.declaration.collection), PurePath(s.file)])
        for s in listed
    )


def _shortest(path: PurePath, among: set[PurePath]) -> str:
    for length in range(1, len(path.parts)):
        end = path.parts[-length:]
        if sum(other.parts[-length:] == end for other in among) == 1:
            return PurePath(*end).as_posix()
    return path.as_posix()


def drop_others(root: Path, keep: set[str]) -> int:
    """Delete the segments of files that changed or vanished, so that nobody lingers in them; gives their number."""
    dropped = 0
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.name not in keep:
            shutil.rmtree(folder)
            dropped += 1
    return dropped
