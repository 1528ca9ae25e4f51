"""The secret key of a workspace and the keys derived from it, one for each use."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import WorkspaceError
from dsar.store.files import private_folder, sync_folder, write_private


@dataclass(frozen=True, slots=True)
class Keys:
    """Derived keys as hex text: identifiers are hashed with one, journal entries sealed with another."""

    identifiers: str
    journal: str
    names: str
    """For ids of requests that were not registered and for record ids in the journal."""
    suppression: str = ""
    """For the identifiers of the suppression list (Art. 32, 21(3) GDPR): a key of its own, apart from the list."""


def open_keys(path: Path, journal: Path | None = None) -> Keys:
    """Read the key file, making it (0600, 32 random bytes as hex) where there is none.

    Raises WorkspaceError if others may read it, it holds no key, or it is lost: there is none although `journal`,
    which was sealed with it, has events.
    """
    if not path.exists():
        if journal is not None and journal.exists() and journal.stat().st_size:
            raise WorkspaceError(
                f"The key file of this workspace is missing: {path}.",
                hint="Restore it from its backup; if the workspace was moved, name its former place as `key_file`.",
            )
        _make(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WorkspaceError("The key file can be read by other users.", hint=f"Run `chmod 600 {path}`.")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) < 32:
        raise WorkspaceError("The key file holds no key.", hint="Restore it from its backup.")
    return derive(text)


def _make(path: Path) -> None:
    """Write a new key, whole and once: of two processes that do it at the same time both get the key of the first."""
    private_folder(path.parent)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write_private(new, secrets.token_hex(32).encode() + b"\n")
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
        sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)


def derive(secret: str) -> Keys:
    """Derive the keys for each use from one secret (HMAC-SHA256 over the use's name)."""

    def of(use: str) -> str:
        return hmac.new(secret.encode(), use.encode(), hashlib.sha256).hexdigest()

    return Keys(of("identifiers"), of("journal"), of("names"), of("suppression"))


def keyed(key: str, text: str, length: int = 16) -> str:
    """Hash a text that may be personal so that only the holder of the key can recognise it."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:length]


def default_key_file(workspace: Path) -> Path:
    """Where the key lies if dsar.toml names no place: in the user's data folder, one for each workspace."""
    from platformdirs import user_data_path

    name = hashlib.sha256(str(workspace).encode()).hexdigest()[:16]
    return Path(os.environ.get("DSAR_KEY_FOLDER") or user_data_path("dsar")) / f"{name}.key"
