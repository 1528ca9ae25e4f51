"""`dsar batch`: every request of a file, of the register or of a drop folder, by its right, in one pass."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.batches.batch import Batch, Log
    from dsar.fulfilment.desk.inbox import Taken
    from dsar.fulfilment.requests import BadRow
    from dsar.fulfilment.workspace import Workspace
    from dsar.model import Request
    from dsar.progress import Progress

app = typer.Typer(add_completion=False)
ROWS = 200


@app.command(epilog="dsar batch requests.csv --out answers/\n\ndsar batch --due --out answers/ --wait 600 --log-json")
def batch(
    out: given.OutFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="REQUESTS.csv", help="One request a row.", show_default=False)
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Every open request of the register, by urgency.")] = False,
    inbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Every .csv and .eml file of a drop folder.", show_default=False)
    ] = None,
    wait: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for another batch.")] = 0,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell each event as a JSON line on stderr.")] = False,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> int:
    """Fulfil every request by its right, in one pass.

    Run it again and it goes on where it was stopped; what is done stays as it is.

    Exit code 0: all complete; 1: a person must look, or a request failed; 2: you can mend it.
    """
    from dsar.fulfilment.batches.batch_files import alone, begun, write_summaries

    if sum((file is not None, due, inbox is not None)) != 1:
        raise RequestError("Say where the requests are, once.", hint="A file, or --due, or --inbox DIR.")
    if file is not None and file.is_dir():
        raise RequestError("That is a folder, and no file of requests.", hint="`--inbox DIR` works off a drop folder.")
    run = given.Run(config=config, today=today)
    root = run.home().root
    log = _log if log_json else _silent
    with alone(root, wait), console.progress(quiet) as progress:
        workspace = run.open_patiently(progress, wait)
        what = repr((str(file), due, str(inbox), str(out.resolve())))
        with begun(workspace, what, frozen=today is not None) as at:
            done, taken = _done(at, (file, inbox), out, (progress, log))
            write_summaries(done, out, at.config.controller.name)
            rejected = _put_away(taken, done)
    log("end", {"requests": len(done.lines), "failed": done.failed, "exit_code": _code(done)})
    if json:
        sys.stdout.write((out / "summary.json").read_text(encoding="utf-8"))
    elif done.lines:
        _print(done, out)
        if rejected:
            console.say(
                f"{rejected} of {len(taken)} files were rejected, each with its reason beside it: {inbox}/rejected"
            )
        _next(done)
    else:
        console.say("The drop folder holds no request." if inbox is not None else "No request of the register is open.")
        console.follow("dsar request list --due" if inbox is not None else "dsar request list")
    return _code(done)


def _done(
    workspace: Workspace, where: tuple[Path | None, Path | None], out: Path, telling: tuple[Progress, Log]
) -> tuple[Batch, list[Taken]]:
    """Read what is asked and do it."""
    from dsar.fulfilment.batches.batch import batch_of_register, run_batch
    from dsar.fulfilment.desk.inbox import take
    from dsar.fulfilment.places import check_out
    from dsar.fulfilment.requests import read_rows

    file, inbox = where
    check_out(workspace, out, inbox)
    requests: Sequence[Request]
    bad: Sequence[BadRow] = ()
    taken: list[Taken] = []
    if file is not None:
        requests, bad = read_rows(file)
    elif inbox is not None:
        taken = list(take(workspace, inbox))
        requests = list({str(one.request_id): one for part in taken for one in part.requests}.values())
        bad = [row for part in taken for row in part.bad]
    else:
        requests = batch_of_register(workspace)
    telling[1]("begin", {"requests": len(requests), "rejected": len(bad)})
    return run_batch(workspace, requests, bad, out, telling), taken


def _put_away(taken: Sequence[Taken], done: Batch) -> int:
    """Move the files of a drop folder away; gives how many were rejected."""
    from dsar.fulfilment.desk.inbox import put_away

    unregistered = {str(line.request_id): line.error or "" for line in done.lines if line.due is None and line.error}
    return sum(put_away(part, unregistered) for part in taken)


def _code(done: Batch) -> int:
    return exits.LOOK if any(line.exit_code for line in done.lines) else exits.COMPLETE


def _silent(event: str, facts: Mapping[str, str | int]) -> None:
    pass


def _log(event: str, facts: Mapping[str, str | int]) -> None:
    """One event, one line, for journald and its like; facts hold no personal value."""
    import datetime

    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    sys.stderr.write(json.dumps({"at": at, "event": event, **facts}, ensure_ascii=True) + "\n")
    sys.stderr.flush()


def _print(done: Batch, out: Path) -> None:
    numbers = ("Confirmed", "Probable", "Look", "Exit")
    table = console.Columns("Request", "Right", "State", "Due", *numbers, numbers=numbers)
    for line in done.lines[:ROWS]:
        counts = (line.confirmed, line.probable, line.reviews, line.exit_code)
        state = line.state.removesuffix(" for review")
        table.row(line.request_id or "-", line.right or "-", state, line.due or "-", *counts)
    table.print()
    if len(done.lines) > ROWS:
        console.say(f"And {len(done.lines) - ROWS} more, all of them in {out / 'summary.html'}.")
    failed = [f"{line.request_id or 'no request'}: {line.error}" for line in done.lines if line.error]
    console.points("Failed, or waiting for a person:", failed)
    console.points("To look at first:", done.first)
    answered = sum(line.state in ("ready for review", "released") for line in done.lines)
    whoever = ", whoever is asked about" if answered > 1 else ""
    console.points(f"A person must look at this{whoever}:", done.notes)
    new = sum(line.new and line.state != "failed" for line in done.lines)
    console.say(f"Done in this run: {new} of {len(done.lines)}. Open {out / 'summary.html'} in a browser.")


def _next(done: Batch) -> None:
    """Say what to type next for the most urgent request in which something is to be decided."""
    waiting = [line for line in done.lines if line.state == "ready for review" and line.reviews]
    if waiting:
        first = min(waiting, key=lambda line: (line.target, str(line.request_id)))
        console.follow(f"dsar review --request {first.request_id}", "To decide what is open, the most urgent first:")
