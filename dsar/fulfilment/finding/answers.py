"""From what the matcher found to the answer that people read: matches, sources with their zeros, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from dsar.config import Source
from dsar.fulfilment.finding.narrowed import narrowed
from dsar.fulfilment.finding.numbering import REQUEST, Records
from dsar.fulfilment.finding.together import SPLIT
from dsar.fulfilment.workspace import Workspace
from dsar.identity.found import Graded
from dsar.identity.kinds import called, strength
from dsar.identity.resolve import Resolution
from dsar.identity.rules import ORDER
from dsar.model import OUT_OF_SCOPE, Answer, Grade, KnownIdentifier, Result, SourceAnswer
from dsar.normalise import NAME_KINDS
from dsar.reports.legal import missing_keys
from dsar.sources.loader import Failure
from dsar.store.run import Run
from dsar.store.segments import Segment

MANUAL = "manual"
"""In the place of a connector: a source without any export, for which a person is asked."""


def make_answer(workspace: Workspace, resolution: Resolution, records: Records, standing: Sequence[str]) -> Answer:
    """Make the answer of one request: its matches in the order of the sources, every source, every note.

    `standing` are the notes that hold for every request of the run.
    """
    graded = _once(resolution.graded, records)
    order = {place: number for number, place in enumerate(workspace.collections)}
    matches = [records.match(g) for g in graded if records.refused or g.grade != "refused"]
    matches.sort(
        key=lambda m: (order[(m.record.source, m.record.collection)], ORDER[m.grade], m.record.file, m.record.line)
    )
    refused = Counter(workspace.segments[g.ref[0]].number for g in graded if g.grade == "refused")
    counts: Counter[tuple[str, str, str]] = Counter((m.record.source, m.record.collection, m.grade) for m in matches)
    kinds = {kind for kind, _ in resolution.values} | ({*NAME_KINDS, "birth_date"} if resolution.described else set())
    sources = sources_of(workspace, counts, refused, kinds)
    answer = Answer(
        resolution.request, workspace.as_of, _known(workspace, resolution, records), sources, tuple(matches)
    )
    left_out = Counter(g.reason for g in graded if g.grade == "refused")
    answer = replace(answer, notes=answer.request.notes, left_out=tuple(sorted(left_out.items())))
    answer = answer if records.refused else narrowed(answer)  # who looks closer may ask about any record
    return replace(answer, notes=_notes(workspace, resolution, answer, standing))


def _once(graded: Sequence[Graded], records: Records) -> list[Graded]:
    """Leave out a row that equals one already in the answer under the same key: the same export delivered twice."""
    there = {g.ref for g in graded}
    return [g for g in graded if not (g.ref in records.twin and records.twin[g.ref] in there)]


def _known(workspace: Workspace, resolution: Resolution, records: Records) -> tuple[KnownIdentifier, ...]:
    found = [KnownIdentifier(i.kind, i.value, True) for i in resolution.request.identifiers]
    for (kind, _), known in sorted(resolution.values.items(), key=lambda item: (item[1].hop, item[0])):
        if known.origin is not None:
            learned = records.record(known.origin).record
            found.append(KnownIdentifier(kind, known.written, False, learned))
    return tuple(found)


def sources_of(
    workspace: Workspace,
    counts: Mapping[tuple[str, str, str], int] = MappingProxyType({}),
    refused: Mapping[int, int] = MappingProxyType({}),
    kinds: Collection[str] = (),
) -> tuple[SourceAnswer, ...]:
    """Make a line for every configured source, zeros included.

    `counts` are matches by (source, collection, grade), `refused` rows by segment, `kinds` what was searched with.
    """
    found: list[SourceAnswer] = []
    for source in workspace.config.source:
        if source.manual:
            found.append(_manual(source))
        several = len(workspace.loaded.collections.get(source.name, ())) > 1
        for collection in workspace.loaded.collections.get(source.name, ()):
            place = (source.name, collection.name)
            segments = workspace.exports.get(place, ())
            failures = [f for f in workspace.failures if f.source == source.name]
            if not segments and several and collection.name not in source.collection and not failures:
                continue  # the connector knows it, but this company has no such export and does not name it
            result, reason = _outcome(counts.get((*place, "confirmed"), 0), segments, failures)
            found.append(
                SourceAnswer(
                    source=source.name,
                    collection=collection.name,
                    title=collection.title,
                    connector=source.connector,
                    result=result,
                    reason=reason,
                    files=tuple(s.facts for s in segments),
                    snapshot=min((s.snapshot for s in segments), default=None),
                    searched_with=tuple(sorted(workspace.searchable.get(place, frozenset()).intersection(kinds))),
                    confirmed=counts.get((*place, "confirmed"), 0),
                    probable=counts.get((*place, "probable"), 0),
                    possible=counts.get((*place, "possible"), 0),
                    refused=sum(refused.get(s.number, 0) for s in segments),
                )
            )
    return tuple(found)


def _manual(source: Source) -> SourceAnswer:
    reason = f"No export: ask {source.ask}." if source.ask else "No export: a person must be asked."
    title = source.title or source.name
    return SourceAnswer(source.name, "-", title, MANUAL, "not_searched", reason, (), None, ())


def _outcome(confirmed: int, segments: Sequence[Segment], failures: Sequence[Failure]) -> tuple[Result, str | None]:
    reason = f"{failures[0].file}: {failures[0].reason}" if failures else None
    if confirmed:
        return "held", reason
    if failures:  # what was read of it holds nothing, but that says nothing of the file that failed
        return "failed", reason
    if not segments:
        return "not_searched", "None of its files holds this kind of row."
    return "not_held", None


def _notes(workspace: Workspace, resolution: Resolution, answer: Answer, standing: Sequence[str]) -> tuple[str, ...]:
    """What a person must look at, in the order of its weight."""
    notes = list(answer.notes)
    if resolution.split:
        notes.append(SPLIT)
    alone = tuple(_not_alone(resolution)) if not answer.held else ()
    if not alone and not resolution.unused and not any(source.searched_with for source in answer.sources):
        notes.append("Nothing that was given can be searched with: no source declares such an identifier.")
    if {one.kind for one in answer.request.identifiers} <= NAME_KINDS:
        notes.append(
            "Only a name was given, which many may bear: it leads to texts that mention it and to no row of that name. "
            "Ask for an e-mail address, a phone, a birth date or a number."
        )
    notes.extend(_unused(workspace, kind) for kind in resolution.unused)
    notes.extend(alone)
    notes.extend(f"{f.source}: {f.file}: {f.reason}" for f in workspace.failures)
    notes.extend(f"{s.source} was not searched: {s.reason}" for s in _left_open(answer))
    grades: tuple[Grade, ...] = ("probable", "possible")
    for grade in grades:
        number = len(answer.graded(grade))
        if number:
            one = "record is" if number == 1 else "records are"
            notes.append(f"{number} {one} {grade}: decide whether they are this person's.")
    notes.extend(
        f"A shared {called(kind)} was not searched with: {rows} rows carry it." for kind, rows in resolution.skipped
    )
    if resolution.passed:
        notes.append(
            f"{resolution.passed} rows were not looked at: they share one thing with this person that too many share "
            "(a house number and postcode, a birth date and an initial, a number but for one digit), and nothing else."
        )
    if resolution.bounded:
        notes.append("The search stopped at its bound of hops, or of values learned; more may follow.")
    return tuple(dict.fromkeys([*notes, *standing]))


def _unused(workspace: Workspace, kind: str) -> str:
    if kind == "phone" and not workspace.config.controller.phone_region:
        return "The given phone was not searched with: write it as +49 …, with its country, or set `phone_region`."
    return f"The given {called(kind)} identifies nobody and was not searched with."


def _not_alone(resolution: Resolution) -> Iterator[str]:
    """Say of what was given that it is not one person's alone: a role's mailbox, a crowd's phone, a shared cookie."""
    refused = (g for g in resolution.graded if g.grade == "refused")
    given = ((e.kind, g.ref) for g in refused for e in g.evidence if e.origin == REQUEST and not e.conflicts)
    rows = Counter(kind for kind, _ in dict.fromkeys(given) if strength(kind) not in ("account", "document"))
    for kind, number in sorted(rows.items()):
        yield (
            f"The given {called(kind)} is not one person's alone (a role's, yours, or shared): "
            f"{number} {'row' if number == 1 else 'rows'} with it left out. Ask for a name, or another identifier."
        )


def _left_open(answer: Answer) -> Iterator[SourceAnswer]:
    return (one for one in answer.sources if one.result == "not_searched" and one.reason != OUT_OF_SCOPE)


def summed(answers: Sequence[Answer]) -> list[SourceAnswer]:
    """Give each collection once, with its counts over several answers."""
    grouped: dict[tuple[str, str], list[SourceAnswer]] = {}
    for answer in answers:
        for source in answer.sources:
            grouped.setdefault((source.source, source.collection), []).append(source)
    found = []
    for same in grouped.values():
        counts = {name: sum(getattr(one, name) for one in same) for name in ("confirmed", "probable", "possible")}
        held = any(one.result == "held" for one in same)
        kinds = tuple(sorted({kind for one in same for kind in one.searched_with}))
        found.append(
            replace(
                same[0],
                result="held" if held else same[0].result,
                searched_with=kinds,
                refused=sum(one.refused for one in same),
                **counts,
            )
        )
    return found


def national_note(workspace: Workspace, run: Run, segment: Segment) -> str | None:
    """Say of a segment that its phone numbers cannot be compared, where nobody said of which country they are."""
    if workspace.config.controller.phone_region or not (rows := run.without_country(segment)):
        return None
    number = "1 row has a phone number" if rows == 1 else f"{rows} rows have phone numbers"
    return f"{segment.facts.path}: {number} without a country code, which no search finds: set `phone_region`"


def standing_notes(workspace: Workspace, run: Run) -> tuple[str, ...]:
    """What a person must look at whoever is searched: unreadable rows, guesses, open columns and legal keys."""
    notes: dict[str, None] = {}
    national = (national_note(workspace, run, segment) for segment in workspace.segments)
    notes.update((f"{note} in dsar.toml.", None) for note in national if note)
    for segment in workspace.segments:
        bad = segment.contents.rows_unreadable
        if bad:
            rows = "1 row could not be read and was" if bad == 1 else f"{bad} rows could not be read and were"
            notes[f"{segment.declaration.source}: {segment.facts.path}: {rows} searched as text only."] = None
    if workspace.guesses:
        notes["There is no dsar.toml: files and columns were recognised on the fly and are not confirmed."] = None
        return tuple(notes)
    notes.update((note, None) for note in _undescribed(workspace))
    return tuple(notes)


def _undescribed(workspace: Workspace) -> Iterator[str]:
    """What nobody has said of the collections yet, a line for each kind of thing and not for each collection."""
    columns: dict[str, int] = {}
    for segment in workspace.segments:
        fields = segment.declaration.fields
        number = sum(1 for name in segment.contents.columns if not (fields.get(name) and fields[name].category))
        if number:
            columns[f"{segment.declaration.source}/{segment.declaration.collection}"] = number
    if columns:
        named = ", ".join(f"{place} ({number})" for place, number in columns.items())
        yield f"Columns without a category (see `dsar check`): {named}."
    guessed = [f"{source}/{name}" for (source, name), spec in workspace.specs.items() if spec.unconfirmed]
    if guessed:
        yield f"Mappings that are guessed and not confirmed (see `dsar check`): {', '.join(guessed)}."
    lacking: dict[tuple[str, ...], list[str]] = {}
    for (source, name), spec in workspace.specs.items():
        if missing := missing_keys(spec, workspace.config):
            lacking.setdefault(tuple(missing), []).append(f"{source}/{name}")
    for keys, places in lacking.items():
        yield f"Legal keys are missing (see `dsar check`), {', '.join(keys)}: {', '.join(places)}."
