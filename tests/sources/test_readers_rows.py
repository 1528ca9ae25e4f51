"""What stands between a file and the store: opened texts, visible escapes, and the spool that counts every row."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from dsar.errors import Unreadable
from dsar.sources.readers.rows import Row, opened, spool, unreadable, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Grüße \U0001f600", "plain Grüße \U0001f600"),
        ("a\0b", "a\\x00b"),
        (b"a\xff\xc3".decode("utf-8", "surrogateescape"), "a\\xff\\xc3"),
        ("\ud83d \udc00 \udcff \udfff", "\\ud83d \\udc00 \\xff \\udfff"),
        ("\ue000\ud7ff", "\ue000\ud7ff"),
    ],
)
def test_what_cannot_be_stored_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "UTF8", "utf-16", "utf-16-le", "utf_16_be", "cp1252", "cp437"]
)
def test_a_text_is_opened_in_its_encoding_line_ends_and_all(tmp_path: Path, encoding: str) -> None:
    text = "id,ä\r\n1\rx\n"
    for data in (text.encode(encoding), gzip.compress(text.encode(encoding))):
        (tmp_path / "x").write_bytes(data)
        with opened(tmp_path / "x", encoding) as stream:
            assert list(stream) == ["id,ä\r\n", "1\r", "x\n"]


@pytest.mark.parametrize(
    ("mark", "encoding"), [("utf-8", "utf-8"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "UTF-16BE")]
)
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, mark: str, encoding: str) -> None:
    (tmp_path / "x").write_bytes("\ufeffid".encode(mark))
    with opened(tmp_path / "x", encoding) as stream:
        assert stream.read() == "id"


def test_a_text_that_does_not_decode_or_ends_too_early_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("ab".encode("utf-16-le") + b"\x00\xd8")
    with pytest.raises(Unreadable, match="x is not utf-16-le text"), opened(path, "utf-16-le") as stream:
        stream.read()
    path.write_bytes(gzip.compress(b"some text")[:-3])
    with pytest.raises(Unreadable, match="ends too early"), opened(path, "utf-8") as stream:
        stream.read()
    with pytest.raises(Unreadable, match="no encoding of this name"), opened(path, "klingon"):
        pass


def test_the_spool_holds_every_row_and_counts_it_by_its_reason() -> None:
    rows = [
        Row(2, 1, ["a", None, 'x"\n\0']),
        unreadable(3, 2, "raw\udcff", "a NUL byte"),
        Row(5, 1, ["\u2028", "", "b"]),
    ]
    out = io.BytesIO()

    assert spool(iter(rows), out) == {None: 2, "a NUL byte": 1}
    assert [json.loads(line) for line in out.getvalue().split(b"\n")[:-1]] == [
        {"l": 2, "n": 1, "b": None, "c": ["a", None, 'x"\n\\x00']},
        {"l": 3, "n": 2, "b": "a NUL byte", "c": ["raw\\xff"]},
        {"l": 5, "n": 1, "b": None, "c": ["\u2028", "", "b"]},
    ]
