"""A process killed while it builds leaves a workspace that the next one works with as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CONFIG = """
workspace = ".dsar"
[[source]]
name = "crm"
files = ["*.csv"]
[source.collection.contacts]
key = ["id"]
[source.collection.contacts.fields]
id = { category = "user.unique_id", identifier = "crm_id" }
email = { category = "user.contact.email", identifier = "email" }
"""

FIND = (
    "import sys; from dsar.cli import main; sys.exit(main(['find', '--email', 'u7@example.org', '--json', '--quiet']))"
)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    for number in range(4):
        rows = (f"{n},u{n}@example.org,+49 30 {n:07d} and more" for n in range(15_000))
        odd = "1\n" if number % 2 else ""  # every other file takes the exact reader
        (tmp_path / f"{number}.csv").write_text("id,email,note\n" + odd + "\n".join(rows), encoding="utf-8")
    (tmp_path / "dsar.toml").write_text('key_file = "k"\n' + CONFIG.lstrip(), encoding="utf-8")
    return tmp_path


def started(folder: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "PYTHONPATH": path, "DSAR_TODAY": "2026-11-23"}
    return subprocess.Popen([sys.executable, "-c", FIND], cwd=folder, env=environment, stdout=subprocess.PIPE)


def test_five_kills_leave_a_workspace_that_works(large: Path) -> None:
    chance = random.Random(5)
    for kill in range(5):
        process = started(large)
        deadline = time.monotonic() + 60
        while process.poll() is None and not list((large / ".dsar").glob("tmp/*/*")) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.3 * (kill + 1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = started(large)
    out, _ = last.communicate(timeout=120)
    answer = json.loads(out)

    assert last.returncode == 1  # rows that could not be read
    files = answer["sources"][0]["files"]
    assert [(f["rows_read"], f["rows_loaded"]) for f in files] == [(15_000, 15_000), (15_001, 15_000)] * 2
    assert [record["key"] for record in answer["records"]] == ["7"]
    assert answer["records"][0]["line"] == 9
    segments = list((large / ".dsar" / "segments").iterdir())
    assert len(segments) == 4
    assert all((segment / "000" / "segment.json").is_file() for segment in segments)
    assert not [path for path in segments[0].parent.rglob("*") if path.name.endswith((".part", ".jsonl"))]
