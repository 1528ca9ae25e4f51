"""What the commands of the other rights share: which person, what they do with it, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import sentence
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.model import Request

WHAT = "What is asked"
Scope = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", metavar="PURPOSE:CHANNEL", help="What it is limited to; repeatable.", rich_help_panel=WHAT,
        show_default=False,
    ),
]  # fmt: skip


def fulfil(
    who: given.Who, run: given.Run, right: str, out: Path, requests: Path | None, quiet: bool,
    change: Callable[[Request], Request] = lambda request: request,
) -> int:  # fmt: skip
    """Fulfil the requests for one right and say what was written; gives the exit code."""
    from dsar.fulfilment.rights import fulfil_rights

    with console.progress(quiet) as progress:
        every = who.asked(run, requests, right=right)
        asked = [change(request) for request in every if request.right == right]
        if not asked:
            raise RequestError(
                f"No request asks for {right}.", hint="The column `right`, or `dsar request show`, says what each asks."
            )
        workspace = run.open(progress)
        done = fulfil_rights(workspace, asked, out, progress)
    for one in done:
        console.say(
            f"Request {one.request_id}: written to {one.folder}. Nothing was changed in a source.", style="bold"
        )
        console.say(sentence(one.answer))
        console.points("Tell these recipients (Art. 19 GDPR):", [told.name for told in one.plan.recipients])
        console.points("A person must look at this:", one.reviews)
        console.points("Files:", one.files)
    if len(every) > len(asked):
        console.say(f"Left out: {len(every) - len(asked)} of {len(every)} requests ask for something else.")
    console.follow(
        f"dsar verify --request {done[0].request_id} --out DIR", "Once it was carried out and exported again:"
    )
    return max(exits.of_result(one.answer, one.reviews, workspace.guesses) for one in done)


def scoped(scope: Iterable[str] | None) -> Callable[[Request], Request]:
    """Limit a request to what `--scope` names, where it was given."""
    return lambda request: replace(request, scope=tuple(scope)) if scope else request
