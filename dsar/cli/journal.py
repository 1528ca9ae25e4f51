"""`dsar journal`: the tamper-evident log."""

from __future__ import annotations

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.places import key_file
from dsar.errors import WorkspaceError

app = typer.Typer(add_completion=False)


@app.callback()
def journal() -> None:
    """Verify the tamper-evident log."""


@app.command(epilog="dsar journal verify")
def verify(config: given.ConfigFile = None) -> int:
    """Check that no event of the log was changed, removed or added by somebody else, and print its head.

    Compare the head with one printed earlier: only that shows that the end of the log was not cut off.
    Exit code 0: the log is whole; 2: it is not.
    """
    from dsar.config import find_config, load_config
    from dsar.store.journal import verify as verify_journal
    from dsar.store.keys import open_keys

    settings = load_config(find_config(config))
    path = settings.workspace_folder / "journal.jsonl"
    key = key_file(settings)
    if not path.exists():
        console.say("There is no log yet: nothing was exported or planned in this workspace.")
        return exits.COMPLETE
    if not key.exists():
        raise WorkspaceError("The key file of this workspace is missing.", hint="Restore it from its backup.")
    head = verify_journal(path, open_keys(key).journal)
    console.say(f"The log is whole: {head.events:,} events.", f"Its head: {head.head}")
    return exits.COMPLETE
