"""The files beside the exports that no source reads, each with its reason."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import Unreadable
from dsar.fulfilment.finding.attachments import named_by
from dsar.fulfilment.setup.init import own_input, walk
from dsar.fulfilment.workspace import Workspace
from dsar.sources.exports import Export, unpacked
from dsar.sources.recognise import Recognition, Refused, recognise_export
from dsar.sources.registry import TABLE, connectors
from dsar.store.keys import default_key_file
from dsar.store.run import Run

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
        if place not in done and (place in exports or _is_file(place)):
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
    named |= {path.parent for failure in workspace.failures if _is_file(path := base / _bare(failure.file))}
    # exports/crm and exports/shop lie in one folder of exports: what lies beside them there is told as well
    named |= {
        above for folder in named if folder.is_relative_to(base) for above in folder.parents if base in above.parents
    }
    return sorted(folder for folder in named if folder.is_dir())


def _is_file(path: Path) -> bool:
    """Whether a path is a file that we can see: what lies in a folder closed to us is told with that folder."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _folder_of(base: Path, name: str) -> Path:
    """The folder that a name or pattern of `files` starts from: the part before its first wildcard."""
    name = _bare(name)
    whole = base / Path(name).expanduser() if name.startswith("~/") else base / name
    if _is_file(whole):
        return whole.parent
    fixed = Path(whole.anchor)
    for part in whole.relative_to(whole.anchor).parent.parts:
        if set("*?[") & set(_ESCAPED.sub("", part)):
            break
        fixed /= _ESCAPED.sub(r"\1", part)
    return fixed


@dataclass(frozen=True)
class Attached:
    """The files that lie where records name theirs (letters, CVs)."""

    by_place: Mapping[tuple[str, str], tuple[str, ...]]
    """Those that a record names, by source and collection, seen from dsar.toml's folder."""
    unnamed: tuple[tuple[str, str, str | None], ...]
    """Those that no record names, as `unread` tells of a file."""


def attached(workspace: Workspace, run: Run) -> Attached:
    """Tell the files of records from those that merely lie beside them: what nobody names is in no answer.

    A folder that also holds exports is none of these: what nobody reads there is told as unread.
    """
    base, passed = workspace.config.folder.resolve(), _passed_over(workspace)
    named: dict[tuple[str, str], set[Path]] = {}
    lying: dict[Path, str] = {}
    for segment in workspace.segments:
        place = (segment.declaration.source, segment.declaration.collection)
        spec = workspace.collections[place].attachments
        folder = Export(segment.path, segment.member).beside(spec.folder).resolve() if spec else None
        if spec is None or folder not in passed:
            continue
        found = {path.resolve() for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set()
        inside = _inside(segment.path) if segment.member else ()
        found |= {where for one in inside if folder in (where := one.place.resolve()).parents}
        lying |= dict.fromkeys((path for path in found if not path.name.startswith(".")), "/".join(place))
        wanted = {_resolved(path) for path in named_by(run, segment, spec)} if found else set()
        named.setdefault(place, set()).update(wanted & found)
    everywhere = {path for paths in named.values() for path in paths}
    unnamed = ((path, whose) for path, whose in sorted(lying.items()) if path not in everywhere)
    return Attached(
        {place: tuple(sorted(os.path.relpath(path, base) for path in paths)) for place, paths in named.items()},
        tuple((os.path.relpath(path, base), f"lies with the files of {w}, but no record names it", None)
              for path, w in unnamed),
    )  # fmt: skip


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError):  # a value that no file can be called
        return Path()


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
