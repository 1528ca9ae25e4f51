"""Which connector reads an export file: its headings, its keys or its lines decide, never its name."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from dsar.errors import Unreadable
from dsar.sources.archive import unpack
from dsar.sources.exports import Export, unpacked
from dsar.sources.fitting import FORMATS, Fit, best_of, declared_by, fits_of, nearest, tie
from dsar.sources.naming import slug, stem
from dsar.sources.registry import TABLE
from dsar.sources.sections import Section, as_sheets, sections_in, unknown_sections
from dsar.sources.sniff import sniff
from dsar.sources.sniffed import Sheet, Sniffed
from dsar.sources.spec import Connector

LINES_THAT_FIT = 0.8
MEMBER_SAMPLE = 64 * 1024 * 1024
"""Bytes of an archive's member that are looked at to recognise it."""
How = Literal["headings", "fields", "pattern", "json keys", "beginning", "drafted"]
_CALLED: dict[str, How] = {"table": "headings", "json": "json keys", "w3c": "fields"}


@dataclass(frozen=True, slots=True)
class Recognition:
    """A file and the connector that reads it, with the reason."""

    path: Path
    """Of a member of an archive: as if the archive were a folder, `export.zip#Contact.csv`."""
    connector: str
    collection: str
    """Name of the collection in its connector; for a drafted table, made from the name of the file."""
    sniffed: Sniffed
    how: How
    certainty: Literal["certain", "drafted"]
    reason: str
    nearest: str | None = None
    """Drafted tables: the connector's collection that fits best, and what is missing for it."""
    sheets: tuple[tuple[str, str], ...] = ()
    """Workbooks with several tables: name of the sheet and its collection."""
    problems: tuple[str, ...] = ()
    """What of the file is not read: sheets that no collection fits."""
    files: tuple[Path, ...] = ()
    """Files beside it that its records may name, such as CVs."""
    export: Export = field(default_factory=lambda: Export(Path()))
    """The file as it is read; `path` is its place."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that no connector reads, and why."""

    path: Path
    reason: str
    nearest: str | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" + (f" Nearest: {self.nearest}." if self.nearest else "")


def recognise_all(path: Path, known: Mapping[str, Connector], scratch: Path) -> list[Recognition | Refused]:
    """Find the connector of a file, or of each file in an archive, which is unpacked into `scratch` and stays there.

    Of long members only the first `MEMBER_SAMPLE` bytes are looked at.
    """
    try:
        exports = list(unpacked(path))
    except Unreadable as error:
        return [Refused(path, str(error))]
    except OSError as error:
        return [Refused(path, f"It cannot be read ({error.strerror}).")]
    return [recognise_export(export, known, scratch) for export in exports]


def recognise_export(export: Export, known: Mapping[str, Connector], scratch: Path) -> Recognition | Refused:
    """Find the connector of one export, as `recognise` does."""
    if not export.member:
        found = recognise(export.path, known)
    else:
        folder = Path(tempfile.mkdtemp(dir=scratch))
        try:
            found = recognise(unpack(export.path, export.member, folder, MEMBER_SAMPLE), known)
        except (Unreadable, OSError) as error:
            found = Refused(export.place, str(error))
    if isinstance(found, Refused):
        return replace(found, path=export.place)
    return replace(found, path=export.place, export=export)


def recognise(path: Path, known: Mapping[str, Connector]) -> Recognition | Refused:
    """Find the connector and the collection of one file; a table or JSON nobody knows is to be drafted.

    The most specific collection wins: the one with the most `columns`. Never raises for what is in the file:
    an unreadable one, a log of unknown form and a tie between two collections are Refused with the reason.
    """
    try:
        found = sniff(path)
    except Unreadable as error:
        return Refused(path, " ".join(part for part in (error.message, error.hint) if part))
    if found.kind != "xlsx" and (begun := _by_beginning(found, known)):
        return begun
    if found.kind in ("table", "log", "text") and (sectioned := _by_sections(found, known)):
        return sectioned
    if found.kind in ("table", "text") and (sections := unknown_sections(found.text)):
        return _drafted_parts(
            replace(found, kind="sections", sheets=as_sheets(found.text, sections), skip_lines=0), known
        )
    if found.kind in ("log", "text"):
        return _by_lines(found, known)
    if found.kind == "xlsx" and len(found.sheets) > 1:
        return _by_sheets(found, known)
    if found.several and not _is_one(found, known):
        return _by_lists(found, known)
    return _by_headings(found, known)


def _by_beginning(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused | None:
    """A file whose form only a connector's hook.py knows: how its text begins decides, and no code is run for that."""
    fits = [fit for fit, one in declared_by(known, "hook") if one.starts and re.match(one.starts, found.text)]
    if len(fits) > 1:
        return Refused(found.path, tie(fits))
    if not fits:
        return None
    plain = replace(found, kind="text", skip_lines=0, escape="", delimiter=None, headings=(), rows=(), objects=())
    reason = f"It begins as {fits[0].name} does, and is read by the code of that connector."
    return Recognition(found.path, fits[0].connector, fits[0].collection, plain, "beginning", "certain", reason)


def _by_sections(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused | None:
    """A file with several tables, each behind its name: one connector reads all of it, like a workbook."""
    best: list[tuple[int, Connector, list[Section]]] = []
    for connector in known.values():
        declared = {name: one for name, one in connector.collections.items() if one.section}
        if declared and (sections := sections_in(found.text.splitlines(), declared)):
            best.append((len(sections), connector, sections))
    if not best:
        return None
    most = max(number for number, _, _ in best)
    (_, connector, sections), *others = (item for item in best if item[0] == most)
    if others:
        return Refused(found.path, tie([Fit(one.name, parts[0].collection, 0) for _, one, parts in best]))
    parts = replace(found, kind="sections", sheets=as_sheets(found.text, sections), skip_lines=0)
    sheets = tuple((section.marker, section.collection) for section in sections)
    names = ", ".join(f"`{section.marker}`" for section in sections)
    reason = f"It has {len(sections)} of the sections of {connector.name}: {names}."
    return Recognition(found.path, connector.name, sheets[0][1], parts, "headings", "certain", reason, None, sheets)


def _by_headings(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused:
    fits = best_of(list(fits_of(found, found.headings, known)))
    if len(fits) > 1:
        return Refused(found.path, tie(fits))
    how = _CALLED[FORMATS[found.kind]]
    if fits:
        reason = f"It has the {how.removeprefix('json ')} of {fits[0].name} ({fits[0].matched} of them)."
        return Recognition(found.path, fits[0].connector, fits[0].collection, found, how, "certain", reason)
    if not found.headings:
        return Refused(found.path, "It holds no records: no list of objects and no object with values.")
    return _drafted(found, known)


def _drafted(found: Sniffed, known: Mapping[str, Connector]) -> Recognition:
    what = _CALLED[FORMATS[found.kind]].removeprefix("json ")
    reason = f"No connector knows its {what}, so its fields were drafted from the {what} and the values."
    near = nearest(found, known)
    return Recognition(found.path, TABLE, slug(stem(found.path)), found, "drafted", "drafted", reason, near)


def _drafted_parts(found: Sniffed, known: Mapping[str, Connector]) -> Recognition:
    """A file with several tables that no connector knows: each is a drafted collection of its own."""
    drafted = _drafted(found, known)
    names = tuple((sheet.name, slug(sheet.name)) for sheet in found.sheets)
    return replace(drafted, collection=names[0][1], sheets=names)


def _by_sheets(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused:
    """A workbook with several tables: one connector reads all of it, each sheet is a collection of its own."""
    named: list[tuple[Sheet, Fit]] = []
    unknown: list[str] = []
    part = "List" if found.lists else "Sheet"
    for sheet in found.sheets:
        fits = best_of(list(_fits_part(found, sheet, known)))
        if len(fits) > 1:
            return Refused(found.path, f"{part} `{sheet.name}`: {tie(fits)}")
        if fits:
            named.append((sheet, fits[0]))
        else:
            unknown.append(sheet.name)
    if not named:
        return _drafted_parts(found, known)
    readers = sorted({fit.connector for _, fit in named})
    if len(readers) > 1:
        return Refused(found.path, f"Its parts belong to several connectors: {', '.join(readers)}. Split the file.")
    sheets = tuple((sheet.name, fit.collection) for sheet, fit in named)
    reason = f"Its parts have the headings of {', '.join(fit.name for _, fit in named)}."
    problems = tuple(f"{part} `{name}` fits no collection of {readers[0]} and is not read." for name in unknown)
    return Recognition(
        found.path, readers[0], sheets[0][1], found, "headings", "certain", reason, None, sheets, problems
    )


def _is_one(found: Sniffed, known: Mapping[str, Connector]) -> bool:
    """Whether a document with several lists is one record all the same, as a reader takes it."""
    return any(not one.records and one.fits(found.outer) for _, one in declared_by(known, "json"))


def _fits_part(found: Sniffed, part: Sheet, known: Mapping[str, Connector]) -> Iterator[Fit]:
    if not found.lists:
        yield from fits_of(found, part.headings, known)
        return
    for fit, declared in declared_by(known, "json"):
        if declared.records in (None, part.name) and declared.fits(part.headings):
            yield fit


def _by_lists(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused:
    """A JSON document that wraps several lists of records: like a workbook, each list is a collection."""
    lists = dict(found.lists)
    parts = tuple(Sheet(path, 1, tuple(dict.fromkeys(k for o in lists[path] for k in o)), ()) for path in found.several)
    return _by_sheets(replace(found, sheets=parts), known)


def _by_lines(found: Sniffed, known: Mapping[str, Connector]) -> Recognition | Refused:
    shares: list[tuple[float, Fit]] = []
    for fit, declared in declared_by(known, "log"):
        pattern = re.compile(declared.pattern or r"(?!)", re.ASCII)
        share = sum(bool(pattern.search(line)) for line in found.lines) / len(found.lines)
        shares.append((share, fit))
    shares.sort(key=lambda item: (-item[0], item[1].name))
    fits = [fit for share, fit in shares if share >= LINES_THAT_FIT and share == shares[0][0]]
    if len(fits) > 1:
        return Refused(found.path, tie(fits))
    if fits:
        reason = f"{shares[0][0]:.0%} of its first {len(found.lines)} lines have the form of {fits[0].name}."
        return Recognition(found.path, fits[0].connector, fits[0].collection, found, "pattern", "certain", reason)
    if "no heading row" in found.problems:  # what its columns are, only their values say
        return _drafted(replace(found, kind="table"), known)
    near = f"{shares[0][1].name} ({shares[0][0]:.0%} of the lines fit)" if shares and shares[0][0] else None
    return Refused(found.path, _why_not(found), near)


def _why_not(found: Sniffed) -> str:
    if found.kind == "log":
        return "It looks like a log, but its lines fit no connector's pattern: write a connector for it."
    return "It is text, but neither a table nor JSON nor a log that a connector knows."
