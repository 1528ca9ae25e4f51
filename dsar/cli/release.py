"""`dsar release`: the gates, then the sealed package and its passphrase."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.copies.release import Released

app = typer.Typer(add_completion=False)
SEAL = "How it is sealed"
_OPENS = {
    "zip": "It opens with 7-Zip, WinZip, Keka and the like; Windows alone does not (`--package html` needs none).",
    "html": "It opens in any current browser, without the internet.",
    "age": "It opens with `age -d` or any program that knows the age format.",
}


@app.command(
    epilog="dsar release --request R-2026-001 --out to-send/\n\n"
    "dsar release --request R-2026-001 --out to-send/ --package html --passphrase-file ../passphrase.txt"
)
def release(
    request: Annotated[str, typer.Option("--request", metavar="ID", help="The registered request.")],
    out: given.OutFolder,
    package: Annotated[
        Literal["zip", "html", "age"],
        typer.Option(help="AES-256 ZIP, a page that opens itself in a browser, or age.", rich_help_panel=SEAL),
    ] = "zip",
    recipient: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A key of age (`age1…`) instead of a passphrase.", rich_help_panel=SEAL),
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the passphrase to a new file (0600).", rich_help_panel=SEAL),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who releases.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Check the gates, then write the encrypted package; its passphrase goes to the person by another way.

    The gates: identity verified, nothing undecided, every source searched, no legal key missing, nobody else inside.

    Exit code 0: released; 1: released, and the report tells of something that is missing; 2: not released, and why.
    """
    from dsar.fulfilment.copies.release import Seal
    from dsar.fulfilment.copies.release import release as released_of

    if as_json and passphrase_file is None and not recipient:
        raise RequestError("With `--json` the passphrase is not shown.", hint="Add `--passphrase-file FILE`.")
    seal = Seal(package, tuple(recipient or ()), passphrase_file, by)
    with console.progress(quiet) as progress:
        workspace = given.Run(config=config, today=today).open(progress)
        released = released_of(workspace, request, out, seal, progress)
    if as_json:
        from dsar.cli.as_json import dumps, release_document

        sys.stdout.write(dumps(release_document(released)))
    else:
        _print(released, package)
    return exits.LOOK if released.notes or released.doubts else exits.COMPLETE


def _print(released: Released, form: str) -> None:
    console.say(f"The package of request {released.request_id} is sealed and may be sent.", style="bold")
    console.points(f"Inside {released.package}:", released.files)
    if released.report.redactions:
        number = sum(one.count for one in released.report.redactions)
        console.say(f"{number} passages stand as labels; the report tells each, with the reason.")
    console.points("The report tells of this, and the person may ask:", released.notes)
    if released.delivery:
        console.say(f"Send it to: {released.delivery}. Compare this with the address that was verified.")
    console.say(_OPENS[form])
    if released.passphrase:
        console.say("The passphrase, shown this once and kept nowhere:", f"  {released.passphrase}")
    elif released.passphrase_file:
        console.say(f"The passphrase is in {released.passphrase_file}; delete it once it is told.")
    if released.passphrase or released.passphrase_file:
        console.say("Tell it by another way than the package goes: by telephone, by letter.")
    console.points("Before it is sent: the check of identity was too weak.", released.doubts)
    sent = f"--channel letter --package {shlex.quote(str(released.package.parent))}"
    console.follow(f"dsar request deliver {released.request_id} {sent}", "Once it is sent, with the way it went:")
