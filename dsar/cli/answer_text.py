"""An answer as people read it: one sentence, every source, every record, what to look at, what to type next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence

from dsar.cli import console, exits
from dsar.cli.asked import COMMAND_OF
from dsar.cli.options import Again
from dsar.model import OUT_OF_SCOPE, Answer, KnownIdentifier, Match, Request, SourceAnswer

ROWS = 25
"""Records shown of one answer, and answers of one batch: more than that nobody reads on a screen."""
FEW = 3
"""Confirmed records of one collection that are shown before more of any other one."""
VALUE = 40
VALUES = 4
MASK = "•••"
MANUAL = "-"
"""The collection of a source that has no export and where a person is asked."""
WRITES = {
    "access": "the access package",
    "portability": "the file to take elsewhere",
    "erasure": "the erasure plan",
    "rectification": "the change set",
    "restriction": "the marks",
    "objection": "the stop order",
    "withdrawal": "the withdrawal",
}
"""What the command that fulfils a right writes."""
REQUEST = "--request "
"""How the options begin of a question about one request that has a number: what it found can be decided."""
GRADES = ("confirmed", "probable", "possible")


def print_answer(answer: Answer, guesses: Sequence[str], again: Again) -> None:
    """Print the answer for one person, and what to type next."""
    console.say(sentence(answer), style="bold")
    print_sources(answer.sources, answer.notes)
    _records(answer)
    console.points("Files were recognised on the fly. Guessed:", guesses, most=8)
    console.points("Reached, but not listed:", (f"{rows:,} × {reason}" for reason, rows in answer.left_out), most=8)
    console.points("A person must look at this:", answer.notes)
    if again.options.startswith(REQUEST) and (answer.graded("probable") or answer.graded("possible")):
        console.follow(f"dsar review {again.options} --by NAME", "To decide what waits, one key a record:")
    _next(answer.sources, again, "answer/", answer.request.right)


def place_of(source: SourceAnswer) -> str:
    """Name a source and its collection; one without an export has none."""
    return source.source if source.collection == MANUAL else f"{source.source}/{source.collection}"


def sentence(answer: Answer) -> str:
    """Give the answer in one sentence: held, not held, not confirmed, or not all searched; then what was not asked."""
    if answer.limited is None or not answer.limited.records:
        return _sentence(answer)
    records = answer.limited.records
    return f"{_sentence(answer)} Elsewhere {_count(records, 'record')} {'is' if records == 1 else 'are'} held."


def _sentence(answer: Answer) -> str:
    asked_for = [source for source in answer.sources if source.reason != OUT_OF_SCOPE]
    searched, total = len(_searched(asked_for)), len(asked_for)
    part = f"{searched} of {_count(total, 'collection')}"
    if not searched and not any(source.files for source in answer.sources):
        return "There is no answer: none of the sources could be searched."
    if answer.held:
        holding = sum(1 for source in answer.sources if source.confirmed)
        records = _count(len(answer.graded("confirmed")), "record")
        text = f"Yes, data about this person is held: {records} in {_count(holding, 'collection')}."
        return text if searched == total else f"{text} Only {part} could be searched."
    if waiting := len(answer.graded("probable")) + len(answer.graded("possible")):
        return f"Not confirmed: {_count(waiting, 'record')} may be this person's; {part} searched."
    if not any(source.searched_with for source in answer.sources):
        return "Nothing was found, but no source knows the kinds of identifier that were given: give others."
    if searched < total:
        return f"Nothing found so far, but only {part} could be searched."
    where = "about this person is held" if answer.limited is None else "is held in what is asked for"
    return f"No, nothing {where}: {part} searched."


def due_line(request: Request) -> tuple[str, ...]:
    """Say by when the answer is due, where that is known."""
    return (f"It is due on {request.due}.",) if request.due else ()


def print_sources(sources: Sequence[SourceAnswer], notes: Sequence[str] = ()) -> None:
    """Print every source with its counts, zeros included, and why one was not searched unless `notes` say so too."""
    numbers = ("Rows", "Confirmed", "Probable", "Possible", "Refused")
    table = console.Columns("Source", "Result", *numbers, numbers=numbers)
    told = []
    for source in sources:
        name = place_of(source)
        rows = sum(file.rows_loaded for file in source.files)
        counts = (source.confirmed, source.probable, source.possible, source.refused)
        result = "not asked" if source.reason == OUT_OF_SCOPE else source.result.replace("_", " ")
        table.row(name, result, f"{rows:,}", *counts)
        if source.reason not in (None, OUT_OF_SCOPE) and not any(source.reason in note for note in notes):
            told.append(f"{name}: {source.reason}")
    table.print()
    console.points("What was not searched:", told)


def print_answers(answers: Sequence[Answer], guesses: Sequence[str], again: Again) -> None:
    """Print one line a request, the sums, and every source once."""
    numbers = (*(grade.capitalize() for grade in GRADES), "Exit")
    table = console.Columns("Request", "Held", *numbers, numbers=numbers)
    codes = [exits.of_answer(answer, tuple(guesses)) for answer in answers]
    for answer, code in list(zip(answers, codes, strict=True))[:ROWS]:
        table.row(answer.request.request_id or "-", "yes" if answer.held else "no", *_counts([answer]), code)
    table.row(
        f"{_count(len(answers), 'request')}",
        f"{sum(answer.held for answer in answers)} yes",
        *_counts(answers),
        max(codes, default=0),
    )
    table.print()
    _more(len(answers) - ROWS, "request")
    from dsar.fulfilment.finding.answers import summed
    from dsar.fulfilment.finding.together import notes_by_request, same_people

    notes = [*same_people(answers), *notes_by_request(answers)]
    print_sources(summed(answers), notes)
    console.points("Files were recognised on the fly. Guessed:", guesses, most=8)
    print_reviews("A person must look at this:", notes)
    _next([source for answer in answers for source in answer.sources], again, "answers/")


def print_reviews(title: str, notes: Iterable[str]) -> None:
    """Print what a person must look at over many requests: each note once, the first of a long list."""
    different = list(dict.fromkeys(notes))
    console.points(title, different[:ROWS])
    _more(len(different) - ROWS, "note")


def _next(sources: Sequence[SourceAnswer], again: Again, out: str, right: str = "access") -> None:
    if not _searched(sources):
        console.follow("dsar check", "Why no source could be searched:")
    elif again.folder is not None:
        console.follow(f"dsar init {shlex.quote(str(again.folder))}", "To confirm or correct what was guessed:")
    else:
        console.follow(f"dsar {COMMAND_OF[right]} {again.options} --out {out}", f"To write {WRITES[right]}:")


def _records(answer: Answer) -> None:
    listed = [match for grade in GRADES for match in answer.matches if match.grade == grade]
    shown = _first(listed)
    table = console.Columns("Grade", "Record", "Why, and what it says")
    for match in shown:
        where = f"{match.record.file}:{match.record.line}"
        table.row(match.grade, [match.record.record, where], [match.reason, _values(match, answer.identifiers)])
    table.print()
    _more(len(listed) - len(shown), "record")


def _first(listed: Sequence[Match]) -> list[Match]:
    """The records that a screen has room for: those to decide about, and confirmed ones of every collection."""
    waiting = [match for match in listed if match.grade != "confirmed"][:ROWS]
    sure = [match for match in listed if match.grade == "confirmed"]
    seen: Counter[tuple[str, str]] = Counter()
    turns = []
    for number, match in enumerate(sure):
        seen[place := (match.record.source, match.record.collection)] += 1
        turns.append((seen[place] > FEW, number))
    room = sorted(turns)[: max(ROWS - len(waiting), FEW)]
    return [*(sure[number] for number in sorted(number for _, number in room)), *waiting]


def _values(match: Match, known: Iterable[KnownIdentifier]) -> str:
    """The first values of a record; where fields disagree, only what the search already knew is shown.

    Whose record it is has then not been decided, and the screen may show another person's data.
    """
    if match.grade == "possible":
        return _mentions(match.places) or "Values withheld: this may be another person's record."
    filled = [(name, value) for name, value in match.record.fields if value]
    disputed = any(evidence.conflicts for evidence in match.evidence)
    open_values = {identifier.value.strip().casefold() for identifier in known}
    shown = []
    for name, value in filled[:VALUES]:
        hidden = match.grade == "probable" and disputed and value.strip().casefold() not in open_values
        shown.append(f"{name}: {MASK if hidden else _cut(value)}")
    if len(filled) > VALUES:
        shown.append(f"{len(filled) - VALUES} more in --json")
    return " · ".join(shown)


def _mentions(places: Sequence[str]) -> str:
    """Where the person is mentioned in a row that is somebody else's, with the words around as dots."""
    more = f" · {len(places) - VALUES} more in --json" if len(places) > VALUES else ""
    return " · ".join(places[:VALUES]) + more


def _cut(value: str) -> str:
    return value if len(value) <= VALUE else f"{value[:VALUE]}… ({len(value)} characters)"


def _more(number: int, noun: str) -> None:
    if number > 0:
        console.say(f"… and {number:,} more {noun if number == 1 else noun + 's'}. See all of them with --json.")


def _counts(answers: Sequence[Answer]) -> list[int]:
    return [sum(getattr(source, grade) for answer in answers for source in answer.sources) for grade in GRADES]


def _searched(sources: Sequence[SourceAnswer]) -> list[SourceAnswer]:
    return [source for source in sources if source.result in ("held", "not_held")]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
