"""The folder that a command fills: ours or empty before, whole and listed in its manifest afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Grade, Request
from dsar.store.case import write_case
from dsar.store.files import private_folder, write_private

MANIFEST = "manifest.json"


@dataclass
class Output:
    """A folder while it is filled; what an earlier run of ours left there goes first."""

    folder: Path
    written: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Path inside the folder → SHA-256 and bytes."""

    def __post_init__(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise RequestError(f"{self.folder} is a file.", hint="`--out` names a folder.")
        if self.folder.is_dir() and any(self.folder.iterdir()):
            self._clear()
        private_folder(self.folder)

    def _clear(self) -> None:
        """Remove exactly the files that an earlier manifest of ours lists; anything else makes us stop."""
        try:
            document = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            names = [entry["path"] for entry in document["files"]] if document["schema"] == "dsar-manifest/1" else []
        except (OSError, ValueError, KeyError, TypeError):
            names = []
        ours = {MANIFEST, *names}
        there = {str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file() or p.is_symlink()}
        if not names or there - ours:
            raise RequestError(
                f"{self.folder} holds files that are not from dsar.", hint="Give an empty or new folder with --out."
            )
        for name in there:
            (self.folder / name).unlink()

    def write(self, name: str, data: bytes) -> None:
        """Write one file of the package."""
        path = self.folder / name
        private_folder(path.parent)
        write_private(path, data)
        self.written[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def note(self, name: str) -> None:
        """List a file that another function has written into the folder."""
        data = (self.folder / name).read_bytes()
        self.written[name] = (hashlib.sha256(data).hexdigest(), len(data))

    def finish(self, request_id: str, journal_head: str) -> tuple[str, ...]:
        """Write the manifest; gives the names of all files, the manifest last."""
        files = [{"path": name, "sha256": sha, "bytes": size} for name, (sha, size) in sorted(self.written.items())]
        document = {
            "schema": "dsar-manifest/1", "request_id": request_id, "files": files, "journal_head": journal_head,
        }  # fmt: skip
        write_private(self.folder / MANIFEST, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
        return (*self.written, MANIFEST)


def folder_for(out: Path, request: Request, requests: Sequence[Request]) -> Path:
    """Where the result of one request goes: `out` itself for one person, a folder a request for a requests file."""
    single = len(requests) == 1 and request.request_id is None
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
    """Keep the case of an answer and note in the journal what was made; gives the request's id and its chain's head.

    The journal holds counts and hashes. The step is named by what was made, so the same result is noted once.
    """
    name = request_name(answer.request, workspace.keys.names)
    write_case(workspace.root, name, answer)
    content = hashlib.sha256(repr(sorted(written.items())).encode()).hexdigest()
    grades: tuple[Grade, ...] = ("confirmed", "probable", "possible")
    facts: dict[str, int | str | bool] = {grade: len(answer.graded(grade)) for grade in grades}
    facts |= {"files": len(written), "content": content, "complete": answer.complete}
    head = workspace.journal().append(name, f"{step}:{content[:16]}", workspace.as_of, facts)
    return name, head
