"""Values of people appear nowhere but in workspace and output, whatever goes wrong: a hundred errors and more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.cli import main
from tests.faults import small

CANARY = "kanarie-7f3a@example.org"
SHORT = "7f3a"
HEAD = "request_id,right,received,email\n"
OPTIONS = (
    "--received", "--regime", "--calendar", "--language", "--channel", "--right", "--request", "--id", "--birth-date",
    "--set", "--today", CANARY, "--eml", "--requests",
)  # fmt: skip
STEPS = (
    ("ask", "--about", CANARY, "--reason", CANARY),
    ("ask", "--about", "identity", "--reason", CANARY),
    ("answer", "--about", CANARY),
    ("extend", "--reason", CANARY),
    ("extend", "--reason", "number", "--on", CANARY),
    ("identity", "--method", CANARY, "--result", "verified"),
    ("identity", "--method", "facts", "--result", CANARY),
    ("identity", "--method", "facts", "--compared", CANARY, "--result", "verified"),
    ("change", "--right", CANARY),
    ("change", "--regime", CANARY),
    ("change", "--calendar", CANARY),
    ("change", "--authority", CANARY),
    ("attach", "--source", CANARY, "--nothing"),
    ("attach", CANARY, "--source", "archive"),
    ("deliver", "--channel", CANARY),
    ("close", "--outcome", CANARY),
    ("reopen", "--reason", CANARY),
    ("letter", "--kind", CANARY, "--out", "letters"),
    ("incident", "--package", "nowhere", "--aware", CANARY),
    ("show", CANARY),
)
ROWS = (
    f"R-1,{CANARY},,x@example.org", f"R-1,access,{CANARY},x@example.org", f"{CANARY},access,,x@example.org",
    f"R-1,access,,x@example.org,{CANARY}", f'R-1,access,,"{CANARY}', f"R-1,access,2099-01-01,{CANARY}",
    f"files,access,,{CANARY}", f"{CANARY * 9},access,,{CANARY}",
)  # fmt: skip
FILES = (
    f"request_id,{CANARY}\nR-1,x\n", f"{CANARY}\n", CANARY, f"request_id,email,email\nR-1,{CANARY},{CANARY}\n",
    f"request_id,note\nR-1,{CANARY}\n", f"request_id,email\nR-1,{CANARY}\0\n",
)  # fmt: skip
EXPORTS = (
    f'id,email\nC1,"{CANARY}\n', f"id,email\nC1,{CANARY},{CANARY}\nC2\n", f"id,email\n\0{CANARY}\n", f"{CANARY}\n",
    f"id,email\nC1,{CANARY}\nC1,other{CANARY}\n", f"id,id\n{CANARY},{CANARY}\n",
)  # fmt: skip
MAILS = (f"From: {CANARY}\n\nhello", f"Subject: {CANARY}\n\n{CANARY}", CANARY, f"From: {CANARY}\nDate: soon\n\n")
FAULTS = (
    "dsar.fulfilment.desk.register.add_request", "dsar.fulfilment.desk.due.due_of", "dsar.register.requests.write",
    "dsar.fulfilment.finding.find.make_answer", "dsar.fulfilment.copies.export._package",
    "dsar.fulfilment.erasing.erase.planned",
    "dsar.fulfilment.package.write_case", "dsar.store.journal._seal", "dsar.fulfilment.batches.batch_work._packages",
    "dsar.fulfilment.batches.batch.shared", "dsar.fulfilment.desk.letters.letter", "dsar.register.clock.add_months",
)  # fmt: skip


def attempts() -> Iterator[tuple[str, ...]]:
    """Command lines that must fail, or be told, without repeating what was typed or read."""
    who = ("--email", CANARY)
    for option in OPTIONS:
        yield ("request", "add", *who, option, CANARY)
        yield ("request", "add", option)
    for step in STEPS:
        yield ("request", step[0], "R-1", *step[1:])
    for command in ("find", "export", "erase", "explain", CANARY):
        yield (command, CANARY, "--out", "out")
        yield (command, "--request", CANARY, "--out", "out")
    for command in ("find", "export", "erase"):
        for option in ("--birth-date", "--id", "--requests", "--in", "--config", "--request"):
            yield (command, option, CANARY, *(("--out", "out") if command != "find" else ()))
    for option in ("--received", "--regime", "--calendar", "--right", "--identity-asked", "--until"):
        yield ("deadline", "--received", "2026-11-02", option, CANARY)
    yield ("journal", "verify", "--head", CANARY)
    yield ("journal", "verify", "--heads", "letter.eml")
    yield ("batch", CANARY, "--out", "out")
    yield ("batch", "--inbox", "nowhere", "--out", CANARY)  # the one name that they gave themselves


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "company"
    small.make(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("os.fsync", lambda _: None)
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    with (folder / "crm.csv").open("a") as file:
        file.write(f"C99,{CANARY}\n")
    main(["request", "add", "--email", CANARY, "--request", "R-1", "--received", "2026-11-02", "--today", small.TODAY])
    return folder


def leaks(company: Path, said: str) -> list[str]:
    """Where the canary is, of all places where it must not be."""
    found = ["the output"] if SHORT in said.casefold() else []
    for path in (company.parent / "temp").rglob("*"):  # the logs of faults are among them
        if path.is_file() and SHORT.encode() in path.read_bytes().lower():
            found.append(path.name)
    found += [f"a name: {path.parent}" for path in company.parent.rglob(f"*{SHORT}*") if path.name != CANARY]
    journal = company / ".dsar" / "journal.jsonl"
    return [*found, "the journal"] if SHORT in journal.read_text().casefold() else found


def test_a_hundred_errors_repeat_no_value(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, count, failed = [], 0, 0
    for words in attempts():
        capsys.readouterr()
        code = main([*words, *([] if "--today" in words else ["--today", small.TODAY])])
        said = capsys.readouterr()
        count, failed = count + 1, failed + (code != 0)
        found += [f"{words[:3]}: {place}" for place in leaks(company, said.out + said.err)]
    for name, texts in (("bad.csv", [*(HEAD + row + "\n" for row in ROWS), *FILES]), ("bad.eml", list(MAILS))):
        for number, text in enumerate(texts):
            Path(name).write_bytes(text.encode())
            capsys.readouterr()
            words = (
                ("batch", name, "--out", "out", "--log-json")
                if name == "bad.csv"
                else ("request", "add", "--eml", name)
            )
            code = main([*words, "--today", small.TODAY])
            said = capsys.readouterr()
            count, failed = count + 1, failed + (code != 0)
            found += [f"{name} {number}: {place}" for place in leaks(company, said.out + said.err)]

    assert found == []
    assert count >= 100 and failed >= 85, (count, failed)


def test_faults_of_ours_repeat_no_value(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("requests.csv").write_text(HEAD + f"R-7,access,2026-11-02,{CANARY}\nR-8,erasure,2026-11-02,{CANARY}\n")
    commands = (
        ("request", "add", "--email", CANARY, "--received", "2026-11-02"), ("request", "show", "R-1"),
        ("export", "--email", CANARY, "--out", "x"), ("erase", "--email", CANARY, "--out", "y"),
        ("batch", "requests.csv", "--out", "z"), ("request", "letter", "R-1", "--kind", "identity", "--out", "l"),
    )  # fmt: skip
    found, faults = [], 0

    def broken(*_: object, **__: object) -> None:
        value = CANARY
        raise ValueError(f"what a library says of {value}")

    for place, words in itertools.product(FAULTS, commands):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(place, broken)
            capsys.readouterr()
            code = main([*words, "--today", small.TODAY])
        said = capsys.readouterr()
        faults += code == 3 or "fault of dsar" in said.out
        found += [f"{place}, {words[0]}: {where}" for where in leaks(company, said.out + said.err)]

    assert found == [] and faults >= 12, (found, faults)


@pytest.mark.parametrize("export", EXPORTS, ids=range(len(EXPORTS)))
def test_what_cannot_be_read_of_an_export_is_not_repeated(
    company: Path, capsys: pytest.CaptureFixture[str], export: str
) -> None:
    Path("crm.csv").write_bytes(export.encode())
    for words in (("check",), ("find", "--email", "p1@example.org"), ("batch", "requests.csv", "--out", "out")):
        capsys.readouterr()
        main([*words, "--today", small.TODAY])
        said = capsys.readouterr()

        assert leaks(company, said.out + said.err) == []
