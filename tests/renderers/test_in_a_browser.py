"""report.html in a real browser: nothing is asked for, nothing complains, the search finds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
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


def test_headings_step_down_one_level_at_a_time_and_there_is_one_of_the_first(page: Any) -> None:
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))")
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_there_is_one_main_part_and_every_part_outside_of_it_is_a_landmark(page: Any) -> None:
    landmarks = "main,header,nav,aside,footer,search,script,[role],.skip"
    outside = page.evaluate(
        f"[...document.body.children].filter(one => !one.matches('{landmarks}') && !one.hidden"
        " && one.textContent.trim()).map(one => one.outerHTML.slice(0, 80))"
    )
    assert outside == []
    assert page.evaluate("document.querySelectorAll('main').length") == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    names = page.evaluate(
        "[...document.querySelectorAll('nav,[role=region],[role=search]')].map(one => one.getAttribute('aria-label')"
        " || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent)"
    )
    assert names and all(names)


def test_every_table_says_what_it_is_and_each_heading_of_what(page: Any) -> None:
    assert page.evaluate("[...document.querySelectorAll('table')].filter(one => !one.caption).length") == 0
    scopes = page.evaluate("[...new Set([...document.querySelectorAll('th')].map(one => one.getAttribute('scope')))]")
    assert set(scopes) <= {"col", "row", "rowgroup"}
    empty = "[...document.querySelectorAll('th')].filter(one => !one.textContent.trim()).length"
    assert page.evaluate(empty) == 0


def test_ids_are_unique_and_what_points_to_one_finds_it(page: Any) -> None:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"],[aria-labelledby]')].filter(one => !document.getElementById("
        "one.getAttribute('aria-labelledby') || one.getAttribute('href').slice(1))).length"
    )
    assert lost == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_enough_from_what_is_behind_it(page: Any, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1, measured of every element that holds text."""
    page.emulate_media(color_scheme=scheme)
    pairs = page.evaluate(
        """() => {
          const behind = one => { for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (!colour.endsWith(', 0)')) return colour; } return 'rgb(255, 255, 255)'; };
          const told = {};
          for (const one of document.querySelectorAll('body *')) {
            if (one.closest('script,style,svg') || one.disabled) continue;
            if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            told[getComputedStyle(one).color + '|' + behind(one)] = one.outerHTML.slice(0, 90); }
          for (const one of document.querySelectorAll('svg text'))
            told[getComputedStyle(one).fill + '|' + behind(one)] = one.outerHTML.slice(0, 90);
          return told; }"""
    )
    weak = {text: ratio for pair, text in pairs.items() if (ratio := contrast(*pair.split("|"))) < 4.5}
    assert len(pairs) > 4
    assert weak == {}


def contrast(ink: str, paper: str) -> float:
    """The ratio of WCAG 2.2 of two colours as a browser writes them, both opaque."""
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_skip_link_leads_to_the_main_part_and_focus_can_be_seen(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(':target')?.tagName") == "MAIN"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_each_picture_has_a_name_and_the_same_as_a_table(page: Any) -> None:
    told = page.evaluate(
        "[...document.querySelectorAll('figure')].map(one => [one.querySelector('svg').getAttribute('role'),"
        " Boolean(one.querySelector('figcaption')), Boolean(one.parentElement.querySelector('table'))])"
    )
    assert told == [["img", True, True]] * 3


def test_nothing_is_left_out_in_print(page: Any) -> None:
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('main table')].filter(one => getComputedStyle(one).display === 'none').length"
    )
    assert hidden == 0
