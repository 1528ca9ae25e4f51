"""Other people in a person's copy: where they are named, what is proposed, and what a person decided (Art. 15(4))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["redact", "keep"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said of somebody else in one place of the copy: the same name twice in a field is one mention.

    A place is a field of a record, or a file that belongs to it.
    """

    finding: str
    """Its id for `dsar review`: a keyed hash of place and value, so that a decision outlives a new search."""
    record: str
    field: str
    """Name of the field, or the path of the file inside the package."""
    kind: str
    """`name`, `first_name`, `address`, `email`, `phone`, `iban`, `card`, `id`, `staff`, `secret`, … or `unread`."""
    text: str
    """The passage as it stands there; empty where the whole place is meant."""
    passages: tuple[tuple[int, int], ...]
    """Start and end of every occurrence in the value; none where the whole value is meant."""
    label: str
    """What stands in its place once it is redacted, the same for the same person in the whole package."""
    proposed: Verdict
    ground: str
    """Key of the sentence that says why, in the words of the vocabulary."""
    automatic: bool = False
    """True where the rule decides by itself and nobody has to look (secrets, names of staff, gifts one ordered)."""
    note: str = ""
    """Why a file could not be read, or which words ask for a look; nothing that leaves."""
    known: bool = False
    """Whether the loaded sources know this person."""
    verdict: Verdict | None = None
    """What a person decided; None where nobody has."""

    @property
    def outcome(self) -> Verdict | None:
        """What happens in a release: the decision, else the rule's own where it needs none, else nothing yet."""
        return self.verdict or (self.proposed if self.automatic else None)


@dataclass(frozen=True, slots=True)
class Redaction:
    """Passages of one place that were replaced by a label, as the person is told (Art. 12(4) GDPR)."""

    record: str
    field: str
    label: str
    count: int
    reason: str
