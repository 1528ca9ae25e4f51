"""A report in another language says nothing in English: neither fixed texts, nor titles, labels and codes."""

from __future__ import annotations

import datetime
import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import read_requests
from dsar.fulfilment.workspace import open_workspace
from dsar.model import AccessReport
from dsar.renderers.as_html import render_html
from dsar.reports.build import build_report
from dsar.vocabulary import languages

SAMPLES = Path(__file__).parents[2] / "samples"
OTHERS = [language for language in languages() if language != "en"]
REGIMES = ("GDPR", "UK", "CCPA")
VALUES = re.compile(r'<span class="value".*?</span>|<code.*?</code>|<style.*?</style>|<script.*?</script>', re.DOTALL)


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for value in part.values():
            yield from strings(value)
    elif isinstance(part, str):
        yield part


def document(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))


@cache
def english(language: str) -> frozenset[str]:
    """Pieces of at least three words of every English text and sentence, and of two words of every label."""
    labels = document("dsar.vocabulary", "labels.toml")
    column = labels["languages"]["order"].index(language)
    found = {text for text, words in labels["labels"].items() if " " in text and text != words[column]}
    for package, name in (("dsar.renderers", "texts"), ("dsar.vocabulary", "words")):
        own = " ".join(strings(document(package, f"{name}.{language}.toml")))
        for text in strings(document(package, f"{name}.en.toml")):
            pieces = (piece.strip(" .,:;()") for piece in re.split(r"\{[^}]*\}|\n", text))
            found |= {piece for piece in pieces if piece.count(" ") >= 2 and piece not in own}
    return frozenset(found)


@cache
def reports() -> dict[tuple[str, str], AccessReport]:
    workspace = open_workspace(SAMPLES / "dsar.toml", today=datetime.date(2026, 11, 22))
    ada = read_requests(SAMPLES / "requests.csv")[0]
    answer = find(workspace, [ada])[0]
    return {
        (language, regime): build_report(
            replace(answer, request=replace(ada, language=language, regime=regime)),
            workspace.config, workspace.specs, (),
        )
        for language in languages()
        for regime in REGIMES
    }  # fmt: skip


def shown(report: AccessReport) -> str:
    page = VALUES.sub(" ", render_html(report).decode())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_in_another_language(language: str, regime: str) -> None:
    text = shown(reports()[language, regime])
    assert [piece for piece in sorted(english(language)) if re.search(rf"\b{re.escape(piece)}\b", text)] == []


def test_the_english_report_has_the_pieces_that_are_looked_for() -> None:
    text = shown(reports()["en", "GDPR"])
    assert sum(piece in text for piece in english("de")) > 60
