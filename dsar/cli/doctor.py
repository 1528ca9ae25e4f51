"""`dsar doctor`: versions, what can be printed, permissions and disk; looks only, repairs nothing."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.places import key_file

if TYPE_CHECKING:
    from dsar.config import Config

app = typer.Typer(add_completion=False)
PARTS = ("duckdb", "pandas", "openpyxl", "python-calamine", "reportlab", "phonenumbers", "pydantic", "typer", "rich")
SCRIPTS = {
    "Latin": "aßŁőş", "Greek": "αώ", "Cyrillic": "жїђ", "Hebrew": "אש", "Arabic": "عپگ", "Devanagari": "कष",
    "Bengali": "কষ", "Tamil": "கழ", "Telugu": "కళ", "Gujarati": "કષ", "Gurmukhi": "ਕੜ", "Thai": "กฮ", "Lao": "ກຮ",
    "Khmer": "កឡ", "Myanmar": "ကအ", "Georgian": "აჰ", "Armenian": "աֆ", "Ethiopic": "ሀፐ", "Chinese": "山语",
    "Japanese": "あカ", "Korean": "가힣", "emoji": "😀",
}  # fmt: skip
LOW_DISK = 1 << 30
"""Bytes under which even small exports are at risk: segments, reports and DuckDB's spill go to the same disk."""


class Look(NamedTuple):
    """One thing looked at: what, what was seen, and what to do where it is not fine."""

    what: str
    seen: str
    mend: str = ""
    grave: bool = True

    @property
    def verdict(self) -> str:
        """`yes`, `partly` for what is only good to know, or `NO`."""
        if not self.mend:
            return "yes"
        return "NO" if self.grave else "partly"


@app.command(epilog="dsar doctor")
def doctor(config: given.ConfigFile = None) -> int:
    """Look at versions, fonts, permissions and disk.

    Exit code 0: all is fine; 1: something needs a look.
    """
    looks = [*_versions(), _scripts(), *_places(config)]
    table = console.Columns("What", "Seen", "Fine")
    for look in looks:
        table.row(look.what, look.seen, look.verdict)
    table.print()
    console.points("To look at:", [f"{look.what}: {look.mend}" for look in looks if look.mend])
    console.say("Keep a copy of the key file in another place: without it the log cannot be verified.")
    return exits.COMPLETE if not any(look.verdict == "NO" for look in looks) else exits.LOOK


def _versions() -> Iterator[Look]:
    yield Look("Python", platform.python_version())
    for part in PARTS:
        try:
            yield Look(part, version(part))
        except PackageNotFoundError:
            yield Look(part, "is not installed", "run `pip install dsar-cli` again")


def _scripts() -> Look:
    """A report loses nothing for want of a font, but its reader should see letters, not their numbers."""
    from dsar.renderers.fonts import fonts

    font = fonts().font
    missing = [script for script, letters in SCRIPTS.items() if not all(font[letter] for letter in letters)]
    seen = f"PDF reports can print {len(SCRIPTS) - len(missing)} of {len(SCRIPTS)} scripts tried"
    mend = f"no font for {', '.join(missing)}: the PDF shows [U+…] instead, the other files are not affected;"
    advice = "install a font with TrueType outlines, e.g. the Debian package fonts-wqy-microhei"
    return Look("Scripts", seen, f"{mend} {advice}" if missing else "", grave=False)


def _places(given_config: Path | None) -> Iterator[Look]:
    """Whatever is wrong with the config itself ends the run with its own message: doctor must not guess."""
    from dsar.config import find_config, load_config
    from dsar.errors import ConfigError

    try:
        path = find_config(given_config)
    except ConfigError:
        if given_config is not None or os.environ.get("DSAR_CONFIG"):
            raise
        yield Look("Config", "none here: workspace and key file were not looked at")
        yield _disk(Path.cwd())
        return
    settings = load_config(path)
    yield Look("Config", str(path))
    yield _private("Workspace", settings.workspace_folder)
    yield _private("Key file", key_file(settings))
    yield _lock(settings)
    yield _disk(settings.folder)


def _private(what: str, path: Path) -> Look:
    if not path.exists():
        return Look(what, f"{path}: will be made by the first command that needs it")
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = "700" if path.is_dir() else "600"
    mend = f"others can open it; run `chmod {wanted} {shlex.quote(str(path))}`" if mode & 0o077 else ""
    return Look(what, f"{path} (mode {mode:o})", mend)


def _lock(settings: Config) -> Look:
    import fcntl

    path = settings.workspace_folder / "lock"
    if not path.exists():
        return Look("Lock", "free")
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Look("Lock", "another dsar is at work in this workspace")
    return Look("Lock", "free")


def _disk(folder: Path) -> Look:
    free = shutil.disk_usage(folder).free
    mend = "" if free >= LOW_DISK else "make room: a run needs about three times the size of the exports"
    return Look("Free disk", f"{free / 1e9:,.1f} GB", mend)
