"""Characters that cannot be shown are written so that the text can be got back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.renderers.visible import HIDDEN, NOT_IN_XML, SURROGATE, restored, visible

TEXTS = st.text(st.characters(codec=None), max_size=60) | st.text("[]U+0041BX\x00\u202e\ud800", max_size=30)


@given(TEXTS)
def test_what_is_written_can_be_read_back(text: str) -> None:
    for hidden in (HIDDEN, NOT_IN_XML, SURROGATE):
        assert restored(visible(text, hidden)) == text


@given(TEXTS)
def test_nothing_hidden_is_left(text: str) -> None:
    left = visible(text)
    assert not any(char in left for char in "\x00\x1b\x9b\u202e\u2066\u200b\ufeff")
    assert not any("\ud800" <= char <= "\udfff" for char in left)


@pytest.mark.parametrize("text", ["plain", "line\nend", "tab\t", "[x]", "Zoë", "\u200dक्\u200c", "👍🏽"])
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_text_that_looks_like_a_number_is_told_apart() -> None:
    assert visible("[U+202E]") == "[U+005B]U+202E]"
    assert visible("\u202e") == "[U+202E]"
