"""`dsar review`: decide which probable and possible records of a request are this person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import print_answer
from dsar.cli.others_text import print_others
from dsar.cli.review_screen import decide_all, decide_mentions, interactive
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.workspace import Workspace
    from dsar.model import Answer, Request

app = typer.Typer(add_completion=False)

WHAT = "What is decided"
RequestId = Annotated[
    str, typer.Option("--request", metavar="ID", help="The request, as `dsar request list` names it.")
]
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="RECORD", help="It is this person's; repeatable.", rich_help_panel=WHAT),
]
Reject = Annotated[
    list[str] | None,
    typer.Option("--reject", metavar="RECORD", help="It is not this person's; repeatable.", rich_help_panel=WHAT),
]
Undo = Annotated[
    list[str] | None,
    typer.Option(
        "--undo", metavar="RECORD|FINDING|SOURCE", help="Take a decision back; repeatable.", rich_help_panel=WHAT
    ),
]
Redact = Annotated[
    list[str] | None,
    typer.Option("--redact", metavar="FINDING", help="A label takes its place; or `proposed`.", rich_help_panel=WHAT),
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="FINDING", help="It stays in the copy; or `proposed`.", rich_help_panel=WHAT),
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="SOURCE", help="Answer without this source.", rich_help_panel=WHAT),
]
ApprovePlan = Annotated[
    str,
    typer.Option(
        "--approve-plan", metavar="DIGEST", help="Approve the erasure plan with this digest.", rich_help_panel=WHAT
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it was decided so.", rich_help_panel=WHAT)]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.", rich_help_panel=WHAT)]


@app.command(
    epilog="dsar review --request 2026-001 --accept crm/contacts/C100 --reason 'same signature' --by 'E. Officer'"
)
def review(
    request: RequestId,
    accept: Accept = None,
    reject: Reject = None,
    redact: Redact = None,
    keep: Keep = None,
    without: Without = None,
    undo: Undo = None,
    approve_plan: ApprovePlan = "",
    reason: Reason = "",
    by: By = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
) -> int:
    """Decide which probable records are this person's, and what of their copy is about other people.

    The decisions hold in later runs and in renewed exports. Without an option it asks about one
    record after the other on a terminal, and lists what is open elsewhere.

    Exit code 0: nothing is left to decide or to look at; 1: something is.
    """
    from dsar.fulfilment.finding.find import find
    from dsar.fulfilment.finding.review import Wanted, decide_records, request_of_case
    from dsar.fulfilment.finding.review_others import FINDING, Said, decide_others, others_in

    undone = undo or []
    findings = [one for one in undone if FINDING.fullmatch(one)]
    sources = [one for one in undone if "/" not in one and one not in findings]
    verdicts = {"accept": accept, "reject": reject, "undo": [one for one in undone if "/" in one]}
    about = {
        "finding": {"redact": redact, "keep": keep, "undo": findings},
        "source": {"without": without, "undo": sources},
    }
    with console.progress(quiet) as progress:
        workspace = given.Run(config=config, today=today).open(progress)
        if approve_plan:
            return _approved(workspace, request, approve_plan, by, reason)
        asked = request_of_case(workspace, request)
        wanted = [Wanted(verdict, tuple(records)) for verdict, records in verdicts.items() if records]  # type: ignore[arg-type]
        if wanted:
            answer = decide_records(workspace, asked, wanted, reason, by, progress)
        elif not any(targets for said in about.values() for targets in said.values()) and interactive():
            answer = _at_the_screen(workspace, asked, reason, by)
        else:
            answer = find(workspace, [asked], progress)[0]
        for kind, said in about.items():
            listed = tuple((verdict, tuple(targets)) for verdict, targets in said.items() if targets)
            if listed:
                decide_others(workspace, asked, answer, Said(kind, listed, reason, by))  # type: ignore[arg-type]
        clear = others_in(workspace, answer)
        answer = clear.answer  # with what people answered for sources without an export
    print_answer(answer, (), given.Again(f"--request {request}"))
    print_others(clear)
    return exits.LOOK if clear.undecided else exits.of_answer(answer)


def _at_the_screen(workspace: Workspace, asked: Request, reason: str, by: str) -> Answer:
    """Decide record by record at the terminal, then mention by mention of what is in the copy by then."""
    from dsar.fulfilment.finding.find import find
    from dsar.fulfilment.finding.review import Sitting
    from dsar.fulfilment.finding.review_others import OthersSitting

    sitting = Sitting(workspace, asked)
    if sitting.queue:
        decided = decide_all(sitting, reason or "compared side by side with what is known", _named(by))
        console.say(f"{decided} of {len(sitting.queue)} decided.")
    answer = find(workspace, [asked])[0]
    others = OthersSitting(workspace, asked, answer)
    if waiting := others.queue:
        decided = decide_mentions(others, reason or "read in its place", _named(by))
        console.say(f"{decided} of {len(waiting)} mentions of other people decided.")
    return answer


def _named(by: str) -> str:
    if not by.strip():
        raise RequestError(
            "A decision needs a name.", hint="Give --by NAME, and --reason TEXT if there is a special one."
        )
    return by


def _approved(workspace: Workspace, request: str, digest: str, by: str, reason: str) -> int:
    """Approve a plan and say whether it may be run; it is no decision on records, so it is taken alone."""
    from dsar.fulfilment.desk.identity_check import doubts_of
    from dsar.fulfilment.erasing.approve import approve_plan
    from dsar.fulfilment.home import register_of
    from dsar.register.requests import knows, read

    done, needed = approve_plan(workspace, request, digest, by, reason)
    place = register_of(workspace)
    doubts = doubts_of(workspace, read(place, request)) if knows(place, request) else ()
    console.points("The check of the requester's identity is weak for what is asked:", doubts)
    if done < needed:
        console.say(f"Approved by {done} of {needed} people: another one must approve it before anything is run.")
        return exits.LOOK
    console.say("The plan is approved. Run its scripts, renew the exports, then look whether everything is gone.")
    console.follow(f"dsar verify --request {request} --out certificate/")
    return exits.LOOK if doubts else exits.COMPLETE
