"""Is every source read, described and lawful: one verdict a collection; what is not known counts against it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsar.fulfilment.erasing.suppress import returns
from dsar.fulfilment.finding.answers import MANUAL, national_note, sources_of
from dsar.fulfilment.setup.check_exports import export_notes
from dsar.fulfilment.setup.unread import Attached, attached, unread
from dsar.fulfilment.workspace import Workspace
from dsar.model import SourceAnswer
from dsar.reports.legal import missing_controller_keys, missing_keys
from dsar.sources.effective import Collection
from dsar.store.run import Run
from dsar.store.segments import Segment


@dataclass(frozen=True)
class CheckedSource:
    """One collection: what was read of it, and what is still missing."""

    answer: SourceAnswer
    confirmed_mapping: bool
    unclassified: tuple[str, ...]
    """Columns without a category."""
    missing: tuple[str, ...]
    """Legal keys that are not filled in."""
    notes: tuple[str, ...]
    guessed: tuple[str, ...]
    """What `dsar init` guessed and nobody has confirmed."""
    age_days: int | None
    attachments: tuple[str, ...] = ()
    """The files beside the export that its records name."""

    @property
    def by_asking(self) -> bool:
        """Whether there is no export and a person is asked, request by request: that is for the request to wait for."""
        return self.answer.connector == MANUAL

    @property
    def fine(self) -> bool:
        """Whether nothing is left to do."""
        read = self.by_asking or self.answer.result in ("held", "not_held")
        bad = any(file.rows_unreadable for file in self.answer.files)
        return read and self.confirmed_mapping and not (self.unclassified or self.missing or self.notes or bad)


@dataclass(frozen=True)
class CheckResult:
    """The verdict on all sources, and the files beside them that nobody reads."""

    sources: tuple[CheckedSource, ...]
    unrecognised: tuple[tuple[str, str, str | None], ...]
    """(path, reason, nearest)"""
    controller: tuple[str, ...]
    """Keys of [controller] that are not filled in."""
    returned: tuple[str, ...] = ()
    """Erased people who came back, by source and request."""
    old_exports: tuple[str, ...] = ()
    """Sources whose exports lie about longer than `own_data` says: each is a copy of everybody (Art. 5(1)(e) GDPR)."""
    code: tuple[str, ...] = ()
    """Code of connectors (hook.py) that reads these exports: whoever uses it trusts it, so it is told."""

    @property
    def complete(self) -> bool:
        """Whether every source is fine, every file is read, and nobody who was erased came back."""
        read = not (self.unrecognised or self.controller or self.returned)
        return read and all(source.fine for source in self.sources)


def check(workspace: Workspace) -> CheckResult:
    """Check every source of a workspace; fails closed: what could not be read or is not known is not fine."""
    with workspace.run() as run:
        files = attached(workspace, run)
        checked = tuple(_checked(workspace, run, answer, files) for answer in sources_of(workspace))
    back = tuple(str(found) for found in returns(workspace))
    most = workspace.config.own_data.exports_days
    old = dict.fromkeys(one.answer.source for one in checked if one.age_days is not None and one.age_days > most)
    controller = missing_controller_keys(workspace.config)
    return CheckResult(
        checked, (*unread(workspace), *files.unnamed), controller, back, tuple(old), tuple(_code(workspace))
    )


def _code(workspace: Workspace) -> Iterator[str]:
    hooks = {one.source.connector: one.hook for one in workspace.collections.values() if one.hook}
    for name, hook in sorted(hooks.items()):
        yield f"{name}: {hook.path} (SHA-256 {hook.sha256[:12]}…)"


def _checked(workspace: Workspace, run: Run, answer: SourceAnswer, files: Attached) -> CheckedSource:
    place = (answer.source, answer.collection)
    collection = workspace.collections.get(place)
    if collection is None:
        asked = any(one.name == answer.source and (one.ask or "").strip() for one in workspace.config.source)
        return CheckedSource(answer, True, (), () if asked else ("ask",), (), (), None)
    segments = [s for s in workspace.segments if (s.declaration.source, s.declaration.collection) == place]
    age = None
    if answer.snapshot:
        taken = datetime.datetime.fromisoformat(answer.snapshot)
        age = (workspace.now.date() - taken.date()).days
    return CheckedSource(
        answer=answer,
        confirmed_mapping=not collection.spec.unconfirmed,
        unclassified=tuple(dict.fromkeys(name for segment in segments for name in unclassified(segment))),
        missing=missing_keys(collection.spec, workspace.config),
        notes=tuple(_notes(workspace, run, collection, segments)),
        guessed=collection.spec.unconfirmed,
        age_days=age,
        attachments=files.by_place.get(place, ()),
    )


def unclassified(segment: Segment) -> Iterator[str]:
    """The columns (json: leaves) of a segment that no declaration gives a category."""
    for name in segment.contents.columns:
        spec = segment.declaration.fields.get(name)
        if spec is None or spec.category is None:
            yield name


def _notes(workspace: Workspace, run: Run, collection: Collection, segments: Sequence[Segment]) -> Iterator[str]:
    yield from export_notes(workspace, collection, segments)
    for segment in segments:
        if note := national_note(workspace, run, segment):
            yield note
        for reason, rows in sorted(segment.contents.reasons.items()):
            yield f"{segment.facts.path}: {rows} row{'s' if rows > 1 else ''} unreadable ({reason})"
        lost = [name for name in collection.spec.key if name not in segment.declaration.key]
        if lost:
            yield f"{segment.facts.path}: the key column {', '.join(lost)} is missing"
        double = run.double_keys(segment)
        if double:
            yield f"{segment.facts.path}: {double} key{'s' if double > 1 else ''} stand on several different rows"
