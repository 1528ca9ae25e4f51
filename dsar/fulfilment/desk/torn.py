"""A line of the journal that a power cut has torn: set aside if nothing came of it, kept, told, and looked at once."""

from __future__ import annotations

import datetime
import hashlib
from typing import cast

from dsar.errors import TornJournal, WorkspaceError
from dsar.register.case_file import FILE
from dsar.store.journal import Journal
from dsar.store.keys import keyed
from dsar.store.torn import CHAIN, STEP, kept_in

SEEN = "seen"
"""The step by which a person says that they have looked at a torn line."""


def set_aside(torn: TornJournal) -> tuple[str, str]:
    """Set the torn line aside, so that the office can go on; gives what to tell, and a hint.

    Whoever opens the log next notes it there. Raises WorkspaceError where a request stands further than its log says:
    then the line was whole once, its writer acted upon it, and somebody has cut it.
    """
    journal = cast("Journal", torn.journal)
    done = journal.mend(lambda: _check(journal))
    if done is None:
        return "The last line of the journal lacked its end: it is whole again.", "`dsar journal verify`"
    return (
        f"The last line of the journal was torn while it was written, by a power cut or a kill: {done.bytes} bytes, "
        f"kept in {journal.folder.name}/{done.kept.name}. Nothing had been done because of it. The log goes on without "
        "it and says so.",
        "Compare it with a head from before (`dsar journal verify --heads FILE`), then say that you have: "
        "`dsar journal verify --by NAME`.",
    )


def _check(journal: Journal) -> None:
    """Raise WorkspaceError for a request whose file is none that the journal names: it was logged, then it was made."""
    for path in sorted((journal.folder / "cases").glob(f"*/{FILE}")):
        name = path.parent.name
        named = {event.facts.get("file") for event in journal.events(name)}
        if hashlib.sha256(path.read_bytes()).hexdigest() not in named:
            raise WorkspaceError(
                f"The journal was cut: request {name} stands further than the log says.",
                hint="Restore the journal from its backup, and compare it with the heads printed in the packages.",
            )


def unseen(journal: Journal) -> tuple[str, ...]:
    """The torn lines, by their hash, that were set aside and that nobody has looked at yet."""
    steps = [event.step for event in journal.events(CHAIN)]
    known = [step.removeprefix(f"{STEP}:") for step in steps if step.startswith(f"{STEP}:")]
    known += [one.sha256[:16] for one in kept_in(journal.folder)]
    return tuple(name for name in dict.fromkeys(known) if f"{SEEN}:{name}" not in steps)


def saw(journal: Journal, by: str, key: str) -> None:
    """Note that a person has looked at every torn line; who it was stands in the log as a keyed hash alone."""
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for name in unseen(journal):
        journal.append(CHAIN, f"{SEEN}:{name}", at, {"by": keyed(key, by)})
