"""Where answers may lie: not among the exports that are read, the workspace, or what is dropped for a batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.workspace import Workspace


def check_out(workspace: Workspace, out: Path, inbox: Path | None = None) -> None:
    """Raise RequestError if answers would lie where the next search, or the next batch, reads its input.

    A package among the exports is a copy of a person's data that is searched for the next one; in a drop folder it
    would be taken for a request.
    """
    place = out.resolve()
    if place.is_relative_to(workspace.root.resolve()):
        raise RequestError("The answers would lie in the workspace.", hint="Give `--out` another folder.")
    if inbox is not None and place.is_relative_to(inbox.resolve()):
        raise RequestError("The answers would lie in the drop folder.", hint="Give `--out` another folder.")
    if any(place.is_relative_to(folder) for folder in _read_from(workspace)):
        raise RequestError("The answers would lie among the exports.", hint="Give `--out` another folder.")


def _read_from(workspace: Workspace) -> Iterator[Path]:
    """The folders that exports lie in, and those above them, as far as they lie below the configuration's own."""
    home = workspace.config.folder.resolve()
    for segment in workspace.segments:
        folder = (home / segment.facts.path).resolve().parent
        while folder != home:
            yield folder
            if not folder.is_relative_to(home):
                break
            folder = folder.parent
