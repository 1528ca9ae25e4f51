"""`dsar --help` against the help of a bare typer application."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from dsar.cli.lazy import COMMANDS
from tests.benchmarks.setting import DSAR, Setting
from tests.benchmarks.timing import Result, compare, process


def run(setting: Setting) -> Iterator[Result]:
    """Whole processes; what dsar adds is what its own start costs."""
    os.environ["COMMANDS"] = str(len(COMMANDS))
    bare = [sys.executable, "-P", str(Path(__file__).with_name("bare_app.py")), "--help"]
    runs = max(setting.runs, 15)  # short and cheap: more runs, steadier
    floor = ("the same help of bare typer", lambda: process(bare))
    yield compare("dsar --help", 1.2, floor, lambda: process([DSAR, "--help"]), runs)
