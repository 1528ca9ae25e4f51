"""`dsar request add`: register a request from options, a mail file, or every row of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.cli.request_look import print_requests
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.home import Home
    from dsar.fulfilment.register import Added
    from dsar.model import Request
    from dsar.register.mail import Mail

app = typer.Typer(add_completion=False)
IT = "The request"


def _about(name: str, metavar: str, sentence: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        name, metavar=metavar, help=sentence, show_default=False, rich_help_panel=IT
    )
    return option


@app.command(
    epilog="dsar request add --email ada@example.org --right access --received 2026-11-20\n\n"
    "dsar request add --eml letter.eml\n\n"
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
    eml: Annotated[
        Path | None, _about("--eml", "FILE", "A mail file: sender, date and text are taken from it.")
    ] = None,
    number: Annotated[str | None, _about("--request", "ID", "Its number; by default the next of the year.")] = None,
    right: Annotated[str | None, _about("--right", "RIGHT", "The right that is used, by default access.")] = None,
    received: Annotated[
        str | None, _about("--received", "DATE", "When it arrived; date, or date-time with zone.")
    ] = None,
    regime: Annotated[list[str] | None, _about("--regime", "LAW", "The law it falls under; can be repeated.")] = None,
    calendar: Annotated[str | None, _about("--calendar", "CODE", "Whose holidays count, e.g. DE-BE.")] = None,
    language: Annotated[str | None, _about("--language", "CODE", "The language of the answer.")] = None,
    channel: Annotated[str | None, _about("--channel", "NAME", "Where it arrived: letter, e-mail, phone, ….")] = None,
    scope: Annotated[list[str] | None, _about("--scope", "TEXT", "What it is limited to; can be repeated.")] = None,
    set_: Annotated[list[str] | None, _about("--set", "FIELD=VALUE", "A field to correct; can be repeated.")] = None,
    store: Annotated[bool, typer.Option("--store", help="Restrict instead of delete.", rich_help_panel=IT)] = False,
    agent: Annotated[str | None, _about("--agent", "NAME", "Who asks on the person's behalf.")] = None,
    delivery: Annotated[str | None, _about("--delivery", "TEXT", "How the answer is to reach the person.")] = None,
    note: Annotated[str | None, _about("--note", "TEXT", "A note for yourself.")] = None,
    by: Annotated[str | None, _about("--by", "NAME", "Who registers it.")] = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Register a request: from options, from a mail, or every row of a file.

    Exit code 0: registered; 1: a person must look, e.g. at an open request of the same person; 2: you can mend it.
    """
    who = given.Who(email, phone, name, birth_date, address, postcode, ids)
    home = given.Run(config, today).home()
    details: dict[str, object] = {"request_id": number, "received": received, "calendar": calendar, "note": note}
    details |= {"regime": next(iter(regime or ()), None), "also_under": tuple((regime or ())[1:]), "agent": agent}
    details |= {"language": language, "channel": channel, "scope": tuple(scope or ()), "delivery": delivery}
    details |= {"changes": _changes(set_), "store": store}
    mail = _mail(eml, requests)
    if requests is not None and (right or any(details.values())):
        raise RequestError("A requests file says all of it in its columns.", hint="Leave the other options out.")
    asked = who.requests(requests) if requests else [_one(who, details, right, mail)]
    done = _registered(home, asked, by, mail, right)
    if json:
        _print_json(home, done, one_line=requests is not None)
    else:
        _print(home, done)
    for name_, error in done.failed:
        console.complain(f"Not registered: {name_}: {error.message} {error.hint}")
    return exits.LOOK if done.failed or done.open_points else exits.COMPLETE


def _mail(eml: Path | None, requests: Path | None) -> Mail | None:
    from dsar.register.mail import read_mail

    if eml is not None and requests is not None:
        raise RequestError("`--eml` and `--requests` exclude each other.", hint="Leave one of them out.")
    return read_mail(eml) if eml else None


def _changes(pairs: list[str] | None) -> tuple[tuple[str, str], ...]:
    found = [pair.partition("=") for pair in pairs or ()]
    if any(not equals or not field.strip() for field, equals, _ in found):
        raise RequestError("--set wants FIELD=VALUE.", hint="For example: --set 'Phone Number=+49 30 1234'")
    return tuple((field.strip(), value) for field, _, value in found)


def _one(who: given.Who, details: dict[str, object], right: str | None, mail: Mail | None) -> Request:
    """Make the request of options and mail; what is typed stands above what the mail says."""
    from dsar.fulfilment.requests import request_of

    values = dict(who.given)
    if mail is not None:
        values["email"] = tuple(dict.fromkeys([*values.get("email", ()), mail.address]))
        values.setdefault("name", (mail.name,) if mail.name else ())
        details = {
            **details,
            "received": details["received"] or mail.received,
            "channel": details["channel"] or "e-mail",
        }
        right = right or next(iter(mail.proposed), None)
    if not values:
        who.request()  # tells what is missing
    return request_of(**values, right=right or "access", **details)  # type: ignore[arg-type]


def _registered(home: Home, asked: list[Request], by: str | None, mail: Mail | None, right: str | None) -> Added:
    from dsar.fulfilment.register import add_requests

    done = add_requests(home, asked, by, letter=mail.raw if mail else None, proposed=mail is not None and right is None)
    if len(asked) == 1 and done.failed:
        raise done.failed[0][1]
    return done


def _print_json(home: Home, done: Added, *, one_line: bool) -> None:
    from dsar.fulfilment.due import due_of

    for found in done.added:
        document = as_json.request_document(due_of(home, found), done.again(found))
        sys.stdout.write(as_json.dumps(document, one_line=one_line))


def _print(home: Home, done: Added) -> None:
    from dsar.fulfilment.due import due_of

    print_requests([due_of(home, found) for found in done.added])
    console.points("A person must look at this:", done.open_points)
    if done.added:
        console.follow(f"dsar find --request {done.added[0].request.request_id}")
