"""The fixed phrases: every language says the same things, and every phrase a renderer asks for exists."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

import pytest

import dsar.renderers
from dsar.errors import DsarError
from dsar.model import Result
from dsar.renderers.texts import languages, phrases

SOURCES = sorted(Path(str(dsar.renderers.__file__)).parent.glob("*.py"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_phrases_with_the_same_placeholders() -> None:
    english = phrases("en").texts
    assert languages() == ("de", "en", "es", "fr", "it")
    for language in languages():
        texts = phrases(language).texts
        assert texts.keys() == english.keys()
        for key in texts.keys() - {"json.notation"}:
            assert placeholders(texts[key]) == placeholders(english[key]), key
            assert texts[key].strip()


def test_every_phrase_that_a_renderer_names_exists() -> None:
    known = phrases("en").texts.keys()
    named = {key for path in SOURCES for key in re.findall(r'say\(\s*"([a-z_.]+)"', path.read_text(encoding="utf-8"))}
    assert len(named) > 60
    assert named <= known


def test_every_phrase_is_used_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    chosen = (
        "right.",
        "given.",
        "grade.",
        "attachments.problem_",
        "accesses.",
        *(f"sources.{result}" for result in get_args(Result)),
    )
    rest = [key for key in phrases("en").texts if not key.startswith(chosen)]
    assert len(rest) > 100
    assert [key for key in rest if f'{key.split(".")[1]}"' not in source and f"{key}'" not in source] == []


def test_a_missing_phrase_is_an_error_and_no_other_language() -> None:
    with pytest.raises(DsarError, match=r"no phrase `answer\.maybe`"):
        phrases("de")("answer.maybe")


def test_a_missing_language_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(DsarError, match="`nl`") as caught:
        phrases("nl")
    assert "de, en, es" in caught.value.hint


def test_a_region_of_a_language_gets_its_texts() -> None:
    assert phrases("de-AT").language == "de"


def test_braces_in_data_are_not_filled_in() -> None:
    assert phrases("en")("record.means", meaning="{record}") == "means: {record}"
