"""Packages that a batch releases by itself: of sources declared for it, through the gates of every release (A-45)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.config import AutoRelease
from dsar.errors import RequestError
from dsar.fulfilment.batches.batch_apart import told
from dsar.fulfilment.copies.export import RIGHTS
from dsar.fulfilment.copies.release import Seal, release_copy
from dsar.fulfilment.desk.identity_check import doubts_of, identity_of
from dsar.fulfilment.finding.others import copies_of
from dsar.fulfilment.home import register_of
from dsar.fulfilment.package import refuse_changed
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer
from dsar.register import requests as register
from dsar.register.requests import Registered
from dsar.store.files import private_folder

BY = "dsar batch"


def check_places(workspace: Workspace, out: Path) -> None:
    """Raise RequestError if the passphrases would lie with what they open, or the packages among those for review."""
    if (places := workspace.config.auto_release) is None:
        return
    packages, passphrases = _places(workspace, places)
    if passphrases.is_relative_to(packages) or packages.is_relative_to(passphrases):
        raise RequestError(
            "The passphrases would lie beside the packages they open.", hint="Give two folders in [auto_release]."
        )
    if any(one.is_relative_to(out.resolve()) for one in (packages, passphrases)):
        raise RequestError(
            "What is released would lie among what is to be reviewed.", hint="Give `--out` another folder."
        )


def released_by_itself(workspace: Workspace, answers: Sequence[Answer]) -> Iterator[tuple[str, str | None]]:
    """Release those of these answers that may leave unseen; gives the id of each, also of those released before.

    With an id comes why it could not be released although its sources and its requester allow it: a person must look.

    The caller leaves out whatever has a point to look at. A package is released if all its sources are declared for
    it, the identity of the requester is verified and strong enough, and every gate of `dsar release` is open; any
    other one stays ready for review. Raises Unreadable if an export changed since it was searched.
    """
    places = workspace.config.auto_release
    if places is None:
        return
    packages, passphrases = _places(workspace, places)
    waiting = []
    for answer in (one for one in answers if _declared(workspace, one)):
        found = register.read(register_of(workspace), str(answer.request.request_id))
        if _lies(found, packages / str(answer.request.request_id)):
            yield str(answer.request.request_id), None
        elif _allowed(workspace, found):
            waiting.append(answer)
    if not waiting:
        return
    refuse_changed(workspace, "batch")
    for folder in (packages, passphrases):
        private_folder(folder)
    for copy in copies_of(workspace, waiting):
        name = str(copy.answer.request.request_id)
        secret = passphrases / f"{name}.txt"
        secret.unlink(missing_ok=True)  # of a run that was stopped before its package was in place
        try:
            release_copy(workspace, copy, packages / name, Seal(places.package, (), secret, BY, automatic=True))
        except OSError:
            raise
        except Exception as error:  # a gate is shut, or a fault of ours: it waits for a person
            yield name, " ".join(told(error)[0].split())
        else:
            yield name, None


def _places(workspace: Workspace, places: AutoRelease) -> tuple[Path, Path]:
    folder = workspace.config.folder
    return (folder / places.packages).resolve(), (folder / places.passphrases).resolve()


def _declared(workspace: Workspace, answer: Answer) -> bool:
    """Whether it asks for a copy, and every source that it was to be searched in is declared for it."""
    free = {source.name for source in workspace.config.source if source.auto_release}
    asked = {source.source for source in answer.sources}
    return answer.request.right in RIGHTS and bool(asked) and asked <= free


def _allowed(workspace: Workspace, found: Registered) -> bool:
    """Whether the requester is verified by a check that is strong enough (V-6), and no person has released it."""
    check, before = identity_of(found), found.last("released")
    if check is None or check.result != "verified" or doubts_of(workspace, found):
        return False
    return not found.last("delivered") and (before is None or before.facts.get("automatic") is True)


def _lies(found: Registered, folder: Path) -> bool:
    """Whether what was released lies where it was put, whole."""
    entry = found.last("released")
    if entry is None:
        return False
    package = folder / f"package.{entry.facts['package']}"
    return package.is_file() and hashlib.sha256(package.read_bytes()).hexdigest() == entry.facts["sha256"]
