"""The self-opening page in a real browser, from a file and offline: the right passphrase opens it, no other does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsar.errors import DsarError
from dsar.sealing.page import Cover, self_opening_page
from dsar.sealing.passphrase import new_passphrase

COVER = Cover("R-1", "Example GmbH", "privacy@example.org", "en")
REPORT = (
    b"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>r</title><p id=who>Ada Example</p><p id=mark></p>"
    b"<script>document.getElementById('mark').textContent = 'script ran';</script></html>"
)
FILES = {
    "report.html": REPORT,
    "data.json": '{"Name": "Ä 漢字"}'.encode(),
    "attachments/0001.bin": bytes(range(256)) * 40,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    assert chromium is not None
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(offline=True, accept_downloads=True)
    opened = context.new_page()
    opened.problems = []
    opened.on("console", lambda message: opened.problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("request", lambda request: opened.problems.append(request.url) if _outside(request.url) else None)
    yield opened
    context.close()


def _outside(url: str) -> bool:
    return not url.startswith(("file:", "blob:", "data:"))


def sealed(folder: Path, passphrase: str, cover: Cover = COVER) -> str:
    path = folder / "package.html"
    path.write_bytes(self_opening_page(FILES, passphrase, cover))
    return path.as_uri()


@pytest.mark.requires("chromium")
def test_the_right_passphrase_opens_every_file_and_the_report(page: Any, tmp_path: Path) -> None:
    passphrase = new_passphrase()
    page.goto(sealed(tmp_path, passphrase))
    page.fill("#passphrase", passphrase)
    page.click("#open")
    page.wait_for_selector("#room:not([hidden])")
    assert page.locator("#files a").all_text_contents() == list(FILES)
    for number, data in enumerate(FILES.values()):
        with page.expect_download() as told:
            page.locator("#files a").nth(number).click()
        assert Path(told.value.path()).read_bytes() == data
    inside = page.frame_locator("#report")
    assert inside.locator("#who").text_content() == "Ada Example"
    assert inside.locator("#mark").text_content() == "script ran"
    assert page.problems == []


@pytest.mark.requires("chromium")
def test_the_passphrase_may_be_typed_as_it_was_heard(page: Any, tmp_path: Path) -> None:
    page.goto(sealed(tmp_path, "7K3QF-9M2XT-AB1CD-EF0GH-JK4MN"))
    page.fill("#passphrase", "7k3qf 9m2xt abIcd efOgh jk4mn")
    page.press("#passphrase", "Enter")
    page.wait_for_selector("#room:not([hidden])")


@pytest.mark.requires("chromium")
def test_a_wrong_passphrase_opens_nothing_and_says_so(page: Any, tmp_path: Path) -> None:
    page.goto(sealed(tmp_path, new_passphrase()))
    page.fill("#passphrase", new_passphrase())
    page.click("#open")
    page.locator("#message", has_text="does not open").wait_for()
    assert page.locator("#room").is_hidden()
    assert page.locator("#files a").count() == 0
    assert page.locator("#open").is_enabled(), "one may try again"


@pytest.mark.requires("chromium")
def test_a_changed_byte_opens_nothing(page: Any, tmp_path: Path) -> None:
    passphrase = new_passphrase()
    sealed(tmp_path, passphrase)
    path = tmp_path / "package.html"
    text = path.read_text(encoding="utf-8")
    at = text.index('id="sealed">') + 200
    path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], encoding="utf-8")
    page.goto(path.as_uri())
    page.fill("#passphrase", passphrase)
    page.click("#open")
    page.locator("#message", has_text="does not open").wait_for()


def test_nothing_of_the_content_or_its_names_stands_outside_the_seal(tmp_path: Path) -> None:
    data = self_opening_page(FILES, new_passphrase(), COVER)
    for word in (b"Ada Example", b"0001.bin", b'data.json"', "漢字".encode()):
        assert word not in data


def test_hostile_words_of_the_controller_are_text(tmp_path: Path) -> None:
    cover = Cover("R-1", "</script><script>alert(1)</script>", '"><img src=x>', "en")
    data = self_opening_page(FILES, new_passphrase(), cover).decode()
    assert "<script>alert" not in data
    assert "<img" not in data


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it"])
def test_every_language_has_every_text(language: str) -> None:
    page = self_opening_page(FILES, "A", Cover("R-1", "Example GmbH", "privacy@example.org", language)).decode()
    assert f'<html lang="{language}">' in page
    assert "{{" not in page.partition('id="sealed"')[0]


def test_a_language_without_texts_is_an_error() -> None:
    with pytest.raises(DsarError):
        self_opening_page(FILES, "A", Cover("R-1", "", "", "xx"))
