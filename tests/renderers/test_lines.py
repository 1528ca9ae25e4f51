"""Lines: the quick way for plain text breaks where the general way breaks, and loses no character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsar.renderers import lines
from dsar.renderers.fonts import fonts
from dsar.renderers.lines import Span, Style, break_lines, plain

STYLE = Style(8.5, 11.5, "#1c2126")
TEXTS = st.text(alphabet="ab  W.i-/x(\\", min_size=1, max_size=90)


@given(TEXTS, st.floats(10, 160))
def test_plain_text_breaks_where_the_general_way_breaks_it(text: str, width: float) -> None:
    general, _ = lines._fill(fonts(), text, STYLE, 0.0, width)
    quick = ["".join(piece.text for piece in line.pieces) for line in break_lines(fonts(), [Span(text, STYLE)], width)]
    cell = plain(fonts(), text, STYLE, width)
    assert quick == general
    assert "".join(quick) == text
    assert cell is not None
    assert [one.replace("\\(", "(").replace("\\\\", "\\") for one in cell.texts] == general


@given(st.text(max_size=20).filter(lambda text: not (text.isascii() and text.isprintable() and "[" not in text)))
def test_what_is_not_plain_goes_the_general_way(text: str) -> None:
    assert plain(fonts(), text, STYLE, 100.0) is None
