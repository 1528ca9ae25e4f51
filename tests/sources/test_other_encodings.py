"""A table in another encoding: read by way of a copy in UTF-8, with the rows that the exact reader gives."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_connector import OwnConnector

from dsar.config import CollectionSpec, Source
from dsar.sources import reading_table
from dsar.sources.effective import Collection
from dsar.sources.readers.scan import scan
from dsar.sources.reading_table import read_table
from dsar.sources.sniffed import Sniffed
from dsar.sources.spec import CollectionDeclaration
from dsar.sources.stored import Reading
from dsar.store.build import builder

TEXT = st.text(st.sampled_from("aé€„ß\"';\n\r ,\t\x85\xa0"), max_size=8)
TABLES = st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=12)


def stored(connection: duckdb.DuckDBPyConnection, path: Path, encoding: str, out: Path) -> list[tuple[object, ...]]:
    """The rows as they are stored, each with its own line, and nothing left beside them."""
    source = Source(name="t", connector="table", files=("t.csv",), encoding=encoding, delimiter=";")
    one = Collection(source, "t", CollectionDeclaration(), CollectionSpec())
    out.mkdir()
    sniffed = Sniffed(path, "table", encoding=encoding, delimiter=";")
    read_table(Reading(path, source, connection, scan(path)), [one], sniffed, out)
    assert [file.name for file in out.iterdir()] == ["records.parquet"]
    found = connection.execute(f"SELECT * FROM read_parquet('{out}/records.parquet')").fetchall()
    return [(row[0] + number, *row[1:]) for number, row in enumerate(found, start=1)]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16", "utf-16-le"])
@settings(max_examples=25)
@given(table=TABLES, quoted=st.booleans(), data=st.data())
def test_both_readers_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory,
    encoding: str,
    table: list[tuple[str, ...]],
    quoted: bool,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("t")
    lines = ["one;two;three"]
    for row in table:
        cells = ['"' + cell.replace('"', '""') + '"' if quoted else cell for cell in row]
        lines.append(";".join(cells))
    text = data.draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    path = folder / "t.csv"
    path.write_bytes(text.encode(encoding, "ignore"))

    with builder(folder / "spill") as connection, pytest.MonkeyPatch.context() as patch:
        fast = stored(connection, path, encoding, folder / "fast")
        patch.setattr(reading_table, "_transcoded", lambda *_: False)
        slow = stored(connection, path, encoding, folder / "slow")

    assert fast == slow


def test_a_byte_that_is_none_in_its_encoding_costs_its_row_and_is_told(own: OwnConnector) -> None:
    own.declare('[people]\ncolumns = ["no", "mail"]\nkey = ["no"]\n[people.fields]\nmail = { identifier = "email" }\n')
    rows = b"".join(b"%d;a%d@example.org;M\xfcller\n" % (n, n) for n in range(12_000))
    own.write("p.csv", b"no;mail;name\n" + rows + b"99;ada@example.org;\x81\n")
    own.source("p.csv", more='encoding = "cp1252"\n')

    (file,) = own.company.run("check", "--json").document["sources"][0]["files"]
    assert (file["rows_loaded"], file["rows_unreadable"]) == (12_000, 1)
    assert own.find("--email", "ada@example.org").document["records"][0]["grade"] == "possible"


def test_a_clean_table_in_another_encoding_is_read_fast(own: OwnConnector, monkeypatch: pytest.MonkeyPatch) -> None:
    own.declare('[people]\ncolumns = ["no", "mail"]\nkey = ["no"]\n[people.fields]\nmail = { identifier = "email" }\n')
    own.write("p.csv", "no;mail;name\n1;ada@example.org;Müller\n2;bob@example.org;„€“\n".encode("cp1252"))
    own.source("p.csv", more='encoding = "cp1252"\n')
    monkeypatch.setattr(reading_table, "exact", None)

    assert own.records("--email", "bob@example.org") == {"2": {"no": "2", "mail": "bob@example.org", "name": "„€“"}}
