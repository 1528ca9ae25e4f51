"""Load the exports: every file of every source becomes a current segment, or a failure that is told."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.config import Config, Source, plain
from dsar.errors import DsarError, Unreadable, WorkspaceError
from dsar.progress import SILENT, Progress
from dsar.sources.effective import Collection, collections
from dsar.sources.exports import Export, exports_of, unpacked
from dsar.sources.limits import current, limited
from dsar.sources.readers.scan import sha256_of
from dsar.sources.reading import read_parts
from dsar.sources.registry import TABLE
from dsar.sources.spec import Connector
from dsar.sources.stored import Part, storable
from dsar.store.build import builder
from dsar.store.files import private_folder, sync_folder, write_private
from dsar.store.identifiers import build_identifiers, identifiers_of
from dsar.store.keys import Keys
from dsar.store.lock import hold
from dsar.store.segments import (
    Identifiers,
    Segment,
    contents_json,
    drop_others,
    fingerprint,
    read_contents,
    with_shown_names,
)

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Failure:
    """A file of a source that could not be loaded, and why; it holds no value of the file."""

    source: str
    file: str
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class Loaded:
    """All segments of a configuration, what failed, and the collections they belong to."""

    segments: tuple[Segment, ...]
    failures: tuple[Failure, ...]
    collections: Mapping[str, tuple[Collection, ...]]


class Loader:
    """Builds what changed and takes over what did not; opens DuckDB only if something must be built."""

    def __init__(self, config: Config, root: Path, keys: Keys, progress: Progress = SILENT) -> None:
        self._config, self._root, self._keys, self._progress = config, root, keys, progress
        self._lock = hold(root)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._hashes: dict[Path, str] = {}

    def load(self, known: Mapping[str, Connector]) -> Loaded:
        """Load every source; the workspace is held alone only if something must be built or deleted.

        Raises ConfigError where the configuration names what does not exist, WorkspaceError if others hold it then.
        """
        try:
            with limited(self._config.limits):
                return self._load(known)
        finally:
            self._lock.share()
            if self._connection is not None:
                self._connection.close()

    def _load(self, known: Mapping[str, Connector]) -> Loaded:
        effective = collections(self._config, known)
        segments: list[Segment] = []
        failures: list[Failure] = []
        for source in self._config.source:
            if source.manual:
                continue
            for export in self._files(source, failures):
                shown = export.shown(self._config.folder)
                try:
                    segments.extend(self._file(source, export, effective[source.name]))
                except WorkspaceError:  # somebody else is at work: that is no failure of the file
                    raise
                except DsarError as error:
                    failures.append(Failure(source.name, shown, error.message, error.hint))
                except OSError as error:
                    failures.append(Failure(source.name, shown, *_forbidden(error)))
        named = with_shown_names(segments)
        numbered = tuple(replace(segment, number=number) for number, segment in enumerate(named))
        self._drop_others({segment.folder.parent.name for segment in numbered})
        return Loaded(
            numbered, tuple(failures), {name: _as_written(found, numbered) for name, found in effective.items()}
        )

    def _drop_others(self, keep: set[str]) -> None:
        folder = self._root / "segments"
        if folder.is_dir() and any(segment.name not in keep for segment in folder.iterdir()):
            self._lock.alone()
            drop_others(folder, keep)

    def _files(self, source: Source, failures: list[Failure]) -> Iterable[Export]:
        found: dict[Export, None] = {}
        for pattern in source.files:
            try:
                paths = list(exports_of(self._config.folder, pattern))
            except OSError as error:
                failures.append(Failure(source.name, pattern, *_forbidden(error)))
                continue
            if not paths:
                failures.append(
                    Failure(source.name, pattern, "the file is missing.", "Export it again, or correct `files`.")
                )
            for path, members in paths:
                try:
                    found.update(dict.fromkeys(unpacked(path, members)))
                except (Unreadable, OSError) as error:
                    why = (error.message, error.hint) if isinstance(error, Unreadable) else _forbidden(error)
                    failures.append(Failure(source.name, Export(path).shown(self._config.folder), *why))
        return found

    def _file(self, source: Source, export: Export, candidates: Sequence[Collection]) -> list[Segment]:
        folder = self._root / "segments" / _fingerprint(source, export, candidates)
        if not folder.is_dir():
            self._build(export, source, candidates, folder)
        snapshot = _snapshot(source, export.path, self._config.controller.time_zone)
        segments = []
        for part in sorted(folder.iterdir()):
            contents = read_contents(part)
            collection = next((c for c in candidates if contents and c.name == contents.collection), None)
            if contents is None or collection is None:
                raise Unreadable(
                    f"{export.name}: its segment is damaged.", hint="Delete the workspace's `segments` folder."
                )
            declaration = collection.declaration(contents, self._config.controller.phone_region)
            shown = export.shown(self._config.folder)
            segment = Segment(
                0, part, shown, export.path, snapshot, declaration, contents, Identifiers(), member=export.member
            )
            segments.append(replace(segment, identifiers=self._identifiers(segment)))
        return segments

    def _build(self, export: Export, source: Source, candidates: Sequence[Collection], folder: Path) -> None:
        """Build all parts of a file in a temporary folder, and rename it only if the file did not change meanwhile."""
        self._lock.alone()
        size = export.path.stat().st_size
        self._progress.step(f"reading {export.name}", total=size)
        temporary = self._lock.scratch / folder.name
        shutil.rmtree(temporary, ignore_errors=True)
        private_folder(temporary)
        private_folder(folder.parent)
        try:
            with export.opened(self._lock.scratch) as path:
                for number, part in enumerate(read_parts(path, source, candidates, self._builder(), temporary)):
                    self._finish(part, temporary / f"{number:03d}", export)
            if _fingerprint(source, export, candidates) != folder.name:
                raise Unreadable(
                    f"{export.path.name} changed while it was being read.", hint="Wait until it is whole; run again."
                )
            self._progress.advance(size)
            sync_folder(temporary)
            temporary.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _finish(self, part: Part, folder: Path, export: Export) -> None:
        if export.member:  # a hash is that of the file as it lies there
            part = replace(part, contents=replace(part.contents, sha256=self._sha256(export.path)))
        constants = tuple(_constants(part, export))
        part = replace(part, contents=replace(part.contents, constants=constants))
        write_private(folder / "segment.json", contents_json(part.contents))
        declaration = part.collection.declaration(part.contents, self._config.controller.phone_region)
        with storable(export.path):
            build_identifiers(self._builder(), folder, declaration, part.contents, self._keys)

    def _sha256(self, archive: Path) -> str:
        if archive not in self._hashes:
            self._hashes[archive] = sha256_of(archive)
        return self._hashes[archive]

    def _identifiers(self, segment: Segment) -> Identifiers:
        current = identifiers_of(segment.folder, segment.declaration, self._keys)
        if current is not None:
            return current
        self._lock.alone()
        for outdated in segment.folder.iterdir():
            if outdated.name not in ("records.parquet", "segment.json"):
                outdated.unlink()
        return build_identifiers(self._builder(), segment.folder, segment.declaration, segment.contents, self._keys)

    def _builder(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = builder(self._lock.scratch / "spill")
        return self._connection


def _forbidden(error: OSError) -> tuple[str, str]:
    """Say why a file or folder cannot be read, and what to do about it."""
    return f"cannot be read ({error.strerror}).", "Let the user who runs dsar read it, or export it again."


def _as_written(found: Sequence[Collection], segments: Sequence[Segment]) -> tuple[Collection, ...]:
    """The collections of a source, with the headings that their files have."""
    return tuple(
        collection.as_written(
            segment.contents
            for segment in segments
            if (segment.declaration.source, segment.declaration.collection) == (collection.source.name, collection.name)
        )
        for collection in found
    )


def _constants(part: Part, export: Export) -> Iterable[tuple[str, str]]:
    """The columns that rows have from their file: as dsar.toml says, then what its path tells; its own come first."""
    declared = part.collection.declared.from_name
    found = re.search(declared, export.place.as_posix()) if declared else None
    said = {**(found.groupdict() if found else {}), **part.collection.source.constants}
    taken = {plain(name) for name in part.contents.columns}
    return ((name, value) for name, value in said.items() if value is not None and plain(name) not in taken)


def _fingerprint(source: Source, export: Export, candidates: Sequence[Collection]) -> str:
    return fingerprint(export.path, [*_options(source, candidates), *([export.member] if export.member else [])])


def _options(source: Source, candidates: Sequence[Collection]) -> list[object]:
    """Everything that decides how a file is read; a change of any of it builds the segment anew."""
    reading = {
        "format",
        "columns",
        "absent",
        "pattern",
        "records",
        "continues",
        "section",
        "from_name",
        "escape",
        "starts",
    }
    declared = [(c.name, c.declared.model_dump_json(include=reading)) for c in candidates]
    chosen = [sorted(c.spec.fields) for c in candidates] if len(candidates) > 1 else []
    limits = current()
    keys = [sorted(c.spec.key) for c in candidates if source.connector == TABLE]  # they tell whether a file fits
    code = [c.hook.sha256 for c in candidates[:1] if c.hook]
    return [
        *code,
        limits.cell_mb,
        limits.depth,
        source.name,
        source.connector,
        keys,
        source.encoding,
        source.delimiter,
        source.quote,
        source.skip_lines,
        source.escape,
        source.headings,
        source.constants,
        declared,
        chosen,
    ]


def _snapshot(source: Source, path: Path, zone: str) -> str:
    """When the export was taken: as dsar.toml says, otherwise the file's own time, in the controller's zone."""
    if source.snapshot is not None:
        return source.snapshot.isoformat()
    from zoneinfo import ZoneInfo

    return datetime.datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(zone)).isoformat(timespec="seconds")
