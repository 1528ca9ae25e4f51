"""W3C extended logs are read by their own `#Fields:` lines, wherever those change."""

from __future__ import annotations

import gzip
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_connector import OwnConnector

from dsar.sources import reading, reading_logs
from dsar.sources.readers.w3c import MISFIT, Lines, directive

WEB = """
[hits]
format = "w3c"
columns = ["c-ip", "cs-uri-stem"]
[hits.fields]
date = { category = "x.record.time", time = "%Y-%m-%d" }
"c-ip" = { category = "user.device.ip_address", identifier = "ip" }
"cs-uri-stem" = { category = "user.behavior.browsing_history" }
"cs-username" = { category = "user.account.username", identifier = "login" }
"cs(Cookie)" = { category = "user.device", identifier = "cookie", decode = ["plus"], find = 'visitor_id=([^;]+)' }
"""
IIS = """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2026-01-01 09:10:11
#Fields: date time c-ip cs-uri-stem cs-username
2026-01-01 09:10:11 192.0.2.1 / -
2026-01-01 09:10:12 192.0.2.2 /login ada
#Date: 2026-01-02 00:00:00
#Fields: date time cs-username cs(Cookie) c-ip cs-uri-stem
2026-01-02 09:10:12 - lang=de;+visitor_id=v-4711-ada-0123456789abcdef ::1 /a%20b
2026-01-02 09:10:13 bob too few
2026-01-02 09:10:14 - - 192.0.2.3 /c
"""


def _rows(path: Path) -> list[tuple[int, list[str | None], str | None]]:
    return [(row.line, row.cells, row.bad) for row in Lines(path, "utf-8").rows()]


def test_fields_that_change_within_the_file_are_followed(own: OwnConnector) -> None:
    own.declare(WEB)
    own.write("u_ex.log", IIS)
    own.source("u_ex.log")

    found = own.find("--id", "cookie=v-4711-ada-0123456789abcdef")
    assert [record["line"] for record in found.document["records"]] == [9]
    assert found.document["records"][0]["fields"] == {
        "date": "2026-01-02", "time": "09:10:12", "c-ip": "::1", "cs-uri-stem": "/a%20b", "cs-username": "-",
        "cs(Cookie)": "lang=de;+visitor_id=v-4711-ada-0123456789abcdef",
    }  # fmt: skip
    assert found.counts == (5, 4, 1)
    assert found.counts[0] == sum(1 for line in IIS.splitlines() if not line.startswith("#"))


def test_a_row_without_a_field_of_other_rows_has_none_there(own: OwnConnector) -> None:
    own.declare(WEB)
    own.write("u_ex.log", IIS)
    own.source("u_ex.log")
    (record,) = own.find("--id", "login=ada").document["records"]

    assert record["line"] == 6
    assert record["fields"]["cs(Cookie)"] is None


def test_tabs_of_cloudfront_and_gzip_are_read(own: OwnConnector) -> None:
    own.declare(WEB)
    text = (
        "#Version: 1.0\n#Fields: date time c-ip cs-uri-stem cs-username\n2026-01-01\t09:10:11\t192.0.2.1\t/\tada lo\n"
    )
    own.write("e.gz", gzip.compress(text.encode()))
    own.source("e.gz")

    (record,) = own.find("--id", "login=ada lo").document["records"]
    assert record["line"] == 3


def test_values_in_quotes_and_names_with_invisible_characters(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('#Fields: a b\u200b  c\n1   2   3\n1 "2 ""x""" 3\n1 2\n', encoding="utf-8")

    assert _rows(tmp_path / "x") == [(2, ["1", "2", "3"], None), (3, ["1", '2 "x"', "3"], None), (4, ["1 2"], MISFIT)]
    assert directive("#Fields: a b\u200b  c").names == ("a", "b", "c")  # type: ignore[union-attr]


def test_bytes_that_are_no_text_cost_a_line_and_not_the_log(own: OwnConnector) -> None:
    own.declare(WEB)
    rows = "".join(f"2026-01-01 1:1:{n} 192.0.2.{n} / -\n" for n in range(20))
    own.write("u.log", f"#Fields: date time c-ip cs-uri-stem cs-username\n{rows}".encode() + b"d t \xff\xfe / ada\n")
    own.source("u.log")

    assert own.find("--id", "login=nobody1").counts == (21, 20, 1)


@given(
    rows=st.lists(st.lists(st.text(alphabet='ab+-"é%,', min_size=1, max_size=5), min_size=2, max_size=3), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from([" ", "\t"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_fast_and_the_exact_reader_give_the_same_rows(
    tmp_path: Path, rows: list[list[str]], end: str, separator: str
) -> None:
    from dsar.config import CollectionSpec, Source
    from dsar.sources.effective import Collection
    from dsar.sources.spec import CollectionDeclaration
    from dsar.store import sql
    from dsar.store.build import builder

    lines = ["#Fields: " + separator.join("abc"), *(separator.join(row) for row in rows)]
    path = tmp_path / "x.log"
    path.write_bytes(end.join(lines).encode() + end.encode())
    declared = CollectionDeclaration(format="w3c", columns=("a", "b"))
    collection = Collection(Source(name="w"), "hits", declared, CollectionSpec())
    found = []
    for fast in (True, False):
        out = tmp_path / f"{fast}"
        connection = builder(tmp_path / "spill")
        with mock.patch.object(reading_logs, "trusted", reading_logs.trusted if fast else lambda copy: False):
            (part,) = reading.read_parts(path, Source(name="w", connector="x"), [collection], connection, out)
        records = sql.records(out / "000" / "records.parquet")
        query = f"SELECT * EXCLUDE (_bad), _bad IS NULL FROM {records} ORDER BY _row"
        found.append((part.contents.rows_read, part.contents.rows_loaded, connection.execute(query).fetchall()))
    assert found[0] == found[1]
    assert found[0][0] == len(rows)


@pytest.mark.parametrize("line", ["#Date: 2026", "a b", "", "#Fields:"])
def test_only_a_fields_line_that_names_something_is_one(line: str) -> None:
    assert directive(line) is None
