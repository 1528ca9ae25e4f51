"""`dsar rectify`: where a wrong value stands, and the change set that corrects it."""

from __future__ import annotations

import typer

from dsar.cli import options as given
from dsar.cli import other_rights
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped

app = typer.Typer(add_completion=False)


@app.command(epilog="dsar rectify --email ada@example.org --set 'Phone Number=+49 30 23125 145' --out correction/")
@grouped
def rectify(out: given.OutFolder, who: given.Who, asked: Asked, run: given.Run) -> int:
    """Write the change set that corrects a person's data (Art. 16 GDPR).

    Exit code 0: everything is written; 1: a person must look, e.g. correct by hand; 2: you can mend it.
    """
    requests = asked.requests(who, run, ("rectification",))
    return other_rights.fulfil(run, "rectification", requests, out, who.again(run.folder, asked.again))
