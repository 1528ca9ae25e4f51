"""A case: everything of one request in one folder, private to it and gone with it."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsar.model import Answer
from dsar.store import sql
from dsar.store.files import commit, private_folder, sync_file, write_private

_COLUMNS = {"record": "VARCHAR", "grade": "VARCHAR", "place": "INTEGER", "field": "VARCHAR", "value": "VARCHAR"}


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
    document = dataclasses.asdict(answer)
    for match in document["matches"]:
        match["record"].pop("fields")
    write_private(folder / "case.json", (json.dumps(document, ensure_ascii=True, indent=1) + "\n").encode())
    write_private(folder / "evidence.jsonl", "".join(f"{line}\n" for line in _evidence(answer)).encode())
    _write_values(folder / "records.parquet", answer)
    return folder


def _evidence(answer: Answer) -> Iterator[str]:
    """Give the evidence as rows that can be replayed: which value, whence, and where in which file it stands."""
    lines = {match.record.record: (match.record.file, match.record.line) for match in answer.matches}
    for match in answer.matches:
        for evidence in match.evidence:
            row = {
                "record": match.record.record, "file": match.record.file, "line": match.record.line,
                "grade": match.grade, "hop": match.hop, **dataclasses.asdict(evidence),
                "origin_at": lines.get(evidence.origin),
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
    part = path.with_name(f".{path.name}.part")
    values = ", ".join(f"unnest(${n}::{t}[]) AS {name}" for n, (name, t) in enumerate(_COLUMNS.items(), start=1))
    with _writer().cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE found AS SELECT {values}", columns)
        cursor.execute(f"COPY found TO {sql.literal(str(part))} (FORMAT parquet, COMPRESSION zstd)")
    part.chmod(0o600)
    sync_file(part)
    commit(part, path)
