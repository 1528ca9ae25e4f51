"""`dsar explain`: the evidence chain of one record, or why it was refused."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given

app = typer.Typer(add_completion=False)
RecordId = Annotated[
    str, typer.Argument(metavar="RECORD", help="The record as `dsar find` prints it: source/collection/key.")
]


@app.command(epilog="dsar explain crm/contacts/C100 --email ada@example.org")
def explain(
    record: RecordId,
    email: given.Emails = None,
    phone: given.Phones = None,
    name: given.Names = None,
    birth_date: given.BirthDates = None,
    address: given.Addresses = None,
    postcode: given.Postcodes = None,
    ids: given.Ids = None,
    request: given.Registered = None,
    folder: given.InFolder = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Say why one record is, or is not, this person's.

    Exit code 0: it was reached by the search; 1: it was not.
    """
    from dsar.fulfilment.explain import explain as explain_record

    who = given.Who(email, phone, name, birth_date, address, postcode, ids, request)
    with console.progress(quiet) as progress:
        run = given.Run(config, today, folder)
        asked = who.asked(run)[0]
        workspace = run.open(progress)
        explanation = explain_record(workspace, record, asked)
    console.tree(explanation.lines)
    return exits.COMPLETE if explanation.found else exits.LOOK
