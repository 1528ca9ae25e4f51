"""A last line that a power cut has torn is told from one that was changed, kept, and taken out of the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import TornJournal, WorkspaceError
from dsar.store.journal import Journal, verify
from dsar.store.torn import CHAIN, kept_in

KEY, AT = "k" * 64, "2026-11-22T12:00:00+01:00"
FACTS: tuple[dict[str, int | str | bool], ...] = (
    {},
    {"records": 3, "held": True, "sha256": "ab" * 32, "less": -4},
    {"ground": 'Art. 12(5) "twice" \\ Übermaß\n', "empty": "", "a": False},
)


def written(path: Path, facts: dict[str, int | str | bool]) -> tuple[bytes, bytes]:
    """A journal of three events, the last with these facts; gives all but the last line, and the last."""
    journal = Journal(path, KEY)
    for number in range(2):
        journal.append(f"R-{number}", "registered", AT, {"records": number})
    before = path.read_bytes()
    journal.append("R-2", 'note: "ü"', AT, facts)
    return before, path.read_bytes()[len(before) :]


@pytest.mark.parametrize("facts", FACTS, ids=["no facts", "counts", "words"])
@pytest.mark.parametrize("zeros", [0, 5], ids=["as it was", "filled with zeros"])
def test_a_line_torn_at_any_place_is_kept_and_the_log_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: dict[str, int | str | bool], zeros: int
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)
    path = tmp_path / "journal.jsonl"
    before, last = written(path, facts)
    for cut in range(1, len(last) - 1):
        tail = last[:cut] + b"\0" * zeros
        path.write_bytes(before + tail)

        with pytest.raises(TornJournal, match="line 3, is not whole") as met:
            Journal(path, KEY)
        with pytest.raises(WorkspaceError):
            verify(path, KEY)
        journal = met.value.journal
        assert isinstance(journal, Journal)
        torn = journal.mend()

        assert torn is not None and torn.kept.read_bytes() == tail and torn.bytes == len(tail)
        assert path.read_bytes() == before
        journal.append(CHAIN, torn.step, AT, torn.facts)
        assert verify(path, KEY).events == 3
        torn.kept.unlink()


def test_a_line_that_lacks_nothing_but_its_end_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    before, last = written(path, FACTS[1])
    path.write_bytes(before + last[:-1])

    with pytest.raises(TornJournal) as met:
        Journal(path, KEY)
    journal = met.value.journal
    assert isinstance(journal, Journal)

    assert journal.mend() is None and path.read_bytes() == before + last
    assert journal.stands == verify(path, KEY) and not list(kept_in(tmp_path))


def test_a_whole_last_line_that_was_changed_and_lost_its_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    before, last = written(path, FACTS[1])
    path.write_bytes(before + last[:-1].replace(b'"records": 3', b'"records": 4'))

    with pytest.raises(TornJournal) as met:
        Journal(path, KEY)
    journal = met.value.journal
    assert isinstance(journal, Journal)
    with pytest.raises(WorkspaceError, match="line 3 was changed"):
        journal.mend()
    assert path.read_bytes().startswith(before) and not list(kept_in(tmp_path))


@pytest.mark.parametrize("facts", FACTS, ids=["no facts", "counts", "words"])
def test_what_can_be_the_beginning_of_no_next_line_is_damage_and_stays(
    tmp_path: Path, facts: dict[str, int | str | bool]
) -> None:
    path = tmp_path / "journal.jsonl"
    before, last = written(path, facts)
    first = before.splitlines(keepends=True)[0]
    foreign = [b"x", b"{}", b"{\0x", b"[1", b'{"at" : "', first[:-5], last.replace(b'"n": 3', b'"n": 4')[:-5]]
    foreign += [last[:40] + b"\x01", last[:40] + b"\xff", last[:-1] + b"x", last[:20] + b"\0\0" + last[20:40]]
    foreign += [last.replace(b'"prev": "', b'"prev": "0')[:-9], last[1:30]]
    for tail in foreign:
        path.write_bytes(before + tail)

        with pytest.raises(WorkspaceError) as met:
            Journal(path, KEY)
        assert not isinstance(met.value, TornJournal), tail
        assert path.read_bytes() == before + tail


def test_every_cut_of_the_log_that_reaches_a_complete_line_before_the_last_is_still_found(tmp_path: Path) -> None:
    """A cut anywhere inside leaves a line that is none; one that takes the end off is missed by an earlier head."""
    path = tmp_path / "journal.jsonl"
    before, last = written(path, FACTS[1])
    head = verify(path, KEY).head
    whole = before + last
    for start in range(len(before)):
        if whole[start : start + 1] == b" ":
            continue  # a blank between words says nothing
        path.write_bytes(whole[:start] + whole[start + 1 :])
        with pytest.raises(WorkspaceError) as met:
            Journal(path, KEY)
        assert not isinstance(met.value, TornJournal)
    for cut in range(len(last)):
        path.write_bytes(before + last[:cut])
        try:
            journal = Journal(path, KEY)
        except TornJournal as error:
            assert isinstance(error.journal, Journal)
            journal = error.journal
            journal.mend()
        assert journal.holds(head) is (cut == len(last) - 1), cut


def test_two_processes_that_meet_a_torn_line_mend_it_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    before, last = written(path, FACTS[0])
    path.write_bytes(before + last[:30])
    met = []
    for _ in range(2):
        with pytest.raises(TornJournal) as one:
            Journal(path, KEY)
        assert isinstance(one.value.journal, Journal)
        met.append(one.value.journal)

    first = met[0].mend()
    assert first is not None
    met[0].append(CHAIN, first.step, AT, first.facts)

    assert met[1].mend() is None and met[1].stands == verify(path, KEY)


def test_a_journal_that_others_tear_while_it_is_open_is_told_and_not_chained_to(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    before, last = written(path, FACTS[0])
    path.write_bytes(before)
    journal = Journal(path, KEY)
    path.write_bytes(before + last[:30])

    with pytest.raises(TornJournal):
        journal.append("R-9", "registered", AT, {})
    assert path.read_bytes() == before + last[:30]
