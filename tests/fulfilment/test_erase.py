"""Plans of several requests and of odd files, from exports to the copies that take their place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from dsar.fulfilment.erasing.erase import ErasureFolder, plan_erasure
from dsar.fulfilment.workspace import open_workspace
from dsar.model import Identifier, Request

CONFIG = """
[controller]
name = "Example Ltd"
[target.db]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["customers.csv"]
[source.collection.customers]
key = ["id"]
fields.mail = { identifier = "email" }
erase = { method = "delete", target = "db", table = "customers", key = { id = "ID" }, lock = { mail = "email" } }
[[source]]
name = "list"
files = ["list-*.csv"]
[source.collection.people]
key = ["id"]
fields.email = { identifier = "email" }
erase = { method = "rewrite" }
[[source]]
name = "web"
connector = "combined_log"
files = ["access.log"]
[source.collection.requests]
erase = { method = "rewrite" }
"""
HEAD = "id,email\n"
ADA, BOB, EVE = "1,ada@example.org\n", "2,bob@example.org\n", "3,eve@example.org\n"


def line(user: str, path: str = "/") -> str:
    return f'10.0.0.1 - {user}@example.org [20/Nov/2026:10:00:00 +0100] "GET {path} HTTP/1.1" 200 12 "-" "Browser"\n'


@pytest.fixture
def company(tmp_path: Path) -> Path:
    files = {
        "dsar.toml": CONFIG,
        "customers.csv": "id,mail\n" + ADA + BOB + EVE,
        "list-a.csv": HEAD + ADA + ADA + BOB + EVE,
        "list-b.csv": HEAD + EVE + ADA + BOB,
        "access.log": line("ada") + line("bob") + line("eve"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, newline="")
    return tmp_path


def erased(company: Path, *names: str) -> list[ErasureFolder]:
    requests = [Request(name, (Identifier("email", f"{name}@example.org"),), right="erasure") for name in names]
    return plan_erasure(open_workspace(company / "dsar.toml"), requests, company / "out")


def text(path: Path) -> str:
    return path.read_bytes().decode()


def test_every_copy_of_an_equal_row_goes_from_every_export(company: Path) -> None:
    erased(company, "ada")
    files = company / "out" / "ada" / "files"

    assert text(files / "list-a.csv") == HEAD + BOB + EVE
    assert text(files / "list-b.csv") == HEAD + EVE + BOB


def test_one_copy_serves_all_requests_of_a_run(company: Path) -> None:
    both = erased(company, "ada", "bob")
    copy = company / "out" / "files" / "list-a.csv"

    assert text(copy) == HEAD + EVE
    assert text(company / "out" / "files" / "access.log") == line("eve")
    for one in both:
        assert not (one.folder / "files").exists()
        made = next(made for made in one.plan.files if made.file.endswith("list-a.csv"))
        assert (one.folder / made.copy).samefile(copy)
        assert made.sha256_before == hashlib.sha256((company / "list-a.csv").read_bytes()).hexdigest()
        assert made.sha256_after == hashlib.sha256(copy.read_bytes()).hexdigest()
        assert (made.lines_before, made.lines_after, made.requests) == (5, 2, 2)
        for page in ("steps.md", "plan.html"):
            assert made.sha256_before in text(one.folder / page)
            assert made.sha256_after in text(one.folder / page)
    again = erased(company, "ada", "bob")
    assert [one.plan.digest for one in again] == [one.plan.digest for one in both]


def test_a_run_of_many_requests_rehearses_each_on_the_whole_table(company: Path) -> None:
    every = erased(company, "ada", "bob", "eve")

    assert [[(r.rows, r.planned, r.changed, r.problems) for r in one.rehearsals] for one in every] == [
        [(3, 1, 1, ())]
    ] * 3


def test_a_carriage_return_inside_a_log_line_is_no_obstacle(company: Path) -> None:
    log = line("bob", "/a\rb") + line("ada", "/c\rd") + line("eve")
    (company / "access.log").write_bytes(log.encode())

    erased(company, "ada")

    assert text(company / "out" / "ada" / "files" / "access.log") == line("bob", "/a\rb") + line("eve")


def test_a_file_that_cannot_be_rewritten_is_a_step_by_hand_and_the_rest_goes_on(company: Path) -> None:
    (company / "list-b.csv").write_bytes((HEAD + ADA + '7,"zoe@example.org\r"\n').encode())
    (company / "list-a.csv").write_bytes((HEAD + BOB).encode())

    (one,) = erased(company, "ada")

    assert [step.statement for step in one.plan.steps if step.source == "list"] == ["In list-b.csv: remove line 2."]
    assert "In list-b.csv: remove line 2." in text(one.folder / "steps.md")
    assert any("list-b.csv was not rewritten" in review for review in one.reviews)
    assert [path.name for path in (one.folder / "files").iterdir()] == ["access.log"]
    assert (one.folder / "erase.db.sql").exists()
    assert json.loads(text(one.folder / "plan.json"))["digest"] == one.plan.digest
