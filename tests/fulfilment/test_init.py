"""`dsar init` accounts for every file of a folder and writes a dsar.toml that loads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from dsar.config import load_config
from dsar.errors import ConfigError
from dsar.fulfilment.setup.check import check
from dsar.fulfilment.setup.init import Drafted, draft_config, draft_in_memory, write_config
from dsar.fulfilment.workspace import open_workspace
from dsar.sources.registry import connectors
from dsar.sources.spec import Connector, load_connector

LINE = '192.0.2.1 - {} [25/Oct/2016:14:49:33 +0200] "GET / HTTP/1.1" 200 6 "-" "Mozilla/5.0"\n'
SHOP = """
name = "shop"
title = "Shop"
[people]
columns = ["Id", "Email"]
key = ["Id"]
[people.suggest]
purpose = "customer_relations"
basis = "contract"
keep = { years = 3, after = "Last seen" }
erase = { method = "delete", target = "db", table = "people" }
origin = "person"
[people.fields]
"Id" = { category = "user.unique_id", identifier = "shop_id" }
[orders]
columns = ["Id", "Buyer", "Total"]
[orders.suggest]
purpose = "orders"
basis = "contract"
keep = { years = 10, after = "Gone" }
[candidates]
format = "json"
columns = ["id", "cv"]
attachments = { field = "cv", folder = "files" }
"""


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Connector]:
    folder = tmp_path / "connectors" / "shop"
    folder.mkdir(parents=True)
    (folder / "connector.toml").write_text(SHOP)
    return {**connectors(), "shop": load_connector(folder)}


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


def people(start: int = 100) -> str:
    rows = (f"C{n},p{n}@example.org,Rome\n" for n in range(start, start + 20))
    return "customer_no,email,city\n" + "".join(rows)


def covered(drafted: Drafted) -> list[Path]:
    """Every file that the draft accounts for, in any of its places."""
    lists = [[found.path for found in drafted.recognitions], [found.path for found in drafted.refused]]
    return sorted({*lists[0], *lists[1], *drafted.attachments, *(found.path for found in drafted.skipped)})


def test_an_unknown_table_becomes_a_source_of_its_own_that_loads(tmp_path: Path, exports: Path) -> None:
    (exports / "Kunden 1.csv").write_text(people())
    drafted = draft_config(exports, tmp_path, connectors())
    write_config(drafted, tmp_path / "dsar.toml", add=False)

    (source,) = load_config(tmp_path / "dsar.toml").source
    collection = source.collection["kunden_1"]

    assert (source.name, source.connector, source.files) == ("kunden_1", "table", ("exports/Kunden 1.csv",))
    assert collection.fields["customer_no"].identifier == "customer_no"
    assert (collection.purposes, collection.keep, collection.recipients, collection.origin) == ((), (), None, None)
    assert {"purposes", "keep", "origin", "recipients", "fields.email"} <= set(collection.unconfirmed)
    assert (tmp_path / "dsar.toml").stat().st_mode & 0o777 == 0o600


def test_files_of_one_system_in_one_folder_are_one_source(
    tmp_path: Path, exports: Path, known: dict[str, Connector]
) -> None:
    (exports / "people.csv").write_text("Id,Email,Last seen\n1,a@example.org,2024-01-01\n")
    (exports / "more.csv").write_text("Id,Email,Last seen\n2,b@example.org,2024-01-01\n")
    (exports / "orders.csv").write_text("Id,Buyer,Total\n1,1,9.99\n")
    drafted = draft_config(exports, tmp_path, known)
    write_config(drafted, tmp_path / "dsar.toml", add=False)

    (source,) = load_config(tmp_path / "dsar.toml").source
    first, second = source.collection["people"], source.collection["orders"]

    assert (source.name, source.files) == ("shop", ("exports/more.csv", "exports/orders.csv", "exports/people.csv"))
    assert (first.purposes[0].purpose, first.purposes[0].basis, first.origin) == (
        "customer_relations",
        "contract",
        "person",
    )
    assert (first.keep[0].years, first.keep[0].after, first.keep[0].categories) == (3, "Last seen", ("*",))
    assert first.erase is not None
    assert (first.erase.table, first.erase.target) == ("people", None)
    assert {"purposes", "keep", "origin", "erase", "recipients"} <= set(first.unconfirmed)
    assert (first.fields, first.key) == ({}, ())
    assert second.keep == ()  # the column it would start from is not in the file


def test_a_log_and_its_rotated_parts_are_one_source_with_a_pattern(tmp_path: Path, exports: Path) -> None:
    (exports / "access.log").write_text(LINE.format("-"))
    (exports / "access.log.1.gz").write_bytes(gzip.compress(LINE.format("-").encode()))
    (exports / "other.log").write_text(LINE.format("-"))
    drafted = draft_config(exports, tmp_path, connectors())

    assert [(s.document["name"], s.document["files"]) for s in drafted.sources] == [
        ("access", ["exports/access.log*"]),
        ("other", ["exports/other.log"]),
    ]


def test_a_pattern_that_would_take_in_a_foreign_file_is_not_used(tmp_path: Path, exports: Path) -> None:
    (exports / "access.log").write_text(LINE.format("-"))
    (exports / "access.log.1").write_text(LINE.format("-"))
    (exports / "access.log.notes").write_text("Dear all, this is no log.\n")
    drafted = draft_config(exports, tmp_path, connectors())

    assert drafted.sources[0].document["files"] == ["exports/access.log", "exports/access.log.1"]
    assert [found.path.name for found in drafted.refused] == ["access.log.notes"]


def test_the_login_of_a_log_that_holds_customer_numbers_is_overridden(tmp_path: Path, exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    (exports / "access.log").write_text("".join(LINE.format(f"C{n}") for n in range(100, 115)))
    write_config(draft_config(exports, tmp_path, connectors()), tmp_path / "dsar.toml", add=False)
    log = load_config(tmp_path / "dsar.toml").source[0].collection["requests"]

    assert log.fields["login"].identifier == "customer_no"
    assert "fields.login" in log.unconfirmed
    assert list(log.fields) == ["login"]


def test_every_file_is_accounted_for_with_the_reason(
    tmp_path: Path, exports: Path, known: dict[str, Connector]
) -> None:
    (exports / "deep" / "er").mkdir(parents=True)
    (exports / "deep" / "er" / "crm.csv").write_text(people())
    (exports / "empty.csv").write_text("")
    (exports / "letter.txt").write_text("Dear all, hello.\n")
    (exports / "requests.csv").write_text("request_id,right,email\nR1,access,a@example.org\n")
    (exports / ".hidden").write_text("x")
    (exports / "dsar.toml").write_text("")
    (exports / ".dsar").mkdir()
    (exports / "R1").mkdir()
    (exports / "R1" / "manifest.json").write_text(json.dumps({"schema": "dsar-manifest/1"}))
    (exports / "R1" / "data.json").write_text("{}")
    (exports / "foreign").mkdir()
    (exports / "foreign" / "manifest.json").write_text(json.dumps({"schema": "other"}))
    drafted = draft_config(exports, tmp_path, known)

    names = {found.path.name: found.reason for found in (*drafted.refused, *drafted.skipped)}
    assert "is empty" in names["empty.csv"]
    assert names["requests.csv"] == "It is a list of requests, not an export."
    assert {".hidden", "dsar.toml", ".dsar", "R1", "letter.txt"} <= set(names)
    expected = [path for path in exports.iterdir() if path.name not in ("deep", "foreign")]
    expected += [exports / "deep" / "er" / "crm.csv", exports / "foreign" / "manifest.json"]
    assert covered(drafted) == sorted(expected)


def test_files_that_records_name_are_attachments(tmp_path: Path, exports: Path, known: dict[str, Connector]) -> None:
    (exports / "candidates.json").write_text(json.dumps([{"id": 1, "cv": "a.pdf"}, {"id": 2, "cv": "test.csv"}]))
    (exports / "files").mkdir()
    (exports / "files" / "a.pdf").write_bytes(b"%PDF-1.4")
    (exports / "files" / "test.csv").write_text(people())
    (exports / "crm.csv").write_text("id,letter\n1,scan.pdf\n2,none\n")
    (exports / "scan.pdf").write_bytes(b"%PDF-1.4")
    (exports / "stray.pdf").write_bytes(b"%PDF-1.4")
    drafted = draft_config(exports, tmp_path, known)

    assert [path.name for path in drafted.attachments] == ["a.pdf", "test.csv", "scan.pdf"]
    assert [found.path.name for found in drafted.refused] == ["stray.pdf"]
    assert [source.document["name"] for source in drafted.sources] == ["shop", "crm"]


def test_a_guessed_encoding_is_written_and_to_be_confirmed(tmp_path: Path, exports: Path) -> None:
    text = "Kundennummer;Straße\n" + "".join(f"K{n};Münchner Straße {n}\n" for n in range(60))
    (exports / "kunden.csv").write_bytes(text.encode("cp1252"))
    write_config(draft_config(exports, tmp_path, connectors()), tmp_path / "dsar.toml", add=False)
    (source,) = load_config(tmp_path / "dsar.toml").source

    assert source.encoding is not None
    assert "encoding" in source.collection["kunden"].unconfirmed


def test_awkward_names_survive_the_way_into_the_file_and_back(tmp_path: Path, exports: Path) -> None:
    headings = ['say "email"', "a\\b", "Ü mail", "new\nline", "[x]"]
    quoted = ",".join('"' + heading.replace('"', '""') + '"' for heading in headings)
    (exports / "we[i]rd & co.csv").write_text(
        f"{quoted}\n" + "a@example.org,b@example.org,c@example.org,d@example.org,1\n"
    )
    (exports / "weird-co.csv").write_text(people())
    (exports / "weird co.csv").write_text(people())
    drafted = draft_config(exports, tmp_path, connectors())
    write_config(drafted, tmp_path / "dsar.toml", add=False)
    config = load_config(tmp_path / "dsar.toml")

    assert [source.name for source in config.source] == ["we_i_rd_co", "weird_co", "weird_co_2"]
    assert set(config.source[0].collection["we_i_rd_co"].fields) == set(headings[:4])
    assert [path.name for path in tmp_path.glob(config.source[0].files[0])] == ["we[i]rd & co.csv"]


def test_an_existing_config_is_not_overwritten(tmp_path: Path, exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    (tmp_path / "dsar.toml").write_text("# mine\n")

    with pytest.raises(ConfigError, match=r"There is a dsar\.toml already") as caught:
        write_config(draft_config(exports, tmp_path, connectors()), tmp_path / "dsar.toml", add=False)

    assert "--add" in caught.value.hint
    assert (tmp_path / "dsar.toml").read_text() == "# mine\n"


def test_add_appends_only_files_that_no_source_covers_and_keeps_every_byte(tmp_path: Path, exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    before = '# our config\n[[source]] # one\nname = "crm"\nfiles = ["exports/c*.csv"]\n[source.collection.people]'
    (tmp_path / "dsar.toml").write_text(before)
    (exports / "new").mkdir()
    (exports / "new" / "crm.csv").write_text(people(500))
    drafted = draft_config(exports, tmp_path, connectors())

    added = write_config(drafted, tmp_path / "dsar.toml", add=True)
    text = (tmp_path / "dsar.toml").read_text()

    assert [source.document["name"] for source in added] == ["crm_2"]
    assert text.startswith(before + "\n")
    assert [source.files for source in load_config(tmp_path / "dsar.toml").source] == [
        ("exports/c*.csv",),
        ("exports/new/crm.csv",),
    ]
    assert write_config(drafted, tmp_path / "dsar.toml", add=True) == ()
    assert (tmp_path / "dsar.toml").read_text() == text


def test_nothing_is_added_to_a_config_whose_sources_are_written_otherwise(tmp_path: Path, exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    before = 'source = [{ name = "old", files = ["x.csv"] }]\n'
    (tmp_path / "dsar.toml").write_text(before)

    with pytest.raises(ConfigError, match="not written as"):
        write_config(draft_config(exports, tmp_path, connectors()), tmp_path / "dsar.toml", add=True)
    assert (tmp_path / "dsar.toml").read_text() == before


def test_a_folder_is_searched_without_a_config(exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    config, drafted = draft_in_memory(exports)

    assert (config.folder, config.source[0].files) == (exports.resolve(), ("crm.csv",))
    assert len(drafted.guesses) == 1
    assert not (exports / "dsar.toml").exists()


def test_bare_ids_of_different_tables_of_one_name_do_not_join(tmp_path: Path, exports: Path) -> None:
    for folder, heading in (("a", "email"), ("b", "phone,email")):
        (exports / folder).mkdir()
        cells = ",".join(["+49 30 1234567"] * heading.count(",") + ["a@example.org"])
        (exports / folder / "tickets.csv").write_text(f"id,{heading}\n1,{cells}\n2,{cells}\n")
    drafted = draft_config(exports, tmp_path, connectors())

    fields = [source.document["collection"]["tickets"]["fields"]["id"] for source in drafted.sources]
    assert ["identifier" in field for field in fields] == [False, False]


def test_the_same_folder_gives_the_same_text(tmp_path: Path, exports: Path) -> None:
    (exports / "crm.csv").write_text(people())
    (exports / "access.log").write_text(LINE.format("-"))

    texts = {draft_config(exports, tmp_path, connectors()).text for _ in range(2)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("value", "name"), [("cv-7.pdf", "{value}"), ("https://files.example.org/a/cv-7.pdf", "{last}")]
)
def test_a_drafted_table_that_names_files_knows_where_they_lie(tmp_path: Path, value: str, name: str) -> None:
    folder = tmp_path / "exports"
    (folder / "files").mkdir(parents=True)
    (folder / "people.csv").write_text(f"id,email,cv\n7,ada@example.org,{value}\n8,bob@example.org,\n")
    (folder / "files" / "cv-7.pdf").write_bytes(b"%PDF-1.4 ada")

    drafted = draft_config(folder, tmp_path, {})

    document = drafted.sources[0].document["collection"]["people"]
    assert document["attachments"] == {"field": "cv", "folder": "files", "name": name}
    assert "attachments" in document["unconfirmed"]
    write_config(drafted, tmp_path / "dsar.toml", add=False)
    assert check(open_workspace(tmp_path / "dsar.toml")).unrecognised == ()
