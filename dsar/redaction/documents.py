"""The text of an attached file, by what its first bytes say it is; run only in `child`: the file may be hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

MOST_BYTES = 50_000_000
"""Of one member of a document once it is unpacked; more is a bomb or nothing a person wrote."""
MOST_TEXT = 20_000_000


class Unread(Exception):
    """The file's text cannot be told, or not all of it; the message says why and holds nothing of the file."""


def text_of(data: bytes, suffix: str) -> str:
    """Give the text of a file: plain text, HTML, e-mail, DOCX, ODT, PDF.

    `suffix` helps only where the bytes do not tell. Raises Unread for other kinds, and where a part has no text: a
    scan, a picture, a locked or damaged file. Such a file a person must read.
    """
    text = _reader(data, suffix.lower())(data)
    if len(text) > MOST_TEXT:
        raise Unread("its text is too long")
    if not text.strip():
        raise Unread("it holds no text; it may be a picture of one")
    return text


def _reader(data: bytes, suffix: str) -> Callable[[bytes], str]:
    start = data[:1024].lstrip()
    if start.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return _pdf
    if start.startswith(b"PK\x03\x04"):
        return _office
    if suffix in (".eml", ".mht", ".mhtml"):
        return _mail
    if suffix in (".html", ".htm", ".xhtml") or start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return _html
    if b"\x00" in data[:4096] and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _unknown
    if suffix in (".txt", ".md", ".csv", ".log", ".json", ".xml", ".vcf", ".ics", ".text", ""):
        return _plain
    return _unknown


def _unknown(data: bytes) -> str:
    raise Unread("dsar does not read files of this kind")


def _plain(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unread("its encoding is not known")


class _Words(HTMLParser):
    """Every word of a page, also what is not shown: comments, attributes, scripts. What is there, is there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.parts.append(f" {data} ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "br", "div", "tr", "li", "h1", "h2", "h3", "td"):
            self.parts.append("\n")
        self.parts.extend(
            f" {value} " for name, value in attrs if value and name in ("href", "alt", "title", "content")
        )


def _html(data: bytes) -> str:
    words = _Words()
    words.feed(_plain(data))
    words.close()
    return "".join(words.parts)


def _mail(data: bytes) -> str:
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        body = payload if isinstance(payload, bytes) else b""
        kind = part.get_content_type()
        if kind == "text/plain":
            parts.append(_plain(body))
        elif kind == "text/html":
            parts.append(_html(body))
        elif body:
            name = part.get_filename() or ""
            parts += [name, text_of(body, name[name.rfind(".") :] if "." in name else ".unnamed")]
    return "\n".join(parts)


def _office(data: bytes) -> str:
    """DOCX and ODT: all text of all XML parts, so also of notes, comments, deleted and hidden text, and properties."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise Unread("it is locked with a password")
            if "word/document.xml" not in names and not ("content.xml" in names and "mimetype" in names):
                raise Unread("dsar does not read files of this kind")
            if any(name.startswith(("word/media/", "Pictures/", "word/embeddings/", "Object ")) for name in names):
                pictures = True
            else:
                pictures = False
            text = "\n".join(_xml_text(member(archive, name)) for name in sorted(names) if name.endswith(".xml"))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Unread("it is damaged") from error
    if pictures:
        raise Unread("it holds pictures or files that dsar cannot read")
    return text


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one member of a document; raises Unread where it is a bomb."""
    with archive.open(name) as member:
        data = member.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Unread("it is too large once it is unpacked")
    return data


def _xml_text(data: bytes) -> str:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise Unread("it is damaged") from error
    return "".join(_walk(root))


def _walk(root: object) -> Iterator[str]:
    """The text of an XML tree; the end of a paragraph is a line end."""
    stack = [(root, False)]
    while stack:
        node, left = stack.pop()
        if left:
            yield "\n" if str(node.tag).rpartition("}")[2] in ("p", "h", "tr") else ""  # type: ignore[attr-defined]
            yield node.tail or ""  # type: ignore[attr-defined]
            continue
        yield node.text or ""  # type: ignore[attr-defined]
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(list(node)))  # type: ignore[call-overload]


def _pdf(data: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Unread("it is locked with a password")
        if reader.attachments:
            raise Unread("it holds files inside")
        filled = [str(field.get("/V", "")) for field in (reader.get_fields() or {}).values()]
        pages = [page.extract_text() for page in reader.pages]
        about = [str(value) for name, value in (reader.metadata or {}).items() if "Date" not in name]
        notes = [
            str(note.get_object().get("/Contents", "")) for page in reader.pages for note in page.annotations or ()
        ]
    except Unread:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise Unread("it is damaged") from error
    if not all(page.strip() for page in pages):
        raise Unread("a page of it holds no text; it may be a picture of one")
    return "\n".join((*pages, *about, *notes, *filled))
