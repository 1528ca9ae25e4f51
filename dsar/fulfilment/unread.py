"""The files beside the exports that no source reads, each with its reason."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.errors import Unreadable
from dsar.fulfilment.init import own_input, walk
from dsar.fulfilment.workspace import Workspace
from dsar.sources.exports import Export, unpacked
from dsar.sources.recognise import Recognition, Refused, recognise_export
from dsar.sources.registry import TABLE, connectors
from dsar.store.keys import default_key_file
from dsar.store.segments import Segment

_ESCAPED = re.compile(r"\[([*?[])\]")


def unread(workspace: Workspace) -> Iterator[tuple[str, str, str | None]]:
    """Every file under a configured folder that no source reads, as (path, reason, nearest).

    What failed comes first with its reason, then the rest; a file inside an archive counts like any other.
    """
    config, scratch = workspace.config, workspace.lock.scratch
    known = connectors([config.folder / folder for folder in config.connectors])
    done = {Export(segment.path, segment.member).place.resolve() for segment in workspace.segments}
    folders, passed = _folders(workspace), _passed_over(workspace)
    items: list[Path | Refused] = []
    for folder in folders:
        paths, skipped = walk(folder)
        items += [*skipped, *paths]
    exports = {export.place.resolve(): export for item in items if isinstance(item, Path) for export in _inside(item)}
    for failure in workspace.failures:
        place = (config.folder / failure.file).resolve()
        if place not in done and (place in exports or place.is_file()):
            done.add(place)
            found = recognise_export(exports[place], known, scratch) if place in exports else None
            yield failure.file, failure.reason, _nearest(found) if found else None
    done |= {folder.resolve() for folder in folders}  # a link to one of them hides nothing
    for item in items:
        for place, export in _places(item):
            if place.resolve() not in done and not _ours(place, config.folder, passed):
                done.add(place.resolve())
                found = item if isinstance(item, Refused) else recognise_export(export, known, scratch)
                if isinstance(found, Refused) or own_input(found) is None:
                    yield _told(found, config.folder)


def _places(item: Path | Refused) -> Iterator[tuple[Path, Export]]:
    if isinstance(item, Refused):
        yield item.path, Export(item.path)
    else:
        yield from ((export.place, export) for export in _inside(item))


def _inside(path: Path) -> Iterator[Export]:
    """A file, or the files of an archive; one that cannot be opened is a file that nobody reads."""
    try:
        yield from unpacked(path)
    except (Unreadable, OSError):
        yield Export(path)


def _folders(workspace: Workspace) -> list[Path]:
    """Every folder that `files` names, whether a file of it was read, failed or is not there; outer ones first."""
    base = workspace.config.folder
    named = {_folder_of(base, name) for source in workspace.config.source for name in source.files}
    named |= {segment.path.parent for segment in workspace.segments}
    named |= {path.parent for failure in workspace.failures if (path := base / _bare(failure.file)).is_file()}
    return sorted(folder for folder in named if folder.is_dir())


def _folder_of(base: Path, name: str) -> Path:
    """The folder that a name or pattern of `files` starts from: the part before its first wildcard."""
    name = _bare(name)
    whole = base / Path(name).expanduser() if name.startswith("~/") else base / name
    if whole.is_file():
        return whole.parent
    fixed = Path(whole.anchor)
    for part in whole.relative_to(whole.anchor).parent.parts:
        if set("*?[") & set(_ESCAPED.sub("", part)):
            break
        fixed /= _ESCAPED.sub(r"\1", part)
    return fixed


def attached(workspace: Workspace, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The files that lie where the records of a collection name theirs (letters, CVs), seen from dsar.toml's folder.

    A folder that also holds exports is none of these: what nobody reads there is told as unread.
    """
    found: set[Path] = set()
    passed = _passed_over(workspace)
    for segment in segments:
        spec = workspace.collections[(segment.declaration.source, segment.declaration.collection)].attachments
        folder = Export(segment.path, segment.member).beside(spec.folder).resolve() if spec else None
        if folder in passed:
            inside = _inside(segment.path) if segment.member else ()
            found |= {place for one in inside if folder in (place := one.place.resolve()).parents}
            found |= {path.resolve() for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set()
    return tuple(sorted(os.path.relpath(path, workspace.config.folder.resolve()) for path in found))


def _bare(name: str) -> str:
    """The archive, where a name means a file inside one."""
    return re.sub(r"(\.zip)#.*", r"\1", name, flags=re.IGNORECASE | re.DOTALL)


def _passed_over(workspace: Workspace) -> set[Path]:
    """The key file, and folders in which no export is looked for: workspace, connectors, files of records."""
    config = workspace.config
    key = config.folder / config.key_file if config.key_file else default_key_file(workspace.root)
    passed = {key.resolve(), workspace.root, *((config.folder / folder).resolve() for folder in config.connectors)}
    exports = {segment.path.parent.resolve() for segment in workspace.segments}
    for segment in workspace.segments:
        spec = workspace.collections[(segment.declaration.source, segment.declaration.collection)].attachments
        if spec is not None:
            passed.add(Export(segment.path, segment.member).beside(spec.folder).resolve())
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
