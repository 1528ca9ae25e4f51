"""What a document or picture says of who made it and where, beside what it shows; run only in `child` (A-46).

Read and taken out by kind: PDF, Office and OpenDocument files, JPEG, PNG. The text and the picture stay as they are.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
from collections.abc import Iterator

Detail = tuple[str, str]
"""What it is (`author`, `changed by`, `company`, `manager`, `place`, `camera`, `remark`), and its value."""
_XML = {"creator": "author", "initial-creator": "author", "lastModifiedBy": "changed by", "Manager": "manager"}
_XML |= {"Company": "company"}
_ELEMENT = re.compile(rf"<((?:\w+:)?({'|'.join(_XML)}))(\s[^>]*)?>([^<]*)<".encode())
_BY = re.compile(rb'\b((?:w|w15):author)="([^"]*)"')
_TIFF = {0x013B: "author", 0x8298: "author", 0xA430: "author", 0xA431: "camera", 0x8825: "place"}
_LEAVES = re.compile(rb"^(Title|Subject|Keywords|Producer|Creator|CreationDate|ModDate|Trapped)$")
_SEGMENTS = {0xE1, 0xED, 0xFE}
"""Of JPEG: Exif and XMP, IPTC, comments."""
_CHUNKS = {b"tEXt", b"iTXt", b"zTXt", b"eXIf"}


def details_of(data: bytes) -> tuple[Detail, ...]:
    """Give each detail once, in the order of the file; none of kinds that are not known. A damaged file may raise."""
    return tuple(dict.fromkeys((what, value.strip()) for what, value in _details(data) if value.strip()))


def without_details(data: bytes) -> bytes:
    """Give the file without its details; raises ValueError where that cannot be done or some of them stay."""
    kind = _kind(data)
    if not kind:
        raise ValueError("dsar does not clean files of this kind")
    clean = {"pdf": _clean_pdf, "zip": _clean_zip, "jpeg": _clean_jpeg, "png": _clean_png}[kind](data)
    if details_of(clean):
        raise ValueError("some details stay")
    return clean


def _kind(data: bytes) -> str:
    for start, kind in ((b"PK\x03\x04", "zip"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png")):
        if data.startswith(start):
            return kind
    return "pdf" if b"%PDF-" in data[:1024] else ""


def _details(data: bytes) -> Iterator[Detail]:
    kind = _kind(data)
    if kind == "pdf":
        yield from _of_pdf(data)
    elif kind == "zip":
        for _, part in _parts(data):
            for _, name, _, value in _ELEMENT.findall(part):
                yield _XML[name.decode()], html.unescape(value.decode("utf-8", "replace"))
            for _, value in _BY.findall(part):
                yield "changed by", html.unescape(value.decode("utf-8", "replace"))
    elif kind == "jpeg":
        for marker, body in _segments(data):
            if marker == 0xE1 and body.startswith(b"Exif\0\0"):
                yield from _of_tiff(body[6:])
            elif marker in _SEGMENTS:
                yield "remark", "beside the picture"
    elif kind == "png":
        for name, body in _chunks(data):
            if name == b"eXIf":
                yield from _of_tiff(body)
            elif name in _CHUNKS:
                yield "remark", body.partition(b"\0")[0].decode("latin-1")


def _of_pdf(data: bytes) -> Iterator[Detail]:
    from pypdf import PdfReader

    for name, value in (PdfReader(io.BytesIO(data)).metadata or {}).items():
        if not _LEAVES.match(str(name).lstrip("/").encode()):
            yield "author" if name == "/Author" else "remark", str(value)


def _clean_pdf(data: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.metadata = None
    writer.root_object.pop("/Metadata", None)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _parts(data: bytes) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """The XML parts of an Office or OpenDocument file; of another archive none."""
    from dsar.redaction.documents import member

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if names & {"[Content_Types].xml", "meta.xml"}:
            for info in archive.infolist():
                if info.filename.endswith(".xml"):
                    yield info, member(archive, info.filename)


def _clean_zip(data: bytes) -> bytes:
    from dsar.redaction.documents import member

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as clean:
        for info in archive.infolist():
            part = member(archive, info.filename)
            if info.filename.endswith(".xml"):
                part = _BY.sub(rb'\1=""', _ELEMENT.sub(rb"<\1\3><", part))
            clean.writestr(zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0)), part, info.compress_type)
    return out.getvalue()


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments of a JPEG up to the picture itself."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xDA, 0xD9):
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], data[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)


def _clean_jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    for marker, body in _segments(data):
        size = len(body) + 4
        if marker not in _SEGMENTS:
            kept.append(data[at : at + size])
        at += size
    return b"".join((*kept, data[at:]))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size


def _clean_png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    for name, body in _chunks(data):
        size = len(body) + 12
        if name not in _CHUNKS:
            kept.append(data[at : at + size])
        at += size
    return b"".join(kept)


def _of_tiff(data: bytes) -> Iterator[Detail]:
    """The details of the first directory of Exif and of the one it points to."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return
    waiting, seen = [int(struct.unpack_from(f"{order}I", data, 4)[0])], set[int]()
    while waiting and len(seen) < 4:
        place = waiting.pop()
        if place in seen or place + 2 > len(data):
            continue
        seen.add(place)
        (count,) = struct.unpack_from(f"{order}H", data, place)
        for number in range(min(count, 200)):
            tag, form, length, offset = struct.unpack_from(f"{order}HHII", data, place + 2 + 12 * number)
            if tag == 0x8769:
                waiting.append(offset)
            elif what := _TIFF.get(tag):
                inside = place + 2 + 12 * number + 8
                start = offset if length > 4 else inside
                text = data[start : start + length].rstrip(b"\0").decode("utf-8", "replace") if form == 2 else ""
                yield what, text or "where the picture was taken"
