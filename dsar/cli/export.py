"""`dsar export`: the access package, ready for review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import due_line, print_sources, sentence
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.copies.export import Failed, Package

Portability = Annotated[
    bool, typer.Option("--portability", help="Write the machine-readable file of Art. 20 GDPR instead of the package.")
]

app = typer.Typer(add_completion=False)


@app.command(
    epilog="dsar export --email ada@example.org --out answer/\n\ndsar export --requests requests.csv --out answers/"
)
@grouped
def export(out: given.OutFolder, who: given.Who, asked: Asked, run: given.Run, portability: Portability = False) -> int:
    """Write the access package of one person (Art. 15 GDPR): HTML, PDF, XLSX, JSON and the attachments.

    Exit code 0: complete; 1: a person must look before it is sent; 2: you can mend it.
    """
    from dsar.fulfilment.copies.export import RIGHTS, export_each

    every = asked.requests(who, run, RIGHTS)
    wanted = [request for request in every if request.right in RIGHTS]
    if not wanted:
        raise RequestError(
            "No request asks for access.", hint="The column `right`, or `dsar request show`, says what each asks."
        )
    wanted = [replace(request, right="portability") for request in wanted] if portability else wanted
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        packages, failed = export_each(workspace, wanted, out, progress)
    if failed and not packages:
        raise failed[0].error
    codes = [exits.of_result(package.answer, package.reviews, workspace.guesses) for package in packages]
    if who.requests is None:
        _print(packages[0], workspace.guesses)
    else:
        _print_all(packages, failed, codes)
        if others := len(every) - len(wanted):
            console.say(f"Left out: {others} of {len(every)} requests ask for something else than access.")
    return max([*codes, exits.LOOK if failed else exits.COMPLETE])


def _print(package: Package, guesses: tuple[str, ...]) -> None:
    console.say(f"The package of request {package.request_id} is ready for review.", style="bold")
    console.say(sentence(package.answer), *due_line(package.answer.request))
    print_sources(package.answer.sources, package.reviews)
    console.points(f"Written to {package.folder}:", package.files)
    console.points("Files were recognised on the fly. Guessed:", guesses, most=8)
    console.points("A person must look at this before it is sent:", package.reviews)
    if "report.html" in package.files:
        console.say(f"Open {package.folder / 'report.html'} in a browser.")


def _print_all(packages: list[Package], failed: list[Failed], codes: list[int]) -> None:
    numbers = ("Records", "To review", "Exit")
    table = console.Columns("Request", "Held", *numbers, "Folder", numbers=numbers)
    for package, code in zip(packages, codes, strict=True):
        held = "yes" if package.answer.held else "no"
        records = len(package.answer.graded("confirmed"))
        table.row(package.request_id, held, records, len(package.reviews), code, package.folder)
    table.print()
    reviews = dict.fromkeys(review for package in packages for review in package.reviews)
    console.points("A person must look at this before anything is sent:", reviews)
    console.points("Not written:", [f"{one.request_id}: {one.error.message} {one.error.hint}" for one in failed])
