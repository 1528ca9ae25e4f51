"""A company small enough to read: its exports as text, each heading the kind of identifier it holds."""

from __future__ import annotations

import signal
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import settings

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer

# a shell that starts the tests in the background has them ignore signals, and every process they start as well
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
settings.register_profile("untimed", deadline=None)  # a test never asserts a time
settings.load_profile("untimed")

Company = Callable[..., Workspace]
ROLES = ("billing", "shipping", "contact", "author", "assignee")


def table_toml(name: str, headings: Iterable[str], files: str) -> str:
    """Declare a table by its headings: the first is the key, `billing email` is an e-mail in that role, `note` text."""
    key, *others = headings
    lines = [f'[[source]]\nname = "{name}"\nconnector = "table"\nfiles = ["{files}"]', f"[source.collection.{name}]"]
    lines.append(f'key = ["{key}"]\n[source.collection.{name}.fields]\n"{key}" = {{ category = "user.unique_id" }}')
    for heading in others:
        role, _, kind = heading.partition(" ") if heading.split(" ")[0] in ROLES else ("subject", "", heading)
        spec = 'category = "user.content", third_party = true'
        if kind not in ("note", "thing"):
            spec = f'category = "user", identifier = "{kind}", role = "{role}"'
        elif kind == "thing":
            spec = 'category = "user"'
        lines.append(f'"{heading}" = {{ {spec} }}')
    return "\n".join(lines)


def write_company(folder: Path, tables: dict[str, str], toml: str = "", controller: str = "") -> Path:
    """Write exports and dsar.toml; a name with a dot is a file written as it is: `crm-2.csv` is one more of `crm`."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f'key_file = "dsar.key"\n[controller]\ntime_zone = "UTC"\nphone_region = "DE"\n{controller}']
    for name, text in tables.items():
        rows = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
        (folder / (name if "." in name else f"{name}.csv")).write_text(rows, encoding="utf-8")
        if "." not in name:
            parts.append(table_toml(name, rows.splitlines()[0].split(","), f"{name}*.csv"))
    text = "\n".join([*parts, toml])
    tomllib.loads(text)
    (folder / "dsar.toml").write_text(text, encoding="utf-8")
    return folder / "dsar.toml"


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Open the workspace of a company given by its exports: `company({"crm": "key,email\\nC1,ada@example.org"})`."""
    monkeypatch.setattr("os.fsync", lambda _: None)  # nothing here has to survive a power cut

    def opened(tables: dict[str, str], toml: str = "", controller: str = "") -> Workspace:
        folder = tmp_path / f"company{len(list(tmp_path.iterdir()))}"
        return open_workspace(write_company(folder, tables, toml, controller))

    return opened


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Ask for one person: `ask(workspace, email="ada@example.org", id="customer_no=C1")`."""

    def asked(workspace: Workspace, **who: str) -> Answer:
        return find(workspace, [request_of(**{kind: [value] for kind, value in who.items()})])[0]

    return asked


@pytest.fixture
def grades(ask: Callable[..., Answer]) -> Callable[..., dict[str, str]]:
    """Ask for one person and give the grade of every record, refused ones left out: `{"crm/C1": "confirmed"}`."""

    def graded(workspace: Workspace, **who: str) -> dict[str, str]:
        return {f"{m.record.source}/{m.record.key}": m.grade for m in ask(workspace, **who).matches}

    return graded


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `pytest --update-golden` write the files that a test compares with, to be read in review."""
    parser.addoption("--update-golden", action="store_true", help="write the expected results anew")
