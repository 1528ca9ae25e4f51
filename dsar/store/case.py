"""A case: everything of one request in one folder, private to it and gone with it."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsar.model import Answer, Record
from dsar.store import sql
from dsar.store.files import drop_parts, private_folder, sync_all, sync_folder, write_new

_COLUMNS = {"record": "VARCHAR", "grade": "VARCHAR", "place": "INTEGER", "field": "VARCHAR", "value": "VARCHAR"}

FILES = ("case.json", "evidence.jsonl", "records.parquet")


def case_folder(root: Path, name: str) -> Path:
    """Where the case of a request lies, whether it exists or not; `name` is the request's id."""
    return root / "cases" / name


def write_case(root: Path, name: str, answer: Answer) -> Path:
    """Write the case of an answer: `case.json` (request, matches, evidence) and `records.parquet` (every value).

    `evidence.jsonl` has a row for each reason of each match, with file, line and value, so that anybody can open the
    export and look. `records.parquet` has a row for each field of each record: record, grade, place, field, value.
    The same answer gives the same bytes. Gives the folder.
    """
    folder = case_folder(root, name)
    private_folder(folder)
    document = json.dumps(answer, ensure_ascii=True, default=_parts)
    places = {name: folder / f".{name}.{os.getpid()}.part" for name in FILES}
    for file in FILES:
        drop_parts(folder, file)
    try:
        write_new(places["case.json"], f"{document}\n".encode())
        write_new(places["evidence.jsonl"], "".join(f"{line}\n" for line in _evidence(answer)).encode())
        _write_values(places["records.parquet"], answer)
        sync_all(places.values())
        for file, part in places.items():
            part.replace(folder / file)
        sync_folder(folder)
    finally:
        for part in places.values():
            part.unlink(missing_ok=True)
    return folder


def _parts(part: Any) -> dict[str, Any]:
    """The fields of a part of an answer by name; the values of a record lie in a table of their own."""
    return {
        name: getattr(part, name) for name in part.__dataclass_fields__ if name != "fields" or type(part) is not Record
    }


def _evidence(answer: Answer) -> Iterator[str]:
    """Give the evidence as rows that can be replayed: which value, whence, and on which lines it stands."""
    places = {m.record.record: (m.record.file, m.record.line, m.record.lines) for m in answer.matches}
    for match in answer.matches:
        for evidence in match.evidence:
            row = {
                "record": match.record.record, "file": match.record.file, "line": match.record.line,
                "lines": match.record.lines, "grade": match.grade, "hop": match.hop, **_parts(evidence),
                "origin_at": places.get(evidence.origin),
            }  # fmt: skip
            yield json.dumps(row, ensure_ascii=False, sort_keys=True)


@functools.cache
def _writer() -> Any:
    """The connection that writes every case of this process: opening one for each costs more than writing."""
    import duckdb

    return duckdb.connect(":memory:", config={"threads": 1})


def _write_values(path: Path, answer: Answer) -> None:
    cells = [
        (match.record.record, match.grade, place, name, value)
        for match in answer.matches
        for place, (name, value) in enumerate(match.record.fields)
    ]
    columns = [list(column) for column in zip(*cells, strict=True)] or [[]] * len(_COLUMNS)
    values = ", ".join(f"unnest(${n}::{t}[]) AS {name}" for n, (name, t) in enumerate(_COLUMNS.items(), start=1))
    with _writer().cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE found AS SELECT {values}", columns)
        cursor.execute(f"COPY found TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
    path.chmod(0o600)
