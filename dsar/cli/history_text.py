"""The history of a request as people read it: one line a step, in words, without hashes; JSON keeps everything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from dsar.cli import console

if TYPE_CHECKING:
    from dsar.register.requests import Entry

_HASH = re.compile(r"[0-9a-f]{12,}")
_QUIET = {
    "file", "rules", "target", "kinds", "language", "needed", "os_user", "complete", "files", "acknowledge_by",
    "notice_by", "right_proposed", "exit_code",
}  # fmt: skip
"""Facts for programs, or that stand in the tables above the history."""
_WORDS = {
    "regimes": "under",
    "scoped": "limits",
    "right": "right:",
    "limited_to": "limited to",
    "weak": "too weak for what is asked",
}


def print_history(history: Sequence[Entry]) -> None:
    """Print the steps in their order; decisions of one minute are one line that counts them."""
    table = console.Columns("When", "Step", "What")
    for at, step, what in lines_of(history):
        table.row(at, step, what)
    table.print()


def lines_of(history: Sequence[Entry]) -> Iterator[tuple[str, str, str]]:
    """Give minute, step and facts of each line."""
    for (at, step), same in groupby(history, key=lambda one: (_minute(one), one.step.replace("_", " "))):
        entries = list(same)
        if step == "decision":
            counted = Counter(f"{one.facts.get('kind')} {_verb(one)}" for one in entries)
            yield at, step, ", ".join(f"{number} × {what}" for what, number in counted.items())
        else:
            yield from ((at, step, _facts(one)) for one in entries)


def _minute(entry: Entry) -> str:
    return entry.at[:16].replace("T", " ")


def _verb(entry: Entry) -> str:
    verdict = str(entry.facts.get("verdict", ""))
    return {"undo": "undone", "keep": "kept", "redact": "redacted"}.get(verdict, verdict.removesuffix("e") + "ed")


def _facts(entry: Entry) -> str:
    shown = []
    for name, value in entry.facts.items():
        if name in _QUIET or value in ("", False, 0) or _HASH.fullmatch(str(value)):
            continue
        if name == "scoped" and "limited_to" in entry.facts:
            continue
        word = _WORDS.get(name, name.replace("_", " "))
        if value is True:
            shown.append(word)
        elif isinstance(value, int):
            shown.append(f"{value} {word}")
        else:
            shown.append(f"{word} {value}")
    by = entry.said.get("by")
    return ", ".join([*shown, *([f"by {by}"] if by else [])])
