"""What an officer narrows a request to: sources and collections that there are, so that a slip narrows nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dsar.config import Config
from dsar.errors import RequestError
from dsar.fulfilment.finding.narrowed import USES
from dsar.fulfilment.home import Opened
from dsar.model import Request
from dsar.sources.effective import collections
from dsar.sources.registry import connectors


def check_narrowing(home: Opened, right: str, scope: Sequence[str]) -> None:
    """Refuse a scope that names a source or collection that there is not.

    What a person wrote may hold anything, and is then taken as a whole; what an officer types is meant to narrow, and
    would be answered in full. The scope of an objection or withdrawal names uses, and is checked with the answer.
    Raises RequestError that names those there are.
    """
    if right in USES:
        return
    folders = [home.config.folder / folder for folder in home.config.connectors]
    effective = collections(home.config, connectors(folders))
    parts = [f"{source}/{one.name}" for source, all_ in effective.items() if len(all_) > 1 for one in all_]
    known = {source.name for source in home.config.source}
    every = known | {f"{source}/{one.name}" for source, all_ in effective.items() for one in all_}
    if strange := [one for one in scope if one not in every]:
        number = "one that is" if len(strange) == 1 else f"{len(strange)} that are"
        raise RequestError(
            f"`--scope` names {number} none of our sources: nothing was changed.",
            hint=f"Sources: {', '.join(sorted(known))}. Parts of them: {', '.join(sorted(parts)) or 'none'}.",
        )


def not_asked_for(config: Config, request: Request, sources: Collection[str]) -> frozenset[str]:
    """Those of these sources that a narrowed request leaves out, so that nobody has to be asked about them."""
    named = {one.partition("/")[0] for one in request.scope}
    if request.right in USES or not named & {source.name for source in config.source}:
        return frozenset()
    return frozenset(source for source in sources if source not in named)
