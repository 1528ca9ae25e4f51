"""The plain blocks a report is made of; HTML, PDF and XLSX draw each kind in their own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dsar.model import Attachment, CollectionReport
from dsar.renderers.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """One paragraph; `strong` marks what nobody should overlook."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of label and value."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption, headings, rows and the relative widths of its columns."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its title; the table says the same in words (A-42)."""

    title: str
    drawing: Drawing
    table: Table


@dataclass(frozen=True, slots=True)
class Copy:
    """The place where the copy of a collection's records stands, with the files that belong to them."""

    collection: CollectionReport
    files: Mapping[str, Sequence[Attachment]]
    """By record."""


Block: TypeAlias = Heading | Prose | Facts | Table | Picture | Copy


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report with its anchor, title and blocks."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
