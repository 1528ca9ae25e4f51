"""Kill -9 at random points: `python -m tests.faults.kills 200` runs the whole count, the tests a smaller one."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import small


@dataclass
class Seen:
    """What came of the kills."""

    kills: int = 0
    too_late: int = 0
    """The command had ended before it could be killed."""
    by_command: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stage:
    """A command with the state before it, how the state must be after it, and how long it takes."""

    name: str
    before: Path
    after: dict[str, str]
    seconds: float


def stages(folder: Path, kept: Path) -> Iterator[Stage]:
    """Run every command once, undisturbed, and keep the state before each."""
    small.make(folder)
    for name in small.COMMANDS:
        small.keep(folder, kept / name)
        started = time.monotonic()
        small.run(name, folder)
        yield Stage(name, kept / name, small.look(folder), time.monotonic() - started)


def kill(folder: Path, stage: Stage, delay: float) -> tuple[bool, list[str]]:
    """Kill a command after so many seconds, run it again to its end, and give what then differs."""
    small.go_back(folder, stage.before)
    process = subprocess.Popen(
        small.words(stage.name), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(delay)
    killed = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    small.run(stage.name, folder)
    return killed, list(small.differences(stage.after, small.look(folder)))


def harness(count: int, seed: int = 1) -> Seen:
    """Kill so many commands at random points, each command as often as any other."""
    dice, seen = random.Random(seed), Seen()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "company"
        known = list(stages(folder, Path(place) / "kept"))
        for number in range(count):
            if number % 20 == 19:
                sys.stderr.write(f"{number + 1} of {count}, {len(seen.wrong)} wrong\n")
            stage = known[-1 - number % len(known)]  # the last ones write the most: a small count takes them
            delay = dice.uniform(0.02, stage.seconds)
            killed, wrong = kill(folder, stage, delay)
            seen.kills += killed
            seen.too_late += not killed
            seen.by_command[stage.name] += killed
            seen.wrong += [f"{stage.name} after {delay:.3f} s: {name}" for name in wrong]
    return seen


if __name__ == "__main__":
    done = harness(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(f"{done.kills} kills ({done.too_late} came too late): {dict(done.by_command)}\n")
    sys.stdout.write("\n".join(done.wrong) + "\n" if done.wrong else "0 corrupt states, 0 double effects\n")
    sys.exit(bool(done.wrong))
