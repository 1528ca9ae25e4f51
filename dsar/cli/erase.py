"""`dsar erase`: the plan of an erasure and its scripts; deletes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import due_line, place_of, sentence
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped
from dsar.cli.plan_text import follow_plan
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.erasing.erase import ErasureFolder
    from dsar.model import Outcome

Replay = Annotated[
    bool,
    typer.Option(
        "--replay", help="After a restore: everybody on the suppression list who stands in the exports again."
    ),
]

app = typer.Typer(add_completion=False)
OUTCOMES: tuple[Outcome, ...] = ("delete", "anonymise", "restrict", "keep")


@app.command(
    epilog="dsar erase --email ada@example.org --out erasure/\n\ndsar erase --requests requests.csv --out erasures/\n\n"
    "dsar erase --replay --out replay/"
)
@grouped
def erase(out: given.OutFolder, who: given.Who, asked: Asked, run: given.Run, replay: Replay = False) -> int:
    """Plan an erasure and write its scripts (Art. 17 GDPR); deletes nothing.

    Exit code 0: the plan is complete; 1: a person must look before a script is run; 2: you can mend it.
    """
    from dsar.fulfilment.erasing.erase import RIGHTS, plan_erasure

    if replay:
        if who.given or who.elsewhere or asked.given:
            raise RequestError("`--replay` asks for everybody on the suppression list.", hint="Leave the others out.")
        return _replay(run, out)
    every = asked.requests(who, run, RIGHTS)
    wanted = [request for request in every if request.right in RIGHTS]
    if not wanted:
        raise RequestError(
            "No request asks for erasure.", hint="The column `right`, or `dsar request show`, says what each asks."
        )
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        planned = plan_erasure(workspace, wanted, out, progress)
    codes = [exits.of_result(plan.answer, plan.reviews, workspace.guesses) for plan in planned]
    if who.requests is None:
        _print(planned[0], workspace.guesses)
    else:
        _print_all(planned, codes)
        others = len(every) - len(wanted)
        if others:
            console.say(f"Left out: {others} of {len(every)} requests ask for something else than erasure.")
    follow_plan(workspace, planned[0], who.again(run.folder, asked.again))
    return max(codes, default=exits.COMPLETE)


def _replay(run: given.Run, out: Path) -> int:
    """After a restore: plan again for everybody on the suppression list who stands in the exports (E-52)."""
    from dsar.fulfilment.erasing.replay import replay

    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        done = replay(workspace, out, progress)
    looked = "1 request" if done.looked_for == 1 else f"{done.looked_for} requests"
    if not done.folders:
        console.say(f"Nobody of the suppression list ({looked}) stands in these exports where they should not.")
        return exits.COMPLETE
    console.say(f"Of {looked} on the suppression list, {len(done.folders)} must be carried out again.", style="bold")
    console.points("Found in the exports:", [str(one) for one in done.back])
    codes = [exits.of_result(plan.answer, plan.reviews, workspace.guesses) for plan in done.folders]
    _print_all(list(done.folders), codes)
    console.say("Approve and run each plan before the restored system goes live, then verify it on new exports.")
    return exits.LOOK


def _print(planned: ErasureFolder, guesses: tuple[str, ...]) -> None:
    console.say(f"The erasure plan of request {planned.request_id} was written. Nothing was deleted.", style="bold")
    console.say(sentence(planned.answer), *due_line(planned.answer.request))
    numbers = tuple(outcome.capitalize() for outcome in OUTCOMES)
    table = console.Columns("Collection", *numbers, numbers=numbers)
    for source in planned.answer.sources:
        place = (source.source, source.collection)
        outcomes = [step.outcome for step in planned.plan.steps if (step.source, step.collection) == place]
        table.row(place_of(source), *(outcomes.count(outcome) for outcome in OUTCOMES))
    table.print()
    console.points("Out of scope:", [f"{what}: {reason}" for what, reason in planned.plan.out_of_scope])
    console.points("Tell these recipients (Art. 19 GDPR):", [told.name for told in planned.plan.recipients])
    console.points("Files were recognised on the fly. Guessed:", guesses, most=8)
    console.points("A person must look at this before a script is run:", planned.reviews)
    console.points(f"Written to {planned.folder}:", planned.files)
    console.say(f"Open {planned.folder / 'plan.html'} in a browser.")


def _print_all(planned: list[ErasureFolder], codes: list[int]) -> None:
    numbers = (*(outcome.capitalize() for outcome in OUTCOMES), "Exit")
    table = console.Columns("Request", *numbers, "Folder", numbers=numbers)
    for plan, code in zip(planned, codes, strict=True):
        counts = plan.plan.counts
        table.row(plan.request_id, *(counts[outcome] for outcome in OUTCOMES), code, plan.folder)
    table.print()
    console.say("Nothing was deleted.")
    reviews = dict.fromkeys(review for plan in planned for review in plan.reviews)
    console.points("A person must look at this before a script is run:", reviews)
