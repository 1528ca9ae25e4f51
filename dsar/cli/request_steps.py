"""`dsar request change|extend|ask|answer|…`: the steps of a request, each a line in its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import exits
from dsar.cli import options as given
from dsar.cli.request_look import Number, one_of, print_requests
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.desk.steps import Step
    from dsar.fulfilment.home import Home
    from dsar.register.requests import Registered

app = typer.Typer(add_completion=False)

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="When; by default today.", show_default=False)]
Words = Annotated[
    str, typer.Option("--words", metavar="TEXT", help="Your own words; kept in the case.", show_default=False)
]
About = Annotated[str, typer.Option("--about", help="identity or clarification.")]


def step_of(home: Home, on: str | None, by: str, words: str) -> Step:
    """Give what was typed of a step: its day (today where none is given), who, and in which words."""
    from dsar.fulfilment.desk.steps import Step

    return Step(given.day_of(on, "--on") or home.now.date(), by, words)


def told(home: Home, found: Registered) -> int:
    """Print the request as it stands after a step."""
    from dsar.fulfilment.desk.due import due_of

    print_requests([due_of(home, found, [source.name for source in home.config.source if source.manual])])
    return exits.COMPLETE


@app.command(epilog="dsar request acknowledge R-2026-001")
def acknowledge(
    number: Number = None, request: given.Registered = None, on: On = None, by: By = "", words: Words = "",
    config: given.ConfigFile = None, today: given.Today = None,
) -> int:  # fmt: skip
    """Note that its receipt was acknowledged."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    return told(home, steps.acknowledge(home, one_of(number, request), step_of(home, on, by, words)))


@app.command(epilog="dsar request ask R-2026-001 --about identity --reason reasonable_doubt --on 2026-11-21")
def ask(
    about: About,
    reason: Annotated[str, typer.Option(help="reasonable_doubt, not_identified, routine; large_amount, unclear.")],
    number: Number = None, request: given.Registered = None, on: On = None, by: By = "", words: Words = "",
    config: given.ConfigFile = None, today: given.Today = None,
) -> int:  # fmt: skip
    """Note a question to the person; the clock stops only for a reason that the law accepts."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    return told(home, steps.ask(home, one_of(number, request), about, reason, step_of(home, on, by, words)))


@app.command(epilog="dsar request answer R-2026-001 --about identity --on 2026-11-22")
def answer(
    about: About,
    number: Number = None, request: given.Registered = None, on: On = None, by: By = "", words: Words = "",
    config: given.ConfigFile = None, today: given.Today = None,
) -> int:  # fmt: skip
    """Note that the person answered a question; the clock runs on."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    return told(home, steps.answered(home, one_of(number, request), about, step_of(home, on, by, words)))


@app.command(
    epilog="dsar request identity R-2026-001 --method facts --level medium --compared order_no --result verified"
)
def identity(
    method: Annotated[str, typer.Option(help="login, reply, facts, cookie, document, agent or other.")],
    result: Annotated[str, typer.Option(help="verified or failed.")],
    number: Number = None,
    request: given.Registered = None,
    level: Annotated[str, typer.Option(help="none, low, medium or high; by default what the risk asks.")] = "",
    compared: Annotated[list[str] | None, typer.Option(help="The kind of a data point compared, no value.")] = None,
    declaration: Annotated[bool, typer.Option("--declaration", help="A signed declaration was given.")] = False,
    on: On = None,
    by: By = "",
    words: Words = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Note how it was checked that the requester is the person; no copy of a document is kept.

    Exit code 0: verified, as far as the risk asks; 1: not, or too weakly.
    """
    from dsar.fulfilment.desk.identity_check import Check, check_identity

    home = given.Run(config=config, today=today).home()
    day = str(given.day_of(on, "--on") or home.now.date())
    check = Check(method, level, tuple(compared or ()), result, day, by, words, declaration)
    found, doubts = check_identity(home, one_of(number, request), check)
    told(home, found)
    from dsar.cli import console

    console.points("Too weak for what is asked:", doubts)
    return exits.COMPLETE if result == "verified" and not doubts else exits.LOOK


@app.command(epilog="dsar request extend R-2026-001 --reason complexity --words 'four archives must be searched'")
def extend(
    reason: Annotated[str, typer.Option(help="complexity or number.")],
    number: Number = None, request: given.Registered = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The new date, where the law sets none.")] = None,
    on: On = None, by: By = "", words: Words = "", config: given.ConfigFile = None, today: given.Today = None,
) -> int:  # fmt: skip
    """Note that the period was extended and the person told; refused where the notice is too late."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    name, last = one_of(number, request), given.day_of(until, "--until")
    return told(home, steps.extend(home, name, reason, step_of(home, on, by, words), last))


@app.command(epilog="dsar request change R-2026-001 --scope crm --words 'asked for the CRM only'")
def change(
    number: Number = None,
    request: given.Registered = None,
    right: Annotated[str | None, typer.Option(help="The right, where it was only proposed or wrong.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it is limited to; can be repeated.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="It is limited to nothing any more.")] = False,
    regime: Annotated[list[str] | None, typer.Option(help="The law it falls under; can be repeated.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Whose holidays count.")] = None,
    language: Annotated[str | None, typer.Option(help="The language of the answer.")] = None,
    agent: Annotated[str | None, typer.Option(help="Who asks on the person's behalf.")] = None,
    authority: Annotated[str, typer.Option(help="The authority of the agent that was seen: its kind.")] = "",
    delivery: Annotated[str | None, typer.Option(help="How the answer is to reach the person.")] = None,
    fee_paid: Annotated[str | None, typer.Option(metavar="DATE", help="When a fee was paid.")] = None,
    on: On = None,
    by: By = "",
    words: Words = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Change a request: its right, scope (narrowing), laws, agent, delivery.

    It stands above the file that the request came with, and holds for every command from now on.
    """
    from dsar.fulfilment.desk import steps

    if scope and whole:
        raise RequestError("It is limited or it is not.", hint="Leave `--scope` or `--whole` out.")
    home = given.Run(config=config, today=today).home()
    name, step = one_of(number, request), step_of(home, on, by, words)
    changes = {
        "right": right, "scope": () if whole else tuple(scope) if scope else None,
        "regime": regime[0] if regime else None, "also_under": tuple(regime[1:]) if regime else None,
        "calendar": calendar, "language": language, "agent": agent, "delivery": delivery,
    }  # fmt: skip
    if fee_paid is not None:
        steps.fee(home, name, step_of(home, fee_paid, by, words))
    if fee_paid is None or any(value is not None for value in changes.values()):
        steps.change(home, name, changes, step, authority)
    from dsar.fulfilment.home import register_of
    from dsar.register.requests import read

    return told(home, read(register_of(home), name))
