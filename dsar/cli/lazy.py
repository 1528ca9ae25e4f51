"""The commands of dsar, by name: a command's file is imported only when it is run or its own help is asked."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from dsar.errors import RequestError

FIRST = "First steps"
ANSWER = "Answer a request"
LOOK = "Look closer"
HOUSE = "Housekeeping"

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (FIRST, "Try everything on an invented company."),
    "init": (FIRST, "Look at your exports and write dsar.toml."),
    "check": (FIRST, "Say what of every source can be read and what is still missing."),
    "find": (ANSWER, "Find every record that belongs to one person."),
    "export": (ANSWER, "Write the access package of one person (Art. 15 GDPR)."),
    "review": (ANSWER, "Decide which probable records are this person's."),
    "erase": (ANSWER, "Plan an erasure and write its scripts (Art. 17 GDPR); deletes nothing."),
    "release": (ANSWER, "Check the gates, then write the encrypted package."),
    "verify": (ANSWER, "Search renewed exports for what was erased and write the certificate."),
    "rectify": (ANSWER, "Write the change set that corrects a person's data (Art. 16 GDPR)."),
    "restrict": (ANSWER, "Restrict a person's data to being stored (Art. 18 GDPR), or lift it."),
    "object": (ANSWER, "Stop the use of a person's data they object to (Art. 21 GDPR)."),
    "withdraw": (ANSWER, "Withdraw consents by purpose and channel (Art. 7(3) GDPR)."),
    "explain": (LOOK, "Say why one record is, or is not, this person's."),
    "connectors": (LOOK, "List the known connectors, or check one."),
    "batch": (ANSWER, "Fulfil every request by its right, in one pass."),
    "request": (ANSWER, "Register requests and follow them to their end."),
    "deadline": (LOOK, "Compute the dates of a request, each with its rule."),
    "journal": (HOUSE, "Verify the tamper-evident log."),
    "purge": (HOUSE, "Remove what has expired: working files, cases, packages, segments, drop folders."),
    "doctor": (HOUSE, "Look at versions, fonts, permissions and disk."),
}
"""Name of each command: its panel in `dsar --help` and its sentence there."""


class LazyGroup(TyperGroup):
    """The top of the command line: knows every command's name and sentence, and loads the one that is asked for."""

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = {
            name: TyperCommand(name, help=sentence, rich_help_panel=panel)
            for name, (panel, sentence) in COMMANDS.items()
        }
        super().__init__(**settings)

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> tuple[str, Any, list[str]]:  # type: ignore[override]
        """Load the command that `args` begins with; raises RequestError that repeats nothing but a name of ours.

        What stands where a command belongs may be a person's name or address, so it is not printed back.
        """
        name, *rest = args
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            meant = f"Did you mean `dsar {near[0]}`? " if near else ""
            raise RequestError("There is no such command.", hint=f"{meant}`dsar --help` lists all of them.")
        return name, load(name), rest


def load(name: str) -> Any:
    """Import the file of one command and build it with its options."""
    command = get_command(import_module(f"dsar.cli.{name}").app)
    command.name = name
    for one in getattr(command, "commands", {"": command}).values():
        _take_for_nothing(one)
    return command


def _take_for_nothing(command: Any) -> None:
    """Let a command that draws nothing and asks no clock take `--quiet` and `--today` all the same.

    Schedulers give every command the same options.
    """
    known = {word for option in command.params for word in option.opts}
    for option in get_command(_unused).params:
        if not known.intersection(option.opts):
            option.expose_value = False
            command.params.append(option)


_unused = typer.Typer(add_completion=False)


@_unused.command()
def _options(
    quiet: Annotated[bool, typer.Option("--quiet", hidden=True, help="Draws nothing anyway.")] = False,
    today: Annotated[str | None, typer.Option("--today", hidden=True, help="Asks no clock.")] = None,
) -> None:
    """What a scheduler gives to every command."""
