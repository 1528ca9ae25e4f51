"""`dsar check`: one line a source, what can be read of it and what is still missing; fails closed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given

if TYPE_CHECKING:
    from dsar.fulfilment.setup.check import CheckedSource, CheckResult

app = typer.Typer(add_completion=False)


@app.command(epilog="dsar check\n\ndsar check --json")
def check(
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> int:
    """Say what of every source can be read and what is still missing.

    Exit code 0: everything was read and described; 1: a person must look; 2: no source could be read.
    """
    from dsar.fulfilment.setup.check import check as check_sources

    with console.progress(quiet) as progress:
        workspace = given.Run(config=config, today=today).open(progress)
        checked = check_sources(workspace)
    if json:
        sys.stdout.write(as_json.dumps(as_json.check_document(checked)))
    else:
        _print(checked)
    return exits.of_sources((source.answer for source in checked.sources), checked.complete)


def _print(checked: CheckResult) -> None:
    if checked.complete:
        console.say("Every source was read and is described.", style="bold")
    else:
        console.say("Not everything is ready: see what each source still needs.", style="bold")
    numbers = ("Files", "Rows", "Unread.", "Columns", "Keys", "Days")
    table = console.Columns("Source", "Connector", *numbers, numbers=numbers)
    for source in checked.sources:
        answer = source.answer
        rows = sum(file.rows_loaded for file in answer.files)
        bad = sum(file.rows_unreadable for file in answer.files)
        age = "?" if source.age_days is None else source.age_days
        name = f"{answer.source}/{answer.collection}"
        mapping = answer.connector if source.confirmed_mapping else f"{answer.connector} (guessed)"
        table.row(name, mapping, len(answer.files), rows, bad, len(source.unclassified), len(source.missing), age)
    table.print()
    console.say("Columns: without a category. Keys: legal keys not filled in. Days: age of the snapshot.", style="dim")
    for source in checked.sources:
        console.points(f"{source.answer.source}/{source.answer.collection} needs:", _needs(source))
    console.points("People who were erased came back:", checked.returned)
    console.points("[controller] needs:", checked.controller)
    console.points("Files that no source reads:", [_unread(*file) for file in checked.unrecognised])
    console.points("Exports that lie about for long, each a copy of everybody; renew or delete:", checked.old_exports)
    console.points("Code of connectors (hook.py) that reads these exports:", checked.code)
    wanting = any(one.unclassified or one.missing or not one.confirmed_mapping for one in checked.sources)
    if wanting or checked.controller:
        console.follow("dsar check", "Once dsar.toml says what is missing:")
    else:
        console.follow("dsar find --email …")


def _needs(source: CheckedSource) -> list[str]:
    needs = []
    if source.answer.result in ("failed", "not_searched") and not source.by_asking:
        needs.append(f"{source.answer.result.replace('_', ' ')}: {source.answer.reason or 'no reason is known'}")
    if not source.confirmed_mapping:
        needs.append(f"confirm the guesses in `unconfirmed`: {', '.join(source.guessed)}")
    if source.unclassified:
        needs.append(f"a category for: {', '.join(source.unclassified)}")
    if source.missing:
        kind = "who is asked, and how" if source.by_asking else "legal keys"
        needs.append(f"{kind}: {', '.join(source.missing)}")
    return [*needs, *source.notes]


def _unread(path: object, reason: str, nearest: str | None) -> str:
    near = f" The nearest is {nearest}." if nearest else ""
    return f"{path}: {reason}{near}"
