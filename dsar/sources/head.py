"""The first bytes of an export file as text: unpacked, decoded strictly, and refused where they are no text."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import Unreadable

HEAD = 256 * 1024
"""Bytes (after unpacking) that are read of a file."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a file as text without its byte order mark, and how it was made."""

    text: str
    gz: bool
    whole: bool
    """Whether this is all of the file."""
    encoding: str
    guessed: bool
    """True where only a detector chose the encoding."""


def read_head(path: Path, encoding: str | None = None) -> Head:
    """Read the first `HEAD` bytes of a file, plain or gzipped, as text.

    The encoding is the declared one, else that of the byte order mark, else strict UTF-8, else a detector's guess,
    which is marked. Raises Unreadable for a missing, empty, cut-off or binary file, and for a declared encoding
    that does not fit.
    """
    data, gz = _first_bytes(path)
    whole, data = len(data) <= HEAD, data[:HEAD]
    text, used, guessed = _decoded(path, data, whole, encoding)
    text = text.removeprefix("\ufeff")
    if data.startswith((b"%PDF-", b"PK\x03\x04")) or len(_CONTROL.findall(text)) > len(text) / 50:
        raise _binary(path)
    if not text.strip():
        raise _empty(path)
    return Head(text, gz, whole, used, guessed)


def _first_bytes(path: Path) -> tuple[bytes, bool]:
    try:
        with path.open("rb") as file:
            gz = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if gz else path.open("rb") as content:
            data = content.read(HEAD + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable(f"{path.name} is a damaged or cut-off gz file.", hint="Export or copy it again.") from None
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {type(error).__name__}.", hint="Check its rights.") from None
    if not data:
        raise _empty(path)
    return data, gz


def _decoded(path: Path, data: bytes, whole: bool, declared: str | None) -> tuple[str, str, bool]:
    known = declared or next((name for bom, name in _BOMS if data.startswith(bom)), None)
    try:
        return _decode(data, known or "utf-8", whole), known or "utf-8", False
    except LookupError:
        raise Unreadable(f"{path.name}: there is no encoding `{known}`.", hint="For example `cp1252`.") from None
    except (ValueError, TypeError):
        if declared:
            raise Unreadable(f"{path.name} is not {known}.", hint="Correct or remove `encoding`.") from None
    if known in (None, "utf-8-sig") and (text := _mostly_utf8(data, whole)) is not None:
        return text, known or "utf-8", False
    if known:
        raise Unreadable(f"{path.name} is not {known} throughout.", hint="Export it again.")
    if b"\x00" in data or len(re.findall(rb"[\x01-\x08\x0e-\x1a]", data)) > len(data) / 50:
        raise _binary(path)
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 64 * 1024].rpartition(b"\n")[0] or data).best()
    try:
        if best is not None:
            return _decode(data, best.encoding, whole), best.encoding, True
    except ValueError:
        pass
    raise Unreadable(f"{path.name} is in an unknown encoding.", hint='Declare it, e.g. encoding = "cp1252".')


def _mostly_utf8(data: bytes, whole: bool) -> str | None:
    """The text, if it is UTF-8 but for a single line, or for a tenth of its lines that are not ASCII.

    The bytes of those lines that do not decode come out as lone surrogates, as from the readers, which tell of them.
    """
    first, *lines = data.split(b"\n")
    if not whole and lines:
        lines.pop()
    bad = [line for line in lines if not _is_utf8(line)]
    foreign = sum(not line.isascii() for line in lines)
    if not bad or not _is_utf8(first) or len(bad) > max(1, foreign / 10):
        return None
    return b"\n".join((first, *lines, *([b""] if not whole else []))).decode("utf-8", "surrogateescape")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes, encoding: str, whole: bool) -> str:
    """Decode strictly; a character that the end of the head cuts in two is left out."""
    return codecs.getincrementaldecoder(encoding)("strict").decode(data, whole)


def _empty(path: Path) -> Unreadable:
    return Unreadable(f"{path.name} is empty.", hint="Export it again, or take it out of the folder.")


def _binary(path: Path) -> Unreadable:
    return Unreadable(
        f"{path.name} is not a text file.",
        hint='Export it as CSV, JSON or XLSX; for UTF-16 without a mark declare encoding = "utf-16-le".',
    )
