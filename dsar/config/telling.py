"""What a report tells of a collection beyond its fields: decisions by machines, what belongs together, histories."""

from __future__ import annotations

from typing import Literal

from dsar.config.frozen import Frozen


class Decision(Frozen):
    """An automated decision in the controller's own words, and the columns it works with (Art. 15(1)(h) GDPR)."""

    logic: str
    """The procedure and principles actually applied, in plain words; no formula (C-203/22)."""
    effect: str = ""
    """What each of the data weighs, in plain words."""
    consequences: str
    contact: str
    """Who looks at a decision again (Art. 22(3) GDPR)."""
    inputs: tuple[str, ...] = ()
    """Columns that go in."""
    result: str | None = None
    """The column that holds what came out."""
    when: str | None = None


class Together(Frozen):
    """Records that only make sense together: those with the same values, in the order of a time, without long gaps."""

    by: tuple[str, ...]
    """Columns; of several, the first that a record fills in counts."""
    time: str | None = None
    minutes: int | None = None
    """A longer gap begins a new group, such as a visit."""


class History(Frozen):
    """What the rows of a collection tell for a section of its own: consents, look-ups, disclosures. Names columns."""

    tells: Literal["consents", "accesses", "disclosures"]
    when: str
    purpose: str | None = None
    channel: str | None = None
    state: str | None = None
    withdrawn: tuple[str, ...] = ()
    """The values of `state` by which a consent ends."""
    version: str | None = None
    how: str | None = None
    by: str | None = None
    """The role of who looked, or who received; never the name of a member of staff (C-579/21)."""
    country: str | None = None
