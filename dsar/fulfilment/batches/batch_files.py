"""What a batch keeps for itself: the moment it began, its lock, and its summaries."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from dsar.errors import WorkspaceError
from dsar.fulfilment.batches.batch import Batch
from dsar.fulfilment.workspace import Workspace
from dsar.store.files import lives, private_folder, write_private


@contextmanager
def alone(root: Path, wait: float = 0) -> Iterator[None]:
    """Let one batch work at a time: a second one waits so many seconds, then is told who works and since when.

    The lock is free when its process ends, however it ends. Raises WorkspaceError.
    """
    private_folder(root)
    handle = os.open(root / "batch.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise _busy(handle) from None
                time.sleep(min(0.1, max(deadline - time.monotonic(), 0)))
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"pid {os.getpid()} since {datetime.datetime.now():%Y-%m-%d %H:%M:%S}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _busy(handle: int) -> WorkspaceError:
    words = os.pread(handle, 200, 0).decode("ascii", "replace").split()
    known = " ".join(words) if len(words) > 1 and lives(words[1]) else "unknown"
    return WorkspaceError(
        f"Another batch works in this workspace ({known}).", hint="Wait until it has finished, or give --wait SECONDS."
    )


@contextmanager
def begun(workspace: Workspace, what: str, *, frozen: bool) -> Iterator[Workspace]:
    """Give the workspace at the moment at which this batch began: one that was killed goes on as if it had not been.

    `what` names the batch; `frozen` says that the day was given, so that nothing has to be remembered.
    """
    path = workspace.root / "batches" / f"{hashlib.sha256(what.encode()).hexdigest()[:16]}.json"
    if frozen:
        yield workspace
        return
    with contextlib.suppress(OSError, ValueError, KeyError):
        workspace = replace(workspace, now=_moment(path, workspace))
    if not path.exists():
        private_folder(path.parent)
        write_private(path, (json.dumps({"began": workspace.now.isoformat()}) + "\n").encode())
    yield workspace
    path.unlink(missing_ok=True)


def _moment(path: Path, workspace: Workspace) -> datetime.datetime:
    began = datetime.datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["began"])
    return began.astimezone(workspace.now.tzinfo)


def write_summaries(batch: Batch, out: Path, controller: str) -> None:
    """Write summary.json (the contract) and summary.html beside the folders of the requests."""
    from dsar.renderers.as_summary import render_summary

    private_folder(out)
    notes = (*batch.first, *batch.notes)
    document = {
        "schema": "dsar-batch/1",
        "requests": [
            {
                "request_id": line.request_id,
                "right": line.right,
                "state": line.state,
                "due": line.due,
                "confirmed": line.confirmed,
                "probable": line.probable,
                "exit_code": line.exit_code,
                "error": line.error,
                "to_review": line.reviews,
                "same_as": list(line.same_as),
            }
            for line in batch.lines
        ],
        "sources": [asdict(source) for source in batch.sources],
        "notes": list(notes),
        "seconds": round(batch.seconds, 3),
    }
    write_private(out / "summary.json", (json.dumps(document, ensure_ascii=True, indent=1) + "\n").encode())
    write_private(out / "summary.html", render_summary(batch.lines, batch.sources, notes, controller))
