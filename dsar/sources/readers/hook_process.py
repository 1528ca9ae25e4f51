"""The process of its own in which a connector's hook.py runs: bounded, and kept from writing."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from dsar.config import Limits
from dsar.errors import Unreadable
from dsar.sources import hooks
from dsar.sources.limits import MOST_COLUMNS, TOO_LARGE, largest, limited
from dsar.sources.readers.bounds import bounded
from dsar.sources.readers.rows import OUTSIDE, Row, fed_lines, is_outside, opened, spool, unreadable, visible

_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown", "os.link")
_REACHES = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.symlink", "ctypes.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LEFT_OUT = "left out by hook.py"


def main(megabytes: int, seconds: int, limits: dict[str, int], hook: str, task: dict[str, Any]) -> int:
    """Write rows as the spool has them, and last `{"end": …}` with count and headings, or `{"error": [message, hint]}`.

    A task names the `path` of an export to be read, or of a spool whose rows are to be cleaned.
    """
    with os.fdopen(os.dup(1), "wb") as out, limited(Limits(**limits)):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the hook prints is no row
        sys.dont_write_bytecode = True
        bounded(megabytes, seconds)
        try:
            sys.addaudithook(_refuse)
            module = _loaded(Path(hook))
            end: dict[str, Any] = {"end": _clean(module, task, out) if "headings" in task else _read(module, task, out)}
        except Unreadable as error:
            end = {"error": [error.message, error.hint]}
        except Exception as error:
            message = f"{task['name']} made hook.py of its connector fail ({type(error).__name__})."
            end = {"error": [message, "Tell its author; the file may have a form that the hook does not know."]}
        out.write(b"\n" + json.dumps(end).encode() + b"\n")
    return 0


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep a hook from what no reader needs. It guards against mistakes: whoever means harm gets past it."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith((*_CHANGES, *_REACHES)):
        raise PermissionError(event)


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dsar_hook", path)
    if spec is None or spec.loader is None:
        raise Unreadable(f"{path.name} is no module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(module: ModuleType, task: dict[str, Any], out: BinaryIO) -> dict[str, Any]:
    path, headings = Path(task["path"]), dict[str, int]()
    hooks.ENCODING.set(task["encoding"])
    found = spool(_rows(path, module.read(path), headings), out)
    return {"found": list(found.items()), "headings": list(headings)}


def _rows(path: Path, given: Iterator[Any], headings: dict[str, int]) -> Iterator[Row]:
    """Hold what a hook gives against the lines of the file: every line is in one record, passed over, or unreadable."""
    with opened(path, hooks.ENCODING.get()) as text:
        lines = fed_lines(text)
        done = 0
        for item in given:
            if not isinstance(item, (hooks.Record, hooks.Unread, hooks.Passed)) or item.line <= done or item.lines < 1:
                raise Unreadable(
                    f"{path.name} got lines from hook.py twice, out of order, or no record.", hint="Tell its author."
                )
            yield from _between(lines, done, item.line)
            done = item.line + item.lines - 1
            if (row := _row(item, lines, headings)) is not None:
                yield row
        yield from _between(lines, done, None)


def _between(lines: Iterator[tuple[int, str, str | None]], done: int, until: int | None) -> Iterator[Row]:
    """The lines that no record covers: an empty one says nothing, every other is kept as it is."""
    number = done
    while until is None or number < until - 1:
        if (found := next(lines, None)) is None:
            return
        number, line, bad = found
        if line.strip():
            yield unreadable(number, 1, line, bad or LEFT_OUT)


def _row(item: Any, lines: Iterator[tuple[int, str, str | None]], headings: dict[str, int]) -> Row | None:
    """The row of what a hook gave; takes its lines from the file, which stays the witness."""
    raw, size, bad = list[str](), 0, None
    for _ in range(item.lines):
        found = next(lines, None)
        if found is None:
            raise Unreadable("hook.py gave lines beyond the end of the file.", hint="Tell its author.")
        size += len(found[1])
        bad = bad or found[2]
        if size <= largest():
            raw.append(found[1])
    if isinstance(item, hooks.Passed):
        return None
    text = "\n".join(raw)
    if bad or size > largest():
        return unreadable(item.line, item.lines, text, TOO_LARGE)
    if isinstance(item, hooks.Unread):
        return unreadable(item.line, item.lines, text, item.reason)
    cells = _cells(item.fields)
    if any(is_outside(value) for value in cells.values()):
        return unreadable(item.line, item.lines, text, OUTSIDE)
    if len(headings.keys() | cells.keys()) > MOST_COLUMNS:
        return unreadable(item.line, item.lines, text, f"over {MOST_COLUMNS} different fields")
    for name in cells:
        headings.setdefault(name, len(headings))
    return Row(item.line, item.lines, [cells.get(name) for name in headings])


def _cells(fields: Any) -> dict[str, str]:
    cells = {visible(name): value for name, value in fields.items()}
    if not all(isinstance(value, str) for value in cells.values()):
        raise TypeError("every field is text")
    return cells


def _clean(module: ModuleType, task: dict[str, Any], out: BinaryIO) -> dict[str, Any]:
    """Give every row of a spool as it is, with the columns that the hook adds behind its own."""
    own = task["headings"]
    added: dict[str, int] = {}
    found: dict[str | None, int] = {}
    with open(task["path"], "rb") as spooled:
        for line in spooled:
            row = json.loads(line)
            if row["b"] is None:
                row = _cleaned(module, row, own, added, task["name"])
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            found[row["b"]] = found.get(row["b"], 0) + 1
            out.write(line)
    return {"found": list(found.items()), "headings": list(added)}


def _cleaned(
    module: ModuleType, row: dict[str, Any], own: list[str], added: dict[str, int], name: str
) -> dict[str, Any]:
    cells: list[str | None] = row["c"]
    more: dict[str, str] | None = None
    with suppress(Exception):
        more = _cells(module.clean({heading: cell or "" for heading, cell in zip(own, cells, strict=False)}) or {})
    if more is None:
        text = "\t".join(cell or "" for cell in cells)
        return {**row, "b": "hook.py could not clean it", "c": [text]}
    if more.keys() & set(own) or len(added.keys() | more.keys()) > MOST_COLUMNS:
        raise Unreadable(
            f"{name} got too many columns from hook.py, or one that it has itself.",
            hint="A hook adds columns, and changes none: tell its author.",
        )
    for heading in more:
        added.setdefault(heading, len(added))
    behind = [visible(more[heading]) if heading in more else None for heading in added]
    return {**row, "c": [*cells, *[None] * (len(own) - len(cells)), *behind]}


if __name__ == "__main__":
    sys.exit(main(*map(json.loads, sys.argv[1:])))
