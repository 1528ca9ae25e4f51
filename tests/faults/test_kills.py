"""A process that is killed leaves nothing corrupt, and nothing twice once it was run again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EVERY = os.environ.get("DSAR_FAULTS") == "every"
HOW = [["200", "7"], ["every"]] if EVERY else [["8", "7"], ["every", "97"]]
"""At random moments and before changes of the disk: a few in every run, 200 and each in the whole."""


@pytest.mark.parametrize("how", HOW, ids=["at random moments", "before changes"])
def test_after_a_kill_the_same_command_leads_to_the_same_state(how: list[str]) -> None:
    line = [sys.executable, "-m", "tests.faults.kills", *how]

    ended = subprocess.run(line, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 corrupt states, 0 double effects" in ended.stdout and " 0 kills" not in f" {ended.stdout}"
