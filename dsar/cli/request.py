"""`dsar request`: the register of requests, from the letter to its closing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.register import Added
    from dsar.register.requests import Registered

app = typer.Typer(add_completion=False)

Number = Annotated[str | None, typer.Argument(metavar="ID", help="The number of the request.", show_default=False)]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)]
Right = Annotated[str | None, typer.Option("--right", help="The right that is used, by default access.")]
Received = Annotated[
    str | None, typer.Option("--received", metavar="DATE", help="When it arrived: a date, or date and time with zone.")
]


@app.callback()
def request() -> None:
    """Register requests and follow them to their end."""


@app.command(
    epilog="dsar request add --email ada@example.org --right access --received 2026-11-20\n\n"
    "dsar request add --requests requests.csv"
)
def add(
    email: given.Emails = None,
    phone: given.Phones = None,
    name: given.Names = None,
    birth_date: given.BirthDates = None,
    address: given.Addresses = None,
    postcode: given.Postcodes = None,
    ids: given.Ids = None,
    requests: given.RequestsFile = None,
    number: given.Registered = None,
    right: Right = None,
    received: Received = None,
    regime: Annotated[list[str] | None, typer.Option(help="The law it falls under; can be repeated.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Whose public holidays count, e.g. DE-BE.")] = None,
    language: Annotated[str | None, typer.Option(help="The language of the answer.")] = None,
    channel: Annotated[str | None, typer.Option(help="Where it arrived: letter, e-mail, phone, portal, ….")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it is limited to; can be repeated.")] = None,
    agent: Annotated[str | None, typer.Option(help="Who asks on the person's behalf.")] = None,
    delivery: Annotated[str | None, typer.Option(help="How the answer is to reach the person.")] = None,
    note: Annotated[str | None, typer.Option(help="A note for yourself.")] = None,
    by: By = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Register a request, or every row of a file.

    Exit code 0: registered; 1: a person must look, e.g. at an open request of the same person; 2: you can mend it.
    """
    from dataclasses import replace

    from dsar.fulfilment.deadlines import deadlines_of
    from dsar.fulfilment.register import add_requests

    who = given.Who(email, phone, name, birth_date, address, postcode, ids)
    home = given.Run(config, today).home()
    asked = who.requests(requests, right or "access")
    if requests is None:
        laws = tuple(regime or ())
        words = {"calendar": calendar, "language": language, "channel": channel, "scope": tuple(scope or ())}
        words |= {"agent": agent, "delivery": delivery, "note": note, "also_under": laws[1:]}
        one = replace(asked[0], request_id=number, received=received, regime=next(iter(laws), None), **words)  # type: ignore[arg-type]
        asked = [one]
    done = add_requests(home, asked, by)
    if requests is None and done.failed:
        raise done.failed[0][1]
    if json:
        for found in done.added:
            document = as_json.request_document(found, deadlines_of(home.config, found)) | {
                "duplicates": list(done.again(found))
            }
            sys.stdout.write(as_json.dumps(document, one_line=requests is not None))
    else:
        _print_added(done)
    for name_, error in done.failed:
        console.complain(f"Not registered: {name_}: {error.message} {error.hint}")
    return exits.LOOK if done.failed or any(map(done.again, done.added)) else exits.COMPLETE


def _print_added(done: Added) -> None:
    _print(done.added)
    again = [(found, done.again(found)) for found in done.added]
    lines = [f"{found.request.request_id}: see {', '.join(same)}" for found, same in again if same]
    console.points("The same person already waits for an answer:", lines)
    if done.added:
        console.follow(f"dsar find --request {done.added[0].request.request_id}")


@app.command("list", epilog="dsar request list\n\ndsar request list --json")
def list_(config: given.ConfigFile = None, today: given.Today = None, json: given.Json = False) -> int:
    """List the requests of the register."""
    from dsar.fulfilment.deadlines import deadlines_of
    from dsar.fulfilment.register import register_of
    from dsar.register.requests import every

    home = given.Run(config, today).home()
    known = every(register_of(home))
    if json:
        documents = [as_json.request_document(one, deadlines_of(home.config, one)) for one in known]
        sys.stdout.write(as_json.dumps({"schema": "dsar-request-list/1", "requests": documents}))
    elif known:
        _print(known)
    else:
        console.say("The register is empty.")
        console.follow("dsar request add --email …")
    return exits.COMPLETE


@app.command(epilog="dsar request show R-2026-001\n\ndsar request show --request R-2026-001 --json")
def show(
    number: Number = None,
    request: given.Registered = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Show one request with its history."""
    from dsar.fulfilment.deadlines import deadlines_of
    from dsar.fulfilment.register import register_of
    from dsar.register.requests import read

    home = given.Run(config, today).home()
    found = read(register_of(home), _one(number, request))
    if json:
        sys.stdout.write(as_json.dumps(as_json.request_document(found, deadlines_of(home.config, found))))
        return exits.COMPLETE
    _print([found])
    table = console.Columns("When", "Step", "Facts")
    for entry in found.history:
        facts = [f"{name}: {value}" for name, value in entry.facts.items() if value != "" and name != "file"]
        table.row(entry.at[:16], entry.step, facts)
    table.print()
    return exits.COMPLETE


@app.command(
    epilog="dsar request identity R-2026-001 --method facts --level medium --compared order_no --result verified"
)
def identity(
    method: Annotated[str, typer.Option(help="login, reply, facts, cookie, document, agent or other.")],
    result: Annotated[str, typer.Option(help="verified or failed.")],
    number: Number = None,
    request: given.Registered = None,
    level: Annotated[str, typer.Option(help="none, low, medium or high, as the risk asks.")] = "",
    compared: Annotated[list[str] | None, typer.Option(help="The kind of a data point compared, no value.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="When; by default today.")] = None,
    by: By = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Note how it was checked that the requester is the person; no copy of a document is kept.

    Exit code 0: verified; 1: not verified.
    """
    from dsar.fulfilment.register import Check, check_identity

    home = given.Run(config, today).home()
    day = str(given.day_of(on) or home.now.date())
    found = check_identity(
        home, _one(number, request), Check(method, level, tuple(compared or ()), result, day, by or "")
    )
    _print([found])
    return exits.COMPLETE if result == "verified" else exits.LOOK


@app.command(
    epilog="dsar request attach R-2026-001 letter.pdf --source archive\n\n"
    "dsar request attach R-2026-001 --source archive --nothing"
)
def attach(
    source: Annotated[str, typer.Option(help="The source without an export that answered.")],
    number: Number = None,
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="What it handed over.")] = None,
    request: given.Registered = None,
    nothing: Annotated[bool, typer.Option("--nothing", help="It answered that it holds nothing.")] = False,
    by: By = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Attach what a source without an export answered."""
    from dsar.fulfilment.register import attach_answer

    if request is not None and number is not None:
        files, number = [Path(number), *(files or [])], None
    if bool(files) == nothing:
        raise RequestError("Give the files it handed over, or `--nothing`.", hint="`dsar request attach --help`")
    _print([attach_answer(given.Run(config, today).home(), _one(number, request), source, files or [], by)])
    return exits.COMPLETE


def _one(number: str | None, request: str | None) -> str:
    if (number is None) == (request is None):
        raise RequestError("Say which request is meant, once.", hint="`dsar request list` shows those there are.")
    return str(number or request)


def _print(found: Any) -> None:
    table = console.Columns("Request", "Right", "Received", "State")
    for one in found:
        table.row(one.request.request_id, one.request.right, str(one.request.received)[:10], _words(one))
    table.print()


def _words(one: Registered) -> str:
    """The state in words: `RequestRequiresAction` is `requires action`."""
    text = one.state.removeprefix("Request")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in text).strip()
