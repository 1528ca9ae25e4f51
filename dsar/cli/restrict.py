"""`dsar restrict`: mark a person's data so that it is only stored, and lift the mark again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import console, exits, other_rights
from dsar.cli import options as given
from dsar.cli.asked import WHAT, Asked, under
from dsar.cli.grouped import grouped
from dsar.errors import RequestError

app = typer.Typer(add_completion=False)
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The folder to write to.", show_default=False)]
Ground = Annotated[
    str,
    typer.Option("--ground", metavar="GROUND", help="accuracy, unlawful, claims or objection.", rich_help_panel=WHAT),
]
Lift = Annotated[bool, typer.Option("--lift", help="Lift the restriction of --request.", rich_help_panel=WHAT)]
Notified = Annotated[
    str,
    typer.Option(
        "--notified", metavar="DATE", help="When the person was told that it will be lifted (Art. 18(3)).",
        rich_help_panel=WHAT,
    ),
]  # fmt: skip


@app.command(
    epilog="dsar restrict --email ada@example.org --ground accuracy --out restriction/\n\n"
    "dsar restrict --request R-2026-006 --lift --notified 2026-11-20"
)
@grouped
def restrict(
    who: given.Who, asked: Asked, run: given.Run, out: Out = None, ground: Ground = "", lift: Lift = False,
    notified: Notified = "",
) -> int:  # fmt: skip
    """Restrict a person's data to being stored (Art. 18 GDPR), or lift it.

    Exit code 0: everything is written; 1: a person must look; 2: you can mend it.
    """
    if lift:
        return _lifted(run, who.registered, notified)
    if out is None:
        raise RequestError("Where is the result to go?", hint="Give --out DIR.")
    every = under(asked.requests(who, run, ("restriction",)), ground=ground)
    return other_rights.fulfil(run, "restriction", every, out, who.again(run.folder, asked.again))


def _lifted(run: given.Run, request: str | None, notified: str) -> int:
    from dsar.fulfilment.erasing.restriction import lift_restriction

    if request is None:
        raise RequestError("Whose restriction is lifted?", hint="Give --request ID.")
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        places = lift_restriction(workspace, request, notified)
    console.say(f"The restriction of request {request} is lifted.", style="bold")
    console.points("Take the marks off in:", places)
    return exits.LOOK if places else exits.COMPLETE
