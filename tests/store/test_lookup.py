"""Files of sorted hashes: what is looked up in them is what a plain search of all rows finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from segment_maker import segment_of

from dsar.errors import WorkspaceError
from dsar.store.lookup import Lookup, open_sorted, write_sorted
from dsar.store.segments import Identifiers, Segment

ENTRIES = (("email", "subject"), ("email", "mentioned"), ("login", "subject"))
# the ends of hashes and their neighbours: what is packed together with a place loses its last bits
HASHES = st.sampled_from([byte << 56 | end for byte in (3, 4, 255) for end in (0, 1, 2, 1 << 20, (1 << 56) - 1)])
STRETCH = st.lists(st.tuples(HASHES, st.integers(0, 2), st.integers(1, 9)), max_size=30)


def written(path: Path, identifiers: list[tuple[int, int, int]]) -> Path:
    """Write (hash, entry, row) in the order they are given."""
    parts: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for hash, entry, row in identifiers:
        parts.setdefault((entry, hash >> 56), []).append((hash, row))
    arrays = [
        (entry, np.array([hash for hash, _ in of], np.uint64), np.array([row for _, row in of], np.uint32))
        for (entry, _), of in parts.items()
    ]
    write_sorted(path, [*arrays, (1, np.empty(0, np.uint64), np.empty(0, np.uint32))])
    return path


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> Segment:
    return segment_of(tmp_path_factory.mktemp("made") / "seg", [("1", "ada@example.org")])


def flat(hits: Iterable[tuple[int, list[tuple[int, int]], list[tuple[str, str]]]]) -> list[tuple[object, ...]]:
    return [(place, *ref, *entry) for place, refs, entries in hits for ref, entry in zip(refs, entries, strict=True)]


@settings(max_examples=60, deadline=None)
@example([[(4 << 56 | 2, 0, 1), (4 << 56 | 1, 0, 2), (4 << 56, 0, 3)]], [4 << 56 | 1], 1)
@given(st.lists(STRETCH, max_size=4), st.lists(HASHES, max_size=12, unique=True), st.integers(1, 3))
def test_a_look_up_finds_what_a_search_of_every_row_finds(
    tmp_path_factory: pytest.TempPathFactory,
    segment: Segment,
    stretches: list[list[tuple[int, int, int]]],
    asked: list[int],
    most: int,
) -> None:
    folder = tmp_path_factory.mktemp("sorted")
    paths = [written(folder / f"{number}.bin", stretch) for number, stretch in enumerate(stretches)]
    segments = [replace(segment, number=n, identifiers=Identifiers((path,), ENTRIES)) for n, path in enumerate(paths)]
    every = sorted(
        (place, number, row, *ENTRIES[entry])
        for place, hash in enumerate(asked)
        for number, stretch in enumerate(stretches)
        for found, entry, row in stretch
        if found == hash
    )

    lookup = Lookup(segments)
    crowd = lookup.crowd(asked)
    assert crowd == {place: sum(hit[0] == place for hit in every) for place in {hit[0] for hit in every}}
    assert flat(lookup.hits(range(len(asked)))) == every
    assert flat(lookup.hits(range(0, len(asked), 2))) == [hit for hit in every if hit[0] % 2 == 0]
    own = [hit for hit in every if hit[4] != "mentioned"]
    first = [hit for place in range(len(asked)) for hit in [hit for hit in own if hit[0] == place][:most]]
    assert lookup.known(asked, most) == [(place, number, row, role) for place, number, row, _, role in first]


@settings(max_examples=30, deadline=None)
@given(STRETCH)
def test_a_file_holds_every_identifier_once_and_sorted(
    tmp_path_factory: pytest.TempPathFactory, stretch: list[tuple[int, int, int]]
) -> None:
    held = open_sorted(written(tmp_path_factory.mktemp("sorted") / "0.bin", stretch))

    assert held.hashes.tolist() == sorted(hash for hash, _, _ in stretch)
    found = zip(held.hashes.tolist(), held.entries.tolist(), held.rows.tolist(), strict=True)
    assert sorted(found) == sorted(stretch)


@pytest.mark.parametrize("cut", [1, 4, 13, 15])
def test_a_file_that_was_cut_is_an_error_that_says_what_to_do(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path / "0.bin", [(4 << 56 | number, 0, number) for number in range(1, 9)])
    with path.open("r+b") as file:
        file.truncate(8 * 14 - cut)

    with pytest.raises(WorkspaceError, match="damaged"):
        open_sorted(path)
