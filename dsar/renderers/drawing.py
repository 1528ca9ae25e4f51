"""Shapes that HTML and PDF draw alike: boxes, bars, dots, curves and labels, with colours by their part."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

Colour = Literal["ink", "quiet", "rule", "soft", "accent", "warn"]
Anchor = Literal["start", "middle", "end"]
WIDTH = 720.0
"""Width of every drawing in its own units; a renderer scales it to its page."""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; x and y are its upper left corner, y grows downwards."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve from left to right that leaves and arrives level; a straight line where both ends are at one height."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: Colour
    width: float


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; y is its base line."""

    x: float
    y: float
    text: str
    colour: Colour = "ink"
    size: float = 12.0
    anchor: Anchor = "start"


Shape: TypeAlias = Box | Dot | Curve | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet `WIDTH` wide."""

    height: float
    shapes: tuple[Shape, ...]


def fitted(text: str, room: float, size: float = 12.0) -> str:
    """Cut a label so that it surely fits into `room` units; the whole text stands in the table beside the picture."""
    left = room / (size * 0.56)
    for index, char in enumerate(text):
        left -= 1.9 if unicodedata.east_asian_width(char) in "WF" else 1.0
        if left < 0:
            return text[: max(index - 1, 1)].rstrip() + "…"
    return text
