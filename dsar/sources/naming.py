"""Names of sources and collections, made from those of files and of their parts."""

from __future__ import annotations

import re
from pathlib import Path


def slug(text: str) -> str:
    """Make a name of `[a-z0-9_-]+` from any text, for sources and collections."""
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]+", "_", anyascii(text).lower()).strip("_") or "table"


def stem(path: Path) -> str:
    """The name of a file without its endings, rotation numbers and dates of rotation."""
    bare = re.sub(r"^.*\.zip#", "", path.name, flags=re.IGNORECASE)
    turned = r"(?:[._-](?:\d{1,3}|\d{8,10}|\d{4}-\d\d-\d\d))+$"
    name = re.sub(turned, "", re.sub(r"\.gz$", "", bare, flags=re.IGNORECASE))
    name = re.sub(r"\.(?:csv|tsv|txt|json|jsonl|ndjson|xlsx|log)$", "", name, flags=re.IGNORECASE)
    return re.sub(turned, "", name) or bare
