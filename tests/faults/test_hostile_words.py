"""Whatever stands after an option, it costs an error: no traceback, no fault of ours, nothing written elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.cli.lazy import COMMANDS, load
from tests.faults import small

EVERY = os.environ.get("DSAR_FAULTS") == "every"
"""Every value at every option, and not one at each."""
LONG = "x" * 70_000
HOSTILE = (
    "", " ", "-", "--", "-rf", "../../outside", "/etc/passwd", "a/b", "CON", ".", "..", "\x01\x1b]0;x\x07\x7f",
    "\u202egnp.exe\u2066", "\ufeff", "é" * 300, LONG, os.fsdecode(b"\xff\xfe\x80"), "\ud800", "{0.__class__}", "%s%n",
    "$(touch outside)", "';DROP TABLE x;--", "=1+1", "\n\r\t", "9" * 5000, "nan", "1e999", "2026-11-20T25:00",
    "0001-01-01", "9999-12-31", "-1", "|", ",", "=", "email=", "a=b=c", "𝟙", "DE-" + "B" * 9, "NUL\x0b",
)  # fmt: skip
NOT_TRIED = {"--help", "-h", "--version", "--today", "--out", "--html", "--ics", "--install-completion"}
"""What names a file to write may name any; a wrong `--today` is told by its own test."""


def options() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every option of every command that takes a value."""
    for name in COMMANDS:
        command = load(name)
        for inner in getattr(command, "commands", {"": command}).values():
            path = (name,) if inner is command else (name, inner.name)
            for one in inner.params:
                first = one.opts[0]
                if first.startswith("-") and not getattr(one, "is_flag", False) and first not in NOT_TRIED:
                    yield path, first


OPTIONS = [(name, option) for name, option in options() if name[0] not in ("demo", "init")]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a" / "company"
    small.make(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("os.fsync", lambda _: None)
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    return folder


def test_there_are_more_than_a_hundred_options() -> None:
    assert len(OPTIONS) > 100 and len({name for name, _ in OPTIONS}) > 25


@pytest.mark.parametrize("part", range(len(HOSTILE)) if EVERY else [0])
def test_no_option_takes_harm(company: Path, capsys: pytest.CaptureFixture[str], part: int) -> None:
    main(["request", "add", "--email", "p1@example.org", "--request", "R-1", "--received", "2026-11-02"])
    outside = {path for path in company.parents[1].rglob("*") if company not in (path, *path.parents)}
    wrong = []
    for number, (name, option) in enumerate(OPTIONS):
        value = HOSTILE[(number + part) % len(HOSTILE)]
        words = [*name, option, value, "--today", small.TODAY]
        words += ["--out", "out"] if name[0] in ("export", "erase", "batch", "release") else []
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        told = said.out + said.err
        if code not in (0, 1, 2) or "Traceback" in told or "\x1b" in told or "\x07" in told or LONG in told:
            wrong.append((name, option, value[:40], code, said.err[-200:]))
    made = {path for path in company.parents[1].rglob("*") if company not in (path, *path.parents)} - outside

    assert wrong == []
    assert made == set()


@pytest.mark.parametrize("value", [LONG, os.fsdecode(b"\xff\xfe"), "\ud800"], ids=["long", "bytes", "surrogate"])
@pytest.mark.parametrize(
    "words",
    [
        ("check", "--config"), ("verify", "--request"), ("find", "--in"), ("find", "--requests"), ("find", "--email"),
        ("request", "add", "--eml"), ("request", "add", "--name"), ("request", "show"), ("batch", "--out", "o"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_path_or_a_text_that_cannot_be_is_for_whoever_typed_it_to_mend(
    company: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], value: str
) -> None:
    code = main([*words, value, "--today", small.TODAY])

    assert code in (0, 1, 2), capsys.readouterr().err
