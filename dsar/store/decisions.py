"""What people decided in a case: an append-only file beside it, whose every line the journal knows by its hash."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from dsar.errors import WorkspaceError
from dsar.store.files import private_folder, sync_folder
from dsar.store.journal import Journal
from dsar.store.keys import keyed
from dsar.store.records import fields_of, generic, key_values
from dsar.store.segments import Segment

FILE = "decisions.jsonl"
Kind = Literal["record", "finding", "plan", "source"]
UNDO = "undo"
"""The verdict of a line that takes back the decision before it on the same target."""


@dataclass(frozen=True)
class Decision:
    """One decision of one person: what it is about, what was decided, why, by whom and when."""

    kind: Kind
    target: str
    """`source/collection/key` of a record, the id of a finding, the digest of a plan, the name of a source."""
    verdict: str
    """`accept` or `reject` a record, `redact` or `keep` a finding, `approve` a plan, `without` a source; `undo`."""
    reason: str
    by: str
    """Who decided, as they call themselves (`--by`)."""
    os_user: str
    """The account that the command ran under."""
    at: str
    """ISO 8601 with zone."""
    sha256: str | None = None
    """Of every cell of the row, so that a row without key is known again in a renewed export."""
    occurrence: int | None = None
    """Which of several equal rows, from 1, in the order of files and lines."""
    known_by: str | None = None
    """Of the row's key and identifying cells: the row is still the one decided on, whatever else of it has changed."""


@dataclass(frozen=True)
class RowMarks:
    """What a row is known by in later exports."""

    sha256: str
    known_by: str | None


def decide(folder: Path, decisions: Iterable[Decision], journal: Journal, key: str) -> None:
    """Append decisions to a case and note each in the journal, where only hashes of it stand (keyed with `key`).

    `folder` is `.dsar/cases/<request id>`. The lines are on disk before this returns. A line that an interrupted run
    left out of the journal is noted now. Raises WorkspaceError if the file or the journal is not whole.
    """
    private_folder(folder)
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
        _decisions(lines)
        new = [_line(decision, number) for number, decision in enumerate(decisions, start=len(lines) + 1)]
        data = "".join(f"{line}\n" for line in new).encode()
        if os.write(handle, data) != len(data):
            raise WorkspaceError("The decisions could not be written whole.", hint="`dsar doctor` looks at the disk.")
        os.fsync(handle)
        sync_folder(folder)
        for line in (*lines, *new):
            _note(journal, folder.name, line, key)
    finally:
        os.close(handle)


def _line(decision: Decision, number: int) -> str:
    return json.dumps({"n": number, **asdict(decision)}, ensure_ascii=False, sort_keys=True)


def _note(journal: Journal, request: str, line: str, key: str) -> None:
    document = json.loads(line)
    facts: dict[str, int | str | bool] = {"kind": document["kind"], "verdict": document["verdict"]}
    facts |= {name: keyed(key, document[name]) for name in ("target", "reason", "by", "os_user")}
    journal.append(request, f"decision:{hashlib.sha256(line.encode()).hexdigest()[:16]}", document["at"], facts)


def history(folder: Path) -> tuple[Decision, ...]:
    """Give every decision of a case in the order they were taken, undone ones included; none where there is no file.

    Raises WorkspaceError that names the first line that is none of ours.
    """
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return _decisions(text.splitlines())


def _decisions(lines: Sequence[str]) -> tuple[Decision, ...]:
    names = {field.name for field in fields(Decision)}
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            document = json.loads(line)
            if document.pop("n") != number or document.keys() != names:
                raise ValueError
            found.append(Decision(**document))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise WorkspaceError(
                f"The decisions of a case are not whole: line {number} of {FILE} was changed or cut.",
                hint="Restore the file from its backup; the journal knows every line by its hash.",
            ) from None
    return tuple(found)


def standing(folder: Path, kind: Kind) -> dict[str, Decision]:
    """Give the decisions of one kind that are in force, by target: the last of each, unless it was undone.

    Raises WorkspaceError if the file is not whole.
    """
    found: dict[str, Decision] = {}
    for decision in history(folder):
        if decision.kind != kind:
            continue
        if decision.verdict == UNDO:
            found.pop(decision.target, None)
        else:
            found[decision.target] = decision
    return found


def marks_of(segment: Segment, row: Mapping[str, Any]) -> RowMarks:
    """Give what a stored row is known by in later exports: all its cells, and its key with its identifying cells."""
    declaration = segment.declaration
    place = [declaration.source, declaration.collection]
    cells = fields_of(segment, row)
    values = key_values(segment, row)
    if values is None:
        return RowMarks(_digest([place, cells]), None)
    described = {name: declaration.fields.get(name) or declaration.fields.get(generic(name)) for name, _ in cells}
    telling = [(name, value) for name, value in cells if (spec := described[name]) and spec.identifier]
    return RowMarks(_digest([place, cells]), _digest([place, values, telling]))


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()
