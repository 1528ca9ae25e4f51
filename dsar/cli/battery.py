"""The battery that every connector passes: its samples are recognised, loaded whole, and every column is described."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.cli.expected import Document, differences, observed, read_expected
from dsar.vocabulary import category

if TYPE_CHECKING:
    from dsar.sources.loader import Loaded
    from dsar.sources.spec import Connector


@dataclass(frozen=True, slots=True)
class Examined:
    """What the battery saw of one connector; no problems mean that it passed."""

    name: str
    files: int
    rows: int
    unreadable: int
    problems: tuple[str, ...]


def examine(connector: Connector, folder: Path, known: Mapping[str, Connector]) -> Examined:
    """Try a connector on the files of its `sample/`, in a temporary workspace that is gone afterwards.

    `known` are all connectors, this one among them: a sample that another one takes for its own is a problem.
    """
    samples = _samples(connector, folder)
    problems = [*_recognised(connector, samples, known), *_categories(connector)]
    if connector.hook and connector.hook.ours:
        modules = ", ".join(connector.hook.ours)
        problems.append(f"hook.py imports {modules}: only dsar.sources.hooks is promised to stay")
    if not samples:
        return Examined(connector.name, 0, 0, 0, (*problems, "there is no file in sample/"))
    with tempfile.TemporaryDirectory(prefix="dsar-check-") as temporary:
        expected = read_expected(folder)
        loaded, seen = _load(connector, samples, Path(temporary), known, expected or {})
        undated = tuple(_undated(loaded, Path(temporary) / ".dsar"))
    if expected is not None:
        problems += differences(expected, seen)
    problems += [f"{Path(failure.file).name}: {failure.reason}" for failure in loaded.failures]
    problems += [*_described(connector, loaded), *undated]
    facts = [segment.facts for segment in loaded.segments]
    rows, bad = sum(fact.rows_loaded for fact in facts), sum(fact.rows_unreadable for fact in facts)
    return Examined(connector.name, len(samples), rows, bad, tuple(problems))


def _samples(connector: Connector, folder: Path) -> list[Path]:
    attached = {spec.attachments.folder for spec in connector.collections.values() if spec.attachments}
    files = sorted(path for path in (folder / "sample").rglob("*") if path.is_file())
    return [path for path in files if not attached & {parent.name for parent in path.parents}]


def _recognised(connector: Connector, samples: list[Path], known: Mapping[str, Connector]) -> Iterator[str]:
    from dsar.sources.recognise import Refused, recognise_all

    attached = {f"{spec.attachments.folder}/" for spec in connector.collections.values() if spec.attachments}
    with tempfile.TemporaryDirectory(prefix="dsar-check-") as scratch:
        for found in (found for path in samples for found in recognise_all(path, known, Path(scratch))):
            if isinstance(found, Refused):
                if not any(folder in f"{found.path}" for folder in attached):
                    yield f"{found.path.name} is not recognised: {found.reason}"
            elif found.connector != connector.name:
                yield f"{found.path.name} is taken for {found.connector}/{found.collection}"


def _categories(connector: Connector) -> Iterator[str]:
    for name, declared in connector.collections.items():
        for column, spec in declared.fields.items():
            if spec.category and not category(spec.category).listed:
                yield f"{name}: `{column}` has the category `{spec.category}`, which is in no list"


def observe(connector: Connector, folder: Path, known: Mapping[str, Connector]) -> Document:
    """Give the expected.json that would be true now, with the searches of the one that is there."""
    with tempfile.TemporaryDirectory(prefix="dsar-check-") as temporary:
        expected = read_expected(folder) or {}
        return _load(connector, _samples(connector, folder), Path(temporary), known, expected)[1]


def _load(
    connector: Connector, samples: list[Path], folder: Path, known: Mapping[str, Connector], expected: Document
) -> tuple[Loaded, Document]:
    """Load the samples, and give what is true of them."""
    from dsar.config import Config, Source
    from dsar.sources.loader import Loader
    from dsar.store.keys import derive

    source = Source(name=connector.name, connector=connector.name, files=tuple(str(path) for path in samples))
    config, root, keys = Config(source=(source,), folder=folder), folder / ".dsar", derive("0" * 64)
    loaded = Loader(config, root, keys).load(known)
    return loaded, observed(loaded, config, keys, root, expected.get("find", []))


def _undated(loaded: Loaded, root: Path) -> Iterator[str]:
    """Columns whose filled cells are no dates of their declared form: retention would not be computed from them."""
    from dsar.retention import read_date
    from dsar.store.records import generic, known_fields
    from dsar.store.run import Run

    if not loaded.segments:
        return
    with Run(loaded.segments, root) as run:
        for segment in loaded.segments:
            fields = segment.declaration.fields
            wrong = {
                generic(name)
                for row in run.every(segment.number)
                for name, value in known_fields(segment, row)
                if (spec := fields.get(name) or fields.get(generic(name))) and spec.time
                if value and not _empty(value) and read_date(value, spec) is None
            }
            for name in sorted(wrong):
                yield f"{Path(segment.facts.path).name}: `{name}` holds what is no date of its declared form"


def _described(connector: Connector, loaded: Loaded) -> Iterator[str]:
    seen = {segment.declaration.collection for segment in loaded.segments}
    for name in connector.collections:
        if name not in seen:
            yield f"{name}: no sample was read as this collection"
    for segment in loaded.segments:
        declaration, contents = segment.declaration, segment.contents
        if not contents.rows_loaded:
            yield f"{segment.path.name}: no row was loaded"
        if contents.rows_read != contents.rows_loaded + contents.rows_unreadable:
            yield f"{segment.path.name}: rows were lost: {contents.rows_read} read"
        if len(declaration.key) != len(connector.collections[declaration.collection].key):
            yield f"{segment.path.name}: it lacks a column of the key of {declaration.collection}"
        columns = contents.columns
        bare = [name for name in columns if name not in declaration.fields or not declaration.fields[name].category]
        if bare:
            yield f"{segment.path.name}: no category for {', '.join(bare)}"


def _empty(value: str) -> bool:
    """Whether a cell says that there is no date, in one of the spellings of the systems."""
    from dsar.normalise import NULLS

    return value.strip().casefold() in NULLS or value.startswith("0000-00-00")
