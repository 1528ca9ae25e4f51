"""The release: what leaves is complete, decided, without other people, sealed, and noted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dsar.errors import RequestError
from dsar.fulfilment.copies.export import RIGHTS, written
from dsar.fulfilment.copies.gates import open_gates
from dsar.fulfilment.desk.identity_check import doubts_of
from dsar.fulfilment.desk.register import registered_request
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import Cleared, Copy, cleared, copies_of, look_up
from dsar.fulfilment.home import register_of
from dsar.fulfilment.package import MANIFEST, Output, manifest_of, refuse_changed
from dsar.fulfilment.workspace import Workspace
from dsar.model import AccessReport
from dsar.progress import SILENT, Progress
from dsar.register import requests as register
from dsar.sealing.passphrase import new_passphrase
from dsar.store.files import sync_folder

Form = Literal["zip", "html", "age"]


@dataclass(frozen=True)
class Seal:
    """How the package is to be sealed, and where its passphrase goes."""

    form: Form = "zip"
    recipients: tuple[str, ...] = ()
    """Keys of age (`age1…`); with any of them there is no passphrase."""
    passphrase_file: Path | None = None
    by: str = ""
    """Who releases, as they call themselves."""
    automatic: bool = False
    """Whether nobody looks at this one package, because its sources were declared so (A-45)."""


@dataclass(frozen=True)
class Released:
    """A package that may be sent."""

    request_id: str
    package: Path
    sha256: str
    files: tuple[str, ...]
    """What is inside."""
    passphrase: str | None
    """To be shown once and kept nowhere; None where it was written to a file, or where keys open the package."""
    passphrase_file: Path | None
    delivery: str | None
    """Where the person wants the answer."""
    report: AccessReport
    notes: tuple[str, ...]
    """What is told in the report and a person should know: unreadable rows, files that are missing."""
    doubts: tuple[str, ...]
    """Why the check of identity was too weak for what was found, where it was."""


def release(workspace: Workspace, request_id: str, out: Path, seal: Seal, progress: Progress = SILENT) -> Released:
    """Make the sealed package of a registered request and put it into `out` (Art. 12(3), 15(3), 32 GDPR).

    Raises RequestError that lists every gate that is still shut, or every file in which somebody else is left; nothing
    is written then. Raises Unreadable if an export changed since it was searched. The same inputs give the same bytes
    inside the seal; what is outside is never the same twice.
    """
    request = registered_request(workspace, request_id)
    if request.right not in RIGHTS:
        raise RequestError(f"This request asks for {request.right}, not for a copy.", hint="Only copies are released.")
    _check(seal, out)  # before anything is searched
    copy = copies_of(workspace, find(workspace, [request], progress))[0]
    return release_copy(workspace, copy, out, seal, progress)


def release_copy(workspace: Workspace, copy: Copy, out: Path, seal: Seal, progress: Progress = SILENT) -> Released:
    """Release a copy that was gathered already, through the same gates; raises as `release` does.

    Of an automatic release the caller sees once for all whether an export changed.
    """
    _check(seal, out)
    request = copy.answer.request
    report, files = _cleared(workspace, copy, progress)
    if not seal.automatic:
        refuse_changed(workspace, "release")
    name, output = str(request.request_id), Output(out, str(request.request_id))
    content = {path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in files.items()}
    head = _note(workspace, name, content)
    files[MANIFEST] = manifest_of(name, content, head)
    progress.step("sealing")
    passphrase = None if seal.recipients else new_passphrase()
    package = f"package.{seal.form}"
    output.write(package, _sealed(files, seal, passphrase, report))
    sha256 = output.written[package][0]
    facts: dict[str, int | str | bool] = {
        "package": seal.form,
        "sha256": sha256,
        "bytes": output.written[package][1],
        "files": len(files),
    }
    if seal.automatic:
        facts["automatic"] = True
    register.note(register_of(workspace), name, "released", facts, {"by": seal.by})
    if passphrase and seal.passphrase_file:
        _keep(seal.passphrase_file, passphrase)
    output.finish(head)
    shown = None if seal.passphrase_file else passphrase
    place = output.place / package
    kept = seal.passphrase_file if passphrase else None
    doubts = doubts_of(workspace, register.read(register_of(workspace), name))
    notes = _notes(copy, report)
    return Released(name, place, sha256, tuple(files), shown, kept, request.delivery, report, notes, doubts)


def _cleared(workspace: Workspace, copy: Copy, progress: Progress) -> tuple[AccessReport, dict[str, bytes]]:
    """Give the report and the files of a copy once every gate is open and the last look found nobody else."""
    clear = cleared(workspace, copy, final=True)
    report, made = written(workspace, copy, clear)
    found = register.read(register_of(workspace), str(copy.answer.request.request_id))
    _refuse("Nothing was released; this is still open:", open_gates(workspace, found, clear, report))
    progress.step("writing and reading back")
    files = dict(made)
    _refuse("Nothing was released; somebody else is left in it:", _left(workspace, copy, clear, files))
    return report, files


def _check(seal: Seal, out: Path) -> None:
    if seal.recipients and seal.form != "age":
        raise RequestError("Only age knows recipients.", hint="Add `--package age`, or leave `--recipient` out.")
    if seal.passphrase_file is None:
        return
    if seal.passphrase_file.exists():
        raise RequestError("The passphrase file is there already.", hint="Name a new file; nothing is overwritten.")
    if seal.passphrase_file.resolve().is_relative_to(out.resolve()):
        raise RequestError(
            "The passphrase would lie beside the package it opens.", hint="Name a file outside of `--out`."
        )


def _refuse(title: str, reasons: tuple[str, ...]) -> None:
    if reasons:
        raise RequestError("\n".join([title, *(f" - {reason}" for reason in reasons)]), hint="Settle it, then release.")


def _left(workspace: Workspace, copy: Copy, clear: Cleared, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Say where in the finished bytes somebody else is left, by file and kind and never by value."""
    from dsar.redaction.leftovers import leftovers

    found = leftovers(files, clear.mentions, copy.own, workspace.config, lambda keys: look_up(workspace, keys))
    return tuple(
        f"{one.file}: a {one.kind} of another person{f' in {one.place}' if one.place else ''}." for one in found
    )


def _note(workspace: Workspace, name: str, content: Mapping[str, tuple[str, int]]) -> str:
    """Note what is released before it is, under a step named by it; gives the head of the request's chain."""
    digest = hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
    facts: dict[str, int | str | bool] = {"files": len(content), "content": digest}
    return workspace.journal.append(name, f"release:{digest[:16]}", workspace.as_of, facts)


def _sealed(files: Mapping[str, bytes], seal: Seal, passphrase: str | None, report: AccessReport) -> bytes:
    from dsar.sealing.age import sealed_by_age
    from dsar.sealing.archive import aes_zip
    from dsar.sealing.page import Cover, self_opening_page

    if seal.form == "age":
        return sealed_by_age(files, passphrase, seal.recipients)
    if seal.form == "html":
        cover = Cover(str(report.request.request_id), report.controller, report.contact, report.language)
        return self_opening_page(files, passphrase or "", cover)
    return aes_zip(files, passphrase or "")


def _keep(path: Path, passphrase: str) -> None:
    """Write the passphrase to a new file of mode 0600; raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(handle, "w", encoding="ascii") as file:
        file.write(f"{passphrase}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.resolve().parent)


def _notes(copy: Copy, report: AccessReport) -> tuple[str, ...]:
    missing = sum(attachment.stored_as is None for attachment in report.attachments)
    files = "1 attached file is" if missing == 1 else f"{missing} attached files are"
    told = [f"{files} told in the report and not inside."] if missing else []
    return (*copy.answer.notes, *told)
