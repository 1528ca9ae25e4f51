"""What a terminal is given: data made visible, tables that fit, bars on stderr only."""

from __future__ import annotations

import shlex
import sys
import unicodedata

import pytest
from rich.cells import cell_len

from dsar.cli import console
from dsar.cli.visible import show

DANGEROUS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")]
DIRECTION = [char for char in map(chr, range(0x110000)) if unicodedata.bidirectional(char) in
             ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")]  # fmt: skip


def test_every_control_and_every_direction_mark_is_made_visible() -> None:
    for char in [*DANGEROUS, *DIRECTION, "\u200e", "\u200f", "\u061c", "\u200b", "\ufeff"]:
        shown = show(char)
        assert shown.isascii() and shown.isprintable(), hex(ord(char))
        assert shown.startswith("\\") and int(shown[2:], 16) == ord(char)


def test_names_of_all_scripts_stay_as_they_are() -> None:
    for name in ("Łukasz", "نیما\u200cرضا", "क्\u200dष", "山田 太郎", "אֲבִיגַיִל", "👩🏽‍💻", "O'Brien [x] \\"):
        assert show(name) == name


def test_markup_links_and_emoji_codes_are_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("[bold]x[/bold] [link=https://example.org]l[/link] [/nope] :smile:")

    assert capsys.readouterr().out.strip() == "[bold]x[/bold] [link=https://example.org]l[/link] [/nope] :smile:"


def test_a_table_folds_long_words_and_loses_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = console.Columns("A", "N", "B", numbers=("N",))
    table.row("x" * 150, 1_000_000, ["y" * 150, "山" * 100])
    table.print()

    out = capsys.readouterr().out
    assert max(map(cell_len, out.splitlines())) <= 80
    assert (out.count("x"), out.count("y"), out.count("山")) == (150, 150, 100)
    assert "1000000" in out


def test_a_long_next_command_is_continued_by_a_backslash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    command = "dsar export " + "--email … " * 20 + "--out answer/"

    console.follow(command)

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert " ".join(" ".join(line.removesuffix("\\").split()) for line in lines) == f"Next: {command}"


def test_a_next_command_is_never_broken_inside_a_quoted_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    command = "dsar verify --request DSR-2026-0003 --recipient 'Example Distribution and Sons Ltd=sent'"

    console.follow(command)

    typed = capsys.readouterr().out.replace("\\\n", " ").removeprefix("Next: ")
    assert shlex.split(typed) == shlex.split(command)


class Terminal:
    """A stderr that is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


@pytest.mark.parametrize(("quiet", "drawn"), [(False, True), (True, False)])
def test_bars_are_drawn_on_a_terminal_unless_quiet(
    quiet: bool, drawn: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    with console.progress(quiet) as progress:
        progress.step("Loading \x1b]0;crm.csv", 10)
        progress.advance(4)
        progress.step("Searching")
        progress.advance()

    assert bool(terminal.text) is drawn
    assert "\x1b]" not in terminal.text
    assert capsys.readouterr().out == ""


def test_no_bars_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress() as progress:
        progress.step("Loading", 10)
        progress.advance(4)

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
