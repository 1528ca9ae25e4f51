"""Read a file whose form only code can tell: a connector's hook.py, wherever the file begins as the connector says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dsar.errors import Unreadable
from dsar.sources.effective import Collection
from dsar.sources.readers.hooked import HookedRows
from dsar.sources.sniffed import Sniffed
from dsar.sources.stored import Part, Reading, contents, expect_text, spooled


def begun(candidates: Sequence[Collection], sniffed: Sniffed) -> Collection | None:
    """Give the collection whose files begin like this one; raises Unreadable where two do."""
    found = [one for one in candidates if one.declared.starts and re.match(one.declared.starts, sniffed.text)]
    if len(found) > 1:
        names = " and ".join(f"`{one.name}`" for one in found)
        raise Unreadable(f"{sniffed.path.name} begins like {names}.", hint="Give each file a source of its own.")
    return found[0] if found else None


def read_hooked(reading: Reading, collection: Collection, encoding: str, out: Path) -> Part:
    """Read a file by `read` of the connector's hook."""
    if reading.hook is None:
        raise Unreadable(f"{reading.path.name} needs the hook.py of its connector.", hint="Install it whole.")
    reader = HookedRows(reading.hook.path, reading.path, encoding)
    found = spooled(reading, reader.spool, out, None, headings=reader.headings)
    expect_text(reading.path, encoding, found)
    return Part(collection, contents(collection, "", tuple(reader.headings), (), reading.scan.sha256, found))
