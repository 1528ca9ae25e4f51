"""Secrets planted in columns, texts, links and attached files are in no byte of a package, and told to be there."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping

import pytest

from dsar.fulfilment.copies.export import export
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import open_workspace
from tests.conftest import write_company

HASH = "$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
SALT = "c0ffee5a17c0ffee5a17"
SESSION = "sess-9f8e7d6c5b4a39281706"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWFkYQ"
GITHUB = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
AMAZON = "AKIAIOSFODNN7EXAMPLE"
SSHA = "{SSHA}nU8qJxYc0cTqYzVbG9+M2o9zv0pz"
WORD = "hunter2-Geheim"
LINK = "b7e23ec29af22b0b4e41da31e868d572"
CARD, SSN, IBAN = "4111 1111 1111 1111", "123-45-6789", "DE89 3704 0044 0532 0130 00"
EVERYWHERE = (HASH, SALT, SESSION, JWT, GITHUB, AMAZON, WORD, LINK, SSHA)
TOML = """
[[source]]
name = "shop"
connector = "table"
files = ["accounts.csv"]
[source.collection.accounts]
key = ["id"]
attachments = { field = "file" }
[source.collection.accounts.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
password_hash = { category = "user.authorization.password", label = "Password" }
salt = { category = "user.account", secret = true, label = "Salt" }
session = { category = "user.authorization.credentials", secret = true, label = "Session" }
extra = { category = "user.account", label = "Extra" }
note = { category = "user.content", third_party = true, label = "Note" }
file = { category = "x.user.cv", given = "provided" }
"""
NOTE = (
    f"Hash {HASH}, her password: {WORD}, token={JWT}, api_key: {GITHUB}, {AMAZON}, card {CARD}, SSN {SSN}, {IBAN}; see "
    f"https://shop.example.org/reset?token={LINK}&x=1"
)


def docx(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:d xmlns:w="w"><w:p><w:t>{text}</w:t></w:p></w:d>')
    return out.getvalue()


def texts(data: bytes, name: str) -> str:
    """All text of a file by readers that dsar does not use for it."""
    if name.endswith((".xlsx", ".docx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(archive.read(part).decode() for part in archive.namelist())
    if name.endswith(".pdf") and shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
        return told.stdout.decode().replace("\n", "")
    return data.decode(errors="replace")


@pytest.fixture(scope="module", params=["GDPR", "CCPA"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("secrets")
    head = "id,email,password_hash,salt,session,extra,note,file"
    rows = f'{head}\n1,ada@example.org,{HASH},{SALT},{SESSION},{SSHA},"{NOTE}",'
    config = write_company(folder / "company", {"accounts.csv": f"{rows}cv.docx\n2,ada@example.org,,,,,,cv.txt"}, TOML)
    (folder / "company" / "attachments").mkdir()
    (folder / "company" / "attachments" / "cv.docx").write_bytes(docx(NOTE.replace("&", "&amp;")))
    (folder / "company" / "attachments" / "cv.txt").write_text(NOTE, encoding="utf-8")
    workspace = open_workspace(config, today=datetime.date(2026, 11, 22))
    asked = request_of(
        email=["ada@example.org"], request_id="R-1", regime=request.param, identity_method="login",
        identity_verified_on="2026-11-02",
    )  # fmt: skip
    export(workspace, [asked], folder / "answer")
    workspace.close()
    written = [path for path in sorted((folder / "answer").rglob("*")) if path.is_file()]
    return str(request.param), {path.name: texts(path.read_bytes(), path.name) for path in written}


def holding(value: str, package: Mapping[str, str]) -> list[str]:
    bare = "".join(value.split())
    return [name for name, text in package.items() if value in text or bare in "".join(text.split())]


@pytest.mark.parametrize("secret", EVERYWHERE)
def test_what_opens_an_account_is_in_no_file(secret: str, package: tuple[str, Mapping[str, str]]) -> None:
    assert holding(secret, package[1]) == []


def test_the_package_is_whole_and_says_what_it_withholds(package: tuple[str, Mapping[str, str]]) -> None:
    _, files = package
    assert {"report.html", "report.pdf", "data.json", "data.xlsx"} <= set(files)
    assert any(name.startswith("0001") for name in files)
    for name in ("report.html", "data.json"):
        assert all(label in files[name] for label in ("Password", "Salt", "Session", "[secret]"))


@pytest.mark.parametrize("number", [CARD, SSN, IBAN])
def test_in_california_numbers_that_open_an_account_go_too_and_elsewhere_they_are_ones_own(
    number: str, package: tuple[str, Mapping[str, str]]
) -> None:
    regime, files = package
    assert (holding(number, files) == []) is (regime == "CCPA")
