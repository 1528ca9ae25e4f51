"""A mention while it is worked on: a place, what it says of whom, and what the rules propose."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.model import Verdict
from dsar.redaction.places import Place


@dataclass(frozen=True, slots=True)
class Hit:
    """What the loaded sources know of an identifier: in which roles it stands, and a few of its rows."""

    roles: frozenset[str]
    rows: frozenset[tuple[int, int]]

    @property
    def staff(self) -> bool:
        """Whether it only ever stands for somebody of ours."""
        return self.roles <= {"assignee"}


@dataclass(frozen=True, slots=True)
class Raw:
    """What a rule found in one place."""

    place: Place
    kind: str
    normal: str
    """Normal form; with `kind` it says which thing it is."""
    entity: str
    """Which person is meant, where the rule knows it: equal texts are one person; `staff` and `` are none."""
    passages: tuple[tuple[int, int], ...]
    proposed: Verdict
    ground: str
    automatic: bool = False
    hit: Hit | None = None
    """What the sources know of it; None where they know nothing."""
    note: str = ""
