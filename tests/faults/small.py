"""A company small enough to be run hundreds of times, its state to go back to, and what of it must not differ."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dsar.store.journal import Journal
from dsar.store.keys import open_keys

TODAY = "2026-11-22"
TOML = """
key_file = "dsar.key"
[controller]
name = "Example GmbH"
contact = "privacy@example.org"
calendar = "DE-BE"
time_zone = "Europe/Berlin"
[target.db]
dialect = "sqlite"
[[source]]
name = "crm"
connector = "table"
files = ["crm.csv"]
[source.collection.contacts]
key = ["id"]
erase = { method = "delete", target = "db", table = "contacts", key = { id = "id" } }
[source.collection.contacts.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
"""
REQUESTS = (
    "request_id,right,received,email\nR-1,access,2026-11-02,p1@example.org\nR-2,erasure,2026-11-03,p2@example.org\n"
    "R-3,access,2026-11-04,p3@example.org\nR-4,erasure,2026-11-05,p4@example.org\n"
)
COMMANDS: dict[str, tuple[str, ...]] = {
    "load": ("check",),
    "find": ("find", "--email", "p1@example.org"),
    "register": ("request", "add", "--email", "p5@example.org", "--request", "R-5", "--received", "2026-11-06"),
    "export": ("export", "--email", "p6@example.org", "--out", "exported"),
    "erase": ("erase", "--email", "p7@example.org", "--out", "erased"),
    "batch": ("batch", "requests.csv", "--out", "answers"),
    "narrow": ("request", "change", "R-3", "--scope", "crm"),
    "deliver": ("request", "deliver", "R-3", "--channel", "portal"),
    "close": ("request", "close", "R-1", "--outcome", "cancelled"),
    "purge": ("purge",),
    "mend": ("request", "list"),
}
"""In this order: each finds what the ones before have left."""


def make(folder: Path) -> None:
    """Write the company; its key is made at once, so that nothing in it is random."""
    folder.mkdir(parents=True)
    (folder / "dsar.toml").write_text(TOML)
    (folder / "requests.csv").write_text(REQUESTS)
    rows = "".join(f"C{number},p{number}@example.org\n" for number in range(1, 40))
    (folder / "crm.csv").write_text("id,email\n" + rows)
    (folder / "dsar.key").write_text("ab" * 32 + "\n")
    (folder / "dsar.key").chmod(0o600)
    os.utime(folder / "crm.csv", (1_700_000_000, 1_700_000_000))


def tear(folder: Path) -> None:
    """Leave the beginning of a line at the end of the log, as a power cut does."""
    with (folder / ".dsar" / "journal.jsonl").open("ab") as log:
        log.write(b'{"at": "2026-11-22T12:00:00+01:00", "chain": "')


def words(name: str) -> list[str]:
    """What is typed after `dsar`."""
    return [*COMMANDS[name], "--today", TODAY]


def run(name: str, folder: Path) -> int:
    """Run a command in a process of its own to its end and give its exit code; 2 and 3 are errors here.

    It runs this very code, and not another one that is installed.
    """
    line = [sys.executable, "-c", "import sys; from dsar.cli import main; sys.exit(main())", *words(name)]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=300, env=here)
    if ended.returncode not in (0, 1):
        raise AssertionError(f"{name} ended with {ended.returncode}: {ended.stderr}")
    return ended.returncode


def keep(folder: Path, at: Path) -> None:
    """Keep the state of a company, times and all."""
    shutil.copytree(folder, at, copy_function=shutil.copy2)


def go_back(folder: Path, at: Path) -> None:
    """Put a kept state into its place again."""
    shutil.rmtree(folder)
    shutil.copytree(at, folder, copy_function=shutil.copy2)


def look(folder: Path) -> dict[str, str]:
    """What must be the same: every file by its hash, every chain of the log by its head and its length.

    Not compared: locks, scratch folders, the seconds of a batch, and the order of the global chain. Raises
    WorkspaceError for a log that is not whole.
    """
    found: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if name.endswith((".lock", "/lock")) or "/tmp/" in name or name == ".dsar/journal.jsonl":
            continue
        found[name] = look_at(path) if "/segments/" not in name else ""
    journal = Journal(folder / ".dsar" / "journal.jsonl", open_keys(folder / "dsar.key").journal)
    for name in journal.requests():
        found[f"chain of {name}"] = f"{len(journal.events(name))} events, {journal.head(name)}"
    return found


def look_at(path: Path) -> str:
    """The hash of a file; of a summary without its seconds."""
    data = path.read_bytes()
    if path.name == "summary.json":
        data = json.dumps({**json.loads(data), "seconds": 0}).encode()
    return hashlib.sha256(data).hexdigest()


def differences(one: dict[str, str], other: dict[str, str]) -> Sequence[str]:
    """The names of what is not the same."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
