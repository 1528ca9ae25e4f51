"""The code of a connector: run apart, counted against the file, and unable to lose what stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from own_connector import OwnConnector

from dsar.sources import registry

CARDS = """
[cards]
format = "hook"
starts = "# cards"
[cards.fields]
no   = { category = "user.unique_id", identifier = "card_no" }
mail = { category = "user.contact.email", identifier = "email" }
"""
READ = """
from dsar.sources.hooks import Passed, Record, Unread, lines


def read(path):
    for number, line in lines(path):
        if line.startswith("#"):
            yield Passed(number)
        elif line.startswith("card "):
            yield Record(dict(zip(("no", "mail"), line.split()[1:], strict=True)), number)
        elif line.startswith("?"):
            yield Unread(number)
"""
CLEAN = """
import json


def clean(row):
    return {f"extra.{key}": value for key, value in json.loads(row["extra"]).items()}
"""
TABLE = """
[people]
columns = ["no", "extra"]
key = ["no"]
clean = true
[people.fields]
no = { category = "user.unique_id", identifier = "own_no" }
extra = { category = "user.content" }
"extra.mail" = { category = "user.contact.email", identifier = "email" }
"""


def hooked(own: OwnConnector, declaration: str, code: str, *files: str) -> None:
    own.declare(declaration)
    (own.company.folder / "connectors" / "own" / "hook.py").write_text(code, encoding="utf-8")
    own.source(*files)


def told(own: OwnConnector) -> dict[str, Any]:
    return dict(own.company.run("check", "--json").document["sources"][0])


def test_what_a_hook_reads_is_found_and_what_it_leaves_out_is_kept_and_told(own: OwnConnector) -> None:
    hooked(own, CARDS, READ, "a.cards")
    own.write("a.cards", "# cards 1\ncard 7 ada@example.org\n? eve@example.org\nbob@example.org is lost\n\ncard 8 x\n")

    found = own.find("--email", "ada@example.org").document["records"]
    assert [(r["key"], r["grade"], r["fields"]) for r in found] == [
        ("a.cards:2", "confirmed", {"no": "7", "mail": "ada@example.org"})
    ]
    (file,) = told(own)["files"]
    assert (file["rows_loaded"], file["rows_unreadable"]) == (2, 2)
    notes = "\n".join(own.company.run("check").out.split())
    assert "left\nout\nby\nhook.py" in notes and "unparsed" in notes
    for lost in ("eve", "bob"):
        (record,) = own.find("--email", f"{lost}@example.org").document["records"]
        assert record["grade"] == "possible"


@pytest.mark.parametrize(
    "body",
    [
        "    raise ValueError('ada@example.org')",
        "    yield Record({'no': 1}, 1)",
        "    yield Record({'no': '1'}, 1)\n    yield Record({'no': '2'}, 1)",
        "    yield Record({'no': '1'}, 2, 99)",
        "    yield Record({'no': '1'}, 0)",
        "    yield 'a line'",
        "    open('stolen.txt', 'w').write('x')",
        "    __import__('socket').create_connection(('127.0.0.1', 9))\n    yield",
        "    __import__('subprocess').run(['true'])\n    yield",
        "    __import__('os').remove(path)\n    yield",
        "    __import__('os')._exit(0)\n    yield",
        "    yield Record({'no': 'x' * 10**11}, 1)",
    ],
)
def test_a_hook_that_fails_costs_an_error_and_shows_no_value(own: OwnConnector, body: str) -> None:
    hooked(own, CARDS, f"from dsar.sources.hooks import Record\n\n\ndef read(path):\n{body}\n", "a.cards")
    path = own.write("a.cards", "# cards\ncard 7 ada@example.org\n")

    ended = own.find("--email", "bob@example.org")
    assert ended.code != 0
    assert "hook.py" in ended.out + ended.err and "ada@" not in ended.out + ended.err
    assert path.exists() and not Path("stolen.txt").exists()


def test_what_a_hook_prints_is_no_row(own: OwnConnector) -> None:
    hooked(own, CARDS, READ + "\nprint('{\"l\": 1}')\n", "a.cards")
    own.write("a.cards", "# cards\ncard 7 ada@example.org\n")

    assert own.records("--email", "ada@example.org").keys() == {"a.cards:2"}


def test_another_hook_reads_every_file_anew(own: OwnConnector) -> None:
    hooked(own, CARDS, READ, "a.cards")
    own.write("a.cards", "# cards\ncard 7 ada@example.org\n")
    own.records("--email", "ada@example.org")
    hooked(own, CARDS, READ.replace('"card "', '"kard "'), "a.cards")
    for cache in (registry._connectors, registry._loaded):  # a run reads every connector once
        cache.cache_clear()

    assert own.records("--email", "ada@example.org") == {}


def test_a_byte_outside_the_encoding_costs_its_record_only(own: OwnConnector) -> None:
    hooked(own, CARDS, READ, "a.cards")
    own.write("a.cards", b"# cards\n" + b"card 7 ada@example.org\n" * 30 + b"card 8 b\xfcb@example.org\n")

    (file,) = told(own)["files"]
    assert (file["rows_loaded"], file["rows_unreadable"]) == (30, 1)


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_clean_adds_columns_and_the_cells_of_the_file_stay(own: OwnConnector, name: str) -> None:
    hooked(own, TABLE, CLEAN, name)
    rows = [["no", "extra"], ["1", '{"mail": "ada@example.org", "x": " 7"}'], ["2", "{}"], ["3", "bob@example.org"]]
    if name.endswith("csv"):
        own.write(name, "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows))
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(own.company.folder / name)

    assert own.records("--email", "ada@example.org") == {
        "1": {"no": "1", "extra": rows[1][1], "extra.mail": "ada@example.org", "extra.x": " 7"}
    }
    (file,) = told(own)["files"]
    assert (file["rows_loaded"], file["rows_unreadable"]) == (2, 1)
    (lost,) = own.find("--email", "bob@example.org").document["records"]
    assert lost["grade"] == "possible"


def test_clean_may_not_change_a_column_of_the_file(own: OwnConnector) -> None:
    hooked(own, TABLE, "def clean(row):\n    return {'extra': ''}\n", "people.csv")
    own.write("people.csv", "no,extra\n1,ada@example.org\n")

    ended = own.find("--email", "ada@example.org")
    assert ended.code != 0
    assert "has itself" in ended.out + ended.err


@pytest.mark.parametrize(
    ("declaration", "code", "said"),
    [
        (CARDS, "", "cannot be read"),
        (CARDS.replace('starts = "# cards"', ""), READ, "cannot be read"),
        (TABLE, READ, "cannot be read"),
        (CARDS, "def read(:", "no Python"),
        (CARDS, "x = 1", "neither"),
    ],
)
def test_a_connector_whose_code_cannot_be_right_is_refused(
    own: OwnConnector, declaration: str, code: str, said: str
) -> None:
    own.write("a.cards", "# cards\n")
    hooked(own, declaration, code or "x", "a.cards")
    if not code:
        (own.company.folder / "connectors" / "own" / "hook.py").unlink()

    ended = own.company.run("check")
    assert ended.code == 2
    assert said in ended.err


def test_code_is_told_wherever_it_is_used(own: OwnConnector) -> None:
    hooked(own, CARDS, READ, "a.cards")
    own.write("a.cards", "# cards\ncard 7 ada@example.org\n")

    for words in (("check",), ("connectors", "list"), ("connectors", "list", "own")):
        assert "hook.py" in own.company.run(*words).out
    (code,) = own.company.run("check", "--json").document["code"]
    assert code.startswith("own: ")


def test_init_recognises_a_file_by_its_beginning_and_runs_no_code(own: OwnConnector) -> None:
    own.write("exports/address book.vcf", "BEGIN:VCARD\nVERSION:4.0\nFN:Ada Example\nEND:VCARD\n")

    ended = own.company.run("init", "exports")
    assert "vcard" in ended.out
    assert 'connector = "vcard"' in (own.company.folder / "dsar.toml").read_text(encoding="utf-8")
