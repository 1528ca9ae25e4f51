"""report.html: one file that loads nothing, that can be read by everybody, and that shows what is in it."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import re
from dataclasses import replace

import pytest

from dsar.renderers.as_html import render_html

from .example import field, finding, plain_report, report, visits

VOID = {"meta", "col", "input"}


class Structure(html.parser.HTMLParser):
    """Follows open elements and notes what a reader's tools depend on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Structure:
    return Structure(render_html(report(60)).decode("utf-8"))


def test_it_is_well_formed_and_loads_nothing(page: Structure) -> None:
    assert page.open == []
    assert not {"img", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert [attrs for tag, attrs in page.tags if tag == "script"] == [{}]
    for tag, attrs in page.tags:
        assert not {"src", "srcset", "onclick", "action", "xlink:href"} & attrs.keys()
        if tag == "a":
            assert re.fullmatch(r"#.*|attachments/\d{4}\.\w+", str(attrs["href"]))
    text = render_html(report(3)).decode("utf-8")
    assert "url(" not in text.split("</style>")[0]
    policy, script = str(page.every("meta")[1]["content"]), text.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("count", [1, 50])
def test_markup_in_labels_titles_and_reasons_is_text(count: int) -> None:
    mark = "\"><script>alert(1)</script><x y='"
    odd = field(mark, "value", label=mark, category=mark, meaning=mark)
    found = tuple(finding(f"crm/contacts/{mark}{number}", number, odd, file=mark) for number in range(count))
    collection = replace(report(3).collections[0], findings=found, title=mark, origin=mark, missing=(mark,))
    full = replace(
        report(3),
        controller=mark,
        drafts=(mark,),
        collections=(collection,),
        not_searched=((mark, mark),),
        held_back=(("possible", 1, mark),),
        rights=((mark, mark),),
    )
    text = render_html(full).decode("utf-8")
    tags = {tag for tag, _ in Structure(text).tags}
    assert "alert(1)" in text
    assert "x" not in tags
    assert text.count("<script") == 1


def test_screen_readers_find_language_headings_captions_and_scopes(page: Structure) -> None:
    assert page.every("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(page.every("caption")) == len(page.every("table"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.every("th"))
    assert page.tags[[tag for tag, _ in page.tags].index("a")][1] == {"class": "skip", "href": "#content"}


def test_every_link_and_label_leads_somewhere_and_ids_are_unique(page: Structure) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {str(attrs["href"])[1:] for attrs in page.every("a") if str(attrs["href"]).startswith("#")}
    wanted |= {str(attrs["aria-labelledby"]) for _, attrs in page.tags if "aria-labelledby" in attrs}
    assert wanted <= set(ids)


def test_the_answer_stands_before_everything_else() -> None:
    text = render_html(report(3)).decode("utf-8")
    body = text.partition("<body>")[2]
    assert body.index("Yes: we process personal data about you.") < body.index("<nav")
    nothing = replace(report(3), held=False, collections=())
    assert "No: in the sources we searched we found no personal data" in render_html(nothing).decode("utf-8")


def test_sections_follow_the_order_of_the_law(page: Structure) -> None:
    sections = [attrs["id"] for attrs in page.every("section")]
    assert sections == [
        *("about", "glance", "sources", "identifiers", "data-1", "data-2", "consents", "accesses", "attachments"),
        *("left-out", "not-searched", "rights", "complaint", "reading"),
    ]


def test_a_draft_says_so_at_the_top_and_in_every_section() -> None:
    text = render_html(report(3)).decode("utf-8")
    assert text.count('<span class="draft">DRAFT</span>') == text.count("<section") == 14
    assert '<aside class="banner">DRAFT – not for release</aside>' in text
    assert "guessed and not confirmed: origin." in text
    assert "DRAFT" not in render_html(plain_report()).decode("utf-8")


def test_many_records_become_one_table_and_few_become_cards() -> None:
    many = Structure(render_html(replace(report(60), collections=(visits(60),))).decode("utf-8"))
    few = Structure(render_html(replace(report(5), collections=(visits(5),))).decode("utf-8"))
    assert (len(many.every("article")), len(few.every("article"))) == (0, 5)
    [table] = [attrs for attrs in many.every("table") if attrs.get("class") == "wide"]
    assert table
    assert not [attrs for attrs in few.every("table") if attrs.get("class") == "wide"]


def test_the_sale_sentence_stands_only_where_it_is_true() -> None:
    assert "never sold" in render_html(plain_report()).decode("utf-8")
    assert "never sold" not in render_html(replace(plain_report(), never_sold=False)).decode("utf-8")


def test_withheld_empty_and_absent_are_told_apart() -> None:
    text = render_html(plain_report()).decode("utf-8")
    assert '<span class="none">(empty)</span>' in text
    assert '<span class="none">(no entry)</span>' in text
    assert '<span class="none">withheld: It would open an account (Art. 32).</span>' in text


def test_a_german_report_has_no_english_phrase() -> None:
    text = render_html(plain_report("de")).decode("utf-8")
    assert '<html lang="de">' in text
    for phrase in ("Sources", "Your rights", "What was", "not stated", "Record"):
        assert phrase not in text
    assert "Ja: Wir verarbeiten personenbezogene Daten über Sie." in text
    assert "E-Mail-Adresse" in text


def test_a_recipient_outside_the_eea_is_marked_with_its_safeguard() -> None:
    text = render_html(report(3)).decode("utf-8")
    assert "United Kingdom (outside the EU and the EEA)" in text
    assert "adequacy decision (Art. 45); a copy can be had from privacy@example.org" in text
    assert "Germany (outside" not in text
