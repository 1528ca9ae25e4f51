"""Files that are missing, empty, cut off, strangely named, or change while they are read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from small_company import ADA, BOB, CANARY, Company, source

from dsar.sources import loader

TABLE = f"id,email,note\n1,{ADA},hello {CANARY}\n2,{BOB},\n3,cyd@example.org,bye\n"


def test_a_missing_file_is_named_and_nothing_could_be_searched(company: Company) -> None:
    company.configure(source("crm", "crm.csv"))
    ended = company.find()

    assert ended.code == 2
    assert "crm.csv: the file is missing" in ended.err


def test_a_missing_file_beside_a_good_one_is_a_failed_source(company: Company) -> None:
    company.write("crm.csv", TABLE)
    company.configure(source("crm", "crm.csv"), source("shop", "shop*.csv"))
    ended = company.find()

    assert ended.code == 1
    assert [(s["source"], s["result"]) for s in ended.document["sources"]] == [("crm", "held"), ("shop", "failed")]
    assert not ended.document["complete"]


@pytest.mark.parametrize("data", ["", "\n\n", "  \r\n ", "\ufeff"])
def test_a_file_without_content_is_an_error(company: Company, data: str) -> None:
    ended = company.holding(data).find()

    assert ended.code == 2
    assert "crm.csv is empty" in ended.err


def test_headings_without_rows_are_a_file_of_no_rows(company: Company) -> None:
    assert company.holding("id,email,note\n").find().counts == (0, 0, 0)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)) * 4])
def test_a_binary_file_is_an_error(company: Company, data: bytes) -> None:
    ended = company.holding(data).find()

    assert ended.code == 2
    assert "crm.csv" in ended.err


def test_a_folder_in_the_place_of_a_file_is_an_error(company: Company) -> None:
    (company.folder / "crm.csv").mkdir()
    company.configure(source("crm", "crm.csv"))

    assert company.find().code == 2


def test_a_compressed_file_is_read_like_the_plain_one(company: Company) -> None:
    plain = company.holding(TABLE).find()
    packed = company.holding(gzip.compress(TABLE.encode()), "crm.csv.gz").find()

    assert plain.places == packed.places == {"1": 2}
    assert packed.file["rows_read"] == 3


def test_a_compressed_file_in_two_parts_is_read_whole(company: Company) -> None:
    first, second = TABLE[:40], TABLE[40:]
    company.holding(gzip.compress(first.encode()) + gzip.compress(second.encode()), "crm.csv.gz")

    assert company.find().counts == (3, 3, 0)


def test_a_compressed_file_cut_off_anywhere_is_refused_as_a_whole(company: Company) -> None:
    packed = gzip.compress(f"id,email\n1,{ADA}\n2,{ADA}\n3,{ADA}\n".encode(), mtime=0)
    company.configure(source("crm", "crm.csv.gz"))
    for length in range(len(packed)):
        company.write("crm.csv.gz", packed[:length])
        ended = company.find()
        assert (length, ended.code) == (length, 2)
        assert "crm.csv.gz" in ended.err
    company.write("crm.csv.gz", packed)
    assert company.find().counts == (3, 3, 0)


def test_a_damaged_compressed_file_is_refused(company: Company) -> None:
    packed = bytearray(gzip.compress(TABLE.encode() * 50))
    packed[len(packed) // 2] ^= 0xFF

    assert company.holding(bytes(packed), "crm.csv.gz").find().code == 2


def test_a_file_that_changes_while_it_is_read_is_not_used(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    read = loader.read_parts

    def meanwhile(path: Path, *rest: Any) -> Any:
        yield from read(path, *rest)
        with path.open("a") as file:
            file.write(f"4,{ADA},late {CANARY}\n")

    company.holding(TABLE)
    monkeypatch.setattr(loader, "read_parts", meanwhile)
    ended = company.find()
    assert ended.code == 2
    assert "crm.csv changed while it was being read" in ended.err

    monkeypatch.setattr(loader, "read_parts", read)
    assert company.find().counts == (4, 4, 0)


def test_a_file_that_vanishes_while_it_is_read_is_a_failure(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(path: Path, *_: Any) -> Any:
        path.unlink()
        return iter(())

    company.holding(TABLE)
    monkeypatch.setattr(loader, "read_parts", meanwhile)

    assert company.find().code == 2


@pytest.mark.parametrize(
    "name",
    [
        "it's.csv",
        'the "new" one.csv',
        "two\nlines.csv",
        "Ümläute ß – 名前.csv",
        "-rf.csv",
        "a;b,c.csv",
        "back\\slash.csv",
        "$HOME.csv",
        "x'); DROP TABLE x; --.csv",
        "[red]alert[bold].csv",
        " blank .csv",
        "s3:x.csv",
    ],
)
def test_any_file_name_can_be_read(company: Company, name: str) -> None:
    found = company.holding(TABLE, name).find()

    assert found.places == {"1": 2}
    assert found.file["path"] == name
    assert found.counts == (3, 3, 0)


@pytest.mark.parametrize(
    ("name", "other"), [("crm[1].csv", "crm1.csv"), ("crm?.csv", "crm2.csv"), ("c*.csv", "cd.csv")]
)
def test_a_name_that_looks_like_a_pattern_reads_no_other_file(company: Company, name: str, other: str) -> None:
    company.write(other, TABLE.replace(ADA, "eve@example.org"))
    found = company.holding(TABLE, name).find()

    assert found.places == {"1": 2}
    assert found.counts == (3, 3, 0)
    assert company.find("eve@example.org").document["records"] == []


def test_a_pattern_takes_every_file_once(company: Company) -> None:
    company.write("a.csv", TABLE)
    company.write("b.csv", TABLE.replace("1,", "9,"))
    company.configure(source("crm", "*.csv", "a.csv", "./b.csv"))

    assert company.find().places == {"1": 2, "9": 2}
    assert len(company.find().document["sources"][0]["files"]) == 2


def test_a_pattern_that_is_none_is_an_error_of_the_configuration(company: Company) -> None:
    company.configure(source("crm", "a**b.csv"))

    assert company.find().code == 2


def test_two_sources_may_read_the_same_file(company: Company) -> None:
    company.write("crm.csv", TABLE)
    company.configure(source("crm", "crm.csv"), source("copy", "crm.csv"))
    for _ in range(2):
        assert [r["record"] for r in company.find().document["records"]] == ["crm/contacts/1", "copy/contacts/1"]
