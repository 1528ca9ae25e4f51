"""Attached files: their text is told, or why it cannot be; a hostile one costs an error and never the process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from dsar.redaction.child import read_all
from dsar.redaction.documents import Unread, text_of

BODY = "Ada worked with Ben Sample."
WORD = '<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p>{}</w:body></w:document>'


def zipped(**members: str | bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return data.getvalue()


def docx(text: str = BODY, more: str = "", **members: str | bytes) -> bytes:
    return zipped(word__document_dot_xml=WORD.format(text, more), **members)


def odt(text: str = BODY) -> bytes:
    content = f'<office:d xmlns:office="urn:o" xmlns:text="urn:t"><text:p>{text}</text:p></office:d>'
    return zipped(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml=content)


def pdf(*pages: str, password: str = "") -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    for page in pages:
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    if not password:
        return data.getvalue()
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(data))
    writer.encrypt(password, algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


MAIL = (
    b"From: ada@example.org\r\nTo: ben.sample@example.org\r\nSubject: =?utf-8?q?F=C3=BCr_Ben?=\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"QmVuIFNhbXBsZSBrbm93cw==\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>Clara&nbsp;<b>Probe</b></p>\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("suffix", "data", "told"),
    [
        (".txt", BODY.encode(), BODY),
        (".txt", "Grüße von Ben".encode("cp1252"), "Grüße von Ben"),
        (".txt", "Grüße".encode("utf-16"), "Grüße"),
        (".html", b"<p>Ben <!-- Clara Probe --> &amp; Ada <a href='mailto:x@example.org'>x</a></p>", "Clara Probe"),
        (".html", b"<a href='mailto:x@example.org'>x</a>", "mailto:x@example.org"),
        (".docx", docx(), BODY),
        (".docx", docx(more="<w:p><w:del><w:r><w:delText>Clara Probe</w:delText></w:r></w:del></w:p>"), "Clara Probe"),
        (".docx", docx(word__comments_dot_xml="<c>Rita Recruiter</c>"), "Rita Recruiter"),
        (".docx", docx(docProps__core_dot_xml="<c><creator>Rita Recruiter</creator></c>"), "Rita Recruiter"),
        (".odt", odt(), BODY),
        (".pdf", pdf(BODY, "second page"), "second page"),
        (".eml", MAIL, "Ben Sample knows"),
        (".eml", MAIL, "Für Ben"),
        (".eml", MAIL, "ben.sample@example.org"),
        (".dat", pdf(BODY), BODY),
    ],
)
def test_the_text_of_every_layer_is_told(suffix: str, data: bytes, told: str) -> None:
    assert told in text_of(data, suffix)


def bomb() -> bytes:
    return docx(word__comments_dot_xml=b"<c>" + b"A" * 60_000_000 + b"</c>")


def entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return zipped(word__document_dot_xml=f'<!DOCTYPE d [<!ENTITY e0 "ha">{lines}]><d>&e9;</d>')


def from_a_file() -> bytes:
    return zipped(word__document_dot_xml='<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>')


def picture_of_a_page() -> bytes:
    return pdf("text", "")


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a bomb": (".docx", bomb),
    "billion laughs": (".docx", entities),
    "a file of this machine": (".docx", from_a_file),
    "a locked document": (".pdf", lambda: pdf(BODY, password="x")),
    "a page without text": (".pdf", picture_of_a_page),
    "a cut document": (".pdf", lambda: pdf(BODY)[:400]),
    "nonsense called PDF": (".pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20),
    "a cut archive": (".docx", lambda: docx()[:100]),
    "a document with a picture": (".docx", lambda: docx(word__media__a_dot_png=b"\x89PNG")),
    "a spreadsheet": (".xlsx", lambda: zipped(xl__workbook_dot_xml="<w/>")),
    "a picture": (".png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500)),
    "bytes called text": (".txt", lambda: b"Ada\x00\x01\x02"),
    "an empty file": (".txt", lambda: b" \n"),
    "a mail with a picture": (".eml", lambda: b"Content-Type: image/png\r\n\r\nxx"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_told_and_left_to_a_person(name: str) -> None:
    suffix, make = HOSTILE[name]
    with pytest.raises(Unread):
        text_of(make(), suffix)


def test_a_child_reads_files_in_their_order_and_survives_hostile_ones() -> None:
    files = [(f"attachments/{n:04d}{suffix}", make()) for n, (suffix, make) in enumerate(HOSTILE.values())]
    files = [("a.txt", b"first"), *files, ("b.pdf", pdf("last"))]

    read = read_all(files)

    assert read[0].text == "first"
    assert read[-1].text is not None
    assert "last" in read[-1].text
    assert all(one.text is None and one.problem for one in read[1:-1])
    assert not any("passwd" in (one.problem or "") for one in read)


def test_files_of_a_child_that_ended_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert [one.text for one in read_all([("a.txt", b"a"), ("b.txt", b"b")])] == [None, None]


def test_deep_nesting_is_no_end_of_the_child() -> None:
    read = read_all([("a.pdf", b"%PDF-1.7\n1 0 obj\n" + b"[" * 400_000), ("b.html", b"<p>" * 50_000 + b"x")])
    assert (read[0].text, (read[1].text or "").strip()) == (None, "x")


def test_no_file_needs_no_child() -> None:
    assert read_all([]) == ()
