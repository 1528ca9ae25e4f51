"""Other people in the copies of a run: found in one pass over all of them, joined with what people decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dsar.config import FieldSpec, field_for
from dsar.fulfilment.finding.attachments import attachments_of
from dsar.fulfilment.finding.manual import answered, manual_files
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.identity.kinds import strength
from dsar.model import Answer, Attachment, Mention, Record, Redaction
from dsar.normalise import NAME_KINDS, PLACE_KINDS
from dsar.redaction.apply import redacted, redactions_of, to_redact, without_others
from dsar.redaction.child import Read, cleaned, read_all
from dsar.redaction.own import Own, SpecOf, own_of
from dsar.redaction.places import Place, places_of
from dsar.redaction.propose import Rules, mentions_of
from dsar.redaction.raw import METADATA, Hit, Key, Known, known_by
from dsar.redaction.text import looked_up
from dsar.reports.legal import regime_name
from dsar.store.case import case_folder
from dsar.store.decisions import standing
from dsar.store.keys import keyed
from dsar.store.records import generic
from dsar.store.sql import hashed
from dsar.vocabulary import language_of, sentence

_DESCRIBING = NAME_KINDS | PLACE_KINDS | {"birth_date"}
_ISSUED = ("account", "document")
_AT_ONCE = 64_000_000
"""Bytes of attached files that are held in memory while their texts are read."""


@dataclass(frozen=True)
class Copy:
    """The copy of one person before anything is taken out of it, and what is needed to find others in it."""

    answer: Answer
    own: Own
    places: tuple[Place, ...]
    known: Known
    """What the sources know of the texts of all copies of the run."""


@dataclass(frozen=True)
class Cleared:
    """A copy as it may leave, and what was taken out of it or waits for a decision."""

    answer: Answer
    mentions: tuple[Mention, ...]
    """Everything that was found, decided or not."""
    applied: tuple[Mention, ...]
    """What of it was acted on."""
    redactions: tuple[Redaction, ...]

    @property
    def undecided(self) -> tuple[Mention, ...]:
        """The mentions that a person must decide."""
        return tuple(mention for mention in self.mentions if mention.outcome is None)


def copies_of(workspace: Workspace, answers: Sequence[Answer]) -> list[Copy]:
    """Gather the copies of a run and look up the words of all their texts in the sources at once."""
    spec_of = _specs(workspace)
    answers = [answered(workspace, answer) for answer in answers]
    read = _texts(workspace, answers, spec_of)
    places = [tuple(places_of(a, spec_of, files)) for a, files in zip(answers, read, strict=True)]
    own = [own_of(answer, spec_of, workspace.config) for answer in answers]
    kinds = _id_kinds(workspace)
    wanted = {key for mine, theirs in zip(own, places, strict=True) for key in looked_up(theirs, mine, kinds)}
    known = known_by(_known(workspace, sorted(wanted)), kinds)
    return [Copy(a, o, p, known) for a, o, p in zip(answers, own, places, strict=True)]


def cleared(workspace: Workspace, copy: Copy, *, final: bool = False) -> Cleared:
    """Find who else is in a copy and take out what people decided, and secrets.

    A copy for review shows the rest as the sources have it; a `final` one, which leaves, is also without what a rule
    takes out by itself, such as the names of staff.

    Raises DsarError for a language there are no texts in.
    """
    answer, controller = copy.answer, workspace.config.controller
    name = request_name(answer.request, workspace.keys.names)
    language = language_of(answer.request.language or controller.language)

    def name_finding(text: str) -> str:
        return f"F-{keyed(workspace.keys.names, chr(31).join((name, text)), 10)}"

    regime = regime_name(answer.request.regime or controller.regime)
    found = mentions_of(copy.places, copy.own, copy.known, Rules(name_finding, language, regime))
    decided = standing(case_folder(workspace.root, name), "finding")
    mentions = tuple(
        replace(mention, verdict="redact" if decided[mention.finding].verdict == "redact" else "keep")
        if mention.finding in decided
        else mention
        for mention in found
    )
    labels = {(place.record, place.field): place.spec.label for place in copy.places if not place.file}
    applied = tuple(m for m in mentions if final or m.verdict or m.kind == "secret")
    told = (replace(r, field=labels.get((r.record, r.field)) or r.field) for r in redactions_of(applied, language))
    return Cleared(without_others(answer, applied), mentions, applied, tuple(told))


def files_of(workspace: Workspace, copy: Copy, clear: Cleared) -> Iterator[tuple[Attachment, bytes | None]]:
    """Give the attached files as they may leave: as they are, as a text without what was redacted, or not at all."""
    places = to_redact(clear.applied)
    texts = {(place.record, place.field): place.value for place in copy.places if place.file}
    language = language_of(copy.answer.request.language or workspace.config.controller.language)
    for attachment, data in _files(workspace, copy.answer):
        told = replace(attachment, name=_shown_name(attachment, copy.answer, clear.answer))
        all_taken = places.get((attachment.record, attachment.stored_as or ""), [])
        taken = [mention for mention in all_taken if mention.kind != METADATA]
        if not all_taken:
            yield told, data
        elif not taken:
            yield _without_details(told, data)
        elif any(not mention.passages for mention in taken):
            yield replace(told, stored_as=None, bytes=None, sha256=None, problem="withheld"), None
        else:
            text = redacted(texts[attachment.record, attachment.stored_as or ""], taken)
            for detail in all_taken:  # the text of a document ends with what it says of itself
                text = _without_each(text, detail) if detail.kind == METADATA else text
            yield _as_text(told, f"[{sentence('file_redacted', language)}]\n\n{text}")


def _files(workspace: Workspace, answer: Answer) -> Iterator[tuple[Attachment, bytes | None]]:
    """The files of records, then those that people handed over for sources without an export."""
    found = attachments_of(workspace, answer)
    yield from found
    yield from manual_files(workspace, answer, len(found) + 1)


def _without_details(attachment: Attachment, data: bytes | None) -> tuple[Attachment, bytes | None]:
    """A file without what it says of who made it; one that cannot be cleaned does not leave (A-46)."""
    clean = None if data is None else cleaned(attachment.stored_as or "", data)
    if clean is None:
        return replace(attachment, stored_as=None, bytes=None, sha256=None, problem="withheld"), None
    return replace(attachment, bytes=len(clean), sha256=hashlib.sha256(clean).hexdigest()), clean


def _without_each(text: str, detail: Mention) -> str:
    for part in detail.note.split("; "):
        value = part.partition(": ")[2]
        if (at := text.rfind(value)) >= 0 and value:
            text = f"{text[:at]}{detail.label}{text[at + len(value) :]}"
    return text


def _as_text(attachment: Attachment, text: str) -> tuple[Attachment, bytes]:
    """A file whose layers cannot be cleaned one by one leaves as the text of them all, without the passages (T-5)."""
    data = text.encode("utf-8", errors="replace")
    stored = f"{(attachment.stored_as or '').rpartition('.')[0] or attachment.stored_as}.txt"
    return replace(attachment, stored_as=stored, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()), data


def _shown_name(attachment: Attachment, before: Answer, after: Answer) -> str:
    """The name of a file without what was taken out of the field that holds it."""
    for old, new in zip(before.matches, after.matches, strict=True):
        if old.record.record == attachment.record:
            for (_, value), (_, now) in zip(old.record.fields, new.record.fields, strict=True):
                if value == attachment.name and now is not None:
                    return now
    return attachment.name


def _specs(workspace: Workspace) -> SpecOf:
    specs = workspace.specs
    known: dict[tuple[str, str, str], FieldSpec] = {}

    def spec_of(record: Record, name: str) -> FieldSpec:
        place = (record.source, record.collection, name)
        if place not in known:
            fields = specs[record.source, record.collection].fields
            known[place] = field_for(fields, name) or field_for(fields, generic(name)) or FieldSpec()
        return known[place].within(record.fields)

    return spec_of


def _texts(
    workspace: Workspace, answers: Sequence[Answer], spec_of: SpecOf
) -> list[list[tuple[Attachment, FieldSpec, Read]]]:
    """Read the texts of the attached files of all answers, a bounded number of bytes at a time."""
    found: list[list[tuple[Attachment, FieldSpec, Read]]] = [[] for _ in answers]
    waiting: list[tuple[int, Attachment, bytes]] = []

    def read() -> None:
        told = read_all([(attachment.stored_as or "", data) for _, attachment, data in waiting])
        for (number, attachment, _), one in zip(waiting, told, strict=True):
            found[number].append((attachment, _file_spec(answers[number], attachment, spec_of), one))
        waiting.clear()

    for number, answer in enumerate(answers):
        for attachment, data in _files(workspace, answer):
            if data is not None:
                waiting.append((number, attachment, data))
        if sum(len(data) for _, _, data in waiting) > _AT_ONCE:
            read()
    if waiting:
        read()
    return found


def _file_spec(answer: Answer, attachment: Attachment, spec_of: SpecOf) -> FieldSpec:
    """The declaration of the field that names a file, without its kind: the file is a text."""
    record = next((match.record for match in answer.matches if match.record.record == attachment.record), None)
    if record is None:  # of a source without an export: nobody says who wrote it
        return FieldSpec(third_party=True)
    named = next((name for name, value in record.fields if value == attachment.name), "")
    spec = spec_of(record, named)
    return FieldSpec(category=spec.category, given=spec.given, third_party=True)


def _id_kinds(workspace: Workspace) -> tuple[str, ...]:
    """The kinds of numbers that the sources know people by."""
    declared = {spec.identifier for s in workspace.segments for spec in s.declaration.fields.values()}
    return tuple(sorted(kind for kind in declared if kind and kind not in _DESCRIBING and strength(kind) in _ISSUED))


def look_up(workspace: Workspace, keys: Iterable[Key]) -> dict[Key, Hit]:
    """Ask the sources for (kind, normal form); the kind `id` stands for any number that somebody issued."""
    kinds = _id_kinds(workspace)
    asked = {(one, key[1]): key for key in keys for one in (kinds if key[0] == "id" else (key[0],))}
    return {asked[found]: hit for found, hit in _known(workspace, sorted(asked)).items()}


def _known(workspace: Workspace, wanted: Sequence[Key]) -> dict[Key, Hit]:
    if not wanted:
        return {}
    hashes = [hashed(workspace.keys.identifiers, kind, normal) for kind, normal in wanted]
    rows: dict[Key, list[tuple[int, int]]] = {}
    roles: dict[Key, set[str]] = {}
    with workspace.run() as run:
        for number, segment, row, role in run.lookup.known(hashes):
            rows.setdefault(wanted[number], []).append((segment, row))
            roles.setdefault(wanted[number], set()).add(role)
    return {key: Hit(frozenset(roles[key]), frozenset(found)) for key, found in rows.items()}
