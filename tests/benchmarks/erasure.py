"""Plans, scripts and rehearsals for many people at once, against reading each of their statements once."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

from dsar.erasure.dialects import dialect
from dsar.erasure.statement import RowChange, statement
from tests.benchmarks.setting import DSAR, Setting
from tests.benchmarks.timing import Result, compare, process, timed

EVENTS, TICKETS, LINES = 24, 10, 15
"""With the customer's own row 50 records a person: 25 of them in PostgreSQL, 10 in SQLite, 15 lines of a log."""
CONFIG = """
key_file = "dsar.key"
[controller]
name = "Example Ltd"
[target.shop]
dialect = "postgresql"
[target.desk]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["customers.csv"]
[source.collection.customers]
key = ["id"]
fields.mail = { identifier = "email", category = "user.contact.email" }
erase = { method = "delete", target = "shop", table = "crm.customers", key = { id = "id" }, lock = { mail = "mail" } }
[[source]]
name = "events"
files = ["events.csv"]
[source.collection.events]
key = ["id"]
fields.mail = { identifier = "email", category = "user.contact.email" }
erase = { method = "delete", target = "shop", table = "crm.events", key = { id = "id" }, lock = { mail = "mail" } }
[[source]]
name = "desk"
files = ["tickets.csv"]
[source.collection.tickets]
key = ["id"]
fields.mail = { identifier = "email", category = "user.contact.email" }
erase = { method = "delete", target = "desk", table = "tickets", key = { id = "id" }, lock = { mail = "mail" } }
[[source]]
name = "web"
connector = "combined_log"
files = ["access.log"]
[source.collection.requests]
erase = { method = "rewrite" }
"""


def run(setting: Setting) -> Iterator[Result]:
    """Whole processes of `dsar erase` on a thousandth of `--rows` people; the goal of 60 s is for 1,000 of them."""
    people = max(setting.rows // 1_000, 10)
    folder = setting.folder / "erasure"
    folder.mkdir()
    _company(folder, people)
    out = folder / "out"
    spent: list[float] = []

    def erase() -> float:
        shutil.rmtree(out, ignore_errors=True)
        command = [DSAR, "erase", "--requests", folder / "requests.csv", "--out", out, "--quiet"]
        spent.append(process(command, folder))
        scripts = len(list(out.glob("R-*/erase.*.sql")))
        if scripts != 2 * people or not (out / "files" / "access.log").is_file():
            raise RuntimeError(f"{scripts} of {2 * people} scripts were written")
        return spent[-1]

    floor = (f"{people * (1 + EVENTS + TICKETS)} statements read once by sqlglot", lambda: _read_once(people))
    yield compare(f"erase, {people} people of 50 records", 3.0, floor, erase, setting.runs)
    setting.note(f"{min(spent):.1f} s for {people} people, {min(spent) / people * 1_000:.0f} s for each 1,000")


def _read_once(people: int) -> float:
    import sqlglot

    spoken = dialect("postgresql")
    texts = [
        statement(RowChange("crm.events", (("id", f"E{n}"), ("mail", f"person{n}@example.org"))), spoken)
        for n in range(people * (1 + EVENTS + TICKETS))
    ]
    return timed(lambda: [sqlglot.parse(text, read="postgres") for text in texts])


def _company(folder: Path, people: int) -> None:
    """Write the exports: every person has 50 records, and every tenth of further people stands beside them."""
    (folder / "dsar.toml").write_text(CONFIG)
    everybody = range(people + people // 10)
    mails = [f"person{number}@example.org" for number in everybody]
    for name, count in (("customers", 1), ("events", EVENTS), ("tickets", TICKETS)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "mail", "text"])
            writer.writerows([f"{name[0].upper()}{p}-{n}", mails[p], "tea"] for p in everybody for n in range(count))
    with (folder / "access.log").open("w") as file:
        for number in range(LINES):
            file.writelines(
                f'10.0.0.1 - {mail} [20/Nov/2026:10:{number:02d}:00 +0100] "GET /{number} HTTP/1.1" 200 12 "-" "B"\n'
                for mail in mails
            )
    with (folder / "requests.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["request_id", "right", "email"])
        writer.writerows([f"R-{number}", "erasure", mails[number]] for number in range(people))
