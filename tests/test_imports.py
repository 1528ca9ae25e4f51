"""What is loaded when: nothing heavy before it is needed, so that help is instant and a search is lean."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "duckdb", "pandas", "numpy", "openpyxl", "reportlab", "phonenumbers", "sqlglot", "tomlkit", "pydantic",
    "typer", "rich",
}  # fmt: skip


def loaded(code: str, folder: Path) -> set[str]:
    """The top names of all modules that are loaded once `code` has run in a fresh interpreter."""
    tell = "\nimport sys, json\nsys.stderr.write('\\n' + json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    place = {**os.environ, "PYTHONPATH": str(ROOT), "DSAR_KEY_FOLDER": str(folder / "keys")}
    ended = subprocess.run(
        [sys.executable, "-c", code + tell], capture_output=True, text=True, cwd=folder, env=place, check=True
    )
    return set(json.loads(ended.stderr.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    assert not loaded("import dsar", tmp_path) & HEAVY


def test_naming_a_verb_loads_no_frames_and_no_writers(tmp_path: Path) -> None:
    names = loaded("import dsar\nassert callable(dsar.find) and callable(dsar.plan_erasure)", tmp_path)

    assert not names & {"duckdb", "pandas", "numpy", "openpyxl", "reportlab", "sqlglot", "typer", "rich"}


def test_the_help_loads_none_of_the_engines(tmp_path: Path) -> None:
    names = loaded("from dsar.cli import main\nassert main(['--help']) == 0", tmp_path)

    assert not names & (HEAVY - {"typer", "rich"})


def test_a_search_loads_the_engine_but_no_frames_and_no_writers(tmp_path: Path) -> None:
    """Loading every format of the sample company and searching it takes neither pandas nor a writer of files."""
    shutil.copytree(ROOT / "samples" / "exports", tmp_path / "exports")
    shutil.copy(ROOT / "samples" / "dsar.toml", tmp_path)
    words = ["find", "--email", "ada.example@example.org", "--json", "--today", "2026-11-22"]
    names = loaded(f"from dsar.cli import main\nassert main({words}) == 1", tmp_path)

    assert "duckdb" in names
    assert not names & {"pandas", "openpyxl", "reportlab", "sqlglot", "tomlkit", "rich"}
