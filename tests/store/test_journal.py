"""Whatever is done to a journal behind its back is found: any edit, cut, insertion or swap."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.errors import WorkspaceError
from dsar.store.journal import Journal, verify

KEY, AT = "k" * 64, "2026-11-22T12:00:00+01:00"
QUIET = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal(path, KEY)
    for number in range(6):
        journal.append(f"R-{number % 2}", f"step {number}", AT, {"records": number, "held": True, "sha256": "ab" * 32})
    return path.read_bytes().splitlines(keepends=True)


def refused(folder: Path, changed: list[bytes]) -> bool:
    path = folder / "journal.jsonl"
    path.write_bytes(b"".join(changed))
    found = []
    for read in (lambda: verify(path, KEY), lambda: Journal(path, KEY)):
        try:
            read()
            found.append(False)
        except WorkspaceError:
            found.append(True)
    assert found[0] == found[1]
    return found[0]


def says_the_same(changed: list[bytes], lines: list[bytes]) -> bool:
    """Whether only blanks between the words differ."""
    try:
        return [json.loads(line) for line in changed] == [json.loads(line) for line in lines]
    except ValueError:
        return False


def test_an_untouched_journal_is_whole(tmp_path: Path, lines: list[bytes]) -> None:
    assert not refused(tmp_path, lines)


@given(st.data())
@QUIET
def test_any_changed_byte_is_found(tmp_path: Path, lines: list[bytes], data: st.DataObject) -> None:
    text = bytearray(b"".join(lines))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[at]))
    changed = bytes(text).splitlines(keepends=True)

    assert refused(tmp_path, changed) or says_the_same(changed, lines)


@given(st.data())
@QUIET
def test_any_cut_inside_is_found(tmp_path: Path, lines: list[bytes], data: st.DataObject) -> None:
    text = b"".join(lines)
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, len(text) - 1))

    changed = (text[:start] + text[end:]).splitlines(keepends=True)

    assert refused(tmp_path, changed) or says_the_same(changed, lines)


def test_a_cut_at_the_end_shows_in_the_head(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "journal.jsonl"
    heads = set()
    for length in range(len(lines) + 1):
        path.write_bytes(b"".join(lines[:length]))
        found = verify(path, KEY)
        assert found.events == length
        heads.add(found.head)

    assert len(heads) == len(lines) + 1


def test_any_line_inserted_anywhere_is_found(tmp_path: Path, lines: list[bytes]) -> None:
    for at in range(len(lines) + 1):
        for line in (*lines, b"\n", b"{}\n"):
            assert refused(tmp_path, [*lines[:at], line, *lines[at:]])


def test_any_two_lines_swapped_are_found(tmp_path: Path, lines: list[bytes]) -> None:
    for first, second in combinations(range(len(lines)), 2):
        changed = list(lines)
        changed[first], changed[second] = changed[second], changed[first]
        assert refused(tmp_path, changed)


def test_any_value_edited_is_found(tmp_path: Path, lines: list[bytes]) -> None:
    for at, line in enumerate(lines):
        event = json.loads(line)
        for name in event:
            changed = {
                **event,
                name: 99 if isinstance(event[name], int) else {"records": 99} if name == "facts" else "x",
            }
            text = (json.dumps(changed, sort_keys=True) + "\n").encode()
            assert refused(tmp_path, [*lines[:at], text, *lines[at + 1 :]])
        without = json.dumps({k: v for k, v in event.items() if k != "facts"}, sort_keys=True)
        assert refused(tmp_path, [*lines[:at], (without + "\n").encode(), *lines[at + 1 :]])


def test_a_journal_sealed_anew_with_another_key_is_found(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path, "other" * 16).append("R-1", "export", AT, {"records": 1})
    with pytest.raises(WorkspaceError):
        verify(path, KEY)


def test_no_value_that_is_not_asked_for_is_written(lines: list[bytes]) -> None:
    assert all(
        set(json.loads(line)) == {"at", "chain", "facts", "n", "prev", "request", "seal", "step"} for line in lines
    )
