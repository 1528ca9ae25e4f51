"""A company whose files are read by a connector of its own, asked through the real commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.nasty.small_company import Company, Ended

HEAD = 'workspace = ".dsar"\nkey_file = "dsar.key"\nconnectors = ["connectors"]\n[controller]\nphone_region = "DE"\n'


@dataclass(frozen=True)
class OwnConnector:
    """A folder with one connector and the exports that it reads."""

    company: Company

    def declare(self, toml: str, name: str = "own") -> None:
        """Write connector.toml."""
        folder = self.company.folder / "connectors" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "connector.toml").write_text(f'name = "{name}"\ntitle = "Own"\n{toml}', encoding="utf-8")

    def write(self, name: str, data: str | bytes) -> Path:
        """Write an export."""
        (self.company.folder / name).parent.mkdir(parents=True, exist_ok=True)
        return self.company.write(name, data)

    def source(self, *files: str, more: str = "") -> None:
        """Have one source `own` with these files."""
        listed = ", ".join(f'"{file}"' for file in files)
        text = f'{HEAD}[[source]]\nname = "own"\nconnector = "own"\nfiles = [{listed}]\n{more}'
        (self.company.folder / "dsar.toml").write_text(text, encoding="utf-8")

    def find(self, *who: str) -> Ended:
        """`dsar find … --json`."""
        return self.company.run("find", *who, "--json")

    def records(self, *who: str) -> dict[str, dict[str, Any]]:
        """The confirmed and probable records of a person by their key."""
        found = self.find(*who).document["records"]
        return {record["key"]: record["fields"] for record in found if record["grade"] != "possible"}
