"""The suppression list: who must not be written to or taken in again, as keyed hashes that outlive the data."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from dsar.errors import WorkspaceError
from dsar.store.files import private_folder, sync_folder
from dsar.store.sql import hashed

FILE = "suppression"
KINDS = ("email", "phone", "customer_no", "login", "cookie", "address")
"""Kinds of identifiers that are put on the list beside the ids of the person's records."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier of one person: two keyed hashes of its normal form, and why it is on the list (E-46)."""

    kind: str
    index: str
    """The hash by which segments are searched, 16 hexadecimal digits."""
    hash: str
    """HMAC-SHA256 with the list's own key; it decides."""
    channel: str
    """`*`, or the channel that was objected to, e.g. `email`."""
    scope: str
    """`*`, or the purpose."""
    reason: str
    """`erasure`, `objection`, `withdrawal` or `restriction`."""
    request: str
    at: str
    """ISO 8601 with zone."""
    stays: tuple[str, ...] = ()
    """`source/collection` where the person's data lawfully stays, so that it is no return."""


@dataclass(frozen=True, slots=True)
class Keying:
    """The two keys of an entry: that of the segments' index, and that of the list."""

    index: str
    list: str

    def entry_hash(self, kind: str, normal: str) -> tuple[str, str]:
        """The two hashes of a normal form."""
        text = f"{kind}\x1f{normal}".encode(errors="surrogatepass")
        return f"{hashed(self.index, kind, normal):016x}", hmac.new(
            self.list.encode(), text, hashlib.sha256
        ).hexdigest()


def read(root: Path) -> tuple[Entry, ...]:
    """Read the list of a workspace, empty where there is none; raises WorkspaceError for a line that is not ours."""
    try:
        lines = (root / FILE).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
            found.append(Entry(**{**document, "stays": tuple(document["stays"])}))
        except (ValueError, KeyError, TypeError):
            raise WorkspaceError(
                f"The suppression list is damaged in line {number}.", hint="Restore it from its backup."
            ) from None
    return tuple(found)


def add(root: Path, entries: Iterable[Entry]) -> int:
    """Append entries and make them last before returning; one that says the same is written once. Gives how many."""
    private_folder(root)
    handle = os.open(root / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        known = {_said(entry) for entry in read(root)}
        new = list({_said(entry): entry for entry in entries if _said(entry) not in known}.values())
        data = "".join(f"{json.dumps(asdict(entry), sort_keys=True, ensure_ascii=True)}\n" for entry in new).encode()
        if os.write(handle, data) != len(data):
            raise WorkspaceError("The suppression list could not be written whole.", hint="`dsar doctor` looks at it.")
        os.fsync(handle)
        sync_folder(root)
    finally:
        os.close(handle)
    return len(new)


def _said(entry: Entry) -> tuple[object, ...]:
    return (entry.kind, entry.hash, entry.channel, entry.scope, entry.reason, entry.request, entry.stays)
