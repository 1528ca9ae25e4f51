"""Packages of a batch are apart: no record of one person in the package of another, unless both own it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dsar.fulfilment.batches.batch_work import Made
from dsar.fulfilment.finding.together import sharing
from dsar.model import Answer

DATA = "data.json"
PLAN = "plan.json"


def leaks(made: Made, out: Path) -> int:
    """Read a package or plan back and count the records in it that its answer does not confirm; it is removed if any.

    What is read is what lies on the disk, not what was meant to be written (Art. 5(1)(f) GDPR; HDPA 7/2023).
    """
    folder = out / made.request_id
    found: set[str] = set()
    for name in (DATA, PLAN):
        if made.error is None and (folder / name).is_file():
            found |= set(_records(json.loads((folder / name).read_text(encoding="utf-8"))))
    foreign = found - made.records
    if foreign:
        shutil.rmtree(folder)
    return len(foreign)


def _records(document: Any) -> Iterator[str]:
    """Every record id that a document gives as one of its records, wherever it stands."""
    if isinstance(document, dict):
        if isinstance(document.get("record"), str) and ("fields" in document or "outcome" in document):
            yield document["record"]
        for value in document.values():
            yield from _records(value)
    elif isinstance(document, list):
        for value in document:
            yield from _records(value)


def shared(answers: Sequence[Answer]) -> Iterator[tuple[Answer, tuple[str, ...]]]:
    """Give each answer that confirms a record which another person's answer confirms as well, and whose these are.

    Two requests of the same person, such as for access and for erasure, share their records rightly.
    """
    for one, them in sorted(sharing(answers).items()):
        apart = [other for other in sorted(them) if not _same_person(answers[one], answers[other])]
        if apart:
            yield answers[one], tuple(str(answers[other].request.request_id) for other in apart)


def _same_person(one: Answer, other: Answer) -> bool:
    """Whether both requests gave, or both searches learned, one and the same identifier that is a person's own."""
    weak = {"name", "birth_date", "address", "postcode"}
    mine, theirs = (
        {(known.kind, known.value.casefold()) for known in answer.identifiers if known.kind not in weak}
        for answer in (one, other)
    )
    return bool(mine & theirs)
