"""`dsar review` on a terminal: one record, then one mention of others after the other, one key a decision."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsar.cli import console

if TYPE_CHECKING:
    from dsar.fulfilment.finding.review import Sitting
    from dsar.fulfilment.finding.review_others import OthersSitting
    from dsar.model import Match, Mention

KEYS = {"a": "accept", "r": "reject", "s": "skip", "u": "undo", "q": "quit"}
HELP = "a it is theirs · r it is not · s skip · u undo the last · q stop"
OTHERS_KEYS = {"r": "redact", "k": "keep", "v": "view", "s": "skip", "u": "undo", "q": "quit"}
OTHERS_HELP = "r redact · k keep · v view it in full · s skip · u undo the last · q stop"
ROWS = 12
"""Fields shown of one record."""
SHOWN = 200
"""Characters shown of one mention."""


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
    queue = {match.record.record: match for match in sitting.queue}

    def show(record: str, number: int, full: bool) -> None:
        _show(sitting, queue[record], number, len(queue))

    screen = _Screen(KEYS, HELP, show, lambda verdict, record: sitting.decide(verdict, record, reason, by), key)  # type: ignore[arg-type]
    return _through(tuple(queue), screen)


def decide_mentions(sitting: OthersSitting, reason: str, by: str, key: Callable[[], str] = _key) -> int:
    """Ask about every open mention of somebody else, masked and with its place, as `decide_all` does for records."""
    queue = {mention.finding: mention for mention in sitting.queue}

    def show(finding: str, number: int, full: bool) -> None:
        _show_mention(queue[finding], number, len(queue), full)

    def decide(verdict: str, finding: str) -> None:
        sitting.decide(verdict, finding, reason, by)

    return _through(tuple(queue), _Screen(OTHERS_KEYS, OTHERS_HELP, show, decide, key))


@dataclass(frozen=True)
class _Screen:
    """What a sitting shows, and what its keys do."""

    keys: Mapping[str, str]
    help: str
    show: Callable[[str, int, bool], None]
    """Shows one thing: its id, its number, and whether in full."""
    decide: Callable[[str, str], None]
    """Stores a verdict on an id."""
    key: Callable[[], str]

    def asked(self) -> str:
        """The meaning of the next key that has one."""
        while (typed := self.key().lower()) not in self.keys:
            console.say(self.help)
        return self.keys[typed]


def _through(queue: Sequence[str], screen: _Screen) -> int:
    taken: list[str] = []
    place, full = 0, False
    while place < len(queue):
        screen.show(queue[place], place + 1, full)
        verdict, full = screen.asked(), False
        if verdict == "quit":
            break
        if verdict == "view":
            full = True
        elif verdict == "undo":
            if taken:
                screen.decide("undo", last := taken.pop())
                place = queue.index(last)
            else:
                console.say("Nothing was decided in this sitting.")
        else:
            if verdict != "skip":
                screen.decide(verdict, queue[place])
                taken.append(queue[place])
            place += 1
    return len(taken)


def _show(sitting: Sitting, match: Match, number: int, of: int) -> None:
    score = "" if match.score is None else f", {match.score:.0f} bits"
    console.say(f"{number} of {of}: {match.record.record} is {match.grade}{score}", style="bold")
    console.say(match.reason)
    if match.places:
        console.say("\n".join(match.places))
    table = console.Columns("", "Field", "The record says", "Known of the person")
    lines = sitting.sheet(match)
    for line in lines[:ROWS]:
        mark = "≈" if line.near else {True: "=", False: "≠", None: ""}[line.agrees]
        table.row(mark, line.field, line.theirs, line.known or "-")
    table.print()
    if len(lines) > ROWS:
        console.say(f"… and {len(lines) - ROWS} more fields.")
    console.say(HELP)


def _show_mention(mention: Mention, number: int, of: int, full: bool) -> None:
    from dsar.cli.others_text import WHY

    console.say(f"{number} of {of}: {mention.finding} in {mention.record}", style="bold")
    text = mention.text or mention.note or "the whole of it"
    shown = masked(text) if not full and (mention.text or mention.kind == "metadata") else text
    table = console.Columns("", "")
    table.row("Where", f"{mention.field}, {len(mention.passages)}×" if mention.passages else mention.field)
    table.row("What", f"{mention.kind}{', known to a source' if mention.known else ''}")
    table.row("It says", shown[:SHOWN] + ("…" if len(shown) > SHOWN else ""))
    table.row("Proposed", f"{mention.proposed}: {WHY.get(mention.ground, mention.ground)}")
    table.row("Label", mention.label)
    table.print()
    console.say(OTHERS_HELP)


def masked(text: str) -> str:
    """Show of each word its first character and its length: enough to know it again beside its place."""
    return re.sub(r"\w+", lambda word: word[0][0] + "•" * (len(word[0]) - 1), text)
