"""The folder that a command fills: ours or empty before, whole and listed in its manifest afterwards."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
import shutil
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsar.errors import RequestError, Unreadable
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Grade, Request
from dsar.sources.readers.scan import sha256_of
from dsar.store.case import write_case
from dsar.store.files import commit, lives, private_folder, sync_all, write_new

MANIFEST = "manifest.json"


@dataclass
class Output:
    """A folder while it is filled: beside its place under a hidden name, and in its place once it is whole."""

    place: Path
    """Where the folder will stand; an earlier result for the same request stays there until this one is whole."""
    request_id: str
    folder: Path = field(init=False)
    """Where its files are written until then; it goes with this object if it is never finished."""
    written: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Path inside the folder → SHA-256 and bytes."""

    def __post_init__(self) -> None:
        self.place = self.place.resolve()
        self._check()
        private_folder(self.place.parent)
        for left in self.place.parent.glob(f".{glob.escape(self.place.name)}.*.*.part"):
            process = left.name.split(".")[-2]
            if process.isdecimal() and not lives(process):  # an earlier run was killed
                shutil.rmtree(left, ignore_errors=True)
        self.folder = self._beside()
        # before the folder is made: an interrupt may come as soon as it is there
        self._drop = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.mkdir(0o700)

    def _beside(self) -> Path:
        """Give a free hidden name beside the place; it ends with our process number and `.part`."""
        return self.place.with_name(f".{self.place.name}.{secrets.token_hex(4)}.{os.getpid()}.part")

    def _check(self) -> None:
        """Stop unless the place is free or holds exactly the files that a manifest of ours lists for this request."""
        if self.place.exists() and not self.place.is_dir():
            raise RequestError(f"{self.place} is a file.", hint="`--out` names a folder.")
        if self.place == Path.cwd() or self.place.is_mount():
            raise RequestError(f"{self.place} cannot be replaced as a whole.", hint="Name a folder inside it.")
        there = {str(p.relative_to(self.place)) for p in self.place.rglob("*") if p.is_file() or p.is_symlink()}
        try:
            document = json.loads((self.place / MANIFEST).read_text(encoding="utf-8"))
            ours = {MANIFEST, *(entry["path"] for entry in document["files"])}
            request_id = document["request_id"] if document["schema"] == "dsar-manifest/1" else None
        except (OSError, ValueError, KeyError, TypeError):
            ours, request_id = set(), None
        if there - ours or (there and request_id is None):
            raise RequestError(
                f"{self.place} holds files that are not from dsar.", hint="Give an empty or new folder with --out."
            )
        if there and request_id != self.request_id:
            raise RequestError(
                f"{self.place} holds the result of another request.",
                hint="Give another folder with --out, or delete this one if nobody needs it.",
            )

    def write(self, name: str, data: bytes) -> None:
        """Write one file of the package."""
        path = self.folder / name
        private_folder(path.parent)
        write_new(path, data)
        self.written[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def note(self, name: str, sha256: str, size: int) -> None:
        """List a file that another function has written into the folder and hashed as it wrote it."""
        self.written[name] = (sha256, size)

    def finish(self, journal_head: str) -> tuple[str, ...]:
        """Write the manifest and put the folder in its place; gives the names of all files, the manifest last."""
        write_new(self.folder / MANIFEST, manifest_of(self.request_id, self.written, journal_head))
        files = [self.folder / name for name in (*self.written, MANIFEST)]
        sync_all([*files, *(file.parent for file in files)])
        self._check()  # somebody may have put a file of theirs there meanwhile
        if self.place.exists():
            self._swap()
        else:
            commit(self.folder, self.place)
        self._drop.detach()
        return (*self.written, MANIFEST)

    def _swap(self) -> None:
        former = self._beside()
        self.place.rename(former)
        try:
            commit(self.folder, self.place)
        except BaseException:
            if not self.place.exists():
                former.rename(self.place)
            raise
        shutil.rmtree(former)


def manifest_of(request_id: str, written: Mapping[str, tuple[str, int]], journal_head: str) -> bytes:
    """Give the bytes of a manifest (`dsar-manifest/1`): each file with SHA-256 and size, and the journal's head."""
    files = [{"path": name, "sha256": sha, "bytes": size} for name, (sha, size) in sorted(written.items())]
    document = {
        "schema": "dsar-manifest/1", "request_id": request_id, "files": files, "journal_head": journal_head,
    }  # fmt: skip
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def folder_for(out: Path, request: Request, requests: Sequence[Request]) -> Path:
    """Where the result of one request goes: `out` itself for one person, a folder a request for a requests file.

    A registered request that was asked for by its number is one person's as well.
    """
    single = len(requests) == 1 and (request.request_id is None or request.registered)
    return out if single else out / (request.request_id or "request")


def named(workspace: Workspace, answer: Answer) -> Answer:
    """Give an answer whose request has an id and a regime, those of the controller where the request gives none."""
    request = answer.request
    regime = request.regime or workspace.config.controller.regime
    filled = replace(request, request_id=request_name(request, workspace.keys.names), regime=regime)
    return replace(answer, request=filled)


def keep_case(
    workspace: Workspace, answer: Answer, step: str, written: Mapping[str, tuple[str, int]]
) -> tuple[str, str]:
    """Keep the case of an answer and note in the journal what was made; gives the request's id and its chain's head."""
    name = request_name(answer.request, workspace.keys.names)
    workspace.journal  # noqa: B018 - where it is not whole, nothing is kept
    write_case(workspace.root, name, answer)
    return name, note_case(workspace, answer, step, written)


def note_case(workspace: Workspace, answer: Answer, step: str, written: Mapping[str, tuple[str, int]]) -> str:
    """Note in the journal what was made of an answer whose case is kept; gives the head of the request's chain.

    The journal holds counts and hashes. The step is named by what was made, so the same result is noted once.
    """
    content = hashlib.sha256(repr(sorted(written.items())).encode()).hexdigest()
    grades: tuple[Grade, ...] = ("confirmed", "probable", "possible")
    facts: dict[str, int | str | bool] = {grade: len(answer.graded(grade)) for grade in grades}
    facts |= {"files": len(written), "content": content, "complete": answer.complete}
    name = request_name(answer.request, workspace.keys.names)
    return workspace.journal.append(name, f"{step}:{content[:16]}", workspace.as_of, facts)


def refuse_changed(workspace: Workspace, command: str) -> None:
    """Hash every export again: a script or a release is made of what was searched, not of what lies there now.

    Raises Unreadable that names the first file that is another one, and `command`, which is to be run again.
    """
    for path, sha256 in {segment.path: segment.contents.sha256 for segment in workspace.segments}.items():
        if not path.is_file() or sha256_of(path) != sha256:
            raise Unreadable(f"{path.name} changed since it was searched.", hint=f"Run `dsar {command}` again.")
