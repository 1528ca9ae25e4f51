"""`dsar init`: look at a folder of exports and write dsar.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli.places import connector_folders
from dsar.errors import ConfigError

if TYPE_CHECKING:
    from dsar.fulfilment.setup.init import Drafted

app = typer.Typer(add_completion=False)
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder with your exports.", show_default="here")]
Add = Annotated[bool, typer.Option("--add", help="Add new sources to a dsar.toml that is already there.")]


@app.command(epilog="dsar init exports/\n\ndsar init new-exports/ --add")
def init(folder: Folder = Path(), add: Add = False) -> int:
    """Look at your exports and write dsar.toml.

    Each file is recognised by its headings. A file no connector knows gets a drafted mapping, marked to be confirmed.
    Exit code 0: every file was recognised; 1: something was drafted or refused and a person must look.
    """
    from dsar.fulfilment.setup.init import draft_config, write_config
    from dsar.sources.registry import connectors

    path = Path("dsar.toml")
    if path.exists() and not add:
        raise ConfigError(
            "There is a dsar.toml in this folder already.", hint="Run `dsar init DIR --add` to add to it."
        )
    if not folder.is_dir():
        raise ConfigError(f"There is no folder {folder}.", hint="Give the folder with your exports.")
    drafted = draft_config(folder, Path.cwd(), connectors(connector_folders(path) if path.exists() else ()))
    _print(drafted)
    if not drafted.recognitions:
        raise ConfigError("No file was recognised, so no dsar.toml was written.", hint="Give the folder with exports.")
    written = write_config(drafted, path, add)
    if written:
        what = "1 source was" if len(written) == 1 else f"{len(written)} sources were"
        console.say(f"{what} written to dsar.toml.", style="bold")
    else:
        console.say("Nothing was added: dsar.toml covers every recognised file already.", style="bold")
    why = "Open dsar.toml, confirm what is guessed and fill in the legal keys. Then:"
    console.follow("dsar check", why if written else "Whether it is all confirmed and filled in:")
    sure = not written or all(found.certainty == "certain" for found in drafted.recognitions)
    return exits.COMPLETE if sure and not drafted.refused else exits.LOOK


def _print(drafted: Drafted) -> None:
    from dsar.fulfilment.setup.init import told

    table = console.Columns("File", "Is", "Because")
    for found in drafted.recognitions:
        near = [f"Nearest: {found.nearest}."] if found.nearest else []
        name = f"{found.connector}/{found.collection}"
        table.row(_near(found.path, drafted.base), [name, found.certainty], [told(found), *near])
    table.print()
    console.points("Files that belong to records:", [_near(path, drafted.base) for path in drafted.attachments])
    console.points("Not recognised, and in no source:", [str(refused) for refused in drafted.refused])
    console.points("Passed over:", [str(skipped) for skipped in drafted.skipped])


def _near(path: Path, base: Path) -> str:
    """A path as it stands in dsar.toml: from the folder of the config where the file lies inside it."""
    whole = path.resolve()
    return str(whole.relative_to(base.resolve()) if whole.is_relative_to(base.resolve()) else path)
