"""`dsar journal`: the tamper-evident log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli import console, exits
from dsar.cli import options as given
from dsar.cli.places import key_file
from dsar.errors import RequestError, WorkspaceError
from dsar.store.torn import KEPT

if TYPE_CHECKING:
    from dsar.store.journal import Journal

app = typer.Typer(add_completion=False)


@app.callback()
def journal() -> None:
    """Verify the tamper-evident log."""


@app.command(
    epilog="dsar journal verify\n\ndsar journal verify --package answer/\n\ndsar journal verify --heads heads.json"
)
def verify(
    head: Annotated[list[str] | None, typer.Option(help="A head printed earlier; can be repeated.")] = None,
    package: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A package whose manifest names a head; can be repeated.")
    ] = None,
    heads: Annotated[Path | None, typer.Option(metavar="FILE", help="A file of `dsar journal heads`.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="You have looked at what was torn.")] = "",
    config: given.ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Check that no event of the log was changed, removed, moved or added, and print its head.

    That the end of the log was cut off is seen only against a head that was printed or shipped earlier.
    Exit code 0: the log is whole; 1: a line was torn by a power cut and nobody has looked at it; 2: it is not whole.
    """
    from dsar.fulfilment.desk.torn import saw, unseen

    opened = _opened(config)
    known = [*(head or ()), *(_of_package(folder) for folder in package or ()), *(_of_file(heads) if heads else ())]
    if opened is None:
        if known:
            raise WorkspaceError("There is no log, but a head of one.", hint="Restore it from its backup.")
        console.say("There is no log yet: nothing was exported or planned in this workspace.")
        return exits.COMPLETE
    lost = sum(not opened.holds(one) for one in known)
    if lost:
        raise WorkspaceError(
            f"The log lacks {lost} of {len(known)} heads: its end was cut off, or another log was put in its place.",
            hint="Restore it from its backup.",
        )
    if by:
        saw(opened, by, _keys(config))
    stands, torn = opened.stands, unseen(opened)
    if as_json:
        document = {"schema": "dsar-journal/1", "whole": True, "events": stands.events, "head": stands.head}
        sys.stdout.write(json.dumps({**document, "heads_compared": len(known), "torn": list(torn)}) + "\n")
    else:
        console.say(f"The log is whole: {stands.events:,} events.", f"Its head: {stands.head}")
        console.points("Torn while they were written, set aside, and not looked at:", [f"{KEPT}{one}" for one in torn])
        if torn:
            console.follow("dsar journal verify --heads FILE --by NAME", "Compare with a head from before:")
    return exits.LOOK if torn else exits.COMPLETE


@app.command(epilog="dsar journal heads --out heads.json")
def heads(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them to a file, to keep elsewhere.")] = None,
    config: given.ConfigFile = None,
) -> int:
    """Give the heads of the log and of every request, to be kept on another machine.

    Exit code 0: the log is whole.
    """
    from dsar.store.files import write_private

    opened = _opened(config)
    if opened is None:
        raise WorkspaceError("There is no log yet.", hint="`dsar request add` or `dsar export` begins one.")
    stands = opened.stands
    chains = {name: opened.head(name) for name in opened.requests()}
    document = {"schema": "dsar-heads/1", "events": stands.events, "head": stands.head, "requests": chains}
    text = json.dumps(document, indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        write_private(out, text.encode())
    return exits.COMPLETE


def _opened(config: Path | None) -> Journal | None:
    """Read and check the log; None where there is none yet."""
    from dsar.config import find_config, load_config
    from dsar.store.journal import Journal
    from dsar.store.keys import open_keys

    settings = load_config(find_config(config))
    path = settings.workspace_folder / "journal.jsonl"
    if not path.exists():
        return None
    if not key_file(settings).exists():
        raise WorkspaceError("The key file of this workspace is missing.", hint="Restore it from its backup.")
    return Journal(path, open_keys(key_file(settings)).journal)


def _keys(config: Path | None) -> str:
    """The key by which names stand in the log as hashes."""
    from dsar.config import find_config, load_config
    from dsar.store.keys import open_keys

    return open_keys(key_file(load_config(find_config(config)))).journal


def _of_package(folder: Path) -> str:
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["journal_head"])
    except (OSError, ValueError, KeyError, TypeError):
        raise RequestError("There is no manifest with a head in that folder.", hint="`--package` names one.") from None


def _of_file(path: Path) -> list[str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [str(document["head"]), *(str(head) for head in document["requests"].values())]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RequestError("That file holds no heads.", hint="`dsar journal heads --out FILE` writes one.") from None
