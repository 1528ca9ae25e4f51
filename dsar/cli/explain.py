"""`dsar explain`: the evidence chain of one record, or why it was refused."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.asked import COMMAND_OF, Asked
from dsar.cli.grouped import grouped

app = typer.Typer(add_completion=False)
RecordId = Annotated[
    str, typer.Argument(metavar="RECORD", help="The record as `dsar find` prints it: source/collection/key.")
]


@app.command(epilog="dsar explain crm/contacts/C100 --email ada@example.org")
@grouped
def explain(record: RecordId, who: given.Who, asked: Asked, run: given.Run) -> int:
    """Say why one record is, or is not, this person's.

    Exit code 0: it was reached by the search; 1: it was not.
    """
    from dsar.fulfilment.finding.explain import explain as explain_record

    requests = asked.requests(who, run, tuple(COMMAND_OF))
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        explained = [explain_record(workspace, record, request) for request in requests]
    for request, explanation in zip(requests, explained, strict=True):
        if who.requests is not None:
            console.say(f"Request {request.request_id}:", style="bold")
        console.tree(explanation.lines)
    return exits.COMPLETE if any(explanation.found for explanation in explained) else exits.LOOK
