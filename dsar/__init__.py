"""Answer data-subject requests from exports, on one machine, offline.

    from dsar import find, open_workspace
    answer = find(open_workspace("dsar.toml"), email="ada@example.org")

The verbs are loaded when they are first used, so that `import dsar` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsar.fulfilment.api import (
        counts_frame,
        export,
        find,
        open_folder,
        open_workspace,
        plan_erasure,
        records_frame,
    )

__all__ = ["counts_frame", "export", "find", "open_folder", "open_workspace", "plan_erasure", "records_frame"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from dsar.fulfilment import api

        return getattr(api, name)
    raise AttributeError(f"module 'dsar' has no attribute {name!r}")
