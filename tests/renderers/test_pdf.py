"""report.pdf: pages that count themselves, text that is never parsed, rows that all cost the same."""

from __future__ import annotations

import cProfile
import io
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import pypdf
import pytest

import dsar.renderers
from dsar.renderers.as_html import render_html
from dsar.renderers.as_pdf import render_pdf
from dsar.renderers.fonts import fonts

from .example import field, finding, plain_report, report, visits


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_every_page_has_its_number_the_request_and_the_draft_mark() -> None:
    texts = pages(render_pdf(report(60)))
    assert len(texts) > 5
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of {len(texts)}" in " ".join(text.split())
        assert "R-2026-0142" in text
        assert "DRAFT – not for release" in text
    assert not any("DRAFT" in text for text in pages(render_pdf(plain_report())))


def test_the_outline_leads_to_sections_and_records() -> None:
    outline = pypdf.PdfReader(io.BytesIO(render_pdf(plain_report()))).outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert titles[:3] == ["About this report", "At a glance", "Sources"]
    [records] = [entry for entry in outline if isinstance(entry, list)]
    assert [entry.title for entry in records if not isinstance(entry, list)] == ["crm/contacts/C1"]


def test_every_record_of_a_long_collection_is_printed() -> None:
    text = "".join(pages(render_pdf(replace(report(2_500), collections=(visits(2_500),)))))
    assert all(f"access.log:{number}" in text for number in range(1, 2_501))


def test_a_letter_lies_on_top_and_the_contents_name_the_page_of_each_section() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(report(60))))
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert "Dear Sir or Madam" in texts[0]
    assert "On 3 November 2026 you asked us about your personal data." in texts[0]
    assert "Yes: we process personal data about you." in texts[0]
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", ())]
    assert len(links) == 14
    assert all(link["/Dest"][0].get_object() in [page.get_object() for page in reader.pages] for link in links)
    for entry in (entry for entry in reader.outline if not isinstance(entry, list)):
        number = reader.get_destination_page_number(entry)
        assert number is not None
        assert entry.title in texts[number]


def test_html_and_pdf_draw_the_same_pictures() -> None:
    full = report(5)
    html, text = render_html(full).decode(), "".join(pages(render_pdf(full)))
    labels = re.findall(r"<text[^>]*>([^<]+)</text>", html)
    assert html.count("<svg") == 3
    assert len(labels) > 15
    assert [label for label in labels if "".join(unescape(label).split()) not in "".join(text.split())] == []


def test_a_value_longer_than_a_page_says_where_it_goes_on() -> None:
    text = " ".join("".join(pages(render_pdf(report(3)))).split())
    assert "continues in data.json (40000 characters in all)" in text


def test_ten_megabytes_in_one_value_do_not_stop_it() -> None:
    huge = finding("crm/contacts/X", 1, field("text", "x" * 10_000_000), field("lines", "\n" * 100_000 + "end"))
    collection = replace(report(3).collections[0], findings=(huge,), retention=())
    texts = pages(render_pdf(replace(plain_report(), collections=(collection,))))
    assert "continues in data.json (10000000 characters in all)" in " ".join("".join(texts).split())
    assert len(texts) < 12


def calls(lines: int) -> int:
    full = replace(report(10), collections=(visits(lines),))
    profile = cProfile.Profile()
    profile.runcall(render_pdf, full)
    return sum(entry.callcount for entry in profile.getstats())


def test_twice_the_rows_cost_twice_the_work() -> None:
    calls(300)  # fonts are read and kept
    assert calls(1200) / calls(600) < 2.1


def test_shaping_leaves_no_trace_in_the_next_document() -> None:
    fonts.cache_clear()
    alone = render_pdf(report(3))
    hindi = finding("crm/contacts/X", 1, field("text", "प्रार्थना क्षत्रिय ज्ञान স্বাগতম வணக்கம்"))
    collection = replace(report(3).collections[0], findings=(hindi,), retention=())
    fonts.cache_clear()
    render_pdf(replace(plain_report(), collections=(collection,)))
    assert render_pdf(report(3)) == alone


def test_another_process_writes_the_same_bytes() -> None:
    code = (
        "import hashlib; from renderers.example import report;"
        "from dsar.renderers import as_pdf, as_xlsx, as_html, as_json;"
        "parts = (as_pdf.render_pdf, as_xlsx.render_xlsx, as_html.render_html, as_json.render_json);"
        "print([hashlib.sha256(render(report(45))).hexdigest() for render in parts])"
    )
    root = Path(__file__).parents[2]
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{root}:{root / 'tests'}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert len(seen.pop()) > 200


def test_markup_in_data_is_text_and_opens_no_file(tmp_path: Path) -> None:
    target = tmp_path / "canary.png"
    target.write_bytes(b"x")
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "socket.connect"):
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)
    marks = [f'<img src="{target}"/>', '<a href="javascript:x">y</a>', "<b>", "<para>", "</para>", "&lt;", "<unichar/>"]
    marks += ['<font color="[[[getattr(pow, 1)]]]">', "<seqreset/>", "<link href='http://example.org'>", "{0}", "%(x)s"]
    fields = tuple(field(f"field_{number}", mark) for number, mark in enumerate(marks))
    collection = replace(report(3).collections[0], findings=(finding("crm/contacts/X", 1, *fields),), retention=())
    text = "".join("".join(pages(render_pdf(replace(plain_report(), collections=(collection,))))).split())
    watching = False
    for mark in marks[1:]:
        assert "".join(mark.split()) in text
    assert not any("canary" in name or "example.org" in name for name in opened)


def test_no_renderer_parses_text_or_unpickles_fonts() -> None:
    for path in Path(str(dsar.renderers.__file__)).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "Paragraph(" not in source
        assert "platypus" not in source
        assert "fontfinder" not in source
    render_pdf(plain_report())
    assert "reportlab.lib.fontfinder" not in sys.modules


def test_no_path_of_this_machine_is_in_the_file() -> None:
    data = render_pdf(plain_report())
    streams = (pypdf.PdfReader(io.BytesIO(data)).get_object(number) for number in range(1, 40))
    assert b"site-packages" not in data
    assert not any("site-packages" in str(one) for one in streams)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_file_names_its_language_and_controller(language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(plain_report(language))))
    assert str(reader.root_object["/Lang"]) == language
    assert reader.metadata is not None
    assert reader.metadata.author == "Example GmbH"
