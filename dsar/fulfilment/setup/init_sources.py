"""Recognised files as the [[source]] entries of dsar.toml."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from dsar.config import field_for
from dsar.fulfilment.setup.init_files import drafted_files
from dsar.sources.draft import TODO, columns, draft_collection
from dsar.sources.draft_words import is_bare_id
from dsar.sources.link import Columns, linked_kinds
from dsar.sources.naming import slug, stem
from dsar.sources.recognise import Recognition
from dsar.sources.registry import TABLE
from dsar.sources.spec import CollectionDeclaration, Connector, written_as


@dataclass(frozen=True, slots=True)
class DraftedSource:
    """One [[source]] of the draft, as the document that dsar.config.Source reads, and the files it covers."""

    document: dict[str, Any]
    paths: tuple[Path, ...]


def draft_sources(
    wanted: Iterable[Recognition],
    all_found: Sequence[Recognition],
    known: Mapping[str, Connector],
    base: Path,
    taken: Iterable[str] = (),
) -> tuple[DraftedSource, ...]:
    """Draft the sources of the wanted files as documents of dsar.toml, paths relative to `base`.

    Their numbers are compared with those of all files that were found; `taken` are names that cannot be used.
    """
    collections = _collections(all_found, known)
    groups: dict[tuple[str, ...], list[Recognition]] = {}
    for item in wanted:
        groups.setdefault(_group(item), []).append(item)
    names = set(taken)
    sources = []
    for items in groups.values():
        name = _free(_source_name(items), names)
        names.add(name)
        document: dict[str, Any] = {"name": name, "connector": items[0].connector, "files": _patterns(items, base)}
        if items[0].sniffed.guessed_encoding:
            document["encoding"] = items[0].sniffed.encoding
        if "no heading row" in items[0].sniffed.problems:
            document["headings"] = list(items[0].sniffed.headings)
        if items[0].sniffed.escape:
            document["escape"] = items[0].sniffed.escape
        if items[0].sniffed.skip_lines:
            document["skip_lines"] = items[0].sniffed.skip_lines
        document["collection"] = _merged(items, collections)
        sources.append(DraftedSource(document, tuple(item.path for item in items)))
    return tuple(sources)


def _group(item: Recognition) -> tuple[str, ...]:
    """Files of one group are one source: a table by itself, a log with its rotated parts, a system by its folder."""
    encoding = item.sniffed.encoding if item.sniffed.guessed_encoding else ""
    read_alike = f"{encoding} {item.sniffed.skip_lines} {item.sniffed.escape}"
    if item.connector == TABLE:
        return (TABLE, str(item.path))
    if item.how == "pattern":
        return (item.connector, str(item.path.parent), read_alike, stem(item.path))
    return (item.connector, str(item.path.parent), read_alike)


def _source_name(items: Sequence[Recognition]) -> str:
    by_file = items[0].connector == TABLE or items[0].how == "pattern"
    return slug(stem(items[0].path)) if by_file else items[0].connector


def _free(name: str, taken: set[str]) -> str:
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name}_{count}"
    return free


def _patterns(items: Sequence[Recognition], base: Path) -> list[str]:
    """The files relative to `base`; rotated logs as one pattern, where it fits these files and no other."""
    paths = [item.path for item in items]
    if items[0].how == "pattern" and len(paths) > 1:
        alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*(path.name for path in paths), strict=False))
        shared = re.sub(r"[\d._-]+$", "", "".join(letters[0] for letters in alike))
        pattern = glob.escape(shared) + "*"
        if shared and {*paths[0].parent.glob(pattern)} == {*paths}:
            return [_relative(paths[0].parent, base) + "/" + pattern]
    return [glob.escape(_relative(path, base)) for path in paths]


def _relative(path: Path, base: Path) -> str:
    return Path(os.path.relpath(path.resolve(), base.resolve())).as_posix()


def _merged(
    items: Sequence[Recognition], collections: Mapping[Path, Mapping[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for item in items:
        for name, document in collections[item.path].items():
            fields = merged.get(name, {}).get("fields", {}) | document.get("fields", {})
            merged[name] = document | ({"fields": fields} if fields else {})
            headless = "no heading row" in item.sniffed.problems
            doubts = {
                "encoding": item.sniffed.guessed_encoding,
                "escape": bool(item.sniffed.escape),
                "headings": headless,
            }
            open_ = [doubt for doubt, is_open in doubts.items() if is_open and doubt not in document["unconfirmed"]]
            merged[name]["unconfirmed"] = [*document["unconfirmed"], *open_]
    return merged


def _collections(found: Sequence[Recognition], known: Mapping[str, Connector]) -> dict[Path, dict[str, dict[str, Any]]]:
    """The collections of every file, with the kinds that its numbers take over from other files."""
    parts = [(item, sheet, name) for item in found for sheet, name in item.sheets or ((None, item.collection),)]
    compared: list[Columns] = []
    documents: list[dict[str, Any]] = []
    for item, sheet, name in parts:
        if item.connector == TABLE:
            document = draft_collection(item.sniffed, sheet or stem(item.path), sheet)
            if item.sniffed.kind == "sections":
                document = {"key": document["key"], "section": {"after": [sheet]}} | document
            if (files := drafted_files(item, sheet)) is not None:
                document["attachments"] = files
                document["unconfirmed"] = [*document["unconfirmed"], "attachments"]
            compared.append(Columns(item.sniffed, document["fields"], sheet))
        else:
            declared = known[item.connector].collections[name]
            document = _suggested(declared, item)
            compared.append(_declared_columns(declared, item, sheet))
        documents.append(document)
    _drop_bare_ids(compared, documents)
    kinds = linked_kinds(compared)
    result: dict[Path, dict[str, dict[str, Any]]] = {}
    for at, (item, _, name) in enumerate(parts):
        result.setdefault(item.path, {})[name] = _with_kinds(documents[at], compared[at].fields, kinds[at])
    return result


def _drop_bare_ids(compared: Sequence[Columns], documents: Sequence[dict[str, Any]]) -> None:
    """A bare `id` is named from its file: two different tables of one name must not seem to count the same things."""
    bare: dict[str, list[tuple[Columns, str]]] = {}
    for part, document in zip(compared, documents, strict=True):
        for heading in document.get("key", ()):
            if part.drafted and is_bare_id(heading) and (kind := part.fields.get(heading, {}).get("identifier")):
                bare.setdefault(kind, []).append((part, heading))
    for same in bare.values():
        if len({part.sniffed.headings for part, _ in same}) > 1:
            for part, heading in same:
                del part.fields[heading]["identifier"]


def _with_kinds(document: dict[str, Any], fields: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    if not kinds:
        return document
    changed = {
        heading: {"category": "user.unique_id", "given": "observed"} | fields.get(heading, {}) | {"identifier": kind}
        for heading, kind in kinds.items()
    }
    doubts = [f"fields.{heading}" for heading in kinds if f"fields.{heading}" not in document["unconfirmed"]]
    return document | {
        "unconfirmed": [*document["unconfirmed"], *doubts],
        "fields": document.get("fields", {}) | changed,
    }


def _declared_columns(declared: CollectionDeclaration, item: Recognition, sheet: str | None) -> Columns:
    """What a connector says about the columns of a file, and for logs the values that its pattern finds."""
    values: dict[str, list[str]] | None = None
    if declared.pattern and item.how == "pattern":
        values = {}
        for line in item.sniffed.lines:
            if fits := re.search(declared.pattern, line):
                for name, value in fits.groupdict().items():
                    values.setdefault(name, []).extend([value] if value not in (None, "", "-") else [])
    headings = values or columns(item.sniffed, sheet)
    specs = {heading: field_for(declared.fields, heading) for heading in headings}
    fields = {heading: spec.model_dump(exclude_defaults=True, by_alias=True) for heading, spec in specs.items() if spec}
    return Columns(item.sniffed, fields, sheet, values, drafted=False)


def _suggested(declared: CollectionDeclaration, item: Recognition) -> dict[str, Any]:
    """What the connector proposes for dsar.toml; all of it, and all that is missing, is to be confirmed."""
    given = declared.suggest
    document: dict[str, Any] = {"purposes": [], "keep": []}
    if given.purpose and given.basis:
        purpose = {"purpose": given.purpose, "basis": given.basis, "interest": given.interest, "categories": ["*"]}
        document["purposes"] = [{name: value for name, value in purpose.items() if value}]
    after = given.keep.after if given.keep else None
    there = after is None or written_as(after, declared.fields, item.sniffed.headings) is not None
    if given.keep and (declared.format != "table" or there):
        keep = given.keep.model_dump(mode="python", by_alias=True, exclude_defaults=True)
        document["keep"] = [{"categories": list(given.keep.categories)} | keep]
    if given.origin:
        document["origin"] = given.origin
    if given.automated_decision is not None:
        document["automated_decision"] = given.automated_decision
    if given.erase:
        # The target is the controller's database: no connector knows its name.
        document["erase"] = given.erase.model_dump(exclude_defaults=True, exclude={"target"})
    document["unconfirmed"] = [*TODO, *(["erase"] if given.erase else [])]
    return document
