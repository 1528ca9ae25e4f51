"""Reading each kind of file, from its bytes to records.parquet, against DuckDB's own reader and against `gzip -dc`."""

from __future__ import annotations

import gzip
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dsar.sources.loader
from tests.benchmarks.company import company, contacts_as
from tests.benchmarks.segments import GROWTH, fresh_peak
from tests.benchmarks.setting import Setting
from tests.benchmarks.timing import Result, compare, process, timed, watched

GOAL = 5.0
"""A fast reader may cost so many times DuckDB's; the exact ones, in Python, are shown beside the same."""
_CSV = "read_csv('{}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"'{})"
_LINES = (
    "read_csv('{}', auto_detect = false, header = false, delim = e'\\x01', quote = '', escape = '', "
    "columns = {{'line': 'VARCHAR'}})"
)


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, the connector, how it is made from the contacts, DuckDB's reader of the same rows."""

    name: str
    connector: str
    make: Callable[[Path, int], object]
    reader: str
    told: str = ""
    """What dsar.toml says of the file beside its connector."""


def _packed(path: Path, rows: int) -> None:
    plain = path.with_suffix("")
    contacts_as(plain, rows, "FORMAT csv, HEADER")
    with plain.open("rb") as file, gzip.open(path, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(file, packed, 1 << 20)
    plain.unlink()


def _workbook(path: Path, rows: int) -> None:
    from openpyxl import Workbook

    plain = path.with_suffix(".csv")
    contacts_as(plain, rows, "FORMAT csv, HEADER")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("contacts")
    with plain.open(encoding="utf-8") as file:
        for line in file:
            sheet.append(line.rstrip("\n").split(",")[:11])  # the note, the last one, may hold commas
    book.save(path)
    plain.unlink()


def _latin(path: Path, rows: int) -> None:
    contacts_as(path, rows, "FORMAT csv, HEADER", city="'Köln' || length(email)")
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))


def _log(path: Path, rows: int) -> None:
    made = company(path.parent / "log", lines=rows)
    made.export("access.log").rename(path)


KINDS = (
    Kind("contacts.csv", "table", lambda path, rows: contacts_as(path, rows, "FORMAT csv, HEADER"), _CSV),
    Kind("contacts.csv.gz", "table", _packed, _CSV),
    Kind("latin.csv", "table", _latin, _CSV.replace("{})", ", encoding = 'latin-1')"), 'encoding = "cp1252"\n'),
    Kind("contacts.jsonl", "table", lambda path, rows: contacts_as(path, rows, "FORMAT json"), "read_json('{}')"),
    Kind("list.json", "table", lambda path, rows: contacts_as(path, rows, "FORMAT json, ARRAY"), "read_json('{}')"),
    Kind("contacts.xlsx", "table", _workbook, ""),
    Kind("access.log", "combined_log", _log, _LINES),
)


def speed(setting: Setting) -> Iterator[Result]:
    """Every reader at one tenth of the rows."""
    for kind in KINDS:
        folder = setting.folder / kind.name.replace(".", "-")
        folder.mkdir()
        path = folder / kind.name
        kind.make(path, max(setting.rows // 10, 1_000))
        yield _speed(setting, kind, path)
        shutil.rmtree(folder)


def memory(setting: Setting) -> Iterator[Result]:
    """Load half the rows and five times as many: files of 100 MB and of 1 GB, with the usual million."""
    for kind in KINDS:
        if kind.name in ("contacts.csv", "access.log"):
            yield _memory(setting, kind)


def _speed(setting: Setting, kind: Kind, path: Path) -> Result:
    size = path.stat().st_size / 1e6
    spent: list[float] = []
    if kind.reader:
        what, floor = "DuckDB's reader", lambda: _copy(kind.reader.format(path, ""), path.with_suffix(".parquet"))
    else:
        what, floor = "unzip -p", lambda: process(["unzip", "-p", path])
    result = compare(
        f"reading {path.name}, {size:.0f} MB", GOAL, (what, floor), lambda: _read(kind, path, spent), setting.runs
    )
    setting.note(f"{path.name}: {size / statistics.median(spent[1:]):.0f} MB/s; {what} {size / floor():.0f} MB/s")
    if path.suffix == ".gz":
        seconds = statistics.median(process(["gzip", "-dc", path]) for _ in range(setting.runs))
        setting.note(f"gzip -dc of the same: {size / seconds:.0f} MB/s")
    return result


def _copy(reader: str, out: Path) -> float:
    import duckdb

    with duckdb.connect() as connection:
        return timed(lambda: connection.execute(f"COPY (SELECT * FROM {reader}) TO '{out}' (FORMAT parquet)"))


def _config(kind: Kind, path: Path) -> Path:
    config = path.parent / "dsar.toml"
    text = 'key_file = "dsar.key"\n[controller]\ntime_zone = "UTC"\nphone_region = "DE"\n[[source]]\nname = "export"\n'
    text += f'connector = "{kind.connector}"\nfiles = ["{path.name}"]\n{kind.told}'
    if kind.connector == "table":
        text += '[source.collection.contacts]\nkey = ["contact_id"]\n[source.collection.contacts.fields]\n'
        text += 'contact_id = { category = "user.unique_id" }\nemail = { category = "user", identifier = "email" }\n'
    config.write_text(text, encoding="utf-8")
    return config


def _read(kind: Kind, path: Path, spent: list[float]) -> float:
    """Load the file without its identifiers; adds the seconds to `spent`."""
    from dsar.fulfilment.workspace import open_workspace

    shutil.rmtree(path.parent / ".dsar", ignore_errors=True)
    config = _config(kind, path)
    with watched((dsar.sources.loader, "build_identifiers")) as other:
        start = time.perf_counter()
        opened = open_workspace(config)
        seconds = time.perf_counter() - start - other["build_identifiers"]
    if opened.failures or not opened.segments or any(s.contents.rows_unreadable for s in opened.segments):
        raise RuntimeError(f"{path.name}: {opened.failures[0].reason if opened.failures else 'rows are missing'}")
    opened.close()
    spent.append(seconds)
    return seconds


def _memory(setting: Setting, kind: Kind) -> Result:
    peaks = []
    for rows in (setting.rows // 2, 5 * setting.rows):
        folder = setting.folder / f"memory-{kind.name}-{rows}"
        folder.mkdir()
        kind.make(folder / kind.name, rows)
        size = (folder / kind.name).stat().st_size / 1e6
        peaks.append(fresh_peak(_config(kind, folder / kind.name)))
        setting.note(f"{kind.name} of {size:.0f} MB: {peaks[-1]:.0f} MiB")
        shutil.rmtree(folder)
    return Result(f"memory of {kind.name}, ten times the rows", (peaks[1] / peaks[0],), GROWTH, f"{peaks[0]:.0f} MiB")
