"""The demo's company after the scripts were run: a copy of its folder whose exports are what its systems now give."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Mapping
from pathlib import Path

from dsar.config import CollectionSpec
from dsar.model import Answer, ErasurePlan, ErasureStep, Record
from dsar.store.files import private_folder

_DELIMITERS = ",;\t"
_Edits = dict[int, "tuple[int, Mapping[str, str | None] | None]"]
"""First line → number of lines, and what becomes of the cells by heading; None where the row goes."""


def carry_out(
    folder: Path, renewed: Path, answer: Answer, plan: ErasurePlan, specs: Mapping[tuple[str, str], CollectionSpec]
) -> None:
    """Copy a demo's folder to `renewed` and write its exports as the systems would export them after the plan.

    It plays the databases, the vendors and the people of the demo: rows that the plan deletes are gone, cells that it
    overwrites are empty. The workspace goes along, for it knows the plan.
    """
    shutil.rmtree(renewed, ignore_errors=True)
    private_folder(renewed)
    for part in ("exports", ".dsar"):
        shutil.copytree(folder / part, renewed / part, ignore=shutil.ignore_patterns("segments", "tmp", "lock"))
    for name in ("dsar.toml", "dsar.key"):
        shutil.copy2(folder / name, renewed / name)
    steps = {step.record: step for step in plan.steps}
    edits: dict[str, _Edits] = {}
    for match in answer.graded("confirmed"):
        step = steps.get(match.record.record)
        for file, line, lines in _places(match.record):
            if step is not None and (step.outcome == "delete" or step.fields):
                edits.setdefault(file, {})[line] = (lines, _news(step, match.record, specs))
    for file, changes in edits.items():
        path = renewed / file.partition("#")[0]  # a sheet is named behind its workbook
        if path.suffix == ".xlsx":
            _sheet(path, changes)
        else:
            _lines(path, changes)


def _places(record: Record) -> tuple[tuple[str, int, int], ...]:
    return ((record.file, record.line, record.lines), *record.also)


def _news(
    step: ErasureStep, record: Record, specs: Mapping[tuple[str, str], CollectionSpec]
) -> Mapping[str, str | None] | None:
    if step.outcome == "delete":
        return None
    erase = specs[record.source, record.collection].erase
    templates = erase.set if erase else {}
    return {heading: None if templates.get(heading) == "{null}" else "" for heading, _ in step.fields}


def _lines(path: Path, edits: _Edits) -> None:
    """Edit a file of lines; packed ones are packed again, and everything that is not edited keeps its bytes."""
    data = path.read_bytes()
    packed = data[:2] == b"\x1f\x8b"
    lines = (gzip.decompress(data) if packed else data).splitlines(keepends=True)
    head = lines[0].decode("utf-8-sig") if lines else ""
    for first, (count, news) in sorted(edits.items(), reverse=True):
        kept = (
            []
            if news is None
            else [_edited("".join(x.decode() for x in lines[first - 1 : first - 1 + count]), head, news)]
        )
        lines[first - 1 : first - 1 + count] = kept
    text = b"".join(lines)
    path.write_bytes(gzip.compress(text, mtime=0) if packed else text)


def _edited(row: str, head: str, news: Mapping[str, str | None]) -> bytes:
    delimiter = max(_DELIMITERS, key=head.count)
    headings = next(csv.reader([head], delimiter=delimiter))
    cells = next(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter))
    out = io.StringIO(newline="")
    end = "\r\n" if row.endswith("\r\n") else "\n"
    changed = [(news[name] or "") if name in news else cell for name, cell in zip(headings, cells, strict=True)]
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerow(changed)
    return out.getvalue().encode()


def _sheet(path: Path, edits: _Edits) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for first, (count, news) in sorted(edits.items(), reverse=True):
        if news is None:
            sheet.delete_rows(first, count)
    book.save(path)
