"""Files of records beside a drafted table: which of its columns names them, and where they lie."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from dsar.sources.archive import MARK
from dsar.sources.draft import columns
from dsar.sources.recognise import Recognition


def drafted_files(found: Recognition, sheet: str | None) -> dict[str, Any] | None:
    """Draft `attachments` of a collection: the column that names the most of the files beside it; None without one."""
    folders = {path.name.rpartition(MARK)[2]: path.parent for path in reversed(found.files)}
    named: Counter[tuple[str, str, bool]] = Counter()
    for heading, values in columns(found.sniffed, sheet).items():
        for value in values:
            last = re.split(r"[/\\]", value)[-1]
            if last in folders:
                below = folders[last] != found.path.parent
                named[heading, folders[last].name.rpartition(MARK)[2] if below else ".", last != value] += 1
    if not named:
        return None
    (heading, folder, by_path), _ = named.most_common(1)[0]
    return {"field": heading, "folder": folder, "name": "{last}" if by_path else "{value}"}
