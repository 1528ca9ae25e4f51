"""A drop folder of requests: each file is registered once and moved to `done` or `rejected` with its reason."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.desk.mailed import known_letter, request_of_mail
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.requests import BadRow, read_rows
from dsar.fulfilment.workspace import Workspace
from dsar.model import Request
from dsar.register.mail import read_mail
from dsar.store.files import commit, private_folder, write_private

SETTLED = 2.0
"""Seconds after its last change in which a file is looked at twice: whoever drops it may still be writing."""


@dataclass(frozen=True)
class Taken:
    """One file of the inbox: what it asked for, and why it, or a row of it, was rejected."""

    path: Path
    requests: tuple[Request, ...]
    bad: tuple[BadRow, ...]

    @property
    def rejected(self) -> bool:
        """Whether a person must mend it; its good rows were registered all the same."""
        return bool(self.bad)


def take(workspace: Workspace, inbox: Path) -> Iterator[Taken]:
    """Read and register every file of the folder, by name; hidden and half-written ones are left for the next time.

    Raises RequestError if there is no such folder.
    """
    if not inbox.is_dir():
        raise RequestError("There is no such inbox.", hint="`--inbox` names the folder in which requests are dropped.")
    for path in sorted(inbox.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink():  # whoever may drop a link might have us read, move or close what it leads to
            error = RequestError("It is a link, and links are not followed.", hint="Put the file itself there.")
            yield Taken(path, (), (BadRow(None, error),))
        elif path.is_file() and _settled(path):
            yield _taken(workspace, path)


def _settled(path: Path) -> bool:
    """Whether nobody writes it any more: its size and time stand still."""
    before = path.stat()
    if path.suffix in (".part", ".tmp") or time.time() - before.st_mtime > SETTLED:
        return path.suffix not in (".part", ".tmp")
    time.sleep(0.2)
    after = path.stat()
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _taken(workspace: Workspace, path: Path) -> Taken:
    try:
        if path.suffix.casefold() == ".eml":
            return Taken(path, (_letter(workspace, path),), ())
        if path.suffix.casefold() == ".csv":
            requests, bad = read_rows(path)
            return Taken(path, tuple(requests), tuple(bad))
        raise RequestError("It is neither a requests file (.csv) nor a mail (.eml).", hint="Save it as one of these.")
    except RequestError as error:
        return Taken(path, (), (BadRow(None, error),))


def _letter(workspace: Workspace, path: Path) -> Request:
    """Register a mail; one that lies there again, because the last run was killed before it was moved, is known."""
    mail = read_mail(path, workspace.config.controller.own_domains)
    known = known_letter(workspace, mail)
    if known is not None:
        return known.request
    request = request_of_mail(workspace, mail, {}, {})
    return add_request(workspace, request, letter=mail.raw, proposed=True).request


def put_away(taken: Taken, failed: dict[str, str]) -> bool:
    """Move a file that was taken to `done`, or to `rejected` with its reasons beside it; gives whether it was rejected.

    `failed` are reasons by request id, of rows that could be read but not be registered.
    """
    lines = [f"{bad.error.message} {bad.error.hint}".strip() for bad in taken.bad]
    lines += [
        f"{one.request_id}: {failed[str(one.request_id)]}" for one in taken.requests if str(one.request_id) in failed
    ]
    folder = taken.path.parent / ("rejected" if lines else "done")
    private_folder(folder)
    place = _free(folder / taken.path.name)
    if lines:
        write_private(place.with_name(f"{place.name}.reason.txt"), ("\n".join(lines) + "\n").encode())
    if taken.path.is_symlink():
        taken.path.rename(place)
    else:
        taken.path.chmod(0o600)
        commit(taken.path, place)
    return bool(lines)


def _free(place: Path) -> Path:
    """A name that nobody has: the same file name may come every day."""
    number, free = 1, place
    while os.path.lexists(free):
        number += 1
        free = place.with_name(f"{place.stem}-{number}{place.suffix}")
    return free
