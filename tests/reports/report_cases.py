"""A tiny controller, one collection and answers about Ada, from which each test changes one thing."""

from __future__ import annotations

from datetime import date
from typing import Any

from dsar.config import CollectionSpec, Config, parse
from dsar.model import AccessReport, Answer, Evidence, Grade, Identifier, Match, Record, Request, Result, SourceAnswer
from dsar.reports.build import build_report

TODAY = date(2026, 11, 22)
PLACE = ("crm", "contacts")

CONTROLLER: dict[str, Any] = {
    "name": "Example GmbH",
    "contact": "privacy@example.org",
    "dpo": "dpo@example.org",
    "calendar": "DE-BE",
    "authority": "The Example Authority",
    "court": "Art. 79 GDPR",
}
COLLECTION: dict[str, Any] = {
    "title": "Contacts",
    "key": ["id"],
    "purposes": [{"purpose": "customer_relations", "basis": "contract"}],
    "keep": [{"years": 3, "after": "seen"}],
    "origin": "person",
    "recipients": [],
    "automated_decision": False,
    "fields": {
        "id": {"category": "user.unique_id", "given": "observed", "label": "Number"},
        "email": {"category": "user.contact.email", "given": "provided", "label": "E-mail"},
        "seen": {"category": "user.behavior", "given": "observed", "label": "Last seen", "time": "%Y-%m-%d"},
    },
}
ADA: dict[str, str | None] = {"id": "C1", "email": "ada@example.org", "seen": "2025-11-03"}


def spec_of(**changes: Any) -> CollectionSpec:
    """The collection with some keys changed; None leaves a key out."""
    document = {key: value for key, value in {**COLLECTION, **changes}.items() if value is not None}
    return parse(CollectionSpec, document, where="test")


def with_fields(**fields: dict[str, Any]) -> CollectionSpec:
    """The collection with further fields."""
    return spec_of(fields={**COLLECTION["fields"], **fields})


def config_of(*, controller: dict[str, Any] | None = None, **rest: Any) -> Config:
    """The configuration with some keys changed."""
    return parse(Config, {"controller": {**CONTROLLER, **(controller or {})}, **rest}, where="test")


def match_of(
    values: dict[str, str | None] | None = None, *, grade: Grade = "confirmed", place: tuple[str, str] = PLACE
) -> Match:
    """A record of Ada's, confirmed unless a test says otherwise."""
    fields = {**ADA, **(values or {})}
    key = fields["id"] or ""
    record = Record(f"{place[0]}/{place[1]}/{key}", *place, key, "exports/crm.csv", 2, 1, tuple(fields.items()))
    return Match(record, grade, 1, (Evidence("same-email", "email", "request"),), "The e-mail address is the same.")


def source_of(*matches: Match, result: Result | None = None, place: tuple[str, str] = PLACE) -> SourceAnswer:
    """What a collection answered: the counts of these matches."""
    grades = [match.grade for match in matches]
    held: Result = "held" if "confirmed" in grades else "not_held"
    return SourceAnswer(
        *place,
        "Contacts",
        "table",
        result or held,
        None,
        (),
        "2026-11-21T06:00:00+01:00",
        ("email",),
        confirmed=grades.count("confirmed"),
        probable=grades.count("probable"),
        possible=grades.count("possible"),
        refused=grades.count("refused"),
    )


def answer_of(*matches: Match, sources: tuple[SourceAnswer, ...] | None = None, **request: Any) -> Answer:
    """The answer to Ada's request with these matches."""
    asked = Request("R-1", (Identifier("email", "ada@example.org"),), **request)
    return Answer(asked, "2026-11-22T12:00:00+01:00", (), sources or (source_of(*matches),), matches)


def report_of(spec: CollectionSpec | None = None, config: Config | None = None, *matches: Match) -> AccessReport:
    """The report on these matches; on one record of Ada's where none is given."""
    answer = answer_of(*(matches or (match_of(),)))
    return build_report(answer, config or config_of(), {PLACE: spec or spec_of()}, ())
