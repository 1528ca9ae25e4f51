"""Kill -9 at random moments, `python -m tests.faults.kills 200`, or before every change: `… every`, `… every 7`.

Each command is killed, run again, and its state compared with that of an undisturbed run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import small, warm


@dataclass
class Seen:
    """What came of the kills."""

    kills: int = 0
    too_late: int = 0
    """The command had ended before it could be killed."""
    by_command: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, stage: Stage, at: str, killed: bool, wrong: list[str]) -> None:
        """Take in what came of one kill."""
        self.kills += killed
        self.too_late += not killed
        self.by_command[stage.name] += killed
        self.wrong += [f"{stage.name} {at}: {name}" for name in wrong]
        if wrong:
            sys.stderr.write(f"{stage.name} {at}: {', '.join(wrong)}\n")
        if (self.kills + self.too_late) % 50 == 0:
            sys.stderr.write(f"{self.kills} kills, {len(self.wrong)} wrong\n")


@dataclass(frozen=True)
class Stage:
    """A command with the state before it, how the state must be after it, and how long it takes."""

    name: str
    before: Path
    after: dict[str, str]
    seconds: float
    changes: int
    """How many changes of the disk it makes."""


def stages(folder: Path, kept: Path) -> Iterator[Stage]:
    """Run every command once, undisturbed, and keep the state before each."""
    small.make(folder)
    for name in small.COMMANDS:
        if name == "mend":
            small.tear(folder)
        small.keep(folder, kept / name)
        started = time.monotonic()
        changes = warm.run(folder, small.words(name))
        yield Stage(name, kept / name, small.look(folder), time.monotonic() - started, changes)


def kill(folder: Path, stage: Stage, delay: float = 0, dies_at: int = 0) -> tuple[bool, list[str]]:
    """Kill a command after so many seconds, or before a change; run it again to its end, and give what then differs."""
    small.go_back(folder, stage.before)
    process = warm.start(folder, small.words(stage.name), dies_at)
    code = warm.wait(process, 300 if dies_at else delay)
    if code is None:
        os.kill(process, signal.SIGKILL)
        code = warm.wait(process)
    try:
        warm.run(folder, small.words(stage.name))
        wrong = list(small.differences(stage.after, small.look(folder)))
    except Exception as error:
        wrong = [f"{type(error).__name__}: {error}"]
    return code == -signal.SIGKILL, wrong


def at_random(known: list[Stage], folder: Path, count: int, seed: int = 1) -> Seen:
    """Kill so many commands at random moments, each command as often as any other.

    How long a command takes is learned as it goes, since the machine may be busier at one time than at another: each
    kill that came too late makes the next one come earlier.
    """
    dice, seen = random.Random(seed), Seen()
    seconds = {stage.name: stage.seconds for stage in known}
    while seen.kills < count and seen.too_late <= 4 * count:
        stage = known[-1 - (seen.kills + seen.too_late) % len(known)]  # the last ones write the most
        delay = dice.uniform(0.001, seconds[stage.name])
        killed, wrong = kill(folder, stage, delay=delay)
        seconds[stage.name] = min(stage.seconds, seconds[stage.name] * (1.1 if killed else 0.8))
        seen.note(stage, f"after {delay:.3f} s", killed, wrong)
    if seen.kills < count:
        seen.wrong.append(f"only {seen.kills} of {count} kills met a command at its work")
    return seen


def at_each(known: list[Stage], folder: Path, step: int, first: int) -> Seen:
    """Kill every command before each of its changes, or before every so many."""
    seen = Seen()
    for stage in known:
        for number in range(first, stage.changes + 1, step):
            seen.note(stage, f"before change {number} of {stage.changes}", *kill(folder, stage, dies_at=number))
    return seen


def main(words: list[str]) -> int:
    """Run one of the two harnesses and tell what was seen; 1 if anything was wrong."""
    warm.warm()
    place = Path(tempfile.mkdtemp())  # not one that its forks would remove when they end
    try:
        known = list(stages(place / "company", place / "kept"))
        if words[:1] == ["every"]:
            step = int(words[1]) if len(words) > 1 else 1
            seen = at_each(known, place / "company", step, first=1 + random.Random().randrange(step))
        else:
            count, seed = (*map(int, words), *(200, 1)[len(words) :])
            seen = at_random(known, place / "company", count, seed)
    finally:
        shutil.rmtree(place)
    sys.stdout.write(f"{seen.kills} kills ({seen.too_late} came too late): {dict(seen.by_command)}\n")
    sys.stdout.write("\n".join(seen.wrong) + "\n" if seen.wrong else "0 corrupt states, 0 double effects\n")
    return int(bool(seen.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
