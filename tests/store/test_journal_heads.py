"""A thousand ways to tamper with a log are found; a cut end by the heads that were printed or shipped before."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.errors import WorkspaceError
from dsar.store.journal import START, Journal

KEY, AT = "k" * 64, "2026-11-22T12:00:00+01:00"
Tamper = Callable[[list[bytes], random.Random], list[bytes]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal(path, KEY)
    for number in range(24):
        journal.append(f"R-{number % 5}", f"step {number}", AT, {"records": number, "held": True, "sha256": "ab" * 32})
    return path.read_bytes().splitlines(keepends=True)


def edited(lines: list[bytes], dice: random.Random) -> list[bytes]:
    """One value of one event says something else; everything else, the seal too, is as it was."""
    changed = list(lines)
    at = dice.randrange(len(lines))
    event = json.loads(changed[at])
    name = dice.choice(sorted(event))
    value = event[name]
    if isinstance(value, dict):
        value = {**value, "records": dice.randrange(100, 200)}
    elif isinstance(value, int):
        value += dice.choice([-1, 1, 10])
    else:
        place = dice.randrange(len(value))
        value = value[:place] + chr((ord(value[place]) - 32 + dice.randrange(1, 90)) % 95 + 32) + value[place + 1 :]
    event[name] = value
    changed[at] = (json.dumps(event, sort_keys=True) + "\n").encode()
    return changed


def cut(lines: list[bytes], dice: random.Random) -> list[bytes]:
    first = dice.randrange(len(lines) - 1)
    last = dice.randrange(first + 1, len(lines))
    return [*lines[:first], *lines[last:]]


def inserted(lines: list[bytes], dice: random.Random) -> list[bytes]:
    at = dice.randrange(len(lines) + 1)
    return [*lines[:at], dice.choice(lines), *lines[at:]]


def swapped(lines: list[bytes], dice: random.Random) -> list[bytes]:
    one, other = dice.sample(range(len(lines)), 2)
    changed = list(lines)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def broken(lines: list[bytes], dice: random.Random) -> list[bytes]:
    """The file ends in the middle of a line."""
    text = b"".join(lines)
    end = dice.randrange(1, len(text))
    return [text[: end if text[end - 1 : end] != b"\n" else end - 1]]


@pytest.mark.parametrize("tamper", [edited, cut, inserted, swapped, broken], ids=lambda tamper: tamper.__name__)
def test_each_of_two_hundred_random_changes_is_found(tmp_path: Path, lines: list[bytes], tamper: Tamper) -> None:
    path = tmp_path / "journal.jsonl"
    missed = []
    for seed in range(200):
        path.write_bytes(b"".join(tamper(list(lines), random.Random(seed))))
        try:
            Journal(path, KEY)
            missed.append(seed)
        except WorkspaceError:
            pass

    assert missed == []


def test_every_cut_end_is_found_by_a_head_that_was_printed_before(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(lines))
    whole = Journal(path, KEY)
    heads = [whole.stands.head, *(whole.head(name) for name in whole.requests())]
    assert whole.holds(START) and all(map(whole.holds, heads))

    for length in range(len(lines)):
        path.write_bytes(b"".join(lines[:length]))
        assert not Journal(path, KEY).holds(heads[0])
    last = json.loads(lines[-1])["request"]
    path.write_bytes(b"".join(lines[:-1]))
    assert not Journal(path, KEY).holds(whole.head(last)), "the head of the request's own chain, as its package prints"


def test_a_log_is_compared_with_its_packages_and_with_heads_that_were_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dsar.toml").write_text('key_file = "dsar.key"\n')
    for number in (1, 2):
        words = ["--email", "ada@example.org", "--request", f"R-{number}", "--received", "2026-11-20"]
        main(["request", "add", *words, "--today", "2026-11-22"])
    assert main(["journal", "heads", "--out", "heads.json"]) == 0
    head = json.loads(Path("heads.json").read_text())["requests"]["R-2"]
    Path("package").mkdir()
    Path("package/manifest.json").write_text(json.dumps({"journal_head": head}))
    compared = ["--heads", "heads.json", "--package", "package"]
    capsys.readouterr()
    assert main(["journal", "verify", *compared, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["heads_compared"] == 4

    journal = Path(".dsar/journal.jsonl")
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))

    assert main(["journal", "verify"]) == 0, "without a head nothing shows it"
    for option in ([*compared[:2]], [*compared[2:]], ["--head", head]):
        assert main(["journal", "verify", *option]) == 2
        assert "its end was cut off" in capsys.readouterr().err
    journal.unlink()
    assert main(["journal", "verify", "--head", head]) == 2
