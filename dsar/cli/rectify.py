"""`dsar rectify`: where a wrong value stands, and the change set that corrects it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import options as given
from dsar.cli import other_rights
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.model import Request

app = typer.Typer(add_completion=False)
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="A field by its heading or label, and what is right; repeatable.",
        rich_help_panel=other_rights.WHAT, show_default=False,
    ),
]  # fmt: skip


@app.command(epilog="dsar rectify --email ada@example.org --set 'Phone Number=+49 30 23125 145' --out correction/")
def rectify(
    out: given.OutFolder,
    email: given.Emails = None,
    phone: given.Phones = None,
    name: given.Names = None,
    birth_date: given.BirthDates = None,
    address: given.Addresses = None,
    postcode: given.Postcodes = None,
    ids: given.Ids = None,
    request: given.Registered = None,
    requests: given.RequestsFile = None,
    set_: Set = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Write the change set that corrects a person's data (Art. 16 GDPR).

    Exit code 0: everything is written; 1: a person must look, e.g. correct by hand; 2: you can mend it.
    """
    changes = []
    for pair in set_ or ():
        field, equals, value = pair.partition("=")
        if not equals or not field.strip():
            raise RequestError("--set wants FIELD=VALUE.", hint="For example: --set 'Phone Number=+49 30 23125 145'")
        changes.append((field.strip(), value))

    def changed(asked: Request) -> Request:
        return replace(asked, changes=tuple(changes)) if changes else asked

    who = given.Who(email, phone, name, birth_date, address, postcode, ids, request)
    return other_rights.fulfil(who, given.Run(config, today), "rectification", out, requests, quiet, changed)
