"""A register in an empty workspace, with a clock that stands still."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.fulfilment.home import Home, open_home

TOML = """
key_file = "dsar.key"
[controller]
name = "Example GmbH"
contact = "privacy@example.org"
regime = "GDPR"
calendar = "DE-BE"
time_zone = "Europe/Berlin"
language = "en"
[[source]]
name = "crm"
connector = "table"
files = ["crm.csv"]
[source.collection.contacts]
key = ["id"]
[source.collection.contacts.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
[[source]]
name = "archive"
manual = true
ask = "records@example.org"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.delenv("DSAR_TODAY", raising=False)
    (tmp_path / "dsar.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "crm.csv").write_text("id,email\nC1,ada@example.org\nC2,bob@example.org\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def home(folder: Path) -> Callable[..., Home]:
    """Open the home on a day: `home("2026-11-22")`."""

    def opened(day: str = "2026-11-22") -> Home:
        return open_home(folder / "dsar.toml", today=datetime.date.fromisoformat(day))

    return opened
