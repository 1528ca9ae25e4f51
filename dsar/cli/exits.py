"""The exit codes of the contract, and which of them an answer means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsar.model import Answer, SourceAnswer

COMPLETE = 0
LOOK = 1
"""Done, but a person must look."""
MEND = 2
"""The user can mend it: wrong usage or config, or no source at all could be searched."""
FAULT = 3
INTERRUPTED = 130


def of_sources(sources: Iterable[SourceAnswer], complete: bool) -> int:
    """Give 2 where there are sources and none could be searched, else 0 if `complete`, else 1.

    A failed source is 1 as long as any file was searched; with none searched there is no answer at all.
    """
    if not any(source.result in ("held", "not_held") or source.files for source in sources):
        return MEND
    return COMPLETE if complete else LOOK


def of_answer(answer: Answer, guesses: tuple[str, ...] = ()) -> int:
    """Give the exit code of one answer; a search over guessed files is never complete."""
    return of_sources(answer.sources, answer.complete and not guesses)


def of_result(answer: Answer, reviews: tuple[str, ...], guesses: tuple[str, ...] = ()) -> int:
    """Give the exit code of a package or plan: also 1 while there is something to review."""
    return of_sources(answer.sources, answer.complete and not reviews and not guesses)
