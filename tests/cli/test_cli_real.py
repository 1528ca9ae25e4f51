"""The command line over the real rooms: exports in a folder, an answer on stdout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import CANARY, HOSTILE, Ended
from rich.cells import cell_len

Dsar = Callable[..., Ended]


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DSAR_KEY_FOLDER", str(tmp_path / "keys"))
    folder = tmp_path / "exports"
    folder.mkdir()
    hostile = HOSTILE.strip().replace('"', "")
    (folder / "people.csv").write_text(
        f'email,name,id\nada@example.org,Ada Lovelace,1\nbob@example.org,"Bob {hostile}",2\n', encoding="utf-8"
    )
    (folder / "orders.csv").write_text("order,mail\n7,ada@example.org\n8,bob@example.org\n")
    return folder


def test_a_folder_is_searched_without_a_config(exports: Path, dsar: Dsar) -> None:
    ended = dsar("find", "--email", "ADA@example.org", "--in", "exports", "--json", "--today", "2026-11-22")

    document = json.loads(ended.out)
    assert ended.code == 1
    assert {record["file"] for record in document["records"]} == {"people.csv", "orders.csv"}
    assert all(record["grade"] == "confirmed" for record in document["records"])
    assert document["as_of"].startswith("2026-11-22T12:00:00")
    assert len(document["guesses"]) == 2 and document["complete"] is False
    assert ended.err == ""
    assert not (exports.parent / ".dsar").exists()


def test_a_file_of_the_folder_that_is_no_export_is_told_and_an_empty_folder_is_refused(
    exports: Path, dsar: Dsar
) -> None:
    (exports / "scan.pdf").write_bytes(b"%PDF-1.7\n\x00\xff")
    (exports.parent / "empty").mkdir()

    ended = dsar("find", "--email", "nobody@example.org", "--in", "exports", "--json")
    empty = dsar("find", "--email", "nobody@example.org", "--in", "empty")

    assert ended.code == 1
    assert any(note.startswith("not searched: exports/scan.pdf: ") for note in json.loads(ended.out)["notes"])
    assert empty.code == 2 and "No file in empty was recognised" in empty.err and "`dsar init empty`" in empty.err


def test_a_folder_is_set_up_and_searched_for_many(exports: Path, dsar: Dsar) -> None:
    (exports.parent / "requests.csv").write_text("request_id,email\nR-1,ada@example.org\nR-2,nobody@example.org\n")

    assert dsar("init", "exports").code == 1
    ended = dsar("find", "--requests", "requests.csv", "--json")

    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [(one["request_id"], one["held"], len(one["records"])) for one in answers] == [
        ("R-1", True, 2),
        ("R-2", False, 0),
    ]


def test_a_hostile_export_commands_no_terminal_and_is_exact_in_json(exports: Path, dsar: Dsar) -> None:
    asked = ("find", "--email", "bob@example.org", "--in", "exports")

    shown, exact = dsar(*asked), dsar(*asked, "--json")

    assert all(char == "\n" or ord(char) >= 32 for char in shown.out)
    assert not set(shown.out) & {"\x9b", "\u202e", "\u2066"}
    assert max(map(cell_len, shown.out.splitlines())) <= 80
    names = [record["fields"].get("name") for record in json.loads(exact.out)["records"]]
    assert f"Bob {HOSTILE.strip()}" in names


@pytest.mark.parametrize("broken", ['a,b\n"', "\x00\x01\x02", "", f"email\n{CANARY}\nx,{CANARY},{CANARY}\n"])
def test_no_broken_export_puts_a_value_into_an_error(broken: str, exports: Path, dsar: Dsar) -> None:
    (exports / "people.csv").write_text(broken + f"\n{CANARY}")

    ended = dsar("find", "--email", "ada@example.org", "--in", "exports")

    assert ended.code in (1, 2)
    assert CANARY not in ended.said
