"""Letters as mail servers and colleagues leave them: odd encodings, HTML, passed on, from machines, damaged, huge."""

from __future__ import annotations

import base64
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.errors import RequestError
from dsar.fulfilment.desk.mailed import known_letter, request_of_mail
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.home import Home
from dsar.register.mail import Mail, read_mail

HEAD = (
    b'From: "Ada Bell" <ada@example.org>\r\nTo: privacy@own.example.com\r\n'
    b"Date: Fri, 20 Nov 2026 22:00:00 +0100\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
)
OWN = ("own.example.com",)
PLAIN = b"Content-Type: text/plain; charset="
BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"


def read(folder: Path, raw: bytes) -> Mail:
    (folder / "x.eml").write_bytes(raw)
    return read_mail(folder / "x.eml", OWN)


def letter(sender: str, text: str, day: str = "18") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = sender, f"Wed, {day} Nov 2026 09:00:00 +0100", "x"
    mail.set_content(text)
    return mail


@pytest.mark.parametrize(
    "body",
    [
        PLAIN + b"iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nBitte l=F6schen",
        PLAIN + b"utf-16\r\n" + BASE64 + base64.b64encode("Bitte löschen".encode("utf-16")),
        PLAIN + b"x-klingon\r\n\r\n" + "Bitte löschen".encode(),
        PLAIN + b"us-ascii\r\n\r\n" + "Bitte löschen".encode(),
        PLAIN + b"utf-8\r\n\r\n" + "Bitte löschen".encode("cp1252"),
        b"\r\n" + "Bitte löschen".encode(),
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<style>correct my</style><p>Bitte <b>l&ouml;schen</b></p>",
        b"Content-Type: text/html\r\n\r\n<script>access to my</script>Bitte l\xf6schen",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nBitte l\xc3\xb6schen',
    ],
    ids=range(9),
)
def test_an_odd_encoding_loses_no_letter_and_its_words_still_propose(folder: Path, body: bytes) -> None:
    mail = read(folder, HEAD + body)

    assert (mail.address, mail.name, mail.received) == ("ada@example.org", "Ada Bell", "2026-11-20T22:00:00+01:00")
    assert mail.proposed[:1] == ("erasure",)


def test_the_subject_alone_proposes_a_right_and_nothing_at_all_proposes_none(folder: Path) -> None:
    assert read(folder, HEAD.replace(b"hello", b"=?utf-8?q?L=C3=B6schung?=") + b"\r\n").proposed == ("erasure",)
    assert read(folder, HEAD + b"\r\n").proposed == ()
    assert read(folder, HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR").proposed == ()


def test_a_letter_that_a_colleague_passed_on_is_of_its_writer_since_it_came(folder: Path) -> None:
    outer = letter("Kim <kim@mail.own.example.com>", "fyi", "20")
    outer.add_attachment(letter("Ada Bell <ada@example.org>", "Please erase my data."))

    mail = read(folder, outer.as_bytes())

    assert (mail.address, mail.received, mail.proposed) == (
        "ada@example.org", "2026-11-18T09:00:00+01:00", ("erasure",),
    )  # fmt: skip
    stranger = letter("Bob <bob@example.net>", "I want access to my data", "20")
    stranger.add_attachment(letter("Ada Bell <ada@example.org>", "Please erase my data."))
    assert read(folder, stranger.as_bytes()).address == "bob@example.net", "only our own people pass on for us"


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("Kim <kim@own.example.com>", "within the house"),
        ("Web form <no-reply@forms.example.net>", "by a machine"),
        ("Ada <ada@example.org>, Bob <bob@example.org>", "several people"),
    ],
)
def test_who_asks_is_never_guessed_and_can_be_said(
    home: Callable[..., Home], folder: Path, sender: str, why: str
) -> None:
    mail = read(folder, letter(sender, "-- Forwarded: From: Ada <ada@example.org> delete my data").as_bytes())

    with pytest.raises(RequestError, match=why):
        request_of_mail(home(), mail, {}, {})
    said = request_of_mail(home(), mail, {"email": ["ada@example.org"]}, {})
    assert [one.value for one in said.identifiers] == ["ada@example.org"] and said.right == "erasure"


def test_a_form_that_writes_for_a_person_names_them_to_reply_to(folder: Path) -> None:
    mail = letter("Web form <noreply@forms.example.net>", "delete my data")
    mail["Reply-To"] = "ada@example.org"

    assert read(folder, mail.as_bytes()).address == "ada@example.org"


def test_the_same_letter_is_registered_once_and_keeps_its_letter(
    home: Callable[..., Home], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (folder / "x.eml").write_bytes(HEAD + b"\r\nPlease erase my data")
    words = ["request", "add", "--eml", "x.eml", "--today", "2026-11-22"]

    first = main(words)
    kept = folder / ".dsar" / "cases" / "DSR-2026-001" / "letter.eml"
    kept.unlink()  # as if killed before it was there
    again = main(words)

    assert (first, again) == (1, 1) and kept.read_bytes() == (folder / "x.eml").read_bytes()
    assert [path.name for path in (folder / ".dsar" / "cases").iterdir()] == ["DSR-2026-001"]
    assert main([*words, "--request", "R-9"]) == 2 and "registered as DSR-2026-001" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["20 Nov 0069", "20 Nov 1999", "20 Nov 2030"])
def test_a_day_that_cannot_be_is_asked_for(home: Callable[..., Home], folder: Path, day: str) -> None:
    mail = read(folder, HEAD.replace(b"20 Nov 2026", day.encode()) + b"\r\nPlease erase my data")

    with pytest.raises(RequestError, match=r"more than a year old|still to come"):
        add_request(home(), request_of_mail(home(), mail, {}, {}))
    assert request_of_mail(home(), mail, {}, {"received": "2026-11-20"}).received == "2026-11-20"


def test_what_nobody_sees_does_not_come_along_in_a_name(folder: Path) -> None:
    raw = HEAD.replace(b'"Ada Bell"', '"Ada\x1b[31m \u202eBell\x07"'.encode())

    assert read(folder, raw + b"\r\nhi").name == "Ada[31m Bell"


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * 25_000_001,
        HEAD.replace(b"Date", b"Dale") + b"\r\nhi",
        (HEAD + b"\r\nhi").decode().encode("utf-16"),
        HEAD.replace(b"+0100", b"+9999") + b"\r\nhi",
        HEAD.replace(b"<ada@example.org>", b"<>") + b"\r\nhi",
    ],
    ids=["too large", "no date", "wide", "no zone of this world", "no sender"],
)
def test_what_says_neither_who_nor_when_is_refused(folder: Path, raw: bytes) -> None:
    with pytest.raises(RequestError):
        read(folder, raw)


def test_a_thousand_parts_inside_each_other_end_in_a_letter_without_words(folder: Path) -> None:
    part = b'--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * 1000 + b"x"

    assert read(folder, raw).address == "ada@example.org"


def test_files_that_come_along_are_neither_read_nor_written(home: Callable[..., Home], folder: Path) -> None:
    mail = letter("Ada <ada@example.org>", "delete my data")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../passport.pdf")
    told = read(folder, mail.as_bytes())

    add_request(home(), request_of_mail(home(), told, {}, {}), letter=told.raw, proposed=True)

    case = folder / ".dsar" / "cases" / "DSR-2026-001"
    assert sorted(path.name for path in case.iterdir()) == ["letter.eml", "request.json"]
    assert known_letter(home(), told) is not None and not list(folder.parent.rglob("passport*"))
