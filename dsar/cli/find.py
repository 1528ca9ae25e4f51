"""`dsar find`: do we hold data about this person, where, which records, how sure, why."""

from __future__ import annotations

import sys

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import print_answer, print_answers
from dsar.cli.asked import COMMAND_OF, Asked
from dsar.cli.grouped import grouped

app = typer.Typer(add_completion=False)


@app.command(
    epilog="dsar find --email ada@example.org --phone '+49 30 1234'\n\n"
    "dsar find --id customer_no=C100 --json\n\n"
    "dsar find --requests requests.csv --json\n\n"
    "dsar find --email ada@example.org --in exports/"
)
@grouped
def find(who: given.Who, asked: Asked, run: given.Run, json: given.Json = False) -> int:
    """Find every record that belongs to one person.

    Exit code 0: complete; 1: a person must look; 2: nothing could be searched, or you can mend it.
    """
    from dsar.fulfilment.finding.find import find as find_records

    requests = asked.requests(who, run, tuple(COMMAND_OF))
    with console.progress(run.quiet) as progress:
        workspace = run.open(progress)
        answers = find_records(workspace, requests, progress)
    guesses, again = workspace.guesses, who.again(run.folder, asked.again)
    if json:
        for answer in answers:
            document = as_json.find_document(answer, guesses)
            sys.stdout.write(as_json.dumps(document, one_line=who.requests is not None))
    elif who.requests is None:
        print_answer(answers[0], guesses, again)
    else:
        print_answers(answers, guesses, again)
    return max((exits.of_answer(answer, guesses) for answer in answers), default=exits.COMPLETE)
