"""`dsar request add`: register a request from options, a mail file, or every row of a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.cli.asked import Asked
from dsar.cli.grouped import grouped
from dsar.cli.request_look import print_requests
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.desk.register import Added
    from dsar.fulfilment.home import Home
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
@grouped
def add(
    who: given.Person,
    asked: Asked,
    requests: given.RequestsFile = None,
    eml: Annotated[
        Path | None, _about("--eml", "FILE", "A mail file: sender, date and text are taken from it.")
    ] = None,
    number: Annotated[str | None, _about("--request", "ID", "Its number; by default the next of the year.")] = None,
    channel: Annotated[str | None, _about("--channel", "NAME", "Where it arrived: letter, e-mail, phone, ….")] = None,
    by: Annotated[str | None, _about("--by", "NAME", "Who registers it.")] = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Register a request: from options, from a mail, or every row of a file.

    Exit code 0: registered; 1: a person must look, e.g. at an open request of the same person; 2: you can mend it.
    """
    home = given.Run(config=config, today=today).home()
    details = asked.details | {name: said for name, said in (("request_id", number), ("channel", channel)) if said}
    if requests is not None and (asked.given or details or who.given):
        raise RequestError("A requests file says all of it in its columns.", hint="Leave the other options out.")
    if eml is not None:
        done = _mailed(home, _mail(home, eml, requests), who, {**details, "right": asked.right}, by)
    else:
        done = _registered(home, *_asked(who, asked.right or "access", details, requests), by)
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


def _mailed(home: Home, mail: Mail, who: given.Person, details: dict[str, Any], by: str | None) -> Added:
    """Register a letter; what is typed stands above what it says, and the same letter is registered once."""
    from dsar.fulfilment.desk.mailed import known_letter, request_of_mail
    from dsar.fulfilment.desk.register import add_requests, told_again

    known = known_letter(home, mail)
    if known is not None:
        name = known.request.request_id
        if details.get("request_id") not in (None, name):
            raise RequestError(f"This letter is registered as {name} already.", hint=f"`dsar request show {name}`")
        return told_again(home, known)
    asked = [request_of_mail(home, mail, who.given, details)]
    done = add_requests(home, asked, by, letter=mail.raw, proposed=details["right"] is None)
    if done.failed:
        raise done.failed[0][1]
    return done


def _asked(
    who: given.Person, right: str, details: dict[str, Any], file: Path | None
) -> tuple[list[Request], Sequence[BadRow]]:
    """The request of the options, or every row of a file, with those that are none."""
    from dsar.fulfilment.requests import read_rows

    if file is not None:
        return read_rows(file)
    return [who.request(right, details)], ()


def _registered(home: Home, asked: list[Request], bad: Sequence[BadRow], by: str | None) -> Added:
    from dsar.fulfilment.desk.register import add_requests

    done = add_requests(home, asked, by)
    if len(asked) + len(bad) == 1 and (done.failed or bad):
        raise bad[0].error if bad else done.failed[0][1]
    return replace(done, failed=(*done.failed, *((one.request_id or "a row", one.error) for one in bad)))


def _print_json(home: Home, done: Added, *, one_line: bool) -> None:
    from dsar.fulfilment.desk.due import due_of

    for found in done.added:
        document = as_json.request_document(due_of(home, found), done.again(found))
        sys.stdout.write(as_json.dumps(document, one_line=one_line))


def _print(home: Home, done: Added) -> None:
    from dsar.fulfilment.desk.due import due_of

    print_requests([due_of(home, found) for found in done.added[:ROWS]])
    if len(done.added) > ROWS:
        console.say(f"And {len(done.added) - ROWS} more; `dsar request list` shows all of them.")
    console.points("A person must look at this:", done.open_points)
    if done.added:
        console.follow(f"dsar find --request {done.added[0].request.request_id}")
