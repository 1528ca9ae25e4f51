"""What kind of file an export is, told from its content, from a bounded head of it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path

from dsar.errors import Unreadable
from dsar.sources.archive import is_archive
from dsar.sources.head import HEAD, Head, read_head
from dsar.sources.headings import DATA, SAMPLE_ROWS, joined_headings, sheet_headings, unique_headings
from dsar.sources.limits import MOST_COLUMNS
from dsar.sources.readers import w3c
from dsar.sources.readers.sheets import sheets
from dsar.sources.sniff_json import as_json
from dsar.sources.sniffed import Sheet, Sniffed

HEAD_ROWS = 1_000
"""Rows of a sheet that are looked at."""
DELIMITERS = (",", ";", "\t", "|")

_LOG_LINE = re.compile(
    r"#(?:Fields|Software|Version|Date):|\S+(?: \S+){2,3} \[[^\]]+\]|\[?\d{4}-\d\d-\d\d[T \t]\s*\d\d:\d\d"
    r"|(?:[A-Z][a-z]{2}) +\d{1,2} \d\d:\d\d:\d\d |(?:\d{1,3}\.){3}\d{1,3} "
)


_ESCAPED = re.compile(r"(?:^|[,;\t|])\\N(?=[,;\t|\r\n]|\Z)", re.MULTILINE)
"""A cell that MySQL writes for no value: where it stands, backslashes stand before marks, too."""


def sniff(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Sniffed:
    """Tell what a file is by its content; `encoding` and `delimiter` are what dsar.toml declares for it.

    Reads at most `HEAD` bytes (a workbook whole). Raises Unreadable, naming the file, for a missing, empty, broken or
    binary file, and where a declared encoding or delimiter does not fit what is in the file.
    """
    if _is_zip(path):
        return _workbook(path)
    head = read_head(path, encoding)
    base = Sniffed(
        path, "text", head.gz, head.encoding, head.guessed, terminator=_terminator(head.text), text=head.text
    )
    if "\x00" in head.text:
        base = replace(base, problems=("NUL bytes",))
    return _as_w3c(base, head) or as_json(base, head) or _as_text_or_table(base, head, delimiter)


def best_delimiter(text: str) -> str:
    """Give the delimiter that cuts the most lines of a text into equally many cells, for a file without headings."""
    lines = [line for line in text.splitlines()[:SAMPLE_ROWS] if line.strip()]

    def agreement(mark: str) -> tuple[int, int]:
        widths = Counter(line.count(mark) for line in lines)
        width, number = max(((w, n) for w, n in widths.items() if w), key=lambda item: item[1], default=(0, 0))
        return number, width

    return max(DELIMITERS, key=agreement)


def _is_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _terminator(text: str) -> str:
    counts = Counter(re.findall(r"\r\n|\r|\n", text))
    return counts.most_common(1)[0][0] if counts else "\n"


def _as_w3c(base: Sniffed, head: Head) -> Sniffed | None:
    """The file as a log whose `#Fields:` lines name its columns, or None where it has none above its first row."""
    lines = head.text.splitlines()
    above = takewhile(lambda line: line.startswith("#") or not line.strip(), lines)
    if not any(w3c.directive(line) for line in above):
        return None
    headings, rows = w3c.found_in(lines[: SAMPLE_ROWS + 20] if head.whole else lines[: SAMPLE_ROWS + 20][:-1] or lines)
    return replace(base, kind="w3c", headings=headings, rows=tuple(map(tuple, rows)), lines=tuple(lines[:SAMPLE_ROWS]))


def _as_text_or_table(base: Sniffed, head: Head, delimiter: str | None) -> Sniffed:
    text = head.text
    lines = tuple(line for line in text.splitlines()[: SAMPLE_ROWS + 20] if line.strip())[:SAMPLE_ROWS]
    like_log = sum(bool(_LOG_LINE.match(line)) for line in lines)
    if delimiter is None and like_log >= 0.8 * len(lines) and _LOG_LINE.match(lines[0]):
        return replace(base, kind="log", lines=lines)
    found = [table for mark in DELIMITERS if (table := _table(base, head, mark))]
    best = max(found, key=lambda table: (not table.skip_lines, len(table.headings), _is_tight(table)), default=None)
    if delimiter is not None:
        given = _table(base, head, delimiter)
        if given is None and best is not None:
            raise Unreadable(
                f"{base.path.name} is not separated by {delimiter!r}.",
                hint=f"It looks separated by {best.delimiter!r}: correct `delimiter`.",
            )
        best = given
    if best is not None and len(best.headings) > MOST_COLUMNS:
        raise Unreadable(f"{base.path.name} has over {MOST_COLUMNS} columns.", hint="Look where it came from.")
    best = best or _one_column(base, text)
    if best is None:
        return replace(base, lines=lines)
    if not any(DATA.fullmatch(cell.strip()) for cell in best.headings):
        return best
    named = tuple(f"column {number + 1}" for number in range(len(best.headings)))
    rows = (tuple(_first_row(head, best)), *best.rows)
    return replace(
        base,
        lines=lines,
        delimiter=best.delimiter,
        headings=named,
        rows=rows,
        problems=(*base.problems, "no heading row"),
    )


def _is_tight(table: Sniffed) -> bool:
    """Whether nothing stands between delimiter and cell: `Name, Vorname` is rather one heading than two."""
    return not any(heading.startswith(" ") for heading in table.headings)


def _first_row(head: Head, table: Sniffed) -> list[str]:
    parsed, _ = _parsed(head, table.delimiter or ",", strict=False)
    return parsed[0][0][: len(table.headings)]


def _table(base: Sniffed, head: Head, delimiter: str) -> Sniffed | None:
    """The text as a table with this delimiter, or None where its rows do not agree."""
    parsed, broken = _parsed(head, delimiter, strict=True)
    if broken:
        parsed, _ = _parsed(head, delimiter, strict=False)
    excel = 1 if head.text.startswith("sep=") else 0  # its first line names the delimiter
    widths = Counter(len(cells) for cells, _ in parsed)
    width, agreeing = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    # Rows may end in one delimiter too many; only a much shorter first row is a line before the headings.
    start = next(
        (at for at, (cells, _) in enumerate(parsed[:20]) if at >= excel and len(cells) >= max(2, width - 1)), None
    )
    if width < 2 or agreeing < 0.6 * len(parsed) or start is None:
        return None
    cells, last = parsed[start][0], start
    if len(parsed) > start + 1 and (joined := joined_headings(cells, parsed[start + 1][0])):
        cells, last = list(joined), start + 1
    if any(len(cell) > 150 for cell in cells) or (broken and '"' in "".join(cells)):
        return None
    if len(parsed) > last + 1 and re.fullmatch(r"[\s:=-]+", "".join(parsed[last + 1][0])):
        return None  # a table drawn for people (Markdown, a list with rules), not an export
    if len(parsed) == start + 1 and any(cell != cell.strip() or len(cell.split()) > 4 for cell in cells):
        return None  # one sentence with a comma, not headings without rows
    escape = "\\" if _ESCAPED.search(head.text) else ""
    before = parsed[start - 1][1] if start else 0
    rows = tuple(tuple(row) for row, _ in parsed[last + 1 :])
    ragged = ("ragged rows",) if any(len(row) != len(cells) for row in rows) else ()
    quotes = ("broken quotes",) if broken else ()
    return replace(
        base,
        kind="table",
        delimiter=delimiter,
        escape=escape,
        skip_lines=before,
        heading_lines=parsed[last][1] - before,
        headings=unique_headings(cells),
        rows=rows[:SAMPLE_ROWS],
        problems=(*base.problems, *ragged, *quotes),
    )


def _parsed(head: Head, delimiter: str, *, strict: bool) -> tuple[list[tuple[list[str], int]], bool]:
    """The rows with the number of their last line, empty lines left out, and whether a quote was broken."""
    csv.field_size_limit(max(csv.field_size_limit(), 4 * HEAD))
    reader = csv.reader(io.StringIO(head.text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[tuple[list[str], int]] = []
    try:
        rows.extend((cells, reader.line_num) for cells in islice(reader, SAMPLE_ROWS + 21) if any(cells))
    except csv.Error as error:
        # A quoted cell that the end of the head cut off is no fault of the file.
        return rows, head.whole or "unexpected end" not in str(error)
    cut = not head.whole and len(rows) < SAMPLE_ROWS + 20
    return (rows[:-1] if cut else rows), False


def _one_column(base: Sniffed, text: str) -> Sniffed | None:
    """A list with one heading: a short name, then single words (ids, e-mail addresses) and nothing else."""
    heading, *values = [line.strip().strip('"') for line in text.splitlines()[: SAMPLE_ROWS + 1] if line.strip()]
    if not values or not re.fullmatch(r"[^\W\d][\w .:-]{0,39}", heading) or len(heading.split()) > 4:
        return None
    if any(len(value) > 254 or len(value.split()) != 1 for value in values):
        return None
    rows = tuple((value,) for value in values)
    return replace(base, kind="table", delimiter=",", headings=(heading,), rows=rows)


def _workbook(path: Path) -> Sniffed:
    """The sheets of an XLSX file; raises Unreadable for any other archive, a damaged or an exploding one."""
    if is_archive(path):
        raise Unreadable(f"{path.name} is an archive.", hint="Unpack it and run again.")
    found = tuple(_sheet(name, cells) for name, cells in sheets(path, HEAD_ROWS))
    if not found:
        raise Unreadable(f"{path.name} holds no table.", hint="Export it again, or take it out of the folder.")
    return Sniffed(path, "xlsx", sheets=found, headings=found[0].headings, rows=found[0].rows)


def _sheet(name: str, cells: list[list[str]]) -> Sheet:
    start, headings = sheet_headings(cells)
    width = len(headings)
    rows = tuple(tuple(row[:width]) for row in cells[start + 1 : start + 1 + SAMPLE_ROWS] if any(row))
    return Sheet(name, start + 1, headings, rows)
