r"""Tables that say little of themselves: MySQL's backslashes, no headings, columns that only the file's name tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_connector import OwnConnector

from dsar.cli import main
from dsar.sources.readers.escaped import rows
from dsar.sources.readers.tables import TableFormat

LISTS = r"""
[members]
columns = ["Email Address", "MEMBER_RATING"]
from_name = '(?P<Status>subscribed|unsubscribed|cleaned)_members'
escape = "\\"
[members.fields]
"Email Address" = { category = "user.contact.email", identifier = "email" }
Status = { category = "user.privacy_preferences" }
Supplier = { category = "x.record.source" }
"""


def read(
    path: Path, text: str, delimiter: str = ",", quote: str = '"'
) -> list[tuple[int, int, list[str | None], bool]]:
    path.write_text(text, encoding="utf-8", newline="")
    form = TableFormat("utf-8", delimiter, quote, 0, ("a", "b"), 1, escape="\\")
    return [(row.line, row.lines, row.cells, row.bad is None) for row in rows(path, form)]


def test_what_a_file_says_by_its_name_is_a_column_of_every_row(own: OwnConnector) -> None:
    own.declare(LISTS)
    own.write("lists/unsubscribed_members_export_1.csv", "Email Address,MEMBER_RATING\nada@example.org,2\n")
    own.write("lists/cleaned_members_export_1.csv", "Email Address,MEMBER_RATING\nbob@example.org,2\n")
    own.source("lists/*.csv", more='constants = { Supplier = "List AG 4711" }\n')

    (record,) = own.find("--email", "ada@example.org").document["records"]
    assert record["fields"]["Status"] == "unsubscribed"
    assert record["fields"]["Supplier"] == "List AG 4711"


def test_columns_of_a_file_without_headings_are_named_in_dsar_toml(own: OwnConnector) -> None:
    own.write("w.tsv", "1\tada@example.org\t\\N\n2\tbob@example.org\tx\n")
    fields = """
[source.collection.c]
key = ["id"]
[source.collection.c.fields]
mail = { category = "user.contact.email", identifier = "email" }
"""
    own.source("w.tsv", more='headings = ["id", "mail", "note"]\n' + fields)
    text = (own.company.folder / "dsar.toml").read_text().replace('connector = "own"', 'connector = "table"')
    (own.company.folder / "dsar.toml").write_text(text.replace('connectors = ["connectors"]', ""))

    found = own.find("--email", "ada@example.org")
    assert found.counts == (2, 2, 0)
    assert found.document["records"][0]["line"] == 1
    assert found.document["records"][0]["fields"] == {"id": "1", "mail": "ada@example.org", "note": "\\N"}


def test_backslashes_of_mysql_are_undone_and_lines_stay_true(tmp_path: Path) -> None:
    text = 'a,b\n1,"say \\"hi\\", you"\n2,\\N\n3,one\\\ntwo\\, three\n4,"in\nquotes ""x"""\n"5,open\n6,y\n7\n'

    assert read(tmp_path / "x", text) == [
        (2, 1, ["1", 'say "hi", you'], True),
        (3, 1, ["2", "\\N"], True),
        (4, 2, ["3", "one\ntwo, three"], True),
        (6, 2, ["4", 'in\nquotes "x"'], True),
        (8, 1, ['"5,open'], False),
        (9, 1, ["6", "y"], True),
        (10, 1, ["7"], False),
    ]


CELL = st.text(alphabet=st.sampled_from('a,;"\\\n\tN é0'), max_size=6).filter(lambda text: text != "\\N")


@given(st.lists(st.tuples(CELL, CELL), max_size=5), st.sampled_from(['"', ""]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_mysql_writes_is_read_back(tmp_path: Path, table: list[tuple[str, str]], quote: str) -> None:
    def cell(text: str) -> str:
        for mark in ("\\", "\n", "\r", "\t", *quote):
            text = text.replace(mark, "\\" + mark)
        return f"{quote}{text}{quote}"

    written = "a\tb\n" + "".join("\t".join(map(cell, row)) + "\n" for row in table)
    found = read(tmp_path / "x", written, "\t", quote)

    assert [cells for _, _, cells, _ in found] == [list(row) for row in table]
    assert all(good for _, _, _, good in found)


def test_init_marks_backslashes_as_a_guess(own: OwnConnector) -> None:
    own.write("exports/wp_users.csv", 'ID,user_email,url\n1,"ada@example.org","a\\"b"\n2,bob@example.org,\\N\n')
    assert main(["init", "exports"]) == 1
    text = (own.company.folder / "dsar.toml").read_text(encoding="utf-8")

    assert 'escape = "\\\\"' in text
    assert '"escape",' in text
    assert own.find("--email", "ada@example.org").document["records"][0]["fields"]["url"] == 'a"b'


@pytest.mark.parametrize("name", ["quote", "escape"])
def test_an_impossible_dialect_is_an_error(own: OwnConnector, name: str) -> None:
    own.write("x.csv", "a,b\n1,2\n")
    own.source("x.csv", more=f'{name} = "xx"\n')

    assert own.find("--email", "ada@example.org").code == 2
