"""What the commands of the other rights share: what they do with a request, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import due_line, sentence
from dsar.cli.plan_text import follow_plan
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.model import Request


def fulfil(run: given.Run, right: str, every: Sequence[Request], out: Path, again: given.Again) -> int:
    """Fulfil the requests for one right and say what was written; gives the exit code."""
    from dsar.fulfilment.erasing.rights import fulfil_rights

    asked = [request for request in every if request.right == right]
    if not asked:
        raise RequestError(
            f"No request asks for {right}.", hint="The column `right`, or `dsar request show`, says what each asks."
        )
    if run.folder is not None and right in ("objection", "withdrawal"):
        raise RequestError(
            "`--in` keeps nothing, and this right needs a suppression list that stays.",
            hint=f"Run `dsar init {run.folder}` first, then leave `--in` out.",
        )
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        done = fulfil_rights(workspace, asked, out, progress)
    for one in done:
        console.say(
            f"Request {one.request_id}: written to {one.folder}. Nothing was changed in a source.", style="bold"
        )
        console.say(sentence(one.answer), *due_line(one.answer.request))
        console.points("Tell these recipients (Art. 19 GDPR):", [told.name for told in one.plan.recipients])
        console.points("A person must look at this:", one.reviews)
        console.points("Files:", one.files)
    if len(every) > len(asked):
        console.say(f"Left out: {len(every) - len(asked)} of {len(every)} requests ask for something else.")
    if done[0].plan.steps:
        follow_plan(workspace, done[0], again)
    return max(exits.of_result(one.answer, one.reviews, workspace.guesses) for one in done)
