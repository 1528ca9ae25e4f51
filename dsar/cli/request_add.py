"""`dsar request add`: register a request from options, a mail file, or every row of a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
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
    from dsar.fulfilment.requests import BadRow
    from dsar.model import Request
    from dsar.register.mail import Mail

app = typer.Typer(add_completion=False)
IT = "The request"
ROWS = 200


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
    details |= {"right": right}
    if requests is not None and any(details.values()):
        raise RequestError("A requests file says all of it in its columns.", hint="Leave the other options out.")
    if eml is not None:
        done = _mailed(home, _mail(home, eml, requests), who, details, by)
    else:
        done = _registered(home, *_asked(who, details, requests), by)
    if json:
        _print_json(home, done, one_line=requests is not None)
    else:
        _print(home, done)
    for name_, error in done.failed:
        console.complain(f"Not registered: {name_}: {error.message} {error.hint}")
    return exits.LOOK if done.failed or done.open_points else exits.COMPLETE


def _mail(home: Home, eml: Path, requests: Path | None) -> Mail:
    from dsar.register.mail import read_mail

    if requests is not None:
        raise RequestError("`--eml` and `--requests` exclude each other.", hint="Leave one of them out.")
    return read_mail(eml, home.config.controller.own_domains)


def _mailed(home: Home, mail: Mail, who: given.Who, details: dict[str, object], by: str | None) -> Added:
    """Register a letter; what is typed stands above what it says, and the same letter is registered once."""
    from dsar.fulfilment.mailed import known_letter, request_of_mail
    from dsar.fulfilment.register import add_requests, told_again

    known = known_letter(home, mail)
    if known is not None:
        name = known.request.request_id
        if details["request_id"] not in (None, name):
            raise RequestError(f"This letter is registered as {name} already.", hint=f"`dsar request show {name}`")
        return told_again(home, known)
    asked = [request_of_mail(home, mail, who.given, details)]
    done = add_requests(home, asked, by, letter=mail.raw, proposed=details["right"] is None)
    if done.failed:
        raise done.failed[0][1]
    return done


def _changes(pairs: list[str] | None) -> tuple[tuple[str, str], ...]:
    found = [pair.partition("=") for pair in pairs or ()]
    if any(not equals or not field.strip() for field, equals, _ in found):
        raise RequestError("--set wants FIELD=VALUE.", hint="For example: --set 'Phone Number=+49 30 1234'")
    return tuple((field.strip(), value) for field, _, value in found)


def _asked(who: given.Who, details: dict[str, object], file: Path | None) -> tuple[list[Request], Sequence[BadRow]]:
    """The request of the options, or every row of a file, with those that are none."""
    from dsar.fulfilment.requests import read_rows, request_of

    if file is not None:
        if who.given:
            raise RequestError("`--requests` stands for all other options that say who.", hint="Leave one of them out.")
        return read_rows(file)
    if not who.given:
        who.request()  # tells what is missing
    values = {**details, "right": details["right"] or "access"}
    return [request_of(**who.given, **values)], ()  # type: ignore[arg-type]


def _registered(home: Home, asked: list[Request], bad: Sequence[BadRow], by: str | None) -> Added:
    from dsar.fulfilment.register import add_requests

    done = add_requests(home, asked, by)
    if len(asked) + len(bad) == 1 and (done.failed or bad):
        raise bad[0].error if bad else done.failed[0][1]
    return replace(done, failed=(*done.failed, *((one.request_id or "a row", one.error) for one in bad)))


def _print_json(home: Home, done: Added, *, one_line: bool) -> None:
    from dsar.fulfilment.due import due_of

    for found in done.added:
        document = as_json.request_document(due_of(home, found), done.again(found))
        sys.stdout.write(as_json.dumps(document, one_line=one_line))


def _print(home: Home, done: Added) -> None:
    from dsar.fulfilment.due import due_of

    print_requests([due_of(home, found) for found in done.added[:ROWS]])
    if len(done.added) > ROWS:
        console.say(f"And {len(done.added) - ROWS} more; `dsar request list` shows all of them.")
    console.points("A person must look at this:", done.open_points)
    if done.added:
        console.follow(f"dsar find --request {done.added[0].request.request_id}")
