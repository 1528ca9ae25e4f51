"""One search for many people, whom processes share: each looks for some of them, and the answers are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dsar.fulfilment.children import MOST, ChildDied, children, cores
from dsar.identity.decided import Decided
from dsar.identity.facets import Ref
from dsar.identity.resolve import Resolution, resolve
from dsar.identity.search import Settings
from dsar.model import Request
from dsar.progress import Progress
from dsar.store.lock import Lock
from dsar.store.run import Run
from dsar.store.segments import Segment

FEWEST = 150
"""For fewer people a further process is not worth its start."""
START = 120
"""So many people this process has looked for when the next one has started."""
Found = tuple[Sequence[Resolution], Mapping[Ref, Mapping[str, Any]]]
"""What was found for each request, in their order, and the rows that this names."""


@contextmanager
def shared_search(
    segments: Sequence[Segment],
    lock: Lock,
    requests: Sequence[Request],
    decisions: Sequence[Decided],
    settings: Settings,
) -> Iterator[Callable[[Run, Progress], Iterator[Found]]]:
    """Give what resolves all requests, many of them in as many processes as there are cores for us, share by share.

    What is found of one person depends on nobody who is searched beside them, so neither it nor its order depends on
    the number of processes. Each opens the segments for itself, under the `lock` that we hold. The others begin at
    once; ours is the first share, and while whoever asked looks through it, they go on.
    """
    here, *others = _shares(len(requests))
    common = segments, lock.root, lock.scratch, settings
    with children(lock.scratch, common, worth=bool(others)) as begin:
        begun = [(share, begin(_search_apart, requests[share], decisions[share])) for share in others]

        def search(run: Run, progress: Progress) -> Iterator[Found]:
            yield resolve(run, requests[here], settings, progress, decisions[here])
            for share, wait in begun:
                try:
                    found = wait()
                except ChildDied:  # there was no memory for two
                    found = resolve(run, requests[share], settings, progress, decisions[share])
                yield found

        yield search


def _shares(number: int) -> list[slice]:
    """Cut a number of people into a share for each process; ours has more, as it begins at once."""
    later = max(number - START, 0)
    others = min(cores(), MOST, 1 + later // FEWEST) - 1
    size = later // (others + 1)
    first = number - others * size
    return [slice(0, first), *(slice(start, start + size) for start in range(first, number, size or 1))]


def _search_apart(
    common: tuple[Sequence[Segment], Path, Path, Settings], requests: Sequence[Request], decisions: Sequence[Decided]
) -> Found:
    segments, root, scratch, settings = common
    with Run(segments, root, scratch) as run:
        return resolve(run, requests, settings, decided=decisions)
