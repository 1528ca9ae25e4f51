"""`dsar find`: do we hold data about this person, where, which records, how sure, why."""

from __future__ import annotations

import sys

import typer

from dsar.cli import as_json, console, exits
from dsar.cli import options as given
from dsar.cli.answer_text import print_answer, print_answers

app = typer.Typer(add_completion=False)


@app.command(
    epilog="dsar find --email ada@example.org --phone '+49 30 1234'\n\n"
    "dsar find --id customer_no=C100 --json\n\n"
    "dsar find --requests requests.csv --json\n\n"
    "dsar find --email ada@example.org --in exports/"
)
def find(
    email: given.Emails = None,
    phone: given.Phones = None,
    name: given.Names = None,
    birth_date: given.BirthDates = None,
    address: given.Addresses = None,
    postcode: given.Postcodes = None,
    ids: given.Ids = None,
    request: given.Registered = None,
    requests: given.RequestsFile = None,
    folder: given.InFolder = None,
    config: given.ConfigFile = None,
    today: given.Today = None,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> int:
    """Find every record that belongs to one person.

    Exit code 0: complete; 1: a person must look; 2: nothing could be searched, or you can mend it.
    """
    from dsar.fulfilment.find import find as find_records

    who = given.Who(email, phone, name, birth_date, address, postcode, ids, request)
    with console.progress(quiet) as progress:
        run = given.Run(config, today, folder)
        asked = who.asked(run, requests)
        workspace = run.open(progress)
        answers = find_records(workspace, asked, progress)
    guesses = workspace.guesses
    if json:
        for answer in answers:
            document = as_json.find_document(answer, guesses)
            sys.stdout.write(as_json.dumps(document, one_line=requests is not None))
    elif requests is None:
        print_answer(answers[0], guesses, who.again(None, folder))
    else:
        print_answers(answers, guesses, who.again(requests, folder))
    return max((exits.of_answer(answer, guesses) for answer in answers), default=exits.COMPLETE)
