"""Segments are built when a file changes, kept while it does not, and go when it goes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from dsar.config import load_config
from dsar.errors import ConfigError
from dsar.sources import loader, stored
from dsar.sources.exports import expand
from dsar.sources.loader import Loaded, Loader
from dsar.sources.registry import connectors
from dsar.store.keys import derive

KEYS = derive("0" * 64)
CRM = "id,email,note\n1,ada@example.org,x\n2,bob@example.org,y\n"
CONFIG = """
workspace = ".dsar"
[[source]]
name = "crm"
files = ["*.csv"]
[source.collection.contacts]
key = ["id"]
[source.collection.contacts.fields]
id = { category = "user.unique_id", identifier = "crm_id" }
email = { category = "user.contact.email", identifier = "email" }
"""


class Place:
    """A folder with exports, loaded again and again; notes what was read and what was indexed."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.root = folder, folder / ".dsar"
        self.done: list[str] = []
        self.write("crm.csv", CRM)
        self.write("dsar.toml", CONFIG)
        self._note(patch, "read_parts", lambda given: f"read {given[0].name}")
        self._note(patch, "build_identifiers", lambda given: f"index {given[3].rows_read} rows")

    def _note(self, patch: pytest.MonkeyPatch, name: str, said: Any) -> None:
        real = getattr(loader, name)

        def note(*given: Any) -> Any:
            self.done.append(said(given))
            return real(*given)

        patch.setattr(loader, name, note)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def load(self) -> Loaded:
        self.done.clear()
        return Loader(load_config(self.folder / "dsar.toml"), self.root, KEYS).load(connectors())

    @property
    def segments(self) -> set[str]:
        return {path.name for path in (self.root / "segments").iterdir()}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


def test_an_unchanged_file_is_built_once(place: Place) -> None:
    first = place.load()
    assert place.done == ["read crm.csv", "index 2 rows"]
    again = place.load()

    assert place.done == []
    assert again == first


@pytest.mark.parametrize("change", ["content", "time", "rewritten"])
def test_a_changed_file_is_built_anew_and_its_old_segment_goes(place: Place, change: str) -> None:
    place.load()
    before = place.segments
    path = place.folder / "crm.csv"
    if change == "time":
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    else:
        times = path.stat()
        path.write_text(CRM.replace("bob", "eve") if change == "rewritten" else CRM + "3,c@example.org,z\n")
        if change == "rewritten":
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    loaded = place.load()

    assert place.done[0] == "read crm.csv"
    assert len(place.segments) == 1
    assert place.segments != before
    assert loaded.segments[0].contents.rows_read == (3 if change == "content" else 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('identifier = "crm_id"', 'identifier = "customer_no"'),
        ('identifier = "email"', 'identifier = "email", role = "billing"'),
        ("email = {", 'note = { category = "user.content" }\nemail = {'),
        ("[[source]]", '[controller]\nphone_region = "FR"\n[[source]]'),
    ],
)
def test_a_changed_mapping_builds_the_identifiers_anew_and_nothing_else(place: Place, old: str, new: str) -> None:
    before = place.load().segments[0]
    files = {path.name for path in before.folder.iterdir()}
    place.write("dsar.toml", CONFIG.replace(old, new))
    after = place.load().segments[0]

    assert place.done == ["index 2 rows"]
    assert after.folder == before.folder
    assert not {path.name for path in before.identifiers.files} & {path.name for path in after.folder.iterdir()}
    assert len(files) == len(list(after.folder.iterdir()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('files = ["*.csv"]', 'files = ["*.csv"]\nencoding = "cp1252"'),
        ('files = ["*.csv"]', 'files = ["*.csv"]\nquote = ""'),
        ('files = ["*.csv"]', 'files = ["*.csv"]\ndelimiter = ","'),
        ('name = "crm"', 'name = "other"'),
        ("collection.contacts", "collection.people"),
    ],
)
def test_a_change_of_how_it_is_read_builds_it_anew(place: Place, old: str, new: str) -> None:
    place.load()
    place.write("dsar.toml", CONFIG.replace(old, new))
    place.load()

    assert place.done == ["read crm.csv", "index 2 rows"]
    assert len(place.segments) == 1


def test_a_changed_comment_or_legal_key_builds_nothing(place: Place) -> None:
    place.load()
    place.write(
        "dsar.toml", "# note\n" + CONFIG.replace('key = ["id"]', 'key = ["id"]\norigin = "person"\ntitle = "People"')
    )
    place.load()

    assert "read crm.csv" not in place.done


def test_a_vanished_file_loses_its_segment_and_one_beside_it_does_not(place: Place) -> None:
    extra = place.write("more.csv", CRM)
    place.load()
    assert len(place.segments) == 2
    extra.unlink()
    loaded = place.load()

    assert (place.done, len(place.segments), len(loaded.segments)) == ([], 1, 1)


def test_a_file_that_cannot_be_read_any_more_loses_its_segment(place: Place) -> None:
    place.load()
    place.write("crm.csv", "")
    loaded = place.load()

    assert place.segments == set()
    assert [(failure.source, failure.file) for failure in loaded.failures] == [("crm", "crm.csv")]


def test_what_a_crash_left_beside_the_identifiers_goes_when_they_are_built(place: Place) -> None:
    segment = place.load().segments[0]
    for path in segment.folder.glob("identifiers-*"):
        path.unlink()
    (segment.folder / ".identifiers-0.bin.part").write_bytes(b"personal")
    place.load()

    assert {path.name.split("-")[0] for path in segment.folder.iterdir()} == {
        "identifiers",
        "records.parquet",
        "segment.json",
    }


def test_a_damaged_segment_is_a_failure_not_a_crash(place: Place) -> None:
    (place.load().segments[0].folder / "segment.json").write_text("{", encoding="utf-8")
    loaded = place.load()

    assert [failure.reason for failure in loaded.failures] == ["crm.csv: its segment is damaged."]


def test_everything_under_the_workspace_is_private_whatever_the_umask(place: Place) -> None:
    place.write("ragged.csv", "id,email,note\n1\n2,x@b\u00fccher.example.org,z\n")  # the exact reader spools
    before = os.umask(0)
    try:
        place.load()
    finally:
        os.umask(before)
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (place.root, *place.root.rglob("*"))}

    assert modes == {(True, 0o700), (False, 0o600)}


def test_the_spool_is_gone_and_private_while_it_lives(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    store = stored.from_spool

    def look(connection: Any, spool: Path, *rest: Any) -> None:
        seen.append(stat.S_IMODE(spool.stat().st_mode))
        store(connection, spool, *rest)

    monkeypatch.setattr(stored, "from_spool", look)
    place.write("crm.csv", CRM + "3\n")
    before = os.umask(0)
    try:
        place.load()
    finally:
        os.umask(before)

    assert seen == [0o600]
    assert not list(place.root.rglob("*spool.jsonl"))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a.csv", ["a.csv"]),
        ("a[1].csv", ["a[1].csv"]),
        ("a[0-9].csv", ["a1.csv"]),
        ("a*.csv", ["a.csv", "a1.csv", "a[1].csv"]),
        ("**/*.csv", ["a.csv", "a1.csv", "a[1].csv", "b.csv"]),
        ("sub/../a.csv", ["a.csv"]),
        ("sub", []),
        ("no.csv", []),
        ("", []),
        ("~nobody/x", []),
        ("x\0", []),
    ],
)
def test_a_name_or_pattern_stands_for_its_files(tmp_path: Path, pattern: str, names: list[str]) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.csv", "a1.csv", "a[1].csv", "sub/b.csv"):
        (tmp_path / name).write_bytes(b"x")

    assert sorted(path.name for path in expand(tmp_path, pattern)) == names
    assert sorted(path.name for path in expand(Path("/nowhere"), f"{tmp_path}/{pattern}" if pattern else "")) == names


def test_an_impossible_pattern_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no pattern of file names"):
        expand(tmp_path, "a**b")
