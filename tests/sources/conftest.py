"""A company with a connector of its own, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_connector import OwnConnector

from tests.nasty.small_company import Company, make_runner


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> OwnConnector:
    """A company whose files a connector `own` reads; its folder is the working folder."""
    monkeypatch.setenv("DSAR_TODAY", "2026-11-23")
    monkeypatch.delenv("DSAR_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return OwnConnector(Company(tmp_path, make_runner(capsys)))
