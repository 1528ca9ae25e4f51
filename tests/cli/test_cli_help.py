"""The help: quick, light, and with a sentence for every option."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from invented import Ended

from dsar.cli.lazy import COMMANDS, load

ROOT = Path(__file__).parents[2]
HEAVY = {
    "duckdb", "pandas", "numpy", "pydantic", "phonenumbers", "reportlab", "openpyxl", "sqlglot", "tomlkit",
    "rapidfuzz", "charset_normalizer",
}  # fmt: skip
LOOK = "import sys, json\nfrom dsar.cli import main\ncode = main({words})\nsys.stderr.write(json.dumps([*sys.modules]))"


def commands() -> Iterator[tuple[str, Any]]:
    for name in COMMANDS:
        command = load(name)
        yield name, command
        for inner in getattr(command, "commands", {}).values():
            yield f"{name} {inner.name}", inner


def imported(*words: str) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", LOOK.format(words=list(words))], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(json.loads(ended.stderr.splitlines()[-1]))


def test_help_imports_nothing_heavy_and_no_command() -> None:
    names = imported("--help")

    assert not {name.split(".")[0] for name in names} & HEAVY
    assert not {f"dsar.cli.{name}" for name in COMMANDS} & names
    assert not [name for name in names if name.startswith(("dsar.fulfilment", "dsar.store", "dsar.config"))]


@pytest.mark.parametrize("name", ["find", "export", "init", "doctor"])
def test_the_help_of_a_command_imports_nothing_heavy(name: str) -> None:
    names = {module.split(".")[0] for module in imported(name, "--help")}
    assert not names & (HEAVY - {"pydantic"}), "typer itself reads options by pydantic; nothing else may be loaded"


def test_every_option_has_a_sentence() -> None:
    for name, command in commands():
        for param in command.params:
            assert param.help and param.help.strip().endswith("."), f"{name} {param.name}"


def test_every_command_has_examples_that_begin_with_it() -> None:
    for name, command in commands():
        if not hasattr(command, "commands"):
            examples = [line for line in (command.epilog or "").splitlines() if line]
            assert examples and all(line.startswith(f"dsar {name}") for line in examples), name


def test_the_sentence_of_the_list_is_that_of_the_command() -> None:
    for name, (_, sentence) in COMMANDS.items():
        first = load(name).help.splitlines()[0]
        assert sentence.rstrip(".").split(";")[0] in first, name


def test_the_help_lists_every_command_in_its_group(dsar: Callable[..., Ended]) -> None:
    ended = dsar("--help")

    assert ended.code == 0
    for panel in ("First steps", "Answer a request", "Look closer", "Housekeeping"):
        assert panel in ended.out
    assert all(f" {name} " in ended.out for name in COMMANDS)
    assert max(map(len, ended.out.splitlines())) <= 80


def test_no_words_at_all_give_the_help(dsar: Callable[..., Ended]) -> None:
    ended = dsar()

    assert ended.code == 0
    assert "Usage: dsar" in ended.out


@pytest.mark.parametrize("words", [(name, "--help") for name in COMMANDS])
def test_the_help_of_each_command_fits(words: tuple[str, ...], dsar: Callable[..., Ended]) -> None:
    ended = dsar(*words)

    assert ended.code == 0
    assert f"Usage: dsar {words[0]}" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_the_version_is_printed_before_any_command(dsar: Callable[..., Ended]) -> None:
    ended = dsar("--version")

    assert ended.code == 0
    assert ended.out.startswith("dsar ")


def test_the_options_of_who_are_those_of_the_contract() -> None:
    wanted = {"--email", "--phone", "--name", "--birth-date", "--address", "--postcode", "--id", "--in", "--config"}
    for name in ("find", "explain", "export", "erase"):
        have = {option for param in load(name).params for option in param.opts}
        assert wanted | {"--today", "--quiet"} <= have, name
        if name != "explain":
            assert "--requests" in have, name


def test_every_command_takes_what_a_scheduler_gives_to_all() -> None:
    for name, command in commands():
        have = {option for param in command.params for option in param.opts}
        if not getattr(command, "commands", {}):
            assert {"--quiet", "--today"} <= have, name


def test_wrong_usage_of_an_inner_command_names_its_own_help(dsar: Callable[..., Ended]) -> None:
    ended = dsar("request", "deliver", "R-1")

    assert ended.code == 2
    assert "`dsar request deliver --help`" in ended.err
