"""A small company in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_company import Company, make_runner


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company without sources yet, whose folder is the working folder."""
    monkeypatch.setenv("DSAR_TODAY", "2026-11-23")
    monkeypatch.delenv("DSAR_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return Company(tmp_path, make_runner(capsys))
