"""`dsar connectors`: the known connectors, and the battery over them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.places import connector_folders
from dsar.errors import ConnectorError

if TYPE_CHECKING:
    from dsar.sources.spec import Connector

app = typer.Typer(add_completion=False)
Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        help="A connector, or a folder of them, of your own; or the name of a known one.",
        show_default="all known ones",
    ),
]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Tell more of these.", show_default="all")]


@app.callback()
def connectors() -> None:
    """List the known connectors, or check one."""


@app.command("list", epilog="dsar connectors list\n\ndsar connectors list hubspot")
def list_connectors(names: Names = None, config: given.ConfigFile = None) -> int:
    """List the connectors that ship with dsar and those of the folders that dsar.toml names.

    With names: what each reads, how its export is made, and what it never holds.
    """
    from dsar.sources.registry import connectors as every

    known = every(connector_folders(config))
    for name in names or ():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else "Run `dsar connectors list`."
            raise ConnectorError(f"There is no connector `{name}`.", hint=hint)
    if names:
        for name in dict.fromkeys(names):
            _describe(known[name])
        return exits.COMPLETE
    table = console.Columns("Connector", "Reads", "Collections")
    for name, connector in known.items():
        table.row(name, connector.title, ", ".join(connector.collections))
    table.print()
    console.points("Code of their own (hook.py) is run by:", _with_code(known.values()))
    console.say("How an export is made: `dsar connectors list NAME`.")
    return exits.COMPLETE


def _describe(connector: Connector) -> None:
    console.say(f"{connector.name}: {connector.title}", style="bold")
    console.say(connector.about, " ".join(connector.how_to_export.split()))
    table = console.Columns("Collection", "A row is", "A file has at least")
    for name, one in connector.collections.items():
        table.row(name, one.title or "", ", ".join(one.columns) or "lines of its form")
    table.print()
    for name, one in connector.collections.items():
        if one.how_to_export:
            console.say(f"{name}: {' '.join(one.how_to_export.split())}")
        console.points(f"{name} never holds:", one.cannot_contain)
    if connector.tested_with:
        console.say(f"Tested with {connector.tested_with}.")
    console.points("Code of its own is run to read its files:", _with_code([connector]))


def _with_code(found: Iterable[Connector]) -> list[str]:
    """Who brings code, where it lies, and the start of its hash: whoever uses it trusts it."""
    return [f"{one.name}: {one.hook.path} (SHA-256 {one.hook.sha256[:12]}…)" for one in found if one.hook]


@app.command("check", epilog="dsar connectors check\n\ndsar connectors check my-connectors/club")
def check_connectors(folder: Folder = None, config: given.ConfigFile = None) -> int:
    """Try connectors on their own samples: recognised, loaded whole, every column described.

    Exit code 0: all passed; 1: at least one did not.
    """
    from dsar.cli.battery import examine
    from dsar.sources.registry import connectors as known

    configured = connector_folders(config)
    everything, wanted = known(configured), _places(configured)
    if folder is not None and str(folder) in wanted and not folder.exists():
        wanted = {str(folder): wanted[str(folder)]}
    elif folder is not None:
        if not _inside(wanted, folder):
            everything, wanted = known((*configured, folder)), _places((*configured, folder))
        wanted = _inside(wanted, folder)
    numbers = ("Files", "Rows", "Unreadable")
    table = console.Columns("Connector", *numbers, "Passed", numbers=numbers)
    problems = []
    for name, place in wanted.items():
        seen = examine(everything[name], place, everything)
        table.row(name, seen.files, seen.rows, seen.unreadable, "NO" if seen.problems else "yes")
        problems += [f"{name}: {problem}" for problem in seen.problems]
    table.print()
    console.points("Code of their own (hook.py) was run by:", _with_code(everything[name] for name in wanted))
    console.points("Problems:", problems)
    return exits.LOOK if problems else exits.COMPLETE


def _places(folders: tuple[Path, ...]) -> dict[str, Path]:
    from dsar.sources.registry import connector_folder, connectors

    return {name: place for name in connectors(folders) if (place := connector_folder(name, folders)) is not None}


def _inside(places: dict[str, Path], folder: Path) -> dict[str, Path]:
    return {name: place for name, place in places.items() if place.is_relative_to(folder.resolve())}
