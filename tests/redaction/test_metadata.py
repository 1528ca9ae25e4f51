"""Details of files: who made or changed them and where is found, proposed, and taken out without touching the rest."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import cleared, copies_of, files_of
from dsar.fulfilment.finding.review_others import Said, decide_others, others_in
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.redaction.child import cleaned, read_all
from dsar.redaction.documents import text_of
from dsar.redaction.metadata import details_of, without_details

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
CORE = (
    '<c:p xmlns:c="c" xmlns:dc="dc"><dc:creator>Rita Recruiter</dc:creator><c:lastModifiedBy>Tom Sub &amp; Co'
    "</c:lastModifiedBy></c:p>"
)
BODY = (
    '<w:document xmlns:w="w"><w:p><w:ins w:author="Rita Recruiter"><w:t>A good letter.</w:t></w:ins></w:p></w:document>'
)


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", BODY)
        archive.writestr("docProps/core.xml", CORE)
    return out.getvalue()


def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setAuthor("Rita Recruiter")
    canvas.drawString(72, 700, "A good letter.")
    canvas.save()
    return out.getvalue()


def exif() -> bytes:
    artist = b"Rita Recruiter\0"
    entries = struct.pack("<HHII", 0x013B, 2, len(artist), 38) + struct.pack("<HHII", 0x8825, 4, 1, 60)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + artist + b"\0" * 20


def jpeg() -> bytes:
    body = b"Exif\0\0" + exif()
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    tables = b"\xff\xdb\x00\x04ab"
    return b"\xff\xd8" + segment + tables + b"\xff\xda\x00\x02the picture\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def png() -> bytes:
    parts = (chunk(b"IHDR", b"head"), chunk(b"tEXt", b"Author\0Rita Recruiter"), chunk(b"eXIf", exif()))
    return b"\x89PNG\r\n\x1a\n" + b"".join((*parts, chunk(b"IDAT", b"the picture"), chunk(b"IEND", b"")))


FILES = {"docx": docx, "pdf": pdf, "jpg": jpeg, "png": png}


@pytest.mark.parametrize("kind", FILES)
def test_who_made_a_file_is_found_and_taken_out_and_the_rest_stays(kind: str) -> None:
    data = FILES[kind]()
    assert {what for what, _ in details_of(data)} & {"author", "changed by"}
    clean = without_details(data)
    assert details_of(clean) == ()
    assert b"Rita" not in clean
    if kind in ("docx", "pdf"):
        assert "A good letter." in text_of(clean, f".{kind}")
        assert "Rita" not in text_of(clean, f".{kind}")
    else:
        assert b"the picture" in clean


def test_the_place_of_a_photograph_is_named_as_such() -> None:
    assert ("place", "where the picture was taken") in details_of(jpeg())


def test_a_cleaned_pdf_has_its_pages_and_no_author() -> None:
    reader = pypdf.PdfReader(io.BytesIO(without_details(pdf())))
    assert len(reader.pages) == 1
    assert not (reader.metadata or {}).get("/Author")


def damaged() -> Iterator[bytes]:
    for make in FILES.values():
        data = make()
        yield from (data[: len(data) // 2], data[:40], data[:12] + b"\xff" * 50)


@pytest.mark.parametrize("number", range(12))
def test_a_damaged_file_costs_an_error_and_never_leaves_half_cleaned(number: int) -> None:
    data = list(damaged())[number]
    clean = cleaned("x.bin", data)
    assert clean is None or b"Rita" not in clean
    [read] = read_all([("x.bin", data)])
    assert read.text is None or isinstance(read.text, str)


def company_with(company: Company, data: bytes, name: str, given: str = "derived") -> Workspace:
    toml = f"""
[[source]]
name = "files"
connector = "table"
files = ["papers.csv"]
[source.collection.files]
key = ["key"]
attachments = {{ field = "thing" }}
[source.collection.files.fields]
key = {{ category = "user.unique_id" }}
email = {{ category = "user.contact.email", identifier = "email" }}
thing = {{ category = "x.user.evaluation", given = "{given}" }}
"""
    tables = {"crm": "key,email,name\nC1,ada@example.org,Ada Bell"}
    workspace = company({**tables, "papers.csv": f"key,email,thing\nF1,ada@example.org,{name}"}, toml)
    folder = Path(workspace.config.folder) / "attachments"
    folder.mkdir()
    (folder / name).write_bytes(data)
    return workspace


def leaving(workspace: Workspace) -> tuple[list[tuple[str, str, str | None]], bytes | None, str | None]:
    copy = copies_of(workspace, find(workspace, [ADA]))[0]
    clear = cleared(workspace, copy, final=True)
    [(file, data)] = files_of(workspace, copy, clear)
    found = [(one.kind, one.proposed, one.outcome) for one in clear.mentions if one.kind != "unread"]
    return found, data, file.stored_as


def decided(workspace: Workspace, verdict: str) -> None:
    answer = find(workspace, [ADA])[0]
    wanted = tuple(one.finding for one in others_in(workspace, answer).mentions if one.kind == "metadata")
    decide_others(workspace, ADA, answer, Said("finding", ((verdict, wanted),), "looked at it", "E. Officer"))


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_details_of_a_file_wait_for_a_decision_and_then_only_they_go(company: Company, kind: str) -> None:
    workspace = company_with(company, FILES[kind](), f"letter.{kind}")
    assert leaving(workspace)[0] == [("metadata", "redact", None)]

    decided(workspace, "redact")
    _, data, stored = leaving(workspace)

    assert stored and stored.endswith(f".{kind}")
    assert data and b"Rita" not in data and details_of(data) == ()
    assert "A good letter." in text_of(data, f".{kind}")


def test_details_that_a_person_keeps_leave_with_the_file(company: Company) -> None:
    workspace = company_with(company, pdf(), "letter.pdf")
    decided(workspace, "keep")
    assert leaving(workspace)[1] == pdf()


def test_details_of_what_the_person_supplied_stay_without_a_decision(company: Company) -> None:
    workspace = company_with(company, pdf(), "letter.pdf", given="provided")
    found, data, _ = leaving(workspace)
    assert found == [("metadata", "keep", "keep")]
    assert data == pdf()


def test_ones_own_name_in_a_file_is_no_mention_of_somebody_else(company: Company) -> None:
    workspace = company_with(company, pdf().replace(b"Rita Recruiter", b"Ada Bell      "), "letter.pdf")
    assert leaving(workspace)[0] == []
