"""A small company in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_company import Company, entered


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company without sources yet, whose folder is the working folder."""
    return entered(tmp_path, capsys, monkeypatch)
