"""The home of a workspace: its configuration, keys, journal and clock, without looking at a single export."""

from __future__ import annotations

import datetime
import getpass
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from dsar.config import Config, find_config, load_config
from dsar.errors import WorkspaceError
from dsar.register.requests import Register
from dsar.store.files import private_folder
from dsar.store.journal import Journal
from dsar.store.keys import Keys, default_key_file, open_keys
from dsar.store.torn import CHAIN, kept_in

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Home:
    """What every command needs that works on requests and not on records."""

    config: Config
    now: datetime.datetime
    root: Path
    keys: Keys

    @property
    def as_of(self) -> str:
        """The moment of the run, ISO 8601 with zone."""
        return self.now.isoformat(timespec="seconds")

    @cached_property
    def journal(self) -> Journal:
        """The journal, read and checked once; raises WorkspaceError if it is not whole."""
        return open_journal(self.root, self.keys.journal, self.as_of)


def open_home(config: Path | str | None = None, *, today: datetime.date | None = None) -> Home:
    """Open the workspace of a dsar.toml without its exports: no lock is taken and nothing is built.

    `config` as in `--config`; `today` freezes the clock at 12:00 in the controller's zone. Raises ConfigError for a
    missing or wrong dsar.toml and WorkspaceError if the workspace is open to other users or its key is missing.
    """
    settings = load_config(find_config(Path(config) if config else None))
    root = settings.workspace_folder
    private_folder(root)
    if root.stat().st_mode & 0o077:
        raise WorkspaceError("The workspace can be read by other users.", hint=f"Run `chmod 700 {settings.workspace}`.")
    named = settings.folder / settings.key_file if settings.key_file else default_key_file(root)
    return Home(settings, now_of(settings, today), root, open_keys(named, root / JOURNAL))


def open_journal(root: Path, key: str, as_of: str) -> Journal:
    """Open the journal of a workspace, and note in it what was set aside of it and is not noted yet.

    Raises WorkspaceError if it is not whole, TornJournal where that is no more than a line that a power cut has torn.
    """
    journal = Journal(root / JOURNAL, key)
    for torn in kept_in(root):
        journal.append(CHAIN, torn.step, as_of, torn.facts)
    return journal


def now_of(config: Config, today: datetime.date | None) -> datetime.datetime:
    """The moment of a run in the controller's zone: 12:00 of `today` (or of $DSAR_TODAY), else the clock."""
    zone = ZoneInfo(config.controller.time_zone)
    named = os.environ.get("DSAR_TODAY")
    day = today or (datetime.date.fromisoformat(named) if named else None)
    return datetime.datetime.combine(day, datetime.time(12), zone) if day else datetime.datetime.now(zone)


class Opened(Protocol):
    """What the register needs of an open home or workspace."""

    @property
    def config(self) -> Config:
        """All of dsar.toml."""

    @property
    def now(self) -> datetime.datetime:
        """The moment of the run in the controller's zone."""

    @property
    def root(self) -> Path:
        """The folder of the workspace."""

    @property
    def journal(self) -> Journal:
        """The journal."""

    @property
    def as_of(self) -> str:
        """The moment of the run, ISO 8601 with zone."""


def register_of(home: Opened) -> Register:
    """Give the register of an open workspace."""
    return Register(home.root, home.journal, home.as_of, getpass.getuser())
