"""One pass over the bytes tells what a reader must know, wherever the blocks end."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.errors import Unreadable
from dsar.sources.readers import scan as module
from dsar.sources.readers.scan import scan, sha256_of

PIECES = st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b'"', b" ", b'" ', "ä".encode(), b"\xff", b"\0", b"\x1f", b"\v"])


@given(st.lists(PIECES, min_size=1, max_size=12).map(b"".join), st.integers(1, 5))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_blocks_do_not_matter(tmp_path: Path, data: bytes, size: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", size)
        found = scan(path)

    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.lines == data.count(b"\n") + (data[-1:] != b"\n")
    assert found.utf8 == (data == data.decode("utf-8", "ignore").encode())
    assert found.nuls == data.count(b"\0")
    crs, pairs, feeds = data.count(b"\r"), data.count(b"\r\n"), data.count(b"\n")
    assert found.newline == ("\\n" if not crs else "\\r\\n" if crs == pairs == feeds else None)
    assert found.quotes == (b'"' in data)
    assert found.spaced_quotes == (b'" ' in data or b' "' in data)
    assert {"\x1f", "\v"} - set(found.separators) == {chr(mark) for mark in b"\x1f\v" if mark in data}


def test_a_compressed_file_is_hashed_as_it_lies_there_and_counted_as_it_is_inside(tmp_path: Path) -> None:
    data = gzip.compress(b"a\nb\nc", mtime=0)
    (tmp_path / "x").write_bytes(data)
    found = scan(tmp_path / "x")

    assert found.compressed
    assert found.sha256 == hashlib.sha256(data).hexdigest() == sha256_of(tmp_path / "x")
    assert found.lines == 3


def test_the_bytes_of_each_block_are_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345\n")
    heard: list[int] = []
    scan(tmp_path / "x", heard.append)

    assert sum(heard) == 6


@pytest.mark.parametrize(
    "data", [b"", gzip.compress(b"", mtime=0), gzip.compress(b"abc", mtime=0)[:-1], b"\x1f\x8bnot really"]
)
def test_an_empty_or_damaged_file_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(Unreadable, match=r"^x is "):
        scan(tmp_path / "x")
