"""A small company for plans: its configuration, and answers with records of Ada."""

from __future__ import annotations

from typing import Any

from dsar.config import CollectionSpec, Config, parse
from dsar.model import Answer, Grade, Match, Record, Request, SourceAnswer

TODAY_TEXT = "2026-11-22T12:00:00+01:00"


def config(collections: Any, **more: Any) -> Config:
    """A config with one source `crm` of these collections and a target of each executed dialect."""
    document: dict[str, object] = {
        "target": {name: {"dialect": name} for name in ("postgresql", "mariadb", "sqlite")},
        "source": [{"name": "crm", "files": ["crm.csv"], "collection": collections}],
    }
    return parse(Config, {**document, **more}, where="test")


def specs(made: Config) -> dict[tuple[str, str], CollectionSpec]:
    """The collections of a config by (source, collection)."""
    return {(source.name, name): spec for source in made.source for name, spec in source.collection.items()}


def record(collection: str = "contacts", line: int = 2, file: str = "crm.csv", **fields: str | None) -> Record:
    """A record of source `crm`; its key is its field `id`."""
    key = fields.get("id") or f"{file}:{line}"
    return Record(f"crm/{collection}/{key}", "crm", collection, key, file, line, 1, tuple(fields.items()))


def answer(*records: Record, grades: tuple[Grade, ...] = (), **request: Any) -> Answer:
    """An answer in which every record is confirmed, unless `grades` says otherwise."""
    sure: Grade = "confirmed"
    graded = grades or (sure,) * len(records)
    matches = tuple(Match(one, grade, 1, (), "same e-mail") for one, grade in zip(records, graded, strict=True))
    sources = tuple(
        SourceAnswer("crm", name, name, "table", "held", None, (), None, (), **_counts(matches, name))
        for name in dict.fromkeys(one.collection for one in records)
    )
    asked = Request("R-1", (), **{"right": "erasure", **request})
    return Answer(asked, TODAY_TEXT, (), sources, matches)


def _counts(matches: tuple[Match, ...], collection: str) -> dict[str, int]:
    grades = [match.grade for match in matches if match.record.collection == collection]
    return {grade: grades.count(grade) for grade in ("confirmed", "probable", "possible")}
