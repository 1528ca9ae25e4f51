"""A company with a connector of its own, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_connector import OwnConnector

from tests.nasty.small_company import entered


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> OwnConnector:
    """A company whose files a connector `own` reads; its folder is the working folder."""
    return OwnConnector(entered(tmp_path, capsys, monkeypatch))
