"""The real databases of the erasure tests, and one demo company a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.fulfilment.setup.demo import DemoResult, demo
from tests.erasure.conftest import mariadb, postgresql

__all__ = ["mariadb", "postgresql"]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo."""
    return run_demo(tmp_path_factory)[0]


@pytest.fixture(scope="session")
def demo_result(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """What a demo says of itself."""
    return run_demo(tmp_path_factory)[1]


_done: list[tuple[Path, DemoResult]] = []


def run_demo(factory: pytest.TempPathFactory) -> tuple[Path, DemoResult]:
    """Run the demo once for all journeys."""
    if not _done:
        folder = factory.mktemp("demo") / "company"
        _done.append((folder, demo(folder)))
    return _done[0]
