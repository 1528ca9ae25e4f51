"""The rows that a run gives: all, or the first and those that are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from segment_maker import segment_of

from dsar.store.run import Run

ROWS = [(str(number), f"p{number % 4}@example.org") for number in range(1, 13)]
NAMED = [
    (0, [], []),
    (3, [], [1, 2, 3]),
    (0, [("c0", ["9", "' OR 1=1 --"])], [9]),
    (2, [("c0", ["2", "12"]), ("c1", ["p3@example.org"])], [1, 2, 3, 7, 11, 12]),
    (99, [("c0", ["5"])], list(range(1, 13))),
]


@pytest.mark.parametrize(("first", "named", "given"), NAMED)
def test_beyond_the_first_rows_only_named_ones_are_given(
    tmp_path: Path, first: int, named: list[tuple[str, list[str]]], given: list[int]
) -> None:
    segment = segment_of(tmp_path / "root" / "segments" / "a" / "000", ROWS)
    with Run([segment], tmp_path / "root") as run:
        found = list(run.cells(0, ["c1", None, "c0"], first, named))

    assert found == [(ROWS[row - 1][1], None, ROWS[row - 1][0]) for row in given]
