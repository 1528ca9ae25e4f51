"""A mention while it is worked on: a place, what it says of whom, and what the rules propose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dsar.model import Verdict
from dsar.redaction.places import Place

Key = tuple[str, str]
"""Kind and normal form."""
METADATA = "metadata"
"""The kind, and the ground, of what a file says of who made it and where."""


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
class Known:
    """What the loaded sources know of the words of some texts."""

    hits: Mapping[Key, Hit]
    id_kinds: tuple[str, ...]
    """Kinds of numbers that somebody issued, by which a source knows people."""
    words: frozenset[str]
    """The words of all names that a source knows."""

    def hit(self, kind: str, normal: str) -> Hit | None:
        """What is known of one normal form; the kind `id` stands for any number that somebody issued."""
        if kind == "id":
            return next((hit for one in self.id_kinds if (hit := self.hits.get((one, normal)))), None)
        return self.hits.get((kind, normal))


def known_by(hits: Mapping[Key, Hit], id_kinds: tuple[str, ...]) -> Known:
    """Make a Known of hits."""
    words = {word for kind, normal in hits if kind == "name" for word in normal.split()}
    return Known(hits, id_kinds, frozenset(words))


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
