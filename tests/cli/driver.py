"""Runs dsar in a process of its own with an invented search: `driver.py slow|many|boom|hostile [words]`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from invented import CANARY, HOSTILE, answer, match, read_requests, request_of, source  # noqa: E402

from dsar.cli import main  # noqa: E402

mode = sys.argv[1]


def find(workspace: object, requests: list[object], progress: object) -> list[object]:
    progress.step(HOSTILE if mode == "hostile" else "Searching", 3)  # type: ignore[attr-defined]
    progress.advance()  # type: ignore[attr-defined]
    if mode == "slow":
        sys.stdout.write("started\n")
        sys.stdout.flush()
        time.sleep(60)
    if mode == "boom":
        value = CANARY
        try:
            raise KeyError(value)
        except KeyError as error:
            raise ValueError(f"bad value {value}") from error
    if mode == "many":
        return [answer(*(match(key=f"C{number}", Note="x" * 1000) for number in range(2000)))]
    found = match("confirmed", HOSTILE, Email=HOSTILE)
    return [answer(found, sources=(source(HOSTILE), source("shop", "failed", reason=HOSTILE)), notes=(HOSTILE,))]


for name, content in {
    "workspace": {"open_workspace": lambda *_, **__: SimpleNamespace(guesses=()), "open_folder": None},
    "requests": {"request_of": request_of, "read_requests": read_requests},
    "finding.find": {"find": find},
}.items():
    module = ModuleType(f"dsar.fulfilment.{name}")
    vars(module).update(content)
    sys.modules[module.__name__] = module

sys.exit(main(sys.argv[2:]))
