"""Invented fulfilment for the command line: what it asks for is recorded, what it gets is given by the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dsar.model import (
    Answer,
    Evidence,
    FileFacts,
    Grade,
    Identifier,
    KnownIdentifier,
    Match,
    Record,
    Request,
    SourceAnswer,
)

CANARY = "CANARY-7f3a@example.org"
HOSTILE = "x\x1b]52;c;ZXZpbA==\x07\x9b31m\u202eevil\u2066[link=https://example.org]l[/link][/nope]\r\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Fake:
    """What the faked rooms give, and what they were asked."""

    answers: list[Answer] = field(default_factory=list)
    guesses: tuple[str, ...] = ()
    requests: list[Request] = field(default_factory=list)
    opened: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    raises: BaseException | None = None

    def workspace(self, **opened: Any) -> SimpleNamespace:
        self.opened = opened
        return SimpleNamespace(guesses=self.guesses)

    def find(self, workspace: object, requests: Sequence[Request], progress: object) -> list[Answer]:
        if self.raises is not None:
            raise self.raises
        self.requests = list(requests)
        return [replace(answer, request=asked) for answer, asked in zip(self.answers, requests, strict=False)]


def request_of(right: str = "access", **values: Sequence[str]) -> Request:
    given = tuple(Identifier(kind, value) for kind, several in values.items() for value in several)
    return Request(None, given, right=right)


def read_requests(path: Path, right: str = "access") -> list[Request]:
    return [Request(name, ()) for name in path.read_text().split()]


def source(name: str = "crm", result: Any = "held", **more: Any) -> SourceAnswer:
    values: dict[str, Any] = {
        "collection": "contacts",
        "title": "Contacts",
        "connector": "table",
        "reason": None,
        "files": (FileFacts(f"exports/{name}.csv", "0" * 64, 3, 2, 1),),
        "snapshot": "2026-11-21T06:00:00+01:00",
        "searched_with": ("email",),
    }
    return SourceAnswer(source=name, result=result, **(values | more))


def match(grade: Grade = "confirmed", key: str = "C100", conflicts: tuple[str, ...] = (), **fields: str) -> Match:
    values = tuple((name, value) for name, value in (fields or {"Email": "ada@example.org"}).items())
    record = Record(f"crm/contacts/{key}", "crm", "contacts", key, "exports/crm.csv", 17, 1, values)
    evidence = Evidence("same-email", "email", "request", agrees=("family_name",), conflicts=conflicts)
    return Match(record, grade, 1, (evidence,), "The e-mail address is the one of the request.")


def answer(*matches: Match, sources: tuple[SourceAnswer, ...] | None = None, notes: tuple[str, ...] = ()) -> Answer:
    known = (
        KnownIdentifier("email", "ada@example.org", True),
        KnownIdentifier("customer_no", "C100", False, "crm/contacts/C100"),
    )
    confirmed = sum(one.grade == "confirmed" for one in matches)
    if sources is None:
        sources = (source(confirmed=confirmed, result="held" if confirmed else "not_held"), source("shop", "not_held"))
    return Answer(Request(None, ()), "2026-11-22T12:00:00+01:00", known, sources, matches, notes)
