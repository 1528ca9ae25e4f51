"""A letter to the requester, filled from the register and from what its case knows."""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.desk.deadlines import course_of, dates_of, deadlines_of
from dsar.fulfilment.desk.last_search import check_nothing_held
from dsar.fulfilment.home import Opened, register_of
from dsar.register import requests as register
from dsar.register.letters import Letter, Templates, as_page, as_text, templates
from dsar.register.requests import Registered


def letter(home: Opened, request_id: str, kind: str, words: str = "") -> Letter:
    """Write one of the letters of a request in its language; `words` fill a reason or a question.

    Raises RequestError for an unknown request, kind or language.
    """
    found = register.read(register_of(home), request_id)
    own = home.config.folder / home.config.letters if home.config.letters else None
    texts = templates((found.request.language or home.config.controller.language)[:2], own)
    controller = home.config.controller
    dates = deadlines_of(home.config, found)[0]
    names = [one.value for one in found.request.identifiers if one.kind == "name"]
    closed = found.last("closed")
    values = {
        "request_id": str(found.request.request_id),
        "name": names[0] if names else "",
        "received": texts.day(dates.received),
        "due": texts.day(dates.due),
        "new_due": texts.day(_extended(home, found) or dates.due),
        "right": texts.word(found.request.right),
        "reason": words or _reason(found, kind, texts),
        "ground": str(closed.facts.get("ground", "")) if closed else "",
        "question": words,
        "sources": ", ".join(_sources(home, found)),
        "controller": controller.name,
        "contact": controller.dpo or controller.contact,
        "authority": controller.authority,
        "court": _court(home, found.request.language or controller.language),
    }
    return texts.write(kind, values)


def _court(home: Opened, language: str) -> str:
    """The way to the courts as a sentence in the language of the letter."""
    from dsar.reports.in_language import told
    from dsar.reports.rights import court_sentence
    from dsar.vocabulary import language_of

    court = told(home.config.controller.court, home.config, language_of(language))
    return court_sentence(court, language_of(language)) if court else ""


def write_letter(
    home: Opened, request_id: str, kind: str, out: Path, words: str = ""
) -> tuple[Letter, tuple[Path, ...]]:
    """Write a letter as HTML and as text into a folder; gives it and its files, which only their owner may read.

    Raises RequestError for the letter that nothing is held where the last search says otherwise.
    """
    from dsar.store.files import private_folder, write_private

    found = register.read(register_of(home), request_id)
    if kind == "nothing_held":
        check_nothing_held(home, found, told=True)
    written, name = letter(home, request_id, kind, words), str(found.request.request_id)
    private_folder(out)
    sender = f"{home.config.controller.name}, {home.config.controller.contact}".strip(", ")
    paths = (out / f"{name}-{kind}.html", out / f"{name}-{kind}.txt")
    write_private(paths[0], as_page(written, sender))
    write_private(paths[1], as_text(written))
    return written, paths


def _extended(home: Opened, found: Registered) -> datetime.date | None:
    """The date of an extension, also of one that is announced by this very letter."""
    course = course_of(home.config, found, str(found.request.received))
    first = deadlines_of(home.config, found)[0]
    if course.extended or first.notice_by is None:
        return first.due
    with suppress(RequestError):  # a law that sets no length: the date is what the officer told
        return dates_of(home.config, [first.regime], replace(course, extended=True))[0].due
    return None


def _reason(found: Registered, kind: str, texts: Templates) -> str:
    if kind == "extension" and (entry := found.last("extended")):
        return entry.said.get("words") or texts.word(str(entry.facts["reason"]))
    closed = found.last("closed")
    return closed.said.get("words", "") if kind == "refusal" and closed else ""


def _sources(home: Opened, found: Registered) -> list[str]:
    """The sources that were searched for this request, by their titles; none where nobody has searched yet."""
    path = register_of(home).case(str(found.request.request_id)) / "case.json"
    if not path.exists():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    searched = [one for one in document["sources"] if one["result"] in ("held", "not_held")]
    return list(dict.fromkeys(str(one["title"]) for one in searched))
