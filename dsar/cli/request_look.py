"""`dsar request list` and `show`: what is due, what blocks it, and how it came so far."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.desk.due import Due
    from dsar.fulfilment.home import Home

app = typer.Typer(add_completion=False)

Number = Annotated[str | None, typer.Argument(metavar="ID", help="The number of the request.", show_default=False)]


@app.command("list", epilog="dsar request list --due\n\ndsar request list --due --ics due.ics")
def list_(
    due: Annotated[bool, typer.Option("--due", help="Only open ones, the most urgent first.")] = False,
    ics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write their dates as a calendar file.", show_default=False)
    ] = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """List the requests, with the day they are due and what blocks them.

    Exit code 0: no date has passed; 1: with --due, one has.
    """
    from dsar.fulfilment.desk.due import calendar_of, due_list, due_of
    from dsar.fulfilment.home import register_of
    from dsar.register.requests import every
    from dsar.store.files import write_private

    home = given.Run(config=config, today=today).home()
    known = every(register_of(home))
    listed = due_list(home, known) if due else tuple(due_of(home, found, _manual(home)) for found in known)
    if ics is not None:
        write_private(ics, calendar_of([one for one in listed if one.found.open], home.now))
    if json:
        documents = [as_json.request_document(one) for one in listed]
        sys.stdout.write(as_json.dumps({"schema": "dsar-request-list/1", "requests": documents}))
    elif listed:
        print_requests(listed)
    else:
        console.say("No request is open." if known else "The register is empty.")
        console.follow("dsar request add --email …")
    return exits.LOOK if due and any(one.days_left < 0 for one in listed) else exits.COMPLETE


@app.command(epilog="dsar request show R-2026-001\n\ndsar request show --request R-2026-001 --json")
def show(
    number: Number = None,
    request: given.Registered = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Show one request: its dates, and its history; `--json` has every rule and every hash as well."""
    from dsar.cli.deadline import print_days
    from dsar.cli.history_text import print_history
    from dsar.fulfilment.desk.due import due_of
    from dsar.fulfilment.home import register_of
    from dsar.register.requests import read

    home = given.Run(config=config, today=today).home()
    found = due_of(home, read(register_of(home), one_of(number, request)), _manual(home))
    if json:
        sys.stdout.write(as_json.dumps(as_json.request_document(found)))
        return exits.COMPLETE
    print_requests([found])
    console.points("Limited to:", found.found.request.scope)
    for dates in found.dates:
        print_days(dates)
    print_history(found.found.history)
    return exits.COMPLETE


@app.command(epilog="dsar request figures\n\ndsar request figures --month 2026-11 --json --html figures.html")
def figures(
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Only this month.", show_default=False)] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them as a page with charts.", show_default=False)
    ] = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Count what came by month: answered in time, extended, refused by ground, median days, what is late.

    Exit code 0: counted.
    """
    from dataclasses import asdict

    from dsar.fulfilment.desk.figures import figures as counted
    from dsar.fulfilment.home import register_of
    from dsar.register.requests import every
    from dsar.renderers.as_figures import render_figures
    from dsar.store.files import write_private

    home = given.Run(config=config, today=today).home()
    months = [one for one in counted(home, every(register_of(home))) if month in (None, one.month)]
    if html is not None:
        write_private(html, render_figures(months, home.config.controller.name, home.as_of))
    if json:
        document = {"schema": "dsar-figures/1", "as_of": home.as_of, "months": [asdict(one) for one in months]}
        sys.stdout.write(as_json.dumps(document))
        return exits.COMPLETE
    numbers = ("Received", "In time", "Late", "Refused", "Median", "Open", "Overdue")
    table = console.Columns("Month", *numbers, numbers=numbers)
    for one in months:
        median = "-" if one.median_days is None else f"{one.median_days:g}"
        refused = sum(one.refused_by_ground.values())
        table.row(one.month, one.received, one.in_time, one.late, refused, median, one.open, one.past_due)
    table.print()
    console.points("Sources that could not be searched:", [f for one in months for f in one.sources_failing])
    return exits.COMPLETE


def _manual(home: Home) -> tuple[str, ...]:
    return tuple(source.name for source in home.config.source if source.manual)


def one_of(number: str | None, request: str | None) -> str:
    """Give the number of the request, written with or without its option; raises RequestError for both or neither."""
    if (number is None) == (request is None):
        raise RequestError("Say which request is meant, once.", hint="`dsar request list` shows those there are.")
    return str(number or request)


def print_requests(listed: Sequence[Due]) -> None:
    """Print one line a request: right, due date, days left, state and what blocks it."""
    table = console.Columns("Request", "Right", "Due", "Days", "State", "Blocked by", numbers=("Due", "Days"))
    for one in listed:
        request = one.found.request
        days = one.days_left if one.found.open else ""
        table.row(
            request.request_id, request.right, one.first.due, days, words_of(one.found.state), list(one.blocked_by)
        )
    table.print()


def words_of(state: str) -> str:
    """A state in words: `RequestRequiresAction` is `requires action`."""
    text = state.removeprefix("Request")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in text).strip()
