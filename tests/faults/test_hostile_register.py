"""Whatever is typed into the register, a batch or a purge: an exit code of the contract, and its value nowhere else."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.cli import main
from tests.faults import small

EVERY = os.environ.get("DSAR_FAULTS") == "every"
"""Every value in every place, and not one in each."""
CANARY = "CANARY7f3a"
HOSTILE = (
    CANARY + "\x01\x1b[31m\x07", CANARY * 1000, "../../" + CANARY, "/etc/" + CANARY, CANARY + "/x", "--" + CANARY,
    "\u202e" + CANARY + "\u2066", CANARY + os.fsdecode(b"\xff\xfe"), CANARY + "\ud800", "=cmd|' /C calc'!A0" + CANARY,
    "@SUM(1)" + CANARY, CANARY + "\r\nBcc: x@example.org", CANARY + "|" + CANARY, CANARY + ",;\t", "{0}" + CANARY,
    "\ufeff" + CANARY, CANARY + "\x85", f"<script>{CANARY}</script>", CANARY + "é" * 300, CANARY + "\x00x",
)  # fmt: skip
LINES = """
request add --email q@example.org --note V
request add --email V
request add --name V
request add --phone V
request add --id V
request add --id customer_no=V
request add --id =V
request add --address V
request add --postcode V
request add --name 'Ada B' --birth-date V
request add --email q@example.org --right V
request add --email q@example.org --received V
request add --email q@example.org --regime V
request add --email q@example.org --calendar V
request add --email q@example.org --language V
request add --email q@example.org --scope V
request add --email q@example.org --set V
request add --email q@example.org --set email=V
request add --email q@example.org --agent V
request add --email q@example.org --delivery V
request add --email q@example.org --identity-method V
request add --email q@example.org --identity-verified-on V
request add --email q@example.org --request V
request add --email q@example.org --channel V
request add --email q@example.org --by V
request add --eml V
request add --requests V
request show V
request figures --month V
request acknowledge R-1 --on V
request acknowledge R-1 --by V
request ask R-1 --about V --reason routine
request ask R-1 --about identity --reason V
request ask R-1 --about identity --reason routine --words V
request answer R-1 --about V
request identity R-1 --method V --result verified
request identity R-1 --method login --result V
request identity R-1 --method login --result verified --level V
request identity R-1 --method facts --result verified --compared V
request identity R-1 --method login --result verified --words V
request extend R-1 --reason V
request extend R-1 --reason complexity --until V
request extend R-1 --reason complexity --words V
request change R-1 --scope V
request change R-1 --scope crm/V
request change R-1 --right V
request change R-1 --regime V
request change R-1 --calendar V
request change R-1 --language V
request change R-1 --agent V
request change R-1 --authority V
request change R-1 --delivery V
request change R-1 --fee-paid V
request attach R-1 --source V --nothing
request attach R-1 V --source archive
request deliver R-1 --channel V
request deliver R-1 --channel portal --address V
request deliver R-1 --channel portal --proof V
request deliver R-1 --channel portal --package V
request letter R-1 --kind V --out letters
request letter R-1 --kind refusal --out letters --words V
request incident R-1 --package V
request incident R-1 --package exported --aware V
request incident R-1 --package exported --words V
batch V --out answers
batch --inbox V --out answers
batch requests.csv --out answers --wait V
purge --packages V
journal verify --head V
journal verify --package V
journal verify --heads V
journal verify --by V
deadline --regime V --received 2026-11-02
deadline --regime GDPR --calendar V --received 2026-11-02
deadline --regime GDPR --received V
deadline --regime GDPR --received 2026-11-02 --right V
request close R-1 --outcome V
request close R-1 --outcome refused --words x --ground V
request close R-1 --outcome refused --ground 'Art. 12(5)' --words V
request close R-1 --outcome handed_over --to V
request reopen R-1 --reason V
request reopen R-1 --reason complaint --words V
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "a" / "b" / "company"
    small.make(folder)
    with (folder / "dsar.toml").open("a") as toml:
        toml.write('[[source]]\nname = "archive"\nmanual = true\nask = "records@example.org"\n')
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DSAR_TODAY", small.TODAY)
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    main(["request", "add", "--email", "p1@example.org", "--request", "R-1", "--received", "2026-11-02"])
    main(["export", "--request", "R-1", "--out", "exported"])
    return folder


def typed(part: int) -> Iterator[tuple[str, str, list[str]]]:
    """Every line with one value, another one for each part."""
    for number, line in enumerate(LINES.strip().splitlines()):
        value = HOSTILE[(number + part) % len(HOSTILE)]
        yield line, value, [word[:-1] + value if word.endswith("V") else word for word in shlex.split(line)]


@pytest.mark.parametrize("part", range(len(HOSTILE)) if EVERY else [3])
def test_a_hostile_value_costs_an_error_and_is_repeated_nowhere(
    company: Path, capsys: pytest.CaptureFixture[str], part: int
) -> None:
    wrong = []
    for line, value, words in typed(part):
        capsys.readouterr()
        code, said = main(words), capsys.readouterr()
        both = said.out + said.err
        seen = {
            "the exit code": code not in (0, 1, 2),
            "stderr": CANARY in said.err or "Traceback" in both,
            "a control character": any(one in both for one in "\x00\x07\x1b\x85\u202e\u2066\ufeff\ud800"),
            "the journal": CANARY in (company / ".dsar" / "journal.jsonl").read_text(),
            "the name of a file": _named(company.parents[1]),
        }
        wrong += [(line, value[:30], code, where, said.err[-200:]) for where, it_is in seen.items() if it_is]

    assert wrong == []
    assert main(["journal", "verify"]) == 0 and main(["request", "list"]) == 0


def _named(folder: Path) -> bool:
    return any(CANARY in str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "words",
    [
        ("request", "list", "--ics", "there/is/none.ics"),
        ("request", "figures", "--html", "there/is/none.html"),
        ("journal", "heads", "--out", "there/is/none.json"),
        ("request", "list", "--ics", "exported"),
    ],
    ids=" ".join,
)
def test_a_place_that_there_is_not_is_for_whoever_typed_it_to_mend(
    company: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(list(words)) == 2
    assert f"What `{words[2]}` names cannot be read or written" in capsys.readouterr().err
    assert [path.name for path in (company / "exported").iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize("ground", ["Art. 12(5)", "Art. 15(4) GDPR", "s. 12 DPA 2018", "§ 34 BDSG", "11 CCR 7062(c)"])
def test_the_ground_of_a_refusal_is_an_article(company: Path, ground: str) -> None:
    close = ["request", "close", "R-1", "--outcome", "refused", "--words", "the 14th time", "--ground"]

    for word in ("Ada Bell is rude", "Ada Bell", "art", "1" * 61, "Art. 12(5)\n"):
        assert main([*close, word]) == 2
    assert main([*close, ground]) == 0
    assert f'"ground": "{ground}"' in (company / ".dsar" / "journal.jsonl").read_text().replace("\\u00a7", "§")
