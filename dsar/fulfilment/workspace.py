"""An open workspace: the configuration, current segments of every export, and one clock for the run."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from dsar.config import CollectionSpec, Config
from dsar.errors import RequestError
from dsar.fulfilment.home import now_of, open_home, open_journal
from dsar.identity.kinds import strength
from dsar.progress import SILENT, Progress
from dsar.sources.effective import Collection
from dsar.sources.loader import Failure, Loaded, Loader
from dsar.sources.registry import connectors
from dsar.statutes import with_statutes
from dsar.store.journal import Journal
from dsar.store.keys import Keys, derive
from dsar.store.lock import Lock, drop_abandoned, hold
from dsar.store.run import Run
from dsar.store.segments import Segment

PREFIX = "dsar-workspace-"
"""How the private temporary folders of `open_folder` are named."""


@dataclass(frozen=True)
class Workspace:
    """Everything a command works on; nothing in it changes during a run."""

    config: Config
    now: datetime.datetime
    root: Path
    keys: Keys
    loaded: Loaded
    lock: Lock
    """Held as long as the workspace is open, so that no other command deletes what is read."""
    guesses: tuple[str, ...] = ()
    """What was drafted on the fly and is not confirmed; empty with a dsar.toml."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of all exports."""
        return self.loaded.segments

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The files that could not be loaded."""
        return self.loaded.failures

    @property
    def collections(self) -> Mapping[tuple[str, str], Collection]:
        """Every collection by (source, name)."""
        return {(c.source.name, c.name): c for found in self.loaded.collections.values() for c in found}

    @cached_property
    def specs(self) -> dict[tuple[str, str], CollectionSpec]:
        """What the controller says of every collection, with the connector's fields filled in."""
        return {place: collection.spec for place, collection in self.collections.items()}

    @cached_property
    def exports(self) -> dict[tuple[str, str], tuple[Segment, ...]]:
        """The segments of every collection that has an export."""
        found: dict[tuple[str, str], tuple[Segment, ...]] = {}
        for segment in self.segments:
            place = (segment.declaration.source, segment.declaration.collection)
            found[place] = (*found.get(place, ()), segment)
        return found

    @cached_property
    def searchable(self) -> dict[tuple[str, str], frozenset[str]]:
        """The kinds of identifiers that the exports of every collection declare and a search goes by."""
        return {
            place: frozenset(
                kind
                for segment in segments
                for spec in segment.declaration.fields.values()
                if (kind := spec.identifier) and (kind == "name" or strength(kind) != "never")
            )
            for place, segments in self.exports.items()
        }

    @property
    def as_of(self) -> str:
        """The moment of the run, ISO 8601 with zone."""
        return self.now.isoformat(timespec="seconds")

    def run(self) -> Run:
        """Open the sealed run over all segments."""
        return Run(self.segments, self.root)

    @cached_property
    def journal(self) -> Journal:
        """The journal, read and checked once; raises WorkspaceError if it is not whole."""
        return open_journal(self.root, self.keys.journal, self.as_of)

    def close(self) -> None:
        """Free the workspace for others; it also happens when it is no longer used and when the process ends."""
        self.lock.close()


def open_workspace(
    config: Path | str | None = None, *, today: datetime.date | None = None, progress: Progress = SILENT
) -> Workspace:
    """Open the workspace of a dsar.toml and bring its segments up to date.

    `config` as in `--config`; `today` freezes the clock at 12:00 in the controller's zone. Raises ConfigError for a
    missing or wrong dsar.toml and WorkspaceError if the workspace is locked or open to other users.
    """
    home = open_home(config, today=today)
    return _opened(home.config, home.root, home.keys, home.now, progress)


def open_folder(folder: Path | str, *, today: datetime.date | None = None, progress: Progress = SILENT) -> Workspace:
    """Open a folder of exports without any configuration: recognised and drafted on the fly, forgotten afterwards.

    What was guessed stands in `guesses`. The workspace lies in a private temporary folder, which is deleted when the
    workspace is no longer used, at the latest when the process ends. Raises RequestError where no file is an export.
    """
    from dsar.fulfilment.setup.init import draft_in_memory

    config, drafted = draft_in_memory(Path(folder))
    if not config.source:
        raise RequestError(f"No file in {folder} was recognised as an export.", hint=f"`dsar init {folder}` says why.")
    drop_abandoned(Path(tempfile.gettempdir()), PREFIX)
    root = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        opened = _opened(config, root, derive(os.urandom(32).hex()), now_of(config, today), progress)
        unread = tuple(Failure("not searched", str(one.path), one.reason) for one in drafted.refused)
        loaded = replace(opened.loaded, failures=(*opened.loaded.failures, *unread))
        workspace = replace(opened, loaded=loaded, guesses=tuple(drafted.guesses))
        weakref.finalize(workspace, shutil.rmtree, root, ignore_errors=True)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    return workspace


def _opened(config: Config, root: Path, keys: Keys, now: datetime.datetime, progress: Progress) -> Workspace:
    config = with_statutes(config)
    folders = [config.folder / folder for folder in config.connectors]
    lock = hold(root)
    loaded = Loader(config, root, keys, progress).load(connectors(folders))
    return Workspace(config, now, root, keys, loaded, lock)
