"""`dsar review` on a terminal: one record after the other beside the profile, one key a decision."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from dsar.cli import console

if TYPE_CHECKING:
    from dsar.fulfilment.review import Sitting
    from dsar.model import Match

KEYS = {"a": "accept", "r": "reject", "s": "skip", "u": "undo", "q": "quit"}
HELP = "a it is theirs · r it is not · s skip · u undo the last · q stop"
ROWS = 12
"""Fields shown of one record."""


def interactive() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _key() -> str:
    import typer

    return str(typer.getchar())


def decide_all(sitting: Sitting, reason: str, by: str, key: Callable[[], str] = _key) -> int:
    """Ask about every open record; gives the number of decisions that stand. Each is stored before the next is asked.

    Stopping early loses nothing: what was decided is decided, the rest stays open.
    """
    taken: list[str] = []
    queue = list(sitting.queue)
    place = 0
    while place < len(queue):
        _show(sitting, queue[place], place + 1, len(queue))
        verdict = _asked(key)
        if verdict == "quit":
            break
        if verdict == "undo":
            if taken:
                record = taken.pop()
                sitting.decide("undo", record, "undone at once", by)
                place = next(n for n, match in enumerate(queue) if match.record.record == record)
            else:
                console.say("Nothing was decided in this sitting.")
            continue
        if verdict != "skip":
            record = queue[place].record.record
            sitting.decide("accept" if verdict == "accept" else "reject", record, reason, by)
            taken.append(record)
        place += 1
    return len(taken)


def _asked(key: Callable[[], str]) -> str:
    while (typed := key().lower()) not in KEYS:
        console.say(HELP)
    return KEYS[typed]


def _show(sitting: Sitting, match: Match, number: int, of: int) -> None:
    score = "" if match.score is None else f", {match.score:.0f} bits"
    console.say(f"{number} of {of}: {match.record.record} is {match.grade}{score}", style="bold")
    console.say(match.reason)
    table = console.Columns("", "Field", "The record says", "Known of the person")
    lines = sitting.sheet(match)
    for line in lines[:ROWS]:
        mark = {True: "=", False: "≠", None: ""}[line.agrees]
        table.row(mark, line.field, line.theirs, line.known or "-")
    table.print()
    if len(lines) > ROWS:
        console.say(f"… and {len(lines) - ROWS} more fields.")
    console.say(HELP)
