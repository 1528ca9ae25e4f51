"""`dsar verify`: what became of an erasure, on renewed exports, and its certificate."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given

if TYPE_CHECKING:
    from dsar.fulfilment.erasing.verify import Verified

app = typer.Typer(add_completion=False)

RequestId = Annotated[
    str, typer.Option("--request", metavar="ID", help="The request whose plan was carried out.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where the certificate goes.", show_default=False),
]
RanBy = Annotated[str, typer.Option("--ran-by", metavar="NAME", help="Who ran the scripts.", show_default=False)]
Recipient = Annotated[
    list[str] | None,
    typer.Option(
        "--recipient",
        metavar="NAME=STATUS",
        help="Note how far telling a recipient has come: sent, confirmed, failed or disproportionate.",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it failed or is disproportionate.")]
WORDS = {
    "gone": "Gone", "still_there": "Still there", "came_back": "Came back", "kept": "Kept", "changed": "Changed",
    "missing": "Missing", "unknown": "Not known",
}  # fmt: skip


@app.command(
    epilog="dsar verify --request R-2026-002 --out certificate/\n\n"
    "dsar verify --request R-2026-002 --recipient 'Example Ltd=confirmed'"
)
def verify(
    request: RequestId,
    out: Out = None,
    ran_by: RanBy = "",
    recipient: Recipient = None,
    reason: Reason = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> int:
    """Search renewed exports for what was erased and write the certificate.

    Exit code 0: everything is as planned; 1: a person must look; 2: you can mend it, e.g. the plan was changed.
    """
    from dsar.fulfilment.erasing.kept_plan import kept_plan
    from dsar.fulfilment.erasing.recipients import tell
    from dsar.fulfilment.erasing.verify import verify as verify_plan

    with console.progress(quiet) as progress:
        workspace = given.Run(config=config, today=today).open(progress)
        for pair in recipient or ():
            tell(workspace, request, pair, kept_plan(workspace, request).recipients, reason, ran_by)
        verified = verify_plan(workspace, request, out, ran_by, progress)
    if json:
        sys.stdout.write(as_json.dumps(_document(verified)))
    else:
        _print(verified)
    waiting = [one for one in verified.certificate.recipients if not one.done]
    return exits.LOOK if verified.reviews or waiting else exits.COMPLETE


def _document(verified: Verified) -> dict[str, object]:
    certificate = verified.certificate
    return {
        "schema": "dsar-verify/1",
        "request_id": verified.request_id,
        "digest": certificate.digest,
        "complete": certificate.complete,
        "counts": {name: sum(one.status == name for one in verified.checked) for name in WORDS},
        "records": [
            {"record": one.record, "outcome": one.outcome, "status": one.status, "note": one.note}
            for one in verified.checked
        ],
        "recipients": [
            {"name": one.name, "status": one.status, "at": one.at, "reason": one.reason}
            for one in certificate.recipients
        ],
        "problems": list(verified.reviews),
    }


def _print(verified: Verified) -> None:
    from dsar.renderers.as_certificate import sentence

    console.say(sentence(verified.certificate), style="bold")
    shown = {status: word for status, word in WORDS.items() if any(one.status == status for one in verified.checked)}
    table = console.Columns("Collection", *shown.values(), numbers=tuple(shown.values()))
    places = dict.fromkeys(f"{one.source}/{one.collection}" for one in verified.checked)
    for place in places:
        counts = Counter(one.status for one in verified.checked if f"{one.source}/{one.collection}" == place)
        table.row(place, *(counts[status] for status in shown))  # type: ignore[index]
    table.print()
    waiting = [f"{one.name}: {one.status}" for one in verified.certificate.recipients if not one.done]
    console.points("Recipients that are still to be told:", waiting)
    console.points("A person must look at this:", verified.reviews)
    if verified.folder is not None:
        console.points(f"Written to {verified.folder}:", verified.files)
    if waiting:
        console.follow(f"dsar verify --request {verified.request_id} --recipient '{waiting[0].split(': ')[0]}=sent'")
