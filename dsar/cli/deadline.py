"""`dsar deadline`: the dates of a request, each with its rule, without registering anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.config import Config
    from dsar.register.clock import Pause
    from dsar.register.deadlines import Deadline

app = typer.Typer(add_completion=False)


def _date(name: str, sentence: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar="DATE", help=sentence, show_default=False)
    return option


@app.command(
    epilog="dsar deadline --regime GDPR --calendar DE-BE --received 2026-11-20\n\n"
    "dsar deadline --regime UK --calendar GB-SCT --received 2026-03-06 --extended --json"
)
def deadline(
    received: Annotated[str, _date("--received", "When it arrived: a date, or date and time with zone.")],
    regime: Annotated[list[str] | None, typer.Option(help="The law; repeat it and the earliest date leads.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Whose holidays count, e.g. DE-BE.", show_default=False)] = None,
    extended: Annotated[bool, typer.Option("--extended", help="The period was extended in time.")] = False,
    until: Annotated[str | None, _date("--until", "The new date, where the law sets no length.")] = None,
    identity_asked: Annotated[list[str] | None, _date("--identity-asked", "Asked who they are, in doubt.")] = None,
    identity_answered: Annotated[list[str] | None, _date("--identity-answered", "When that was answered.")] = None,
    clarification_asked: Annotated[list[str] | None, _date("--clarification-asked", "Asked what they mean.")] = None,
    clarification_answered: Annotated[
        list[str] | None, _date("--clarification-answered", "When that was answered.")
    ] = None,
    fee_paid: Annotated[str | None, _date("--fee-paid", "When a fee was paid that was asked for.")] = None,
    right: Annotated[str, typer.Option(help="The right that is used.")] = "access",
    config: given.ConfigFile = None,
    json: given.Json = False,
) -> int:
    """Compute the dates of a request, each with its rule and what other readings of the law give.

    Exit code 0: computed; 2: you can mend it.
    """
    from dsar.fulfilment.desk.deadlines import dates_of, zone
    from dsar.register.clock import Course

    settings = _settings(config)
    names = regime or [settings.controller.regime]
    course = Course(
        received=received, calendar=calendar, zone=zone(settings), right=_right(right), extended=extended,
        until=given.day_of(until, "--until"), fee_paid=given.day_of(fee_paid, "--fee-paid"),
        identity=_pauses(identity_asked, identity_answered, "identity"),
        clarification=_pauses(clarification_asked, clarification_answered, "clarification"),
    )  # fmt: skip
    dates = dates_of(settings, names, course)
    if json:
        sys.stdout.write(as_json.dumps(as_json.deadline_document(dates)))
    else:
        for one in dates:
            print_dates(one)
    return exits.COMPLETE


def _settings(given_config: object) -> Config:
    """The settings of dsar.toml; without one those of nobody, because the dates can be computed all the same."""
    import os

    from dsar.config import Config, find_config, load_config
    from dsar.errors import ConfigError

    try:
        return load_config(find_config(given_config))  # type: ignore[arg-type]
    except ConfigError:
        if given_config is not None or os.environ.get("DSAR_CONFIG"):
            raise
        return Config()


def _right(text: str) -> str:
    from dsar.model import RIGHTS

    right = {"opt-out": "objection", "limit": "objection"}.get(text, text)
    if right not in RIGHTS:
        raise RequestError("There is no such right.", hint=f"One of: {', '.join(RIGHTS)}.")
    return right


def _pauses(asked: list[str] | None, answered: list[str] | None, name: str) -> tuple[Pause, ...]:
    """Pair questions with their answers, in their order."""
    from dsar.register.clock import Pause

    questions = [given.day_of(text, f"--{name}-asked") for text in asked or ()]
    answers = [given.day_of(text, f"--{name}-answered") for text in answered or ()]
    if len(answers) > len(questions):
        raise RequestError(
            f"`--{name}-answered` has no `--{name}-asked`.", hint="Two dates stop the clock: asked and answered."
        )
    paired = [*answers, *[None] * (len(questions) - len(answers))]
    return tuple(Pause(question, answer) for question, answer in zip(questions, paired, strict=True) if question)


def print_days(found: Deadline) -> None:
    """Print the dates of one regime in a line; `dsar deadline` tells the rules."""
    days = [
        ("acknowledge by", found.acknowledge_by),
        ("our own target", found.target),
        ("notice of an extension by", found.notice_by),
    ]
    others = ", ".join(f"{name} {_said(day)}" for name, day in days if day is not None)
    console.say(f"{found.regime}: received on {_said(found.received)}, due on {_said(found.due)}; {others}.")


def print_dates(found: Deadline) -> None:
    """Print the dates of one regime, their rules, and what other readings give."""
    console.say(f"{found.regime}: due on {_said(found.due)}.", style="bold")
    rows = [
        ("Received", found.received, ""),
        ("Acknowledge by", found.acknowledge_by, found.rules.get("acknowledge_by", "")),
        ("Our own target", found.target, "28 days, never after the due date"),
        ("Notice of an extension by", found.notice_by, found.rules.get("notice_by", "")),
        ("End of the period", found.raw_end, ""),
        ("Due", found.due, found.rule),
    ]
    table = console.Columns("Date", "Day", "Rule")
    for name, day, rule in rows:
        if day is not None:
            table.row(name, _said(day), rule)
    table.print()
    readings = [
        f"{name}: {told.used} is used; {', '.join(f'{other} gives {day}' for other, day in told.alternatives.items())}"
        for name, told in found.interpretations.items()
    ]
    console.points("Disputed, a setting of dsar.toml ([controller] interpretations):", readings)
    console.points("Note:", found.notes)


def _said(day: object) -> str:
    return f"{day:%Y-%m-%d %a}"
