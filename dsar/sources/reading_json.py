"""Read a JSON file: its records, or the several lists of records that one document holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.sources.choice import choose, choose_document, fits, keys_in
from dsar.sources.effective import Collection
from dsar.sources.readers.documents_apart import DocumentRows
from dsar.sources.registry import TABLE
from dsar.sources.sniffed import Sniffed
from dsar.sources.stored import Part, Reading, contents, expect_text, spooled
from dsar.store.files import private_folder
from dsar.store.leaves import step


def read_documents(
    reading: Reading, candidates: Sequence[Collection], sniffed: Sniffed, folder: Path
) -> Iterator[Part]:
    """Give a part for each list of records that the document holds, or one for the records of the file."""
    if sniffed.several and not _is_one(candidates, sniffed):
        chosen = list(_of_lists(candidates, sniffed))
        taken = frozenset(path for path, _ in chosen)
        for number, (path, collection) in enumerate(chosen):
            # what no collection reads is told once, with the first of them
            others = taken if number == 0 else taken | {step(key) for key in sniffed.outer}
            reader = DocumentRows(reading.path, sniffed.encoding, path, by_line=False, others=others)
            yield _part(reading, collection, sniffed, reader, folder / f"{number:03d}", path)
        return
    collection = choose_document(candidates, sniffed)
    wrapped = collection.declared.records if sniffed.shape == "object" else None
    by_line = sniffed.kind == "jsonl"
    reader = DocumentRows(reading.path, sniffed.encoding, wrapped or sniffed.records, by_line=by_line)
    yield _part(reading, collection, sniffed, reader, folder / "000", "")


def _is_one(candidates: Sequence[Collection], sniffed: Sniffed) -> bool:
    """Whether the document is one record all the same: a collection says so, or there is only one."""
    if candidates[0].source.connector == TABLE:
        return len(candidates) == 1
    return any(not one.declared.records and fits(one, sniffed.outer, "json") for one in candidates)


def _of_lists(candidates: Sequence[Collection], sniffed: Sniffed) -> Iterator[tuple[str, Collection]]:
    """The lists that a collection reads; the file is told where there is none, or two fit alike."""
    found = False
    for path in sniffed.several:
        keys = keys_in(sniffed, path)
        fitting = [one for one in candidates if one.declared.records in (None, path) and fits(one, keys, "json")]
        if fitting:
            found = True
            yield path, choose(fitting, keys, "json", f"{sniffed.path.name}, `{path}`", path)
    if not found:
        choose_document(candidates, sniffed)


def _part(
    reading: Reading, collection: Collection, sniffed: Sniffed, reader: DocumentRows, out: Path, name: str
) -> Part:
    private_folder(out)
    found = spooled(reading, reader.spool, out, None, headings=reader.headings)
    expect_text(reading.path, sniffed.encoding, found)
    headings, leaves = tuple(reader.headings), tuple(reader.leaves)
    return Part(collection, contents(collection, name, headings, leaves, reading.scan.sha256, found, json=True))
