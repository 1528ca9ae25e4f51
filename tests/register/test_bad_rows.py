"""Requests files as spreadsheets and people leave them: a bad row is told, the good ones are registered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import read_rows
from dsar.register.requests import every

HEAD = "request_id,right,received,email\n"
GOOD = "A-1,access,2026-11-20,a1@example.org\n"


def ids(folder: Path, data: str | bytes) -> list[str | None]:
    (folder / "x.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    return [request.request_id for request in read_rows(folder / "x.csv")[0]]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + (HEAD + GOOD).encode(),
        (HEAD + GOOD).replace(",", ";"),
        "sep=;\r\n" + (HEAD + GOOD).replace(",", ";"),
        (HEAD + GOOD).replace(",", "\t").encode("utf-16"),
        HEAD.strip() + ",,,\n" + GOOD.strip() + ",,,\n,,,,,,\n",
        (HEAD + GOOD).replace("\n", "\r"),
        HEAD + GOOD.replace("access", "Access"),
        'request_id;email;note\nA-1;a1@example.org;"well, yes, no,\nnext line"\n',
    ],
    ids=range(8),
)
def test_what_spreadsheets_do_to_a_file_does_not_matter(folder: Path, data: str | bytes) -> None:
    assert ids(folder, data) == ["A-1"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("B-1,access,20.11.2026,b@example.org", "`received` is no date"),
        ("B-1,access,2026-13-01,b@example.org", "`received` is no date"),
        ("B-1,access,46346,b@example.org", "`received` is no date"),
        ("B-1,deletion,,b@example.org", "no such right"),
        ("A-1,erasure,,b@example.org", "stands twice"),
        ("a-1,erasure,,b@example.org", "stands twice"),
        ('"=""B-1""",access,,b@example.org', "request id"),
        ("-rf,access,,b@example.org", "request id"),
        ("B-1,access,,b\0@example.org", "control character"),
        ("B-1,access,,b@example.org,more", "more cells"),
        ("B-1,access,,", "nothing to find a person by"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_read(folder: Path, row: str, why: str) -> None:
    (folder / "x.csv").write_text(HEAD + GOOD + row + "\nC-1,access,,c@example.org\n")

    good, bad = read_rows(folder / "x.csv")

    assert [one.request_id for one in good] == ["A-1", "C-1"]
    assert len(bad) == 1 and why in bad[0].error.message and "line 3" in bad[0].error.message


@pytest.mark.parametrize("number", ["4,93023E+11", "4.93023E+11", "+4.93023E+11"])
def test_a_number_that_a_spreadsheet_rounded_finds_nobody_and_is_told(folder: Path, number: str) -> None:
    (folder / "x.csv").write_text(f"request_id;phone\nA-1;{number}\n")

    assert "rounded" in read_rows(folder / "x.csv")[1][0].error.message


def test_good_rows_are_registered_and_bad_ones_told_also_by_request_add(
    home: Callable[..., Home], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    rows = "B-1,access,soon,b@example.org\nC-1,access,2026-11-30,c@example.org\nD-1,erasure,,d@example.org\n"
    (folder / "x.csv").write_text(HEAD + GOOD + rows)

    code = main(["request", "add", "--requests", "x.csv", "--today", "2026-11-22", "--json"])
    said = capsys.readouterr()

    assert code == 1 and [json.loads(line)["request_id"] for line in said.out.splitlines()] == ["A-1", "D-1"]
    assert "B-1" in said.err and "C-1" in said.err and "still to come" in said.err
    assert [str(one.request.request_id) for one in every(register_of(home()))] == ["A-1", "D-1"]


def test_many_rows_are_registered_in_one_go_and_who_asks_twice_is_told(
    home: Callable[..., Home], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("dsar.register.case_file.sync_all", lambda _: None)
    rows = "".join(f"P-{number},access,2026-11-20,p{number % 299}@example.org\n" for number in range(300))
    (folder / "x.csv").write_text(HEAD + rows)

    code = main(["request", "add", "--requests", "x.csv", "--today", "2026-11-22"])
    said = capsys.readouterr().out

    assert code == 1 and "And 100 more" in said and said.count("already waits") == 2
    assert len(every(register_of(home()))) == 300
