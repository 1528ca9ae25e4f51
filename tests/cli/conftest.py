"""A command is run in this process, in an empty folder, against invented fulfilment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from invented import Ended, Fake, read_requests, request_of

from dsar.cli import main


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def _install(name: str, **content: Any) -> None:
        module = ModuleType(f"dsar.{name}")
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, f"dsar.{name}", module)

    return _install


@pytest.fixture
def fake(install: Callable[..., None]) -> Fake:
    rooms = Fake()
    install(
        "fulfilment.workspace",
        open_workspace=lambda config=None, **more: rooms.workspace(config=config, **more),
        open_folder=lambda folder, **more: rooms.workspace(folder=folder, **more),
    )
    install("fulfilment.requests", request_of=request_of, read_requests=read_requests)
    install("fulfilment.home", open_home=lambda config=None, **more: None)
    install("fulfilment.desk.register", as_changed=lambda home, requests: requests)
    install("fulfilment.finding.find", find=rooms.find)
    return rooms


@pytest.fixture
def dsar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ended]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("DSAR_TODAY", raising=False)
    monkeypatch.delenv("DSAR_CONFIG", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ended:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run
