"""Every value of every record stands in every file of the package, and what is withheld stands in none."""

from __future__ import annotations

import html.parser
import io
import json
import zipfile
from collections.abc import Iterator

import openpyxl
import pypdf
import pytest

from dsar.model import AccessReport, FieldValue
from dsar.renderers.as_html import render_html
from dsar.renderers.as_json import render_json
from dsar.renderers.as_pdf import render_pdf
from dsar.renderers.as_xlsx import render_xlsx
from dsar.renderers.visible import restored, visible
from dsar.renderers.workbook import value_of

from .example import report

SECRET = "secretsecret"


@pytest.fixture(scope="module")
def rich() -> AccessReport:
    return report(lines=60)


def fields(rich: AccessReport) -> Iterator[tuple[str, FieldValue]]:
    for collection in rich.collections:
        for finding in collection.findings:
            for field in finding.fields:
                yield finding.match.record.record, field


def test_json_has_every_value_unchanged(rich: AccessReport) -> None:
    document = json.loads(render_json(rich))
    told = {record["record"]: record["fields"] for record in document["records"]}
    count = 0
    for record, field in fields(rich):
        value = told[record][field.name]
        if field.withheld is not None:
            assert value == {"withheld": {"reason": field.withheld}}
        elif isinstance(value, dict):
            assert restored(value["escaped"]) == field.value
        else:
            assert value == field.value
        count += 1
    assert count == sum(len(record) for record in told.values()) == 343


def test_xlsx_has_every_value_unchanged(rich: AccessReport) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(rich)))
    told: dict[tuple[str, str], list[str | None]] = {}
    for name in ("crm-contacts", "web-requests"):
        _, technical, *rows = book[name].iter_rows(values_only=True)
        for row in rows:
            for heading, value in zip(technical, row, strict=True):
                told.setdefault((str(row[0]), str(heading)), []).append(value)
    for record, field in fields(rich):
        value = value_of(told[(record, field.name)])
        if field.withheld is None:
            assert value == (field.value or ""), field.name
        else:
            assert value == f"withheld: {field.withheld}"


class Texts(html.parser.HTMLParser):
    """Collects the text of every element that copies a value."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth:
            self._depth += tag == "span"
        elif ("class", "value") in attrs:
            self._depth = 1
            self.values.append("")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= bool(self._depth) and tag == "span"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.values[-1] += data


def test_html_has_every_value_unchanged(rich: AccessReport) -> None:
    parser = Texts()
    parser.feed(render_html(rich).decode("utf-8"))
    values = set(parser.values)
    for _, field in fields(rich):
        if field.value and field.withheld is None:
            assert visible(field.value) in values, field.name
            assert restored(visible(field.value)) == field.value


def test_pdf_has_every_short_value(rich: AccessReport) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(rich))).pages)
    squeezed = "".join(text.split())
    for name in ("formula", "hyperlink", "error", "script", "markup", "nul", "escape_literal", "override", "braces"):
        [value] = [field.value for _, field in fields(rich) if field.name == name]
        assert "".join(visible(value or "").split()) in squeezed, name


def test_a_withheld_value_is_in_no_file(rich: AccessReport) -> None:
    assert any(field.value and SECRET in field.value for _, field in fields(rich))
    archive = zipfile.ZipFile(io.BytesIO(render_xlsx(rich)))
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(rich))).pages
    contents = [render_json(rich), render_html(rich), *(archive.read(name) for name in archive.namelist())]
    assert not any(SECRET.encode() in content for content in contents)
    assert not any(SECRET in page.extract_text() for page in pages)


def test_the_counts_of_every_format_agree(rich: AccessReport) -> None:
    document = json.loads(render_json(rich))
    counts = [collection["counts"] for collection in document["collections"]]
    assert counts[0] == {"records": 3, "values": 41, "shown": 39, "withheld": 2}
    for count in counts:
        assert count["values"] == count["shown"] + count["withheld"]
        numbers = f"Records in this copy: {count['records']}. Values in the source: {count['values']}"
        assert numbers in render_html(rich).decode("utf-8")


@pytest.mark.parametrize("render", [render_json, render_xlsx, render_html, render_pdf])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_same_report_gives_the_same_bytes(render: object, language: str) -> None:
    assert callable(render)
    assert render(report(45, language)) == render(report(45, language))
