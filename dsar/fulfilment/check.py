"""Is every source read, described and lawful: one verdict a collection; what is not known counts against it."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.fulfilment.answers import sources_of
from dsar.fulfilment.init import own_input, walk
from dsar.fulfilment.workspace import Workspace
from dsar.model import SourceAnswer
from dsar.reports.legal import missing_controller_keys, missing_keys
from dsar.sources.effective import Collection
from dsar.sources.recognise import Recognition, Refused, recognise
from dsar.sources.registry import TABLE, connectors
from dsar.store.keys import default_key_file
from dsar.store.run import Run
from dsar.store.segments import Segment

_ESCAPED = re.compile(r"\[([*?[])\]")


@dataclass(frozen=True)
class CheckedSource:
    """One collection: what was read of it, and what is still missing."""

    answer: SourceAnswer
    confirmed_mapping: bool
    unclassified: tuple[str, ...]
    """Columns without a category."""
    missing: tuple[str, ...]
    """Legal keys that are not filled in."""
    notes: tuple[str, ...]
    age_days: int | None

    @property
    def fine(self) -> bool:
        """Whether nothing is left to do."""
        read = self.answer.result in ("held", "not_held")
        bad = any(file.rows_unreadable for file in self.answer.files)
        return read and self.confirmed_mapping and not (self.unclassified or self.missing or self.notes or bad)


@dataclass(frozen=True)
class CheckResult:
    """The verdict on all sources, and the files beside them that nobody reads."""

    sources: tuple[CheckedSource, ...]
    unrecognised: tuple[tuple[str, str, str | None], ...]
    """(path, reason, nearest)"""
    controller: tuple[str, ...]
    """Keys of [controller] that are not filled in."""

    @property
    def complete(self) -> bool:
        """Whether every source is fine and every file is read."""
        return not self.unrecognised and not self.controller and all(source.fine for source in self.sources)


def check(workspace: Workspace) -> CheckResult:
    """Check every source of a workspace; fails closed: what could not be read or is not known is not fine."""
    with workspace.run() as run:
        checked = tuple(_checked(workspace, run, answer) for answer in sources_of(workspace))
    return CheckResult(checked, tuple(_unread(workspace)), missing_controller_keys(workspace.config))


def _checked(workspace: Workspace, run: Run, answer: SourceAnswer) -> CheckedSource:
    place = (answer.source, answer.collection)
    collection = workspace.collections.get(place)
    if collection is None:
        return CheckedSource(answer, True, (), (), (), None)
    segments = [s for s in workspace.segments if (s.declaration.source, s.declaration.collection) == place]
    age = None
    if answer.snapshot:
        taken = datetime.datetime.fromisoformat(answer.snapshot)
        age = (workspace.now.date() - taken.date()).days
    return CheckedSource(
        answer=answer,
        confirmed_mapping=not collection.spec.unconfirmed,
        unclassified=tuple(dict.fromkeys(name for segment in segments for name in unclassified(segment))),
        missing=missing_keys(collection.spec, workspace.config),
        notes=tuple(_notes(workspace, run, collection, segments)),
        age_days=age,
    )


def unclassified(segment: Segment) -> Iterator[str]:
    """The columns (json: leaves) of a segment that no declaration gives a category."""
    for name in segment.contents.leaves or segment.contents.headings:
        spec = segment.declaration.fields.get(name)
        if spec is None or spec.category is None:
            yield name


def _notes(workspace: Workspace, run: Run, collection: Collection, segments: Sequence[Segment]) -> Iterator[str]:
    for failure in workspace.failures:
        if failure.source == collection.source.name:
            yield f"{failure.file}: {failure.reason}"
    for segment in segments:
        for reason, rows in sorted(segment.contents.reasons.items()):
            yield f"{segment.facts.path}: {rows} row{'s' if rows > 1 else ''} unreadable ({reason})"
        lost = [name for name in collection.spec.key if name not in segment.declaration.key]
        if lost:
            yield f"{segment.facts.path}: the key column {', '.join(lost)} is missing"
        double = run.double_keys(segment)
        if double:
            yield f"{segment.facts.path}: {double} key{'s' if double > 1 else ''} stand on several different rows"


def _unread(workspace: Workspace) -> Iterator[tuple[str, str, str | None]]:
    """Every file under a configured folder that no source reads: what failed with its reason, then the rest."""
    config = workspace.config
    known = connectors([config.folder / folder for folder in config.connectors])
    done = {segment.path.resolve() for segment in workspace.segments}
    for failure in workspace.failures:
        path = config.folder / failure.file
        if path.is_file() and path.resolve() not in done:
            done.add(path.resolve())
            yield failure.file, failure.reason, _nearest(recognise(path, known))
    folders, passed = _folders(workspace), _passed_over(workspace)
    done |= {folder.resolve() for folder in folders}  # a link to one of them hides nothing
    for folder in folders:
        paths, skipped = walk(folder)
        items: list[Path | Refused] = [*skipped, *paths]
        for item in items:
            path = item.path if isinstance(item, Refused) else item
            if path.resolve() not in done and not _ours(path, config.folder, passed):
                done.add(path.resolve())
                found = item if isinstance(item, Refused) else recognise(path, known)
                if isinstance(found, Refused) or own_input(found) is None:
                    yield _told(found, config.folder)


def _folders(workspace: Workspace) -> list[Path]:
    """Every folder that `files` names, whether a file of it was read, failed or is not there; outer ones first."""
    base = workspace.config.folder
    named = {_folder_of(base, name) for source in workspace.config.source for name in source.files}
    named |= {segment.path.parent for segment in workspace.segments}
    named |= {path.parent for failure in workspace.failures if (path := base / failure.file).is_file()}
    return sorted(folder for folder in named if folder.is_dir())


def _folder_of(base: Path, name: str) -> Path:
    """The folder that a name or pattern of `files` starts from: the part before its first wildcard."""
    whole = base / Path(name).expanduser() if name.startswith("~/") else base / name
    if whole.is_file():
        return whole.parent
    fixed = Path(whole.anchor)
    for part in whole.relative_to(whole.anchor).parent.parts:
        if set("*?[") & set(_ESCAPED.sub("", part)):
            break
        fixed /= _ESCAPED.sub(r"\1", part)
    return fixed


def _passed_over(workspace: Workspace) -> set[Path]:
    """The key file, and folders in which no export is looked for: workspace, connectors, files of records."""
    config = workspace.config
    key = config.folder / config.key_file if config.key_file else default_key_file(workspace.root)
    passed = {key.resolve(), workspace.root, *((config.folder / folder).resolve() for folder in config.connectors)}
    exports = {segment.path.parent.resolve() for segment in workspace.segments}
    for segment in workspace.segments:
        spec = workspace.collections[(segment.declaration.source, segment.declaration.collection)].attachments
        if spec is not None:
            passed.add((segment.path.parent / spec.folder).resolve())
    return passed - exports  # a folder that also holds exports is looked into


def _ours(path: Path, base: Path, passed: set[Path]) -> bool:
    """Whether a file is no export: hidden, a config, our own output, or `passed` over.

    A link to a folder is not ours: nobody looks into it, so it is told.
    """
    whole = path.resolve()
    config = path.name == "dsar.toml" or (path.suffix == ".toml" and whole.parent == base)
    output = path.is_dir() and not path.is_symlink()  # walk skips no other folder
    return path.name.startswith(".") or config or output or bool(passed & {whole, *whole.parents})


def _nearest(found: Recognition | Refused) -> str | None:
    if isinstance(found, Refused) or found.connector == TABLE:
        return found.nearest
    return f"{found.connector}/{found.collection}"


def _told(found: Recognition | Refused, base: Path) -> tuple[str, str, str | None]:
    shown = os.path.relpath(found.path, base) if found.path.is_relative_to(base) else str(found.path)
    if isinstance(found, Refused):
        return shown, found.reason, found.nearest
    name = f"{found.connector}/{found.collection}"
    return shown, f"recognised as {name}, but in no source: run `dsar init --add`", None
