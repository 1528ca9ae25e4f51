"""Which columns of different files hold the same numbers: `login` in one may be `customer_no` in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dsar.errors import Unreadable
from dsar.normalise import BLOCK_KINDS, NAME_KINDS, NULLS, PLACE_KINDS
from dsar.sources.draft import columns
from dsar.sources.draft_words import is_id_like
from dsar.sources.readers.tables import TableFormat, rows
from dsar.sources.sniffed import Sniffed

ROWS_ASKED = 20_000
"""Rows from which the values of a column in question are taken."""
VALUES_ASKED = 1_000
ROWS_COMPARED = 5_000_000
"""Rows of the other table in which these values are looked for."""
ENOUGH = 5
SHARE = 0.9
_WEAK = NAME_KINDS | PLACE_KINDS | BLOCK_KINDS | {"email", "phone", "birth_date", "ip", "cookie"}
_OPEN = frozenset({None, "login"})
"""Kinds that give way to the kind of another file's numbers: none yet, or a login."""


@dataclass(frozen=True, slots=True)
class Columns:
    """One collection of one file as it is compared: its fields as drafted or declared."""

    sniffed: Sniffed
    fields: dict[str, dict[str, Any]]
    sheet: str | None = None
    values: dict[str, list[str]] | None = None
    """Given for logs, whose columns only the connector's pattern tells."""
    drafted: bool = True
    """A connector says which of its columns identify; in a drafted table a number may still find out."""


def linked_kinds(files: Sequence[Columns]) -> tuple[dict[str, str], ...]:
    """For each file, the identifier kinds that its columns take over from the numbers of another file.

    A column without a kind of its own, or a login, takes the kind of a column that holds at least 90 % of its values
    (five or more, and telling ones: `C100`, not `7`), if all such columns are of one kind. A subscriber's number
    becomes a click id where click ids elsewhere count like it (`eid:7`, `news:7`).
    """
    kinds = [_kinds(file) for file in files]
    asked = {
        (at, heading): values
        for at, file in enumerate(files)
        for heading, values in _values(file, [h for h, kind in kinds[at].items() if kind in (*_OPEN, "click_id")])
    }
    found: tuple[dict[str, str], ...] = tuple({} for _ in files)
    answers: dict[tuple[int, str], set[str]] = {}
    for at, file in enumerate(files):
        others = {column: values for column, values in asked.items() if column[0] != at}
        for heading, column in _owners(file, kinds[at], others, kinds):
            kind = str(kinds[at][heading])
            if kinds[column[0]][column[1]] == "click_id":
                found[at][heading] = "click_id"
            else:
                answers.setdefault(column, set()).add(kind)
    for (at, heading), fitting in answers.items():
        if len(fitting) == 1:
            found[at][heading] = fitting.pop()
    return found


def _kinds(file: Columns) -> dict[str, str | None]:
    """The columns that hold numbers, with their kind."""
    kinds = {heading: file.fields.get(heading, {}).get("identifier") for heading in _sample(file)}
    return {
        heading: kind
        for heading, kind in kinds.items()
        if kind not in _WEAK and (kind or (file.drafted and is_id_like(heading)))
    }


def _values(file: Columns, headings: Sequence[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Some distinct values of some columns, where they are many enough to be compared."""
    found: dict[str, dict[str, None]] = {heading: {} for heading in headings}
    for heading, value in _cells(file, headings, ROWS_ASKED):
        if len(found[heading]) < VALUES_ASKED:
            found[heading][value] = None
    yield from ((heading, frozenset(values)) for heading, values in found.items() if len(values) >= ENOUGH)


def _owners(
    file: Columns,
    kinds: Mapping[str, str | None],
    asked: Mapping[tuple[int, str], frozenset[str]],
    all_kinds: Sequence[Mapping[str, str | None]],
) -> Iterator[tuple[str, tuple[int, str]]]:
    """The columns of this file that hold nearly all values of an asked column, with that column."""
    plain = {column: v for column, v in asked.items() if all_kinds[column[0]][column[1]] in _OPEN and _telling(v)}
    clicks = {column: _tails(v) for column, v in asked.items() if all_kinds[column[0]][column[1]] == "click_id"}
    headings = [h for h, kind in kinds.items() if kind not in _OPEN and (plain or (clicks and kind == "subscriber_id"))]
    wanted = frozenset().union(*plain.values(), *clicks.values())
    met: dict[str, set[str]] = {heading: set() for heading in headings}
    for heading, value in _cells(file, headings, ROWS_COMPARED):
        text = _tail(value) if kinds[heading] == "subscriber_id" and clicks else value
        met[heading].update({value, text} & wanted)
    for heading in headings:
        of = clicks if kinds[heading] == "subscriber_id" else {}
        for column, values in [*plain.items(), *of.items()]:
            if len(met[heading] & values) >= SHARE * len(values):
                yield heading, column


def _tails(values: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_tail, values))


def _tail(value: str) -> str:
    return re.sub(r"^[A-Za-z]+[:_-]", "", value)


def _telling(values: frozenset[str]) -> bool:
    """Short counters are equal in any two tables by chance; letters with digits, or six digits, are not."""
    telling = sum(bool(re.fullmatch(r"(?=.*\d)(?:(?=.*[A-Za-z]).{4,}|\d{6,}|.{12,})", value)) for value in values)
    return telling >= 0.8 * len(values)


def _sample(file: Columns) -> dict[str, list[str]]:
    return columns(file.sniffed, file.sheet) if file.values is None else file.values


def _cells(file: Columns, headings: Sequence[str], limit: int) -> Iterator[tuple[str, str]]:
    """Heading and value of the cells that say something: of tables from the file itself, else from the sample."""
    if not headings:
        return
    found = file.sniffed
    if found.kind != "table":
        yield from ((heading, value) for heading in headings for value in _sample(file)[heading])
        return
    form = TableFormat(
        encoding=found.encoding,
        delimiter=found.delimiter or ",",
        quote=found.quote,
        skip_lines=found.skip_lines,
        headings=found.headings,
        heading_lines=found.heading_lines,
    )
    places = [(heading, found.headings.index(heading)) for heading in headings]
    try:
        for row in islice(rows(found.path, form), limit):
            for heading, at in places if row.bad is None else ():
                if (value := (row.cells[at] or "").strip()).casefold() not in NULLS:
                    yield heading, value
    except Unreadable:
        return  # loading will tell what is wrong with the file
