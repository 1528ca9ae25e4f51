"""report.html in a real browser: nothing is asked for, nothing complains, the search finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dsar.renderers.as_html import render_html

from .example import field, finding, report

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = finding("crm/contacts/X", 9, field("text", "</script><script>document.title='taken'</script>"))
    full = report(60)
    extra = replace(full.collections[0], findings=(*full.collections[0].findings, hostile))
    target = tmp_path_factory.mktemp("page") / "report.html"
    target.write_bytes(render_html(replace(full, collections=(extra, *full.collections[1:]))))
    return target


@pytest.fixture
def page(browser: Any, path: Path) -> Iterator[Any]:
    """The opened page; it fails where anything but the file itself is asked for, or the console says a word."""
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    assert asked == [path.as_uri()]
    assert said == []
    opened.close()


def told(page: Any, wanted: str) -> str:
    """What the page says of a search; the page itself forbids the `eval` that a waiting driver would use."""
    page.fill("#find input", wanted)
    page.keyboard.press("Enter")
    return str(page.text_content("#find output"))


def test_the_search_counts_shows_and_walks_through_what_it_finds(page: Any) -> None:
    assert told(page, "METALLICA nowhere") == "not found"
    assert told(page, "") == ""
    assert told(page, "/SHOP/item/59") == "1 of 1"
    assert page.evaluate("CSS.highlights.get('here').size") == 1
    [top] = page.evaluate("[[...CSS.highlights.get('here')][0].getBoundingClientRect().top]")
    assert 0 < top < 800
    assert told(page, "ada@example.org").startswith("1 of ")
    page.keyboard.press("Enter")
    assert str(page.text_content("#find output")).startswith("2 of ")
    page.click("#find button:first-of-type")
    assert str(page.text_content("#find output")).startswith("1 of ")


def test_a_hit_inside_a_closed_table_opens_it(page: Any) -> None:
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
    page.evaluate("document.querySelector('details table caption').textContent = 'needle in a table'")
    told(page, "needle in a table")
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 1


def test_hostile_values_run_nothing_and_stand_as_text(page: Any) -> None:
    assert page.title() != "taken"
    assert told(page, "document.title='taken'") == "1 of 1"


def test_a_phone_needs_no_sideways_scrolling_of_the_page(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_is_readable_in_the_dark(page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert brightness(ink) > 200 > 60 > brightness(paper)


def brightness(colour: str) -> float:
    return sum(int(part) for part in colour.strip("rgb()").split(",")) / 3


def test_every_part_can_be_reached_with_the_keyboard_and_has_a_name(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    nameless = page.evaluate(
        "[...document.querySelectorAll('a,button,input,[tabindex]')].filter(one => !(one.textContent.trim()"
        " || one.getAttribute('aria-label') || one.closest('label'))).length"
    )
    assert nameless == 0
    assert page.evaluate("[...document.querySelectorAll('svg')].every(one => one.getAttribute('aria-label'))")
