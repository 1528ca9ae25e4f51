"""`dsar purge`: what dsar made itself and has expired is removed, with a line in the log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given

app = typer.Typer(add_completion=False)
WORDS = {
    "case": "Cases of requests whose time is over",
    "extracts": "Copies of sources in closed cases",
    "package": "Packages that were delivered",
    "segment": "Segments of exports",
    "drop": "Files of drop folders",
    "torn": "Torn lines of the log that were looked at",
}


@app.command(epilog="dsar purge --dry-run\n\ndsar purge --due --packages answers/ --inbox inbox/")
def purge(
    due: Annotated[bool, typer.Option("--due", help="What has expired; this is what happens without it, too.")] = True,
    packages: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A folder with packages; can be repeated.")
    ] = None,
    inbox: Annotated[list[Path] | None, typer.Option(metavar="DIR", help="A drop folder; can be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Remove what has expired: working files, cases, packages, segments, drop folders, torn lines.

    Exit code 0: it is gone, or nothing had expired.
    """
    from dsar.fulfilment.desk.purge import expired
    from dsar.fulfilment.desk.purge import purge as removed

    home = given.Run(config=config, today=today).home()
    gone = expired(home, packages or (), inbox or ())
    if not dry_run:
        removed(home, gone)
    counts = Counter(one.kind for one in gone)
    table = console.Columns("What", "Number", numbers=("Number",))
    for kind, words in WORDS.items():
        table.row(words, counts[kind])
    table.print()
    would = "would be removed" if dry_run else "removed; each stands in the log"
    console.say(f"{len(gone)} {would}." if gone else "Nothing has expired.")
    return exits.COMPLETE
