"""The files that belong to records (CVs, letters): found beside the export, copied as they are, or told as missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from dsar.config import AttachmentSpec, plain
from dsar.errors import DsarError
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Attachment, Problem, Record
from dsar.sources.archive import read_member
from dsar.sources.exports import Export
from dsar.store.records import generic, known_fields, record_of
from dsar.store.run import Run
from dsar.store.segments import Segment

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def attachments_of(workspace: Workspace, answer: Answer) -> tuple[tuple[Attachment, bytes | None], ...]:
    """Find the files of every confirmed record, with their bytes; one that is missing says why (A-24).

    Their names in the package are numbers: a name in the data may be personal, or a path that leads elsewhere.
    """
    found: list[tuple[Attachment, bytes | None]] = []
    exports = {segment.facts.path: Export(segment.path, segment.member) for segment in workspace.segments}
    for match in answer.graded("confirmed"):
        record = match.record
        spec = workspace.collections[(record.source, record.collection)].attachments
        if spec is not None:
            for name in _names(record, spec):
                found.append(_one(record, spec, name, exports[record.file], len(found) + 1))
    return tuple(found)


def named_by(run: Run, segment: Segment, spec: AttachmentSpec) -> Iterator[Path]:
    """Give the place of every file that the records of a segment name, whether there is one or not."""
    beside = Export(segment.path, segment.member).beside(spec.folder)
    for row in run.every(segment.number):
        key = record_of(segment, row).key if "{key}" in spec.name else ""
        yield from (beside / _stored_as(spec, key, name) for name in _among(known_fields(segment, row), spec))


def _names(record: Record, spec: AttachmentSpec) -> Iterator[str]:
    return _among(record.fields, spec)


def _among(fields: Iterable[tuple[str, str | None]], spec: AttachmentSpec) -> Iterator[str]:
    wanted = plain(spec.field)
    return (value for name, value in fields if value and wanted in (plain(name), plain(generic(name))))


def _stored_as(spec: AttachmentSpec, key: str, name: str) -> str:
    """The name of a file beside the export, by what its record says."""
    last = re.split(r"[/\\]", re.sub(r"[?#].*", "", name) if "://" in name else name.rstrip("/"))[-1]
    return spec.name.format(key=key, value=name, last=last)


def _one(
    record: Record, spec: AttachmentSpec, name: str, export: Export, number: int
) -> tuple[Attachment, bytes | None]:
    file = _stored_as(spec, record.key, name)
    try:
        data = _member(export, spec, file) if export.member else _file(export.path.parent / spec.folder, file)
    except (OSError, ValueError, DsarError):  # a name no file can have, or a file nobody may read
        problem: Problem = "unreadable"
    else:
        if isinstance(data, bytes):
            suffix = _SUFFIX.search(file)
            stored = f"attachments/{number:04d}{suffix[0].lower() if suffix else ''}"
            return Attachment(record.record, name, stored, len(data), hashlib.sha256(data).hexdigest()), data
        problem = data or ("link" if "://" in name else "missing")
    return Attachment(record.record, name, None, None, None, problem), None


_OUTSIDE: Problem = "outside"


def _file(beside: Path, name: str) -> bytes | Problem | None:
    """The bytes of a file beside the export, why it is not taken, or None where there is none."""
    folder = beside.resolve()
    path = folder / name
    if not path.resolve().is_relative_to(folder) or path.is_symlink():
        return _OUTSIDE
    return path.read_bytes() if path.is_file() else None


def _member(export: Export, spec: AttachmentSpec, name: str) -> bytes | Problem | None:
    """The same of a file that lies in the same archive."""
    if ".." in PurePosixPath(name).parts or name.startswith("/"):
        return _OUTSIDE
    folder = PurePosixPath(export.member).parent / spec.folder
    return read_member(export.path, (folder / name).as_posix())
