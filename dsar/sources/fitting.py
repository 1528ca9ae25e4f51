"""Which collections of the known connectors a file fits, and which one it nearly fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsar.sources.choice import keys_of
from dsar.sources.sniffed import Sniffed
from dsar.sources.spec import CollectionDeclaration, Connector

FORMATS = {"table": "table", "sections": "table", "xlsx": "table", "json": "json", "jsonl": "json", "w3c": "w3c"}


@dataclass(frozen=True, slots=True)
class Fit:
    """A collection that fits a file, and how many of its columns were found."""

    connector: str
    collection: str
    matched: int

    @property
    def name(self) -> str:
        """How it is told: `hubspot/contacts`."""
        return f"{self.connector}/{self.collection}"


def declared_by(known: Mapping[str, Connector], form: str) -> Iterator[tuple[Fit, CollectionDeclaration]]:
    """Give every collection of one form."""
    for connector in known.values():
        for name, declared in connector.collections.items():
            if declared.format == form:
                yield Fit(connector.name, name, len(declared.columns)), declared


def fits_of(found: Sniffed, headings: tuple[str, ...], known: Mapping[str, Connector]) -> Iterator[Fit]:
    """Give the collections that headings fit (json: the records that each would read)."""
    for fit, declared in declared_by(known, FORMATS[found.kind]):
        if declared.fits(keys_of(found, declared) if declared.format == "json" else headings):
            yield fit


def best_of(fits: list[Fit]) -> list[Fit]:
    """Give the most specific ones: those of which the most columns were found."""
    most = max((fit.matched for fit in fits), default=0)
    return [fit for fit in fits if fit.matched == most]


def tie(fits: list[Fit]) -> str:
    """Say that several fit alike."""
    return f"It fits two collections: {' and '.join(sorted(fit.name for fit in fits))}."


def nearest(found: Sniffed, known: Mapping[str, Connector]) -> str | None:
    """The collection that shares the most headings with the file (two and half of them), and what the file lacks."""
    best: tuple[float, str] | None = None
    for fit, declared in declared_by(known, FORMATS[found.kind]):
        have = keys_of(found, declared) if declared.format == "json" else found.headings
        missing = declared.lacks(have)
        shared = len(declared.columns) - len(missing)
        share = shared / len(declared.columns) if declared.columns else 0.0
        if shared >= 2 and share >= 0.5 and (best is None or share > best[0]):
            lacks = ", ".join(f"`{column}`" for column in missing)
            extra = declared.has_absent(have)
            why = f"lacks {lacks}" if missing else f"has `{', '.join(extra)}` too"
            best = (share, f"{fit.name}, but it {why}")
    return best[1] if best else None
