"""A process that is killed leaves nothing corrupt, and nothing twice once it was run again."""

from __future__ import annotations

from tests.faults.kills import harness


def test_after_a_kill_the_same_command_leads_to_the_same_state() -> None:
    seen = harness(8, seed=7)

    assert seen.kills >= 5, f"{seen.too_late} of 8 came too late"
    assert seen.wrong == []
