"""The contract of the command line: every command, every option, and what both of them refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented import Ended

from dsar.cli.asked import COMMAND_OF
from dsar.cli.lazy import COMMANDS, load
from dsar.fulfilment.requests import _KNOWN
from dsar.model import RIGHTS

Dsar = Callable[..., Ended]

WHO = {"--email", "--phone", "--name", "--birth-date", "--address", "--postcode", "--id", "--request", "--requests"}
FOR_ONE = ("find", "explain", "export", "erase", "rectify", "restrict", "object", "withdraw")
"""The commands for one person: they take WHO, and the columns of a requests file as options."""
NAMES = {
    "demo", "init", "check", "find", "explain", "review", "export", "release", "erase", "verify", "rectify", "restrict",
    "object", "withdraw", "batch", "request", "deadline", "journal", "purge", "connectors", "doctor",
}  # fmt: skip
OPTIONS = {
    "check": {"--json"},
    "find": {"--json", "--in"},
    "explain": {"--in"},
    "review": {"--request", "--accept", "--reject", "--redact", "--keep", "--reason", "--by", "--approve-plan"},
    "export": {"--out", "--in", "--portability", "--regime"},
    "release": {"--request", "--out", "--package"},
    "erase": {"--out", "--in"},
    "verify": {"--request", "--out"},
    "rectify": {"--out"},
    "restrict": {"--out"},
    "object": {"--out"},
    "withdraw": {"--out"},
    "batch": {"--out", "--due", "--inbox"},
    "deadline": {
        "--regime", "--calendar", "--received", "--extended", "--identity-asked", "--identity-answered",
        "--clarification-asked", "--clarification-answered", "--fee-paid", "--right", "--json",
    },
    "request add": {"--json"},
    "request list": {"--due", "--json"},
    "request show": {"--json"},
}  # fmt: skip
INNER = {
    "request": {"add", "list", "show", "change", "extend", "attach", "deliver", "close"},
    "journal": {"verify"},
    "connectors": {"list", "check"},
}
COLUMNS = {f"--{name.replace('_', '-')}" for name in _KNOWN if name != "request_id"} | {"--id", "--set"}


def command(name: str) -> Any:
    first, _, inner = name.partition(" ")
    found = load(first)
    return found.commands[inner] if inner else found


def options(name: str) -> set[str]:
    return {word for param in command(name).params for word in param.opts}


def test_every_command_of_the_contract_is_there() -> None:
    assert COMMANDS.keys() >= NAMES
    for name, inner in INNER.items():
        assert set(load(name).commands) >= inner


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_of_the_contract_is_there(name: str) -> None:
    assert options(name) >= OPTIONS[name]


@pytest.mark.parametrize("name", sorted(NAMES - INNER.keys() - {"demo", "doctor", "init"}))
def test_every_command_that_reads_a_config_takes_it_and_a_day(name: str) -> None:
    assert options(name) >= {"--config", "--today", "--quiet"}


@pytest.mark.parametrize("name", FOR_ONE)
def test_the_commands_for_one_person_take_who_and_every_column_of_a_requests_file(name: str) -> None:
    assert options(name) >= WHO | COLUMNS


def test_a_request_is_registered_with_every_column_of_a_requests_file() -> None:
    assert options("request add") >= COLUMNS | {"--requests"}


@pytest.mark.parametrize("name", FOR_ONE)
def test_everything_that_says_who_can_be_repeated(name: str) -> None:
    single = {"--request", "--requests"}
    several = {word for param in command(name).params if param.multiple for word in param.opts}

    assert several >= WHO - single


@pytest.mark.parametrize("name", [*FOR_ONE, "request add"])
def test_no_sentence_of_an_option_stands_twice(name: str) -> None:
    said = [param.help for param in command(name).params]

    assert len(said) == len(set(said))


def test_no_option_takes_a_secret_as_its_value() -> None:
    named = ("passphrase", "password", "secret", "token", "key")
    found = {
        word
        for name in COMMANDS
        for inner in (load(name), *getattr(load(name), "commands", {}).values())
        for param in inner.params
        for word in param.opts
        if any(part in word for part in named)
    }

    assert all(word.endswith(("-file", "-env")) for word in found), found


def test_every_right_has_its_command() -> None:
    assert set(COMMAND_OF) == set(RIGHTS)
    assert set(COMMAND_OF.values()) <= NAMES


@pytest.mark.parametrize(("name", "right"), [("export", "erasure"), ("erase", "access"), ("withdraw", "objection")])
def test_a_right_of_another_command_is_refused_and_that_command_named(name: str, right: str, dsar: Dsar) -> None:
    ended = dsar(name, "--email", "ada@example.org", "--right", right, "--out", "out")

    assert ended.code == 2 and ended.out == ""
    assert f"`dsar {COMMAND_OF[right]}` does" in ended.err


def test_the_right_of_a_registered_request_is_not_typed_over(dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("request_id,email\nR-1,ada@example.org\n")

    ended = dsar("erase", "--requests", "r.csv", "--right", "erasure", "--out", "out")

    assert ended.code == 2 and "Leave --right out" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "nonsense"), "no e-mail address"),
        (("--phone", "none"), "no phone number"),
        (("--birth-date", "yesterday"), "no date"),
        (("--email", "a@example.org", "--received", "soon"), "`received` is no date"),
        (("--email", "a@example.org", "--identity-verified-on", "once"), "`identity_verified_on` is no date"),
        (("--email", "a@example.org", "--language", "xx"), "Languages there are: de, en, es, fr, it"),
        (("--email", "a@example.org", "--set", "Phone"), "--set wants FIELD=VALUE"),
        (("--email", "a@example.org", "--right", "forgetting"), "One of: access"),
        (("--id", "C100"), "--id wants KIND=VALUE"),
        ((), "Nothing says which person is meant"),
    ],
)
def test_what_is_written_wrongly_is_told_with_what_to_write(words: tuple[str, ...], said: str, dsar: Dsar) -> None:
    ended = dsar("find", *words)

    assert ended.code == 2 and ended.out == ""
    assert said in ended.err and "Hint: " in ended.err
    assert not [word for word in words[1::2] if word in ("nonsense", "yesterday") and word in ended.err]
