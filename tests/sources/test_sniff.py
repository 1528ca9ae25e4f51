"""A file is what its content says, and nothing about it is guessed in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from dsar.errors import Unreadable
from dsar.sources.headings import unique_headings
from dsar.sources.sniff import sniff


def written(folder: Path, data: str | bytes, name: str = "export.dat") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_known_by_any_of_four_delimiters(tmp_path: Path, delimiter: str) -> None:
    rows = [("id", "email", "city"), ("1", "ada@example.org", "Rome"), ("2", "bob@example.org", "Bonn")]
    found = sniff(written(tmp_path, "\n".join(delimiter.join(row) for row in rows)))

    assert (found.kind, found.delimiter) == ("table", delimiter)
    assert found.headings == rows[0]
    assert found.rows == tuple(rows[1:])


def test_a_line_break_and_a_comma_inside_quotes_stay_in_their_cell(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, 'id,"full\nname",note\r\n1,"Doe, Ada","a ""b""\nc"\r\n2,x,y\r\n'))

    assert found.rows == (("1", "Doe, Ada", 'a "b"\nc'), ("2", "x", "y"))
    assert (found.heading_lines, found.terminator, found.problems) == (2, "\r\n", ())


def test_the_same_heading_twice_and_an_empty_one_get_names_of_their_own(tmp_path: Path) -> None:
    assert unique_headings(["Email", "", "email", "Email"]) == ("Email", "column 2", "email (2)", "Email (3)")
    assert sniff(written(tmp_path, "\ufeffid,x,x\n1,2,3\n")).headings == ("id", "x", "x (2)")


@pytest.mark.parametrize(
    ("encoding", "named", "guessed"),
    [("utf-8", "utf-8", False), ("utf-8-sig", "utf-8-sig", False), ("utf-16", "utf-16", False)],
)
def test_a_byte_order_mark_decides_the_encoding(tmp_path: Path, encoding: str, named: str, guessed: bool) -> None:
    found = sniff(written(tmp_path, "id,Straße\n1,Hauptstraße 5\n".encode(encoding)))

    assert (found.encoding, found.guessed_encoding) == (named, guessed)
    assert found.headings == ("id", "Straße")


def test_an_encoding_that_only_a_detector_chose_is_marked(tmp_path: Path) -> None:
    text = "id;Straße;Ort\n" + "".join(f"{n};Münchner Straße {n};Köln\n" for n in range(50))
    path = written(tmp_path, text.encode("cp1252"))

    assert sniff(path).guessed_encoding
    assert sniff(path, encoding="cp1252").headings == ("id", "Straße", "Ort")
    assert not sniff(path, encoding="cp1252").guessed_encoding


def test_a_declared_encoding_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n1,Jos\xe9\n".encode("latin-1"))
    with pytest.raises(Unreadable, match=r"export\.dat is not utf-8"):
        sniff(path, encoding="utf-8")
    with pytest.raises(Unreadable, match="no encoding `klingon`"):
        sniff(path, encoding="klingon")


def test_a_declared_delimiter_that_does_not_fit_is_an_error_that_names_the_right_one(tmp_path: Path) -> None:
    path = written(tmp_path, "id;name;city\n1;Ada;Rome\n")
    with pytest.raises(Unreadable, match="not separated by ','") as caught:
        sniff(path, delimiter=",")
    assert "';'" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        (b"%PDF-1.4\n1 0 obj\n", "is not a text file"),
        (bytes(range(256)) * 10, "is not a text file"),
        (gzip.compress(b"id,name\n" * 999, mtime=0)[:-20], "cut-off"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_the_name_of_the_file(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as caught:
        sniff(written(tmp_path, data))
    assert caught.value.message.startswith("export.dat")
    assert caught.value.hint


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        sniff(tmp_path / "nowhere.csv")


def test_other_archives_are_refused_with_the_advice_to_unpack(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("contacts.csv", "id,name\n1,Ada\n")
    with pytest.raises(Unreadable, match="archive") as caught:
        sniff(tmp_path / "all.zip")
    assert "Unpack" in caught.value.hint


def test_a_gzipped_table_is_a_table(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, gzip.compress(b"id,name\n1,Ada\n", mtime=0), "x.csv.gz"))

    assert (found.kind, found.gz, found.headings) == ("table", True, ("id", "name"))


def test_only_a_bounded_head_of_a_large_file_is_read(tmp_path: Path) -> None:
    rows = "".join(f'{n},"line one\nline two {n}",user{n}@example.org\n' for n in range(30_000))
    found = sniff(written(tmp_path, "id,note,email\n" + rows))

    assert (found.kind, len(found.rows), found.problems) == ("table", 200, ())
    assert found.rows[0] == ("0", "line one\nline two 0", "user0@example.org")


def test_ragged_rows_broken_quotes_and_nul_bytes_are_told(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, "a,b,c\n1,2,3\n1,2\n4,5,6\n")).problems == ("ragged rows",)
    assert sniff(written(tmp_path, 'a,b,c\n1,"2"x,3\n4,5,6\n')).problems == ("broken quotes",)
    assert sniff(written(tmp_path, "a,b,c\n1,2\x00,3\n" + "4,5,6\n" * 20)).problems == ("NUL bytes",)


def test_lines_before_the_headings_are_counted(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, "sep=;\nid;name;city\n1;Ada;Rome\n2;Bob;Bonn\n"))

    assert (found.skip_lines, found.headings) == (1, ("id", "name", "city"))


def test_a_table_without_headings_is_no_table(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, "1,ada@example.org,2024-01-02\n2,bob@example.org,2024-01-03\n"))

    assert found.kind == "text"
    assert "no heading row" in found.problems


def test_one_column_is_a_table_only_if_it_looks_like_a_list(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, "email\nada@example.org\nbob@example.org\n")).headings == ("email",)
    assert sniff(written(tmp_path, "Dear Ada\nwe have got your request.\nRegards\n")).kind == "text"


def test_headings_without_rows_are_a_table_and_a_sentence_is_none(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, "id,Email,Last name\n")).rows == ()
    assert sniff(written(tmp_path, "Dear all, hello.\n")).kind == "text"


def test_a_table_drawn_for_people_is_text(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, "# Files\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n")).kind == "text"


@pytest.mark.parametrize(
    ("document", "shape", "records", "keys"),
    [
        ([{"id": 1, "email": "a"}, {"id": 2, "phone": "b"}], "list", None, ("id", "email", "phone")),
        ({"data": [{"id": 1}], "next": None}, "object", "data", ("id",)),
        ({"id": 1, "addresses": [{"street": "x"}]}, "object", None, ("id", "addresses")),
        ({"notes": [], "emails": [{"body": "x"}]}, "object", None, ("notes", "emails")),
    ],
)
def test_the_shape_of_a_json_document_is_known(
    tmp_path: Path, document: object, shape: str, records: str | None, keys: tuple[str, ...]
) -> None:
    found = sniff(written(tmp_path, json.dumps(document, indent=1)))

    assert (found.kind, found.shape, found.records, found.headings) == ("json", shape, records, keys)


@pytest.mark.parametrize("key", [None, "data"])
def test_a_json_document_larger_than_the_head_is_read_as_far_as_it_goes(tmp_path: Path, key: str | None) -> None:
    items = [{"id": n, "note": "x" * 100} for n in range(5_000)]
    found = sniff(written(tmp_path, json.dumps(items if key is None else {"page": 1, key: items})))

    assert (found.kind, found.records, found.headings, len(found.objects)) == ("json", key, ("id", "note"), 200)


def test_json_lines_are_records_a_line(tmp_path: Path) -> None:
    found = sniff(written(tmp_path, '{"id": 1}\n{"id": 2, "email": "a"}\n'))

    assert (found.kind, found.shape, found.headings, len(found.objects)) == ("jsonl", "lines", ("id", "email"), 2)


def test_json_that_is_broken_or_nested_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not valid JSON"):
        sniff(written(tmp_path, '{"id": 1,', "a.json"))
    with pytest.raises(Unreadable, match="nested too deep"):
        sniff(written(tmp_path, "[" * 100_000 + "]" * 100_000, "b.json"))


def test_the_sheets_of_a_workbook_are_known_with_their_headings(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "People"
    book.active.append(["id", "email", "email"])
    book.active.append([1, "ada@example.org", None])
    book.create_sheet("Empty")
    book.create_sheet("Orders").append(["order_no", "total"])
    book.save(tmp_path / "export.csv")

    found = sniff(tmp_path / "export.csv")

    assert found.kind == "xlsx"
    assert [(sheet.name, sheet.headings) for sheet in found.sheets] == [
        ("People", ("id", "email", "email (2)")),
        ("Orders", ("order_no", "total")),
    ]
    assert found.rows == (("1", "ada@example.org", ""),)


def test_a_web_log_is_a_log_though_it_holds_commas_and_semicolons(tmp_path: Path) -> None:
    line = '192.0.2.1 - - [25/Oct/2016:14:49:33 +0200] "GET / HTTP/1.1" 200 6 "-" "Mozilla/5.0 (X; Y; Z) (K, L)"\n'
    found = sniff(written(tmp_path, line * 300))

    assert (found.kind, len(found.lines)) == ("log", 200)
