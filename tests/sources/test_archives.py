"""Archives: every file inside is accounted for, and a hostile one costs an error."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from own_connector import OwnConnector

from dsar.cli import main
from dsar.errors import Unreadable
from dsar.sources import limits
from dsar.sources.archive import members, unpack

PEOPLE = """
[people]
columns = ["id", "email"]
key = ["id"]
attachments = { field = "cv", folder = "files", name = "{last}" }
[people.fields]
id = { category = "user.unique_id", identifier = "own_id" }
email = { category = "user.contact.email", identifier = "email" }
cv = { category = "x.user.cv" }
[calls]
columns = ["call", "own"]
key = ["call"]
[calls.fields]
call = { category = "user.unique_id" }
own = { category = "user.unique_id", identifier = "own_id" }
"""


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


EXPORT: dict[str, str | bytes] = {
    "data/People.csv": "id,email,cv\n7,ada@example.org,https://example.com/x/cv-7.pdf?sig=1\n8,bob@example.org,no.pdf\n",
    "data/Calls.csv": 'call,own\n1,7\n2,8\n3,"broken\n',
    "data/files/cv-7.pdf": b"%PDF-1.4 ada",
    "__MACOSX/data/._People.csv": b"\0\0",
}


@pytest.fixture
def own(own: OwnConnector) -> OwnConnector:
    own.declare(PEOPLE)
    return own


def test_each_file_of_an_archive_is_a_file_of_its_source(own: OwnConnector) -> None:
    data = zipped(EXPORT)
    own.write("export.zip", data)
    own.source("export.zip#*.csv")

    found = own.find("--email", "ada@example.org").document
    assert {record["record"]: record["line"] for record in found["records"]} == {"own/people/7": 2, "own/calls/1": 2}
    files = [file for source in found["sources"] for file in source["files"]]
    sha256 = hashlib.sha256(data).hexdigest()
    assert [file["path"] for file in files] == ["export.zip#data/People.csv", "export.zip#data/Calls.csv"]
    assert [(file["rows_read"], file["rows_unreadable"]) for file in files] == [(2, 0), (3, 1)]
    assert {file["sha256"] for file in files} == {sha256}


def test_a_file_of_an_archive_that_fits_nothing_is_told(own: OwnConnector) -> None:
    own.write("export.zip", zipped({**EXPORT, "data/Note.csv": "nid,text\n1,x\n"}))
    own.source("export.zip#People.csv", "export.zip#Calls.csv")
    unread = own.company.check().document["unrecognised"]
    assert [file["path"] for file in unread] == ["export.zip#data/Note.csv"]
    assert "in no source" in unread[0]["reason"]

    own.source("export.zip")
    failed = own.company.check().document["unrecognised"]
    assert "export.zip#data/Note.csv" in {file["path"] for file in failed}


def test_files_of_records_are_taken_from_the_archive_and_a_dead_link_is_told(own: OwnConnector) -> None:
    own.write("export.zip", zipped({**EXPORT, "data/People.csv": EXPORT["data/People.csv"]}))
    own.source("export.zip#*.csv")
    own.company.run("export", "--email", "ada@example.org", "--out", "out")
    own.company.run("export", "--email", "bob@example.org", "--out", "dead")

    assert (own.company.folder / "out" / "attachments" / "0001.pdf").read_bytes() == b"%PDF-1.4 ada"
    manifest = json.loads((own.company.folder / "out" / "manifest.json").read_text())
    listed = {file["path"]: file for file in manifest["files"]}["attachments/0001.pdf"]
    assert listed["sha256"] == hashlib.sha256(b"%PDF-1.4 ada").hexdigest()
    assert listed["bytes"] == 12
    (dead,) = json.loads((own.company.folder / "dead" / "data.json").read_text())["attachments"]
    assert dead["stored_as"] is None and "was not there when the copy was made" in dead["problem"]


def test_init_drafts_an_archive_and_every_file_is_accounted_for(own: OwnConnector) -> None:
    tables = {name: data for name, data in EXPORT.items() if name.endswith(".csv")}
    own.write("exports/export.zip", zipped({**tables, "data/Note.csv": "note_id,email\n1,ada@example.org\n"}))
    assert main(["init", "exports"]) == 1
    text = (own.company.folder / "dsar.toml").read_text()

    assert "exports/export.zip#data/Note.csv" in text
    assert own.company.check().document["unrecognised"] == []
    assert own.find("--email", "ada@example.org").document["held"]


def test_an_archive_in_a_subfolder_and_a_packed_member_are_read(own: OwnConnector) -> None:
    own.write("a.zip", zipped({"x/y/z/p.csv.gz": gzip.compress(b"id,email\n7,ada@example.org\n")}))
    own.source("a.zip")

    assert set(own.records("--email", "ada@example.org")) == {"7"}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"inner.zip": zipped({"a.csv": "id,email\n"})}, "an archive inside an archive"),
        ({"../../etc/p.csv": "id,email\n7,ada@example.org\n"}, None),
        ({}, "holds no file"),
    ],
)
def test_archives_inside_archives_are_refused_and_no_path_is_followed(
    own: OwnConnector, files: dict[str, str | bytes], says: str | None
) -> None:
    own.write("a.zip", zipped(files))
    own.source("a.zip")
    found = own.find("--email", "ada@example.org")

    assert found.code in (1, 2)
    if says is None:
        assert found.document["held"]
        assert not (own.company.folder.parent / "etc").exists()
    else:
        assert says in found.out + found.err


def test_an_archive_that_explodes_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(zipped({"a.csv": b"0" * (80 * limits.MB)}))
    with pytest.raises(Unreadable, match="unpacks to more than 200 times"):
        members(tmp_path / "bomb.zip")


def test_what_a_member_really_unpacks_to_counts_not_what_it_says(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"0" * (80 * limits.MB)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = (1000).to_bytes(4, "little")
    (tmp_path / "liar.zip").write_bytes(bytes(data))
    members(tmp_path / "liar.zip")
    with pytest.raises(Unreadable):
        unpack(tmp_path / "liar.zip", "a.csv", tmp_path)
    assert not (tmp_path / "a.csv").exists() or (tmp_path / "a.csv").stat().st_size <= 1001


def test_an_archive_with_a_password_or_cut_off_is_refused(own: OwnConnector) -> None:
    data = zipped({"a.csv": "id,email\n7,ada@example.org\n"})
    locked = bytearray(data)
    locked[data.index(b"PK\x01\x02") + 8] |= 1
    own.write("locked.zip", bytes(locked))
    own.write("cut.zip", data[:-30])
    own.source("locked.zip", "cut.zip")
    found = own.company.run("check")

    assert "needs a password" in " ".join(found.out.split())
    assert found.code == 2


def test_a_gzip_bomb_is_refused_early(own: OwnConnector) -> None:
    own.write("bomb.csv.gz", gzip.compress(b"id,email\n" + b"7,ada@example.org\n" * 6_000_000, 1))
    own.source("bomb.csv.gz")
    (own.company.folder / "dsar.toml").write_text(
        (own.company.folder / "dsar.toml").read_text() + "\n[limits]\nratio = 20\n"
    )

    assert "unpacks to more than 20 times" in " ".join(own.company.run("check").out.split())
