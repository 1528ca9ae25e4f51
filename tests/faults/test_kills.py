"""A process that is killed leaves nothing corrupt, and nothing twice once it was run again."""

from __future__ import annotations

import os

from tests.faults.kills import harness

COUNT = 200 if os.environ.get("DSAR_FAULTS") == "every" else 5
"""From the last command on: purge, close, batch, erase and export are killed in every run, all of them in the whole."""


def test_after_a_kill_the_same_command_leads_to_the_same_state() -> None:
    seen = harness(COUNT, seed=7)

    assert seen.kills > COUNT // 2, f"{seen.too_late} of {COUNT} came too late"
    assert seen.wrong == []
