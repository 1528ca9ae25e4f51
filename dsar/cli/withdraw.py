"""`dsar withdraw`: the consents of a person before and after a withdrawal."""

from __future__ import annotations

import typer

from dsar.cli import options as given
from dsar.cli import other_rights
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped

app = typer.Typer(add_completion=False)


@app.command(epilog="dsar withdraw --email ada@example.org --scope newsletter:email --out withdrawal/")
@grouped
def withdraw(out: given.OutFolder, who: given.Who, asked: Asked, run: given.Run) -> int:
    """Withdraw consents by purpose and channel (Art. 7(3) GDPR).

    Exit code 0: everything is written; 1: a person must look; 2: you can mend it.
    """
    requests = asked.requests(who, run, ("withdrawal",))
    return other_rights.fulfil(run, "withdrawal", requests, out, who.again(run.folder, asked.again))
