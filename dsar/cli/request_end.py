"""`dsar request attach|deliver|close|…`: the answer goes out, the request ends, and what may follow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import exits
from dsar.cli import options as given
from dsar.cli.request_look import Number, one_of
from dsar.cli.request_steps import By, On, Words, step_of, told
from dsar.errors import RequestError

app = typer.Typer(add_completion=False)


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
    by: By = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Attach what a source without an export answered."""
    from dsar.fulfilment.desk.register import attach_answer

    if request is not None and number is not None:
        files, number = [Path(number), *(files or [])], None
    if bool(files) == nothing:
        raise RequestError("Give the files it handed over, or `--nothing`.", hint="`dsar request attach --help`")
    home = given.Run(config=config, today=today).home()
    return told(home, attach_answer(home, one_of(number, request), source, files or [], by))


@app.command(epilog="dsar request deliver R-2026-001 --channel portal --proof 'downloaded on 24 Nov' --package sent/")
def deliver(
    channel: Annotated[str, typer.Option(help="portal, e-mail, letter, in-person, agent or other.")],
    number: Number = None,
    request: given.Registered = None,
    address: Annotated[str, typer.Option(help="Where it went; kept in the case.")] = "",
    proof: Annotated[str, typer.Option(help="How you know that it arrived; kept in the case.")] = "",
    package: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder that was sent.")] = None,
    on: On = None,
    by: By = "",
    words: Words = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Note that the answer went out: day, channel, address and proof."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    sent = steps.Sent(channel, address, proof, package)
    return told(home, steps.deliver(home, one_of(number, request), sent, step_of(home, on, by, words)))


@app.command(
    epilog="dsar request close R-2026-001 --outcome fulfilled\n\n"
    "dsar request close R-2026-002 --outcome refused --ground 'Art. 12(5)' --words 'asked for the 14th time'"
)
def close(
    outcome: Annotated[
        str, typer.Option(help="fulfilled, nothing_held, refused, cancelled, handed_over or unidentified.")
    ],
    number: Number = None,
    request: given.Registered = None,
    ground: Annotated[str, typer.Option(help="The article of a refusal.")] = "",
    to: Annotated[str, typer.Option(help="Who takes it over; kept in the case.")] = "",
    on: On = None,
    by: By = "",
    words: Words = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Close a request and remove the copies of the sources from its case.

    Exit code 0: closed; 1: closed, but something of the delivery is not noted; 2: not closed, you can mend it.
    """
    from dsar.cli import console
    from dsar.fulfilment.desk import ending, steps

    home = given.Run(config=config, today=today).home()
    end = ending.End(outcome, ground, to)
    closed = steps.close(home, one_of(number, request), end, step_of(home, on, by, words))
    told(home, closed)
    missing = ending.unproved(closed) if outcome == "fulfilled" else ()
    console.points("Closed, but of its delivery it is not noted:", missing)
    if missing:
        console.follow(f"dsar request deliver {closed.request.request_id} --help", "To note it:")
    return exits.LOOK if missing else exits.COMPLETE


@app.command(epilog="dsar request reopen R-2026-001 --reason complaint")
def reopen(
    reason: Annotated[str, typer.Option(help="complaint, correction or authority.")],
    number: Number = None, request: given.Registered = None, on: On = None, by: By = "", words: Words = "",
    config: given.ConfigFile = None, today: given.Today = None,
) -> int:  # fmt: skip
    """Open a closed request again."""
    from dsar.fulfilment.desk import steps

    home = given.Run(config=config, today=today).home()
    return told(home, steps.reopen(home, one_of(number, request), reason, step_of(home, on, by, words)))


@app.command(epilog="dsar request letter R-2026-001 --kind acknowledgement --out letters/")
def letter(
    kind: Annotated[
        str, typer.Option(help="acknowledgement, identity, clarification, extension, refusal or nothing_held.")
    ],
    out: given.OutFolder,
    number: Number = None,
    request: given.Registered = None,
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="The reason or the question.")] = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
) -> int:
    """Write a letter to the person, as HTML and text, in the language of the request.

    Exit code 0: written; 1: something in it must still be filled in.
    """
    from dsar.cli import console
    from dsar.fulfilment.desk.letters import write_letter

    home = given.Run(config=config, today=today).home()
    written, paths = write_letter(home, one_of(number, request), kind, out, words)
    console.points("Written:", [str(path) for path in paths])
    console.points("Still to be filled in:", [name.replace("_", " ") for name in written.missing])
    return exits.LOOK if written.missing else exits.COMPLETE


@app.command(epilog="dsar request incident R-2026-001 --package sent/ --aware 2026-11-24T09:30 --words 'sent to Bob'")
def incident(
    package: Annotated[Path, typer.Option(metavar="DIR", help="The folder that was sent.")],
    number: Number = None,
    request: given.Registered = None,
    aware: Annotated[str | None, typer.Option(metavar="MOMENT", help="When you learned of it; by default now.")] = None,
    words: Words = "",
    config: given.ConfigFile = None,
    today: given.Today = None,
    json: given.Json = False,
) -> int:
    """Gather the facts for a breach notice: a package went to the wrong person.

    Exit code 1: a person must look, within 72 hours.
    """
    import datetime
    import sys
    from dataclasses import asdict

    from dsar.cli import as_json, console
    from dsar.fulfilment.desk.incident import incident as gathered

    home = given.Run(config=config, today=today).home()
    try:
        moment = datetime.datetime.fromisoformat(aware) if aware else home.now
    except ValueError:
        raise RequestError("`--aware` is no moment.", hint="Write it as 2026-11-24T09:30.") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=home.now.tzinfo)
    facts = gathered(home, one_of(number, request), moment, package, words)
    if json:
        sys.stdout.write(as_json.dumps({"schema": "dsar-incident/1", **asdict(facts)}))
        return exits.LOOK
    console.say(f"Tell the authority by {facts.notify_by}: {facts.authority or 'name it in dsar.toml'}.", style="bold")
    console.points("Whose data:", [facts.whose])
    console.points("Records by collection:", [f"{place}: {count}" for place, count in facts.collections])
    console.points("Categories:", facts.categories)
    console.points("Files:", [f"{path}, {size:,} bytes, SHA-256 {sha256}" for path, sha256, size in facts.files])
    console.points("Sent:", [f"on {facts.sent_on} by {facts.channel}"] if facts.sent_on else [])
    console.points("A person must still say:", facts.open_points)
    return exits.LOOK
