"""`dsar restrict`: mark a person's data so that it is only stored, and lift the mark again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits, other_rights
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.model import Request

app = typer.Typer(add_completion=False)
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The folder to write to.", show_default=False)]
Ground = Annotated[
    str,
    typer.Option(
        "--ground", metavar="GROUND", help="accuracy, unlawful, claims or objection.", rich_help_panel=other_rights.WHAT
    ),
]
Lift = Annotated[
    bool, typer.Option("--lift", help="Lift the restriction of --request.", rich_help_panel=other_rights.WHAT)
]
Notified = Annotated[
    str,
    typer.Option(
        "--notified", metavar="DATE", help="When the person was told that it will be lifted (Art. 18(3)).",
        rich_help_panel=other_rights.WHAT,
    ),
]  # fmt: skip
Scope = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", metavar="SOURCE", help="Only these sources; repeatable.", rich_help_panel=other_rights.WHAT,
        show_default=False,
    ),
]  # fmt: skip


@app.command(
    epilog="dsar restrict --email ada@example.org --ground accuracy --out restriction/\n\n"
    "dsar restrict --request R-2026-006 --lift --notified 2026-11-20"
)
def restrict(
    out: Out = None,
    email: given.Emails = None,
    phone: given.Phones = None,
    name: given.Names = None,
    birth_date: given.BirthDates = None,
    address: given.Addresses = None,
    postcode: given.Postcodes = None,
    ids: given.Ids = None,
    request: given.Registered = None,
    requests: given.RequestsFile = None,
    ground: Ground = "",
    scope: Scope = None,
    lift: Lift = False,
    notified: Notified = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Restrict a person's data to being stored (Art. 18 GDPR), or lift it.

    Exit code 0: everything is written; 1: a person must look; 2: you can mend it.
    """
    run = given.Run(config, today)
    if lift:
        return _lifted(run, request, notified, quiet)
    if out is None:
        raise RequestError("Where is the result to go?", hint="Give --out DIR.")

    def narrowed(asked: Request) -> Request:
        limited = replace(asked, scope=tuple(scope)) if scope else asked
        return replace(limited, ground=ground) if ground else limited

    who = given.Who(email, phone, name, birth_date, address, postcode, ids, request)
    return other_rights.fulfil(who, run, "restriction", out, requests, quiet, narrowed)


def _lifted(run: given.Run, request: str | None, notified: str, quiet: bool) -> int:
    from dsar.fulfilment.restriction import lift_restriction

    if request is None:
        raise RequestError("Whose restriction is lifted?", hint="Give --request ID.")
    with console.progress(quiet) as progress:
        workspace = run.open(progress)
        places = lift_restriction(workspace, request, notified)
    console.say(f"The restriction of request {request} is lifted.", style="bold")
    console.points("Take the marks off in:", places)
    return exits.LOOK if places else exits.COMPLETE
