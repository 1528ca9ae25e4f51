"""Statements that differ in their values only: their form is parsed once, and the values are read of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dsar.erasure.dialects import Dialect
from dsar.erasure.statement import RowChange

Parse = Callable[[str, Dialect], RowChange]
"""Reads a whole statement with the second reader; raises DsarError where it cannot."""

_POSTGRESQL = re.compile(r"E'((?:[A-Za-z0-9 ._@+-]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*)'")
_HEX = re.compile(r"X'((?:[0-9A-F]{2})*)'")
_LITERALS = {"postgresql": _POSTGRESQL, "mariadb": _HEX, "mysql": _HEX, "sqlite": _HEX}
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))")
_PROBE = "dsar{}"
_forms: dict[tuple[str, tuple[str, ...]], RowChange | None] = {}
"""Dialect and the text between the literals → the change with probes for values; None where it must be read whole."""


def read_by_form(text: str, spoken: Dialect, parse: Parse) -> RowChange | None:
    """Read a statement whose form was parsed before; None where it must be parsed whole.

    A literal of ours holds no quote and no other character that could end it: between its quotes stand hexadecimal
    digits, or letters, digits, six harmless characters and escapes. So another value makes no other token, and the
    tree is the one that the parser gave for the same text around probes. Raises what `parse` raises, and ValueError
    (UnicodeDecodeError) for a literal that is no text.
    """
    literal = _LITERALS.get(spoken.name)
    if literal is None:
        return None
    parts = literal.split(text)
    between, written = tuple(parts[::2]), parts[1::2]
    key = spoken.name, between
    if key not in _forms:
        _forms[key] = _probed(between, spoken, parse)
    form = _forms[key]
    if form is None:
        return None
    values = {_PROBE.format(number): _decoded(one, literal) for number, one in enumerate(written)}
    where = tuple((column, values[probe]) for column, probe in form.where)
    news = tuple((column, None if probe is None else values[probe]) for column, probe in form.set)
    return replace(form, where=where, set=news)


def _probed(between: tuple[str, ...], spoken: Dialect, parse: Parse) -> RowChange | None:
    """Parse the form around probes; None unless every probe comes back once, as the value of one column."""
    probes = [_PROBE.format(number) for number in range(len(between) - 1)]
    hexes = _LITERALS[spoken.name] is _HEX
    literals = [f"X'{probe.encode().hex().upper()}'" if hexes else f"E'{probe}'" for probe in probes]
    text = between[0] + "".join(literal + part for literal, part in zip(literals, between[1:], strict=True))
    form = parse(text, spoken)
    found = [value for _, value in (*form.where, *form.set) if value is not None]
    return form if sorted(found) == sorted(probes) else None


def _decoded(written: str, literal: re.Pattern[str]) -> str:
    if literal is _HEX:
        return bytes.fromhex(written).decode("utf-8")
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), written)
