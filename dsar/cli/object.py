"""`dsar object`: the stop order of an objection, and its entries of the suppression list."""

from __future__ import annotations

import typer

from dsar.cli import options as given
from dsar.cli import other_rights

app = typer.Typer(add_completion=False)


@app.command("object", epilog="dsar object --email ada@example.org --scope advertising:phone --out stop/")
def object_(
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
    scope: other_rights.Scope = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Stop the use of a person's data they object to (Art. 21 GDPR).

    Exit code 0: everything is written; 1: a person must look; 2: you can mend it.
    """
    who = given.Who(email, phone, name, birth_date, address, postcode, ids, request)
    run = given.Run(config, today)
    return other_rights.fulfil(who, run, "objection", out, requests, quiet, other_rights.scoped(scope))
