"""The self-opening package: one HTML page that asks for the passphrase and shows its files, with nothing to install."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import html
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from pathlib import PurePosixPath

from dsar.errors import DsarError
from dsar.sealing.passphrase import plain

ROUNDS = 600_000
"""Rounds of PBKDF2-HMAC-SHA-256, as OWASP advises; the passphrase alone has 125 bits."""
_SCRIPT = re.compile(rb"<script(?:\s[^>]*)?>(.*?)</script>", re.DOTALL)
_TYPES = {
    ".html": "text/html", ".pdf": "application/pdf", ".json": "application/json", ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cover:
    """What the page says before it is opened; nothing personal, for whoever finds the file can read it."""

    request_id: str
    controller: str
    contact: str
    language: str


def self_opening_page(files: Mapping[str, bytes], passphrase: str, cover: Cover) -> bytes:
    """Seal files in a page that opens them in any current browser, offline, also from a disk.

    AES-256-GCM, so that a wrong passphrase or one changed byte opens nothing; the key comes from the passphrase by
    PBKDF2. Names and types lie inside the seal. The page may load nothing and send nothing (its policy says so).
    Raises DsarError for a language without texts.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    key = hashlib.pbkdf2_hmac("sha256", plain(passphrase).encode(), salt, ROUNDS, 32)
    sealed = AESGCM(key).encrypt(nonce, gzip.compress(_bundle(files), mtime=0), None)
    words = _texts(cover.language)
    how = {"salt": _base64(salt), "nonce": _base64(nonce), "rounds": ROUNDS, "texts": words}
    script = _part("page.js")
    scripts = [script.encode(), *(found for name in files if name.endswith(".html") for found in _scripts(files[name]))]
    allowed = " ".join(f"'sha256-{_base64(hashlib.sha256(one).digest())}'" for one in dict.fromkeys(scripts))
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "frame-src blob:; base-uri 'none'; form-action 'none'"
    )
    filled = {
        "language": cover.language, "policy": policy, "style": _part("page.css"), "script": script,
        "how": json.dumps(how, ensure_ascii=True).replace("<", "\\u003c"), "sealed": _base64(sealed),
        **{name: html.escape(text) for name, text in words.items()},
        "title": html.escape(words["title"].format(request=cover.request_id)),
        "sender": html.escape(words["sender"].format(controller=cover.controller, contact=cover.contact)),
    }  # fmt: skip
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], _part("page.html"))
    return page.encode("utf-8")


def _bundle(files: Mapping[str, bytes]) -> bytes:
    """The files one after the other behind a list of their names, types and sizes."""
    index = [
        {"name": name, "type": _TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"), "size": len(data)}
        for name, data in files.items()
    ]
    head = json.dumps(index, ensure_ascii=True).encode()
    return b"".join((len(head).to_bytes(4, "big"), head, *files.values()))


def _scripts(page: bytes) -> list[bytes]:
    """The scripts of a page inside the package: it is shown under the policy of this one."""
    return [found for found in _SCRIPT.findall(page) if found.strip()]


@functools.cache
def _part(name: str) -> str:
    return (resources(__package__) / name).read_text(encoding="utf-8")


def _texts(language: str) -> dict[str, str]:
    texts = tomllib.loads(_part("page.toml"))
    if language not in texts:
        raise DsarError(
            f"The self-opening page has no texts in `{language}`.", hint=f"Languages there are: {', '.join(texts)}."
        )
    return {str(name): str(text) for name, text in texts[language].items()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
