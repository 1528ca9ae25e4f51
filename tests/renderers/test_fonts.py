"""Every script is drawn in its own order, and what cannot be drawn is named."""

from __future__ import annotations

import io

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.renderers.fonts import Fonts, fonts
from dsar.renderers.lines import Line, Span, Style, break_lines
from dsar.renderers.pages import Document, Furniture, Pages

STYLE = Style(10, 12, "#000000")


@pytest.fixture(scope="module")
def known() -> Fonts:
    return fonts()


def text_of(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


@pytest.mark.parametrize(
    "text",
    ["Zoë Dvořák", "Ελλάδα", "Россия", "שלום", "مرحبا", "नमस्ते", "সুস্বাগতম", "สวัสดี", "გამარჯობა", "ሰላም", "😀", "€ № ½"],
)
def test_the_scripts_of_our_fonts_need_no_number(known: Fonts, text: str) -> None:
    assert known.drawable(text) == text
    assert all(font for font, _, _ in known.runs(text))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("\ue000", "[U+E000]"),
        ("\U00012000", "[U+12000]"),
        ("\u202ex", "[U+202E]x"),
        ("👍🏽", "👍[U+1F3FD]"),
        ("👩\u200d🚀", "👩[U+200D]🚀"),
        ("❤\ufe0f", "❤"),
        ("a\tb", "a    b"),
        ("a\r\nb\rc", "a\nb[U+000D]c"),
        ("[U+0041]", "[U+005B]U+0041]"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_what_cannot_be_drawn_is_named(known: Fonts, text: str, drawn: str) -> None:
    assert known.drawable(text) == drawn


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_every_drawable_character_has_a_font(text: str) -> None:
    drawn = fonts().drawable(text)
    assert all(fonts().font[char] for char in drawn if char not in "\n\u200c\u200d")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=400), st.floats(30, 300))
@settings(max_examples=60)
def test_no_line_is_wider_than_its_place_and_no_word_is_lost(text: str, width: float) -> None:
    known = fonts()
    lines = break_lines(known, [Span(text, STYLE)], width)
    assert all(known.width(text_of(line).rstrip(), 10) <= width + 0.001 for line in lines)
    assert "".join("".join(text_of(line) for line in lines).split()) == "".join(known.drawable(text).split())


def test_digits_in_arabic_keep_their_order_and_the_line_starts_at_the_right(known: Fonts) -> None:
    [line] = break_lines(known, [Span("رقم ١٢", STYLE)], 400)
    assert line.right
    assert text_of(line).startswith("١٢")


def test_hebrew_is_drawn_from_the_right_and_its_house_number_is_not_turned(known: Fonts) -> None:
    [line] = break_lines(known, [Span("הרצל 12", STYLE)], 400)
    assert text_of(line) == "12 לצרה"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("שלום (Berlin) 10115", "10115 (Berlin) םולש"),
        ("Haus שלום (אבג), x", "Haus (גבא) םולש, x"),
        ("Haus (שלום) <x>", "Haus (םולש) <x>"),
        ("((שלום)) «א»", "«א» ((םולש))"),
    ],
)
def test_brackets_in_text_from_right_to_left_still_enclose(known: Fonts, text: str, drawn: str) -> None:
    assert text_of(break_lines(known, [Span(text, STYLE)], 400)[0]) == drawn


def test_arabic_letters_join_and_keep_their_vowel_signs(known: Fonts) -> None:
    [line] = break_lines(known, [Span("مُحَمَّد", STYLE)], 400)
    assert sum("\u064b" <= char <= "\u0652" for char in text_of(line)) == 4
    assert any("\ufe70" <= char <= "\ufefc" for char in text_of(line))


def test_a_long_right_to_left_text_is_broken_before_it_is_turned(known: Fonts) -> None:
    lines = break_lines(known, [Span("אחת שתיים שלוש ארבע חמש", STYLE)], 60)
    assert len(lines) > 1
    assert text_of(lines[0]).strip().endswith("תחא")


def test_chinese_may_break_after_each_character() -> None:
    from dsar.renderers.lines import _TOKENS

    assert _TOKENS.findall("ab 柏林cd") == ["ab", " ", "柏", "林", "cd"]


def test_the_text_layer_has_emoji_and_arabic_letters_themselves(known: Fonts) -> None:
    pages = Pages(known, Document("t", "a", "en"), Furniture("top", "", "{page}/{pages}"))
    pages.text("😀 سلام", STYLE)
    text = pypdf.PdfReader(io.BytesIO(pages.finish())).pages[0].extract_text()
    assert "😀" in text
    assert set("سلام") <= set(text)


@pytest.mark.parametrize("word", ["שָׁלוֹם", "مُحَمَّد"])
def test_vowel_signs_do_not_make_hebrew_or_arabic_be_turned_again(known: Fonts, word: str) -> None:
    """Their letters are in the order of drawing by then; HarfBuzz would set them from the other end."""
    assert [shaping for _, _, shaping in known.runs(word)] == [False]
    assert any(shaping for _, _, shaping in known.runs("e\u0323\u0301"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Елена Соколова",
            "Αικατερίνη",
            "السيدة ليلى",
            "רחוב הרצל",
            "王小明，北京市",
            "臺灣",
            "山田 花子 カタカナ",
            "김민수",
        ),
        *("आदित्य शर्मा", "สมชาย ใจดี", "বাংলা", "தமிழ்", "😀"),
    ],
)
def test_every_script_is_drawn_without_any_font_of_the_machine(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dsar.renderers import fonts as module

    monkeypatch.setattr(module, "SYSTEM", ())
    bare = module.Fonts()

    assert "[U+" not in bare.drawable(text)
    assert bare.drawable("\ue000") == "[U+E000]"
