"""What dsar made itself goes when it has expired: cases, packages, segments, drop folders, torn lines; logged first."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.fulfilment.desk.steps import EXTRACTS
from dsar.fulfilment.desk.torn import SEEN
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.package import MANIFEST
from dsar.register import requests as register
from dsar.register.clock import add_months
from dsar.register.requests import Registered
from dsar.store.lock import hold
from dsar.store.torn import CHAIN, kept_in

CALIFORNIA = 24
"""Months for which a request under the CCPA is kept at least (11 CCR 7101(a))."""


@dataclass(frozen=True)
class Expired:
    """Something whose time is over: what it is, of which request, and where it lies."""

    kind: str
    """`case`, `extracts`, `package`, `segment`, `drop` or `torn`."""
    request_id: str
    paths: tuple[Path, ...]
    since: datetime.date


def expired(home: Home, packages: Sequence[Path] = (), inboxes: Sequence[Path] = ()) -> list[Expired]:
    """Name everything that has expired; `packages` and `inboxes` are folders of the company's own to look into."""
    known = register.every(register_of(home))
    return [
        *_cases(home, known),
        *_packages(home, known, packages),
        *_segments(home),
        *_drops(home, inboxes),
        *_torn(home),
    ]


def purge(home: Home, gone: Sequence[Expired]) -> None:
    """Remove what has expired: each is written down first, then removed (A-48); killed in between, it goes next time.

    Raises WorkspaceError if another command reads segments that are to go.
    """
    if any(one.kind == "segment" for one in gone):
        hold(home.root).alone()
    for one in gone:
        place = register_of(home)
        if one.kind == "case" and register.knows(place, one.request_id):
            home.journal.append(one.request_id, "purged", home.as_of, {"kind": one.kind, "files": len(one.paths)})
        else:
            names = hashlib.sha256(repr(sorted(path.name for path in one.paths)).encode()).hexdigest()
            facts: dict[str, int | str | bool] = {"kind": one.kind, "files": len(one.paths), "since": str(one.since)}
            home.journal.append(one.request_id, f"removed:{one.kind}-{names[:16]}", home.as_of, facts)
        for path in one.paths:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cases(home: Home, known: Sequence[Registered]) -> Iterator[Expired]:
    """Cases of closed requests after the time of the register, what they left of extracts, and unregistered ones."""
    today, own = home.now.date(), home.config.own_data
    for found in known:
        name = str(found.request.request_id)
        case = register_of(home).case(name)
        closed = found.last("closed")
        if found.open or closed is None or not case.exists():
            continue
        day = datetime.date.fromisoformat(str(closed.facts["on"]))
        months = max(own.register_months, CALIFORNIA if "CCPA" in found.fact("regimes").split(",") else 0)
        left = tuple(case / part for part in EXTRACTS if (case / part).exists())
        if add_months(day, months) <= today:
            yield Expired("case", name, (case,), day)
        elif left and day + datetime.timedelta(days=own.working_days) <= today and not _remedies(found):
            yield Expired("extracts", name, left, day)
    names = {str(found.request.request_id) for found in known}
    for case in sorted((home.root / "cases").glob("*")):
        day = _last(home, case)
        if case.name not in names and day + datetime.timedelta(days=own.working_days) <= today:
            yield Expired("case", case.name, (case,), day)


def _remedies(found: Registered) -> bool:
    """Whether the law keeps the data concerned until remedies are exhausted (s. 8(8) PIPEDA; G-22)."""
    return "PIPEDA" in found.fact("regimes").split(",")


def _last(home: Home, case: Path) -> datetime.date:
    """The day of the last event of a case, or of its last change where the journal knows none."""
    events = home.journal.events(case.name)
    return datetime.date.fromisoformat(events[-1].at[:10]) if events else _changed(home, case)


def _packages(home: Home, known: Sequence[Registered], folders: Sequence[Path]) -> Iterator[Expired]:
    """Results of ours whose request was delivered, or closed, so many days ago; only unchanged manifests are ours."""
    ended = {str(found.request.request_id): day for found in known if (day := _delivered(found)) is not None}
    keep = datetime.timedelta(days=home.config.own_data.packages_days)
    for folder in folders:
        for manifest in sorted(folder.rglob(MANIFEST)):
            name = _request_of(manifest)
            day = ended.get(name or "")
            if name is not None and day is not None and day + keep <= home.now.date():
                yield Expired("package", name, (manifest.parent,), day)


def _delivered(found: Registered) -> datetime.date | None:
    days = [str(entry.facts["on"]) for entry in found.history if entry.step in ("delivered", "closed")]
    return datetime.date.fromisoformat(max(days)) if days else None


def _request_of(manifest: Path) -> str | None:
    """Whose result lies in a folder; None if it is none of ours or holds anything that its manifest does not list."""
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        ours = {MANIFEST, *(str(file["path"]) for file in document["files"])}
        name = str(document["request_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    there = {str(path.relative_to(manifest.parent)) for path in manifest.parent.rglob("*") if path.is_file()}
    return name if there <= ours else None


def _segments(home: Home) -> Iterator[Expired]:
    keep = datetime.timedelta(days=home.config.own_data.segments_days)
    for folder in sorted((home.root / "segments").glob("*")):
        day = _changed(home, folder)
        if day + keep <= home.now.date():
            yield Expired("segment", "segments", (folder,), day)


def _drops(home: Home, inboxes: Sequence[Path]) -> Iterator[Expired]:
    keep = datetime.timedelta(days=home.config.own_data.inbox_days)
    for inbox in inboxes:
        for path in sorted([*(inbox / "done").glob("*"), *(inbox / "rejected").glob("*")]):
            day = _changed(home, path)
            if path.is_file() and day + keep <= home.now.date():
                yield Expired("drop", "inbox", (path,), day)


def _torn(home: Home) -> Iterator[Expired]:
    """Torn ends of the log that somebody looked at, after the time of the register; their hash stays in the log."""
    seen = {event.step: datetime.date.fromisoformat(event.at[:10]) for event in home.journal.events(CHAIN)}
    for one in kept_in(home.root):
        day = seen.get(f"{SEEN}:{one.sha256[:16]}")
        if day is not None and add_months(day, home.config.own_data.register_months) <= home.now.date():
            yield Expired("torn", CHAIN, (one.kept,), day)


def _changed(home: Home, path: Path) -> datetime.date:
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, home.now.tzinfo).date()
