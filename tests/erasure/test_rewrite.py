"""Rewritten export files lose exactly the planned lines; every other byte stays."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.erasure.rewrite import CannotRewrite, rewrite

CSV = b'id,note\r\n1,"a\r\nb"\r\n2,=1+1\r\n3,\xff\xfe\n4,last'


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def given_file(folder: Path, data: bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_only_the_planned_lines_go_and_every_other_byte_stays(tmp_path: Path) -> None:
    path, out = given_file(tmp_path, CSV), tmp_path / "out.csv"

    result = rewrite(path, [(4, 1), (2, 2)], out)

    assert out.read_bytes() == b"id,note\r\n3,\xff\xfe\n4,last"
    assert (result.lines_before, result.lines_after) == (6, 3)
    assert (result.bytes_before, result.bytes_after) == (len(CSV), len(out.read_bytes()))
    assert result.sha256_before == hashlib.sha256(CSV).hexdigest()
    assert result.sha256_after == hashlib.sha256(out.read_bytes()).hexdigest()
    assert path.read_bytes() == CSV
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spans", [[], [(6, 1)], [(1, 6)], [(2, 3), (3, 1), (3, 2)]])
def test_any_set_of_spans_removes_their_union(tmp_path: Path, spans: list[tuple[int, int]]) -> None:
    lines = CSV.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + [lines[-1]]
    gone = {line for first, count in spans for line in range(first, first + count)}

    rewrite(given_file(tmp_path, CSV), spans, tmp_path / "out.csv")

    kept = b"".join(line for number, line in enumerate(lines, 1) if number not in gone)
    assert (tmp_path / "out.csv").read_bytes() == kept


@pytest.mark.parametrize("spans", [[(7, 1)], [(6, 2)], [(0, 1)], [(2, 0)], [(-1, 3)]])
def test_a_span_outside_the_file_writes_nothing(tmp_path: Path, spans: list[tuple[int, int]]) -> None:
    path = given_file(tmp_path, CSV)

    with pytest.raises(CannotRewrite):
        rewrite(path, spans, tmp_path / "out.csv")
    assert names(tmp_path) == ["in.csv"]


def test_a_packed_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    rewrite(given_file(tmp_path, gzip.compress(b"a\nb\n")), [(1, 1)], tmp_path / "out.csv")
    rewrite(given_file(tmp_path, b"a\nb\n", "in.csv.gz"), [(1, 1)], tmp_path / "out.gz")

    assert gzip.decompress((tmp_path / "out.csv").read_bytes()) == b"b\n"
    assert (tmp_path / "out.gz").read_bytes() == b"b\n"


def test_a_packed_file_is_packed_again_and_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    path = given_file(tmp_path, gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]), "in.csv.gz")

    result = rewrite(path, [(2, 2)], tmp_path / "a.csv.gz")
    rewrite(path, [(2, 2)], tmp_path / "b.csv.gz")

    packed = (tmp_path / "a.csv.gz").read_bytes()
    assert gzip.decompress(packed) == b"id,note\r\n2,=1+1\r\n3,\xff\xfe\n4,last"
    assert packed == (tmp_path / "b.csv.gz").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"
    assert result.sha256_before == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.lines_before == 6


@pytest.mark.parametrize("cut", [5, 20, -1])
def test_a_truncated_packed_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = given_file(tmp_path, gzip.compress(CSV)[:cut], "in.csv.gz")

    with pytest.raises(CannotRewrite, match="damaged"):
        rewrite(path, [(1, 1)], tmp_path / "out.csv.gz")
    assert names(tmp_path) == ["in.csv.gz"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_lines_end_at_a_whole_character(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff".encode(encoding)
    # U+0A0D and U+0D0A hold the bytes of a line end, in the wrong order or across two characters.
    text = ["id;name\r\n", "1;\u0a0a\u0a0d\u0d0a\u000b\u0a00x\r\n", "2;\u010a\u0a01\n", "3;last"]
    path = given_file(tmp_path, mark + "".join(text).encode(encoding))

    result = rewrite(path, [(3, 1)], tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes() == mark + "".join((text[0], text[1], text[3])).encode(encoding)
    assert (result.lines_before, result.lines_after) == (4, 3)


@pytest.mark.parametrize(
    "data",
    ["a\nb\n".encode("utf-32"), "a\nb\n".encode("utf-16-le"), b"old\rmac\rlines\r", b"a\rb\nc\n",
     "a\rb\nc\n".encode("utf-16")],
)  # fmt: skip
def test_lines_that_cannot_be_counted_for_certain_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CannotRewrite):
        rewrite(given_file(tmp_path, data), [(1, 1)], tmp_path / "out.csv")
    assert names(tmp_path) == ["in.csv"]


def test_where_only_line_feeds_end_lines_a_carriage_return_is_no_obstacle(tmp_path: Path) -> None:
    data = b"one\rstill one\ntwo\r\r\n\rthree\rx\n"

    rewrite(given_file(tmp_path, data, "a.log"), [(2, 1)], tmp_path / "out.log", by_line_feed=True)

    assert (tmp_path / "out.log").read_bytes() == b"one\rstill one\n\rthree\rx\n"


def test_long_lines_and_chunk_borders_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{n},{'x' * (n * 37 % 211)}\r\n".encode() for n in range(2000)]
    for chunk in (1 << 20, 7, 4096):
        monkeypatch.setattr("dsar.erasure.rewrite._CHUNK", chunk)
        rewrite(given_file(tmp_path, b"".join(lines)), [(n, 1) for n in range(1, 2001, 3)], tmp_path / "out.csv")

        kept = [line for number, line in enumerate(lines, 1) if number % 3 != 1]
        assert (tmp_path / "out.csv").read_bytes() == b"".join(kept)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("ab\u0a0d\u0d0a\u010a", max_size=9), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 4)), max_size=5),
    st.integers(1, 12),
)
def test_however_a_file_is_cut_into_pieces_the_same_lines_go(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    ending: str,
    ended: bool,
    encoding: str,
    spans: list[tuple[int, int]],
    piece: int,
) -> None:
    folder = tmp_path_factory.mktemp("rewrite")
    mark = "\ufeff" if encoding != "utf-8" else ""
    lines = [text + ending for text in texts[:-1]] + ["last" + (ending if ended else "")]
    lines[0] = mark + lines[0]
    spans = [(first, count) for first, count in spans if first + count - 1 <= len(lines)]
    gone = {line for first, count in spans for line in range(first, first + count)}
    kept = [line for number, line in enumerate(lines, 1) if number not in gone]
    path = given_file(folder, "".join(lines).encode(encoding))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dsar.erasure.rewrite._HEAD", 4)
        patched.setattr("dsar.erasure.rewrite._CHUNK", 2 * piece)
        result = rewrite(path, spans, folder / "out.csv")

    assert (folder / "out.csv").read_bytes() == "".join(kept).encode(encoding)
    assert (result.lines_before, result.lines_after) == (len(lines), len(kept))
    assert result.sha256_after == hashlib.sha256("".join(kept).encode(encoding)).hexdigest()


def test_a_changed_source_and_the_source_itself_are_refused(tmp_path: Path) -> None:
    path = given_file(tmp_path, CSV)
    good = hashlib.sha256(CSV).hexdigest()

    with pytest.raises(CannotRewrite, match="changed"):
        rewrite(path, [(2, 2)], tmp_path / "out.csv", expected_sha256="0" * 64)
    with pytest.raises(CannotRewrite, match="replace"):
        rewrite(path, [(2, 2)], path)
    rewrite(path, [(2, 2)], tmp_path / "out.csv", expected_sha256=good)
    assert path.read_bytes() == CSV
