"""The files that belong to records (CVs, letters): found beside the export, copied as they are, or told as missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from dsar.config import AttachmentSpec, plain
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Attachment, Record
from dsar.store.records import generic

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def attachments_of(workspace: Workspace, answer: Answer) -> tuple[tuple[Attachment, bytes | None], ...]:
    """Find the files of every confirmed record, with their bytes; one that is missing says why (A-24).

    Their names in the package are numbers: a name in the data may be personal, or a path that leads elsewhere.
    """
    found: list[tuple[Attachment, bytes | None]] = []
    folders = {segment.facts.path: segment.path.parent for segment in workspace.segments}
    for match in answer.graded("confirmed"):
        record = match.record
        spec = workspace.collections[(record.source, record.collection)].attachments
        if spec is not None:
            for name in _names(record, spec):
                found.append(_one(record, spec, name, folders[record.file], len(found) + 1))
    return tuple(found)


def _names(record: Record, spec: AttachmentSpec) -> Iterator[str]:
    wanted = plain(spec.field)
    return (value for name, value in record.fields if value and wanted in (plain(name), plain(generic(name))))


def _one(record: Record, spec: AttachmentSpec, name: str, beside: Path, number: int) -> tuple[Attachment, bytes | None]:
    folder = (beside / spec.folder).resolve()
    path = folder / spec.name.format(key=record.key, value=name)
    try:
        if not path.resolve().is_relative_to(folder) or path.is_symlink():
            problem = "the name leads outside the folder of attachments"
        elif not path.is_file():
            problem = f"there is no such file in `{spec.folder}` beside the export"
        else:
            data = path.read_bytes()
            suffix = _SUFFIX.search(path.name)
            stored = f"attachments/{number:04d}{suffix[0].lower() if suffix else ''}"
            return Attachment(record.record, name, stored, len(data), hashlib.sha256(data).hexdigest()), data
    except (OSError, ValueError):  # a name no file can have (too long, a zero byte), or a file nobody may read
        problem = f"it cannot be read from `{spec.folder}` beside the export"
    return Attachment(record.record, name, None, None, None, problem), None
