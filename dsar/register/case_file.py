"""The file of a request in its case: what the person gave and what was said of each step, named by the journal."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dsar.errors import WorkspaceError
from dsar.model import Identifier, Request
from dsar.register.states import base_name
from dsar.store.files import commit, private_folder, sync_all, write_new
from dsar.store.journal import Event

if TYPE_CHECKING:
    from dsar.register.requests import Facts, Register

FILE = "request.json"


def write(register: Register, request: Request, step: str, facts: Facts, said: Mapping[str, str]) -> None:
    """Log first, then act: the new content lies ready under its hash, is logged by it, and only then takes its name.

    Whoever is killed in between leaves a file that the next reader puts in place, or one that nothing names.
    """
    name, events = str(request.request_id), register.journal.events(str(request.request_id))
    number = sum(base_name(event.step) == step for event in events)
    full = step if not number else f"{step}#{number + 1}"
    document = document_of(register, name, events) or {"schema": "dsar-request/1", "said": {}}
    about = {key: value for key, value in {**said, "os_user": register.os_user}.items() if value}
    if "request" in document and request_from(document["request"]) != request:
        document.setdefault("registered", document["request"])
    document = document | {"request": asdict(request), "said": document["said"] | {full: about}}
    data = (json.dumps(document, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()
    digest = hashlib.sha256(data).hexdigest()
    folder = register.case(name)
    private_folder(folder)
    for left in folder.glob(".request.*"):  # of one who was killed before it was logged
        left.unlink()
    ready = folder / f".request.{digest[:16]}"
    write_new(ready, data)
    sync_all((ready, folder, folder.parent))
    register.journal.append(name, full, register.at, {**facts, "file": digest})
    ready.replace(folder / FILE)  # should the rename not last, the next reader makes it again


def document_of(register: Register, name: str, events: tuple[Event, ...] | list[Event]) -> dict[str, Any] | None:
    """The content of a request's file as the journal last named it; None where the case was purged."""
    digest = next((str(event.facts["file"]) for event in reversed(events) if "file" in event.facts), None)
    if digest is None or any(event.step == "purged" for event in events):
        return None
    folder = register.case(name)
    ready = folder / f".request.{digest[:16]}"
    with contextlib.suppress(FileNotFoundError):  # it was logged, and its writer killed before it took its name
        commit(ready, folder / FILE)
    try:
        data = (folder / FILE).read_bytes()
    except FileNotFoundError:
        raise WorkspaceError(
            f"The file of request {name} is missing.", hint="Restore `.dsar/cases` from its backup."
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise WorkspaceError(
            f"The file of request {name} is not the one that the journal names.", hint="Restore it from its backup."
        )
    document: dict[str, Any] = json.loads(data)
    return document


def request_from(document: Mapping[str, Any]) -> Request:
    """Make a request of what was written of one as JSON; keys that are missing have their defaults."""
    values = dict(document)
    values["identifiers"] = tuple(Identifier(one["kind"], one["value"]) for one in values["identifiers"])
    values |= {name: tuple(values.get(name, ())) for name in ("scope", "notes", "also_under")}
    values["changes"] = tuple((field, value) for field, value in values.get("changes", ()))
    return Request(**values)
