"""`dsar object`: the stop order of an objection, and its entries of the suppression list."""

from __future__ import annotations

import typer

from dsar.cli import options as given
from dsar.cli import other_rights
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped

app = typer.Typer(add_completion=False)


@app.command("object", epilog="dsar object --email ada@example.org --scope advertising:phone --out stop/")
@grouped
def object_(out: given.OutFolder, who: given.Who, asked: Asked, run: given.Run) -> int:
    """Stop the use of a person's data they object to (Art. 21 GDPR).

    Exit code 0: everything is written; 1: a person must look; 2: you can mend it.
    """
    requests = asked.requests(who, run, ("objection",))
    return other_rights.fulfil(run, "objection", requests, out, who.again(run.folder, asked.again))
