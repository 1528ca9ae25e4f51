"""Files of sorted hashes: how the identifiers of a stretch are written, and how those of a search are found in them."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dsar.errors import WorkspaceError
from dsar.store.files import commit, sync_file
from dsar.store.segments import Segment

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Rows = NDArray[np.uint32]
Entries = NDArray[np.uint16]
Number = TypeVar("Number", np.uint64, np.uint32, np.uint16)
Part = tuple[int, Hashes, Rows]
"""The number of an entry, its hashes, which share their first byte, and their rows."""
_WIDTH = 8 + 4 + 2
"""Bytes of an identifier: its hash, its row and its entry, each of which has its own part of the file."""


def write_sorted(path: Path, parts: Sequence[Part]) -> None:
    """Write identifiers to `path`, sorted by hash, whole or not at all; raises OSError."""
    by_byte: dict[int, list[Part]] = {}
    for part in parts:
        if len(part[1]):
            by_byte.setdefault(int(part[1][0]) >> 56, []).append(part)
    many = sum(len(hashes) for _, hashes, _ in parts)
    temporary = path.with_name(f".{path.name}.part")
    begin = 0
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for _, alike in sorted(by_byte.items()):
            hashes, rows = _joined([hashes for _, hashes, _ in alike]), _joined([rows for _, _, rows in alike])
            entries = _joined([np.full(len(hashes), entry, np.uint16) for entry, hashes, _ in alike])
            order = _order(hashes)
            # each byte's share of the three arrays at once, so that no second copy of the whole is held
            for start, array in ((8 * begin, hashes), (8 * many + 4 * begin, rows), (12 * many + 2 * begin, entries)):
                file.seek(start)
                file.write(array[order].data)
            begin += len(hashes)
    sync_file(temporary)
    commit(temporary, path)


def _joined(arrays: Sequence[NDArray[Number]]) -> NDArray[Number]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _order(hashes: Hashes) -> Numbers:
    """Give the order that sorts hashes of one first byte.

    Numbers are sorted five times as quickly as an order of them is found, so each hash is sorted with its place as its
    last bits. Where the bits that this takes from the hash had to decide, which is rare, the order is mended.
    """
    low = np.uint64((1 << len(hashes).bit_length()) - 1)
    packed = hashes << np.uint64(8) & ~low | np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    order = (packed & low).astype(np.int64)
    found = hashes[order]
    if (found[1:] < found[:-1]).any():
        order = order[np.argsort(found, kind="stable")]
    return order


@dataclass(frozen=True)
class Sorted:
    """A file of sorted hashes, mapped into memory for as long as somebody holds it."""

    hashes: Hashes
    rows: Rows
    entries: Entries


def open_sorted(path: Path) -> Sorted:
    """Map a file that `write_sorted` wrote; raises WorkspaceError for one that is not whole."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        many, rest = divmod(size, _WIDTH)
        if rest:
            raise WorkspaceError(
                f"{path.name} in the segments is damaged.", hint="Delete the workspace's `segments` folder; run again."
            )
        whole = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) if size else b""
    return Sorted(
        np.frombuffer(whole, np.uint64, many),
        np.frombuffer(whole, np.uint32, many, 8 * many),
        np.frombuffer(whole, np.uint16, many, 12 * many),
    )


@dataclass(frozen=True)
class _Found:
    """Which hashes of a search one file holds, by their places in the search, and where each begins and ends."""

    path: Path
    segment: int
    places: Numbers
    begins: Numbers
    ends: Numbers


class Lookup:
    """The identifiers of all segments of a run, found by hash."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._files = [(path, segment.number) for segment in segments for path in segment.identifiers.files]
        entries = {segment.number: segment.identifiers.entries for segment in segments}
        self._kinds = sorted({entry for those in entries.values() for entry in those})
        ranks = {entry: rank for rank, entry in enumerate(self._kinds)}
        self._ranks = {number: np.array([ranks[entry] for entry in those]) for number, those in entries.items()}
        self._asked = 0
        self._found: list[_Found] = []

    def crowd(self, hashes: Sequence[int]) -> dict[int, int]:
        """Look hashes up and count, for the place of each, the rows that carry it; absent ones are left out."""
        self._asked, self._found = len(hashes), list(self._search(hashes))
        counted = np.zeros(len(hashes), np.int64)
        for found in self._found:
            counted[found.places] += found.ends - found.begins
        carried = np.flatnonzero(counted)
        return dict(zip(carried.tolist(), counted[carried].tolist(), strict=True))

    def hits(self, places: Sequence[int]) -> Iterator[tuple[int, list[tuple[int, int]], list[tuple[str, str]]]]:
        """Give who carries the hashes looked up last: the place of each, its (segment, row), and (kind, role) of each.

        Places and rows come in one order; a hash that nothing carries is left out.
        """
        wanted = np.zeros(self._asked, bool)
        wanted[list(places)] = True
        found, segments, rows, ranks = self._carriers(self._found, wanted)
        refs = list(zip(segments.tolist(), rows.tolist(), strict=True))
        entries = [self._kinds[rank] for rank in ranks.tolist()]
        begins = np.flatnonzero(np.diff(found, prepend=-1)).tolist()
        for begin, end in pairwise([*begins, len(refs)]):
            yield int(found[begin]), refs[begin:end], entries[begin:end]

    def known(self, hashes: Sequence[int], most: int = 20) -> list[tuple[int, int, int, str]]:
        """Give of each hash up to `most` rows that carry it as their own: (place, segment, row, role), in one order."""
        carriers = self._carriers(self._search(hashes), np.ones(len(hashes), bool))
        own = np.array([role != "mentioned" for _, role in self._kinds], bool)
        carriers = carriers[:, own[carriers[3]]]
        first = np.searchsorted(carriers[0], carriers[0])
        kept = carriers[:, np.arange(len(first)) - first < most]
        return [(p, s, r, self._kinds[rank][1]) for p, s, r, rank in kept.T.tolist()]

    def _search(self, hashes: Sequence[int]) -> Iterator[_Found]:
        asked = np.array(hashes, np.uint64)
        order = np.argsort(asked)  # neighbours are looked for in the same pages
        asked = asked[order]
        for path, segment in self._files:
            there = open_sorted(path).hashes
            begins = np.searchsorted(there, asked)
            held = np.flatnonzero(there[np.minimum(begins, len(there) - 1)] == asked) if len(there) else order[:0]
            if len(held):
                ends = np.searchsorted(there, asked[held], side="right")
                yield _Found(path, segment, order[held], begins[held], ends)

    def _carriers(self, search: Iterable[_Found], wanted: NDArray[np.bool_]) -> Numbers:
        """Give who carries the hashes at the wanted places, sorted: place, segment, row, rank of kind and role."""
        gathered = [np.empty((4, 0), np.int64)]
        for found in search:
            chosen = wanted[found.places]
            begins, many = found.begins[chosen], (found.ends - found.begins)[chosen]
            at = np.arange(many.sum()) + np.repeat(begins - (np.cumsum(many) - many), many)
            there = open_sorted(found.path)
            places, segments = np.repeat(found.places[chosen], many), np.full(len(at), found.segment)
            ranks = self._ranks[found.segment][there.entries[at]]
            gathered.append(np.stack([places, segments, there.rows[at].astype(np.int64), ranks]))
        carriers = np.concatenate(gathered, axis=1)
        return carriers[:, np.lexsort(carriers[::-1])]
