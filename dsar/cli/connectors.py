"""`dsar connectors`: the known connectors, and the battery over them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.places import connector_folders

app = typer.Typer(add_completion=False)
Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", help="A connector, or a folder of them, of your own.", show_default="all known ones"
    ),
]


@app.callback()
def connectors() -> None:
    """List the known connectors, or check one."""


@app.command("list", epilog="dsar connectors list")
def list_connectors(config: given.ConfigFile = None) -> int:
    """List the connectors that ship with dsar and those of the folders that dsar.toml names."""
    from dsar.sources.registry import connectors as known

    table = console.Columns("Connector", "Reads", "Collections", "Tested with")
    for name, connector in known(connector_folders(config)).items():
        table.row(name, connector.title, ", ".join(connector.collections), connector.tested_with or "-")
    table.print()
    return exits.COMPLETE


@app.command("check", epilog="dsar connectors check\n\ndsar connectors check my-connectors/club")
def check_connectors(folder: Folder = None, config: given.ConfigFile = None) -> int:
    """Try connectors on their own samples: recognised, loaded whole, every column described.

    Exit code 0: all passed; 1: at least one did not.
    """
    from dsar.cli.battery import examine
    from dsar.sources.registry import connectors as known

    configured = connector_folders(config)
    everything, wanted = known(configured), _places(configured)
    if folder is not None:
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
    console.points("Problems:", problems)
    return exits.LOOK if problems else exits.COMPLETE


def _places(folders: tuple[Path, ...]) -> dict[str, Path]:
    from dsar.sources.registry import connector_folder, connectors

    return {name: place for name in connectors(folders) if (place := connector_folder(name, folders)) is not None}


def _inside(places: dict[str, Path], folder: Path) -> dict[str, Path]:
    return {name: place for name, place in places.items() if place.is_relative_to(folder.resolve())}
