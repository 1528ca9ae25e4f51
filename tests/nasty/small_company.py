"""A company of one or a few small files, asked through the real commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dsar.cli import main

CANARY = "canary7f3a"
"""Stands in personal values only: it may come out as a result and nowhere else."""
ADA = "ada@example.org"
BOB = "bob@example.org"
FIELDS = {
    "id": "category = 'user.unique_id', identifier = 'crm_id'",
    "email": "category = 'user.contact.email', identifier = 'email'",
    "note": "category = 'user.content'",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Its one JSON document."""
        return dict(json.loads(self.out))

    @property
    def file(self) -> dict[str, Any]:
        """The counts of the one file that was read."""
        files = [file for source in self.document["sources"] for file in source["files"]]
        assert len(files) == 1
        return dict(files[0])

    @property
    def places(self) -> dict[str, int]:
        """The line of every record by its key."""
        return {record["key"]: record["line"] for record in self.document["records"]}

    @property
    def counts(self) -> tuple[int, int, int]:
        """Rows read, loaded and unreadable of the one file, of which nothing is lost."""
        file = self.file
        assert file["rows_read"] == file["rows_loaded"] + file["rows_unreadable"]
        return file["rows_read"], file["rows_loaded"], file["rows_unreadable"]

    def values(self, key: str) -> dict[str, Any]:
        """The values of the record with a key."""
        return dict(next(record["fields"] for record in self.document["records"] if record["key"] == key))


@dataclass(frozen=True)
class Company:
    """A folder with exports and a dsar.toml."""

    folder: Path
    run: Callable[..., Ended]

    def write(self, name: str, data: str | bytes) -> Path:
        """Write an export as it is."""
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def configure(self, *sources: str) -> None:
        """Write dsar.toml with these sources."""
        text = 'workspace = ".dsar"\nkey_file = "dsar.key"\n[controller]\nphone_region = "DE"\n' + "".join(sources)
        (self.folder / "dsar.toml").write_text(text, encoding="utf-8")

    def holding(self, data: str | bytes, name: str = "crm.csv", **options: Any) -> Company:
        """Have one source with one file."""
        self.write(name, data)
        self.configure(source("crm", name, **options))
        return self

    def find(self, email: str = ADA) -> Ended:
        """`dsar find --email … --json`."""
        return self.run("find", "--email", email, "--json")

    def check(self) -> Ended:
        """`dsar check --json`."""
        return self.run("check", "--json")

    @property
    def unreadable(self) -> list[str]:
        """What `dsar check` says about rows that could not be read."""
        notes = [note for place in self.check().document["sources"] for note in place["notes"]]
        return [note for note in notes if "unreadable" in note]


def source(name: str, *files: str, fields: dict[str, str] = FIELDS, key: str = "id", **options: Any) -> str:
    """Give a table source as TOML."""
    said = "".join(f"{option} = {json.dumps(value)}\n" for option, value in options.items())
    columns = "".join(f"{json.dumps(column)} = {{ {spec} }}\n" for column, spec in fields.items())
    return (
        f"[[source]]\nname = '{name}'\nfiles = {json.dumps(files)}\n{said}"
        f"[source.collection.contacts]\nkey = {json.dumps([key] if key else [])}\n"
        f"[source.collection.contacts.fields]\n{columns}"
    )


def entered(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company without sources yet in a folder, which is made the working folder; the clock stands still."""
    monkeypatch.setenv("DSAR_TODAY", "2026-11-23")
    monkeypatch.delenv("DSAR_CONFIG", raising=False)
    monkeypatch.chdir(folder)
    return Company(folder, make_runner(capsys))


def make_runner(capsys: pytest.CaptureFixture[str], allowed: frozenset[int] = frozenset({0, 1, 2})) -> Any:
    """Give a function that runs a command and holds whatever it says against the rules for every command."""

    def run(*words: str) -> Ended:
        capsys.readouterr()
        mask = os.umask(0o022)
        try:
            code = main([*words, "--quiet"])
        finally:
            os.umask(mask)
        said = capsys.readouterr()
        assert code in allowed, said.err
        assert "Traceback" not in said.err
        assert CANARY not in said.err
        return Ended(code, said.out, said.err)

    return run
