"""Where somebody else may be named: each field of a record and each attached file, and what is known of that place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsar.config import FieldSpec
from dsar.model import Answer, Attachment
from dsar.redaction.child import Read
from dsar.redaction.own import SpecOf

_TEXTS = (
    "user.content", "user.behavior.browsing_history", "user.behavior.search_history", "x.user.communication",
    "x.user.reference", "x.user.evaluation", "x.user.interview", "x.user.cv", "x.user.application",
    "x.third_party",
)  # fmt: skip
STAFF = "x.record.staff"
REFERENCE = "x.user.reference"
OTHERS = "x.third_party"


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the copy, or the text of one attached file."""

    record: str
    field: str
    value: str
    spec: FieldSpec
    file: bool = False
    problem: str = ""
    """Why the text of a file cannot be told; a person must read it."""
    details: tuple[tuple[str, str], ...] = ()
    """What a file says of who made it and where, beside what it shows."""

    @property
    def is_text(self) -> bool:
        """Whether people may be named in it: free texts, files, and columns that nobody has classified."""
        category = self.spec.category
        if self.spec.identifier or (category or "").startswith(STAFF):
            return False
        return self.file or category is None or self.spec.third_party or category.startswith(_TEXTS)

    @property
    def supplied(self) -> bool:
        """Whether the person supplied it: what they wrote of others is not taken from them for that alone (T-7)."""
        return self.spec.given == "provided"

    def is_of(self, category: str) -> bool:
        """Whether it is of this category."""
        return (self.spec.category or "").startswith(category)


def places_of(answer: Answer, spec_of: SpecOf, files: Iterable[tuple[Attachment, FieldSpec, Read]]) -> Iterator[Place]:
    """Give every value of every confirmed record, then every attached file with its text or why it has none."""
    for match in answer.graded("confirmed"):
        for name, value in match.record.fields:
            if value:
                yield Place(match.record.record, name, value, spec_of(match.record, name))
    for attachment, spec, read in files:
        if attachment.stored_as:
            stored = attachment.stored_as
            problem, details = read.problem or "", read.details
            yield Place(attachment.record, stored, read.text or "", spec, True, problem, details)
