"""`dsar demo`: everything once, on an invented company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given

app = typer.Typer(add_completion=False)
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make for it.", show_default="dsar-demo")]


@app.command(epilog="dsar demo\n\ndsar demo /tmp/try-it")
def demo(folder: Folder = Path("dsar-demo"), quiet: given.Quiet = False) -> int:
    """Try everything on an invented company.

    Copies a sample company to DIR and runs the whole road on it. Exit code 0: each step did what it should; 1: not.
    """
    from dsar.fulfilment.setup.demo import demo as run_demo

    with console.progress(quiet) as progress:
        done = run_demo(folder, progress)
    table = console.Columns("Step", "What happened", "As expected")
    for title, sentence, fine in done.steps:
        table.row(title, sentence, "yes" if fine else "NO")
    table.print()
    console.points("Open these files:", [str(path) for path in done.open])
    if not done.ok:
        console.say("At least one step did not do what the demo expects.", style="bold red")
        return exits.LOOK
    console.follow("dsar init DIR", "With the folder of your own exports:")
    return exits.COMPLETE
