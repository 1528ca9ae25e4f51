"""A segment of a small table, made the way the loader makes one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from dsar.config import FieldSpec
from dsar.store.build import builder, from_spool
from dsar.store.files import private_folder, write_private
from dsar.store.identifiers import build_identifiers
from dsar.store.keys import derive
from dsar.store.segments import Contents, Declaration, Segment, contents_json

KEYS = derive("0" * 64)
FIELDS = {
    "id": FieldSpec(identifier="crm_id", category="user"),
    "email": FieldSpec(identifier="email", category="user"),
}


def declaration_of(**other: object) -> Declaration:
    """The declaration of a table with an id and an e-mail, with whatever is said otherwise."""
    said: dict[str, object] = {"key": ("id",), "fields": FIELDS, "phone_region": "DE", **other}
    return Declaration("crm", "contacts", "Contacts", "table", "table", **said)  # type: ignore[arg-type]


def segment_of(
    folder: Path, rows: Sequence[Sequence[str | None]], declaration: Declaration | None = None, *, number: int = 0
) -> Segment:
    """Build a segment of rows whose columns are `id`, `email` and, where there are more, `note`."""
    private_folder(folder)
    spool = folder / "spool.jsonl"
    lines = (json.dumps({"l": at, "n": 1, "b": None, "c": row}) + "\n" for at, row in enumerate(rows, start=2))
    spool.write_text("".join(lines), encoding="utf-8")
    headings = ("id", "email", "note")[: len(rows[0])]
    declared = declaration or declaration_of()
    contents = Contents("contacts", "", headings, (), "0" * 64, len(rows), len(rows), 0, {})
    with builder(folder.parent / "spill") as connection:
        from_spool(connection, spool, len(headings), None, folder / "records.parquet")
        spool.unlink()
        write_private(folder / "segment.json", contents_json(contents))
        identifiers = build_identifiers(connection, folder, declared, contents, KEYS)
    return Segment(number, folder, "crm.csv", folder / "crm.csv", "2026-11-20", declared, contents, identifiers)
