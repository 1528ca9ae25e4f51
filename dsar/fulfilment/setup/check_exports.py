"""What the exports of a source should hold and do not, and how to make better ones."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.register import requests as register
from dsar.sources.effective import Collection
from dsar.sources.registry import connectors
from dsar.sources.spec import Connector
from dsar.store.segments import Segment


def export_notes(workspace: Workspace, collection: Collection, segments: Sequence[Segment]) -> tuple[str, ...]:
    """Say what is wrong with the exports of a collection, and last how such an export is made.

    An export that lacks what it should hold, or that is older than an open request, must not pass for an answer: what
    it does not show would read as "we hold nothing" (Art. 15(1) GDPR).
    """
    connector = known_connector(workspace, collection.source.connector)
    renew = [
        *_failed(workspace, collection),
        *_absent(workspace, collection, connector),
        *_outdated(workspace, segments),
    ]
    declared = collection.declared
    kept = () if collection.spec.elsewhere else declared.cannot_contain
    limits = [f"such an export cannot contain {what}: say in `elsewhere` where that is asked for" for what in kept]
    how = declared.how_to_export or (connector.how_to_export if connector else "")
    told = [*renew, *limits, *_searchable(segments), *_zones(segments)]
    return (*told, *([f"how to export: {' '.join(how.split())}"] if how and (renew or limits) else ()))


def known_connector(workspace: Workspace, name: str) -> Connector | None:
    """Give the connector of this name; None for a table that dsar.toml itself describes."""
    return connectors([workspace.config.folder / folder for folder in workspace.config.connectors]).get(name)


def _failed(workspace: Workspace, collection: Collection) -> Iterator[str]:
    for failure in workspace.failures:
        if failure.source == collection.source.name:
            yield f"{failure.file}: {failure.reason}"


def _absent(workspace: Workspace, collection: Collection, connector: Connector | None) -> Iterator[str]:
    """Collections that a whole export of the system has; told once, with the first collection of the source."""
    if connector is None or not connector.expects:
        return
    read = {s.declaration.collection for s in workspace.segments if s.declaration.source == collection.source.name}
    named = [one.name for one in workspace.loaded.collections[collection.source.name] if one.name in read]
    missing = [name for name in connector.expects if name not in read]
    if missing and (not named or named[0] == collection.name):
        yield f"a whole export has {', '.join(missing)} as well: no file of it was read"


def _outdated(workspace: Workspace, segments: Sequence[Segment]) -> Iterator[str]:
    if not segments:
        return
    taken = min(datetime.datetime.fromisoformat(segment.snapshot).date() for segment in segments)
    for one in register.every(register_of(workspace)):
        received = one.request.received
        if one.open and received is not None and taken < datetime.date.fromisoformat(str(received)[:10]):
            yield f"the export of {taken} is older than request {one.request.request_id} of {str(received)[:10]}"


def _searchable(segments: Sequence[Segment]) -> Iterator[str]:
    for segment in segments:
        if segment.contents.rows_loaded and not any(f.identifier for f in segment.declaration.fields.values()):
            yield f"{segment.facts.path}: no column identifies anybody, so it is searched as text at most"


def _zones(segments: Sequence[Segment]) -> Iterator[str]:
    """Times of day of which nobody knows where they are told: they are asked for, not guessed."""
    asked = dict.fromkeys(
        name
        for segment in segments
        for name in segment.contents.columns
        if (spec := segment.declaration.fields.get(name)) is not None and spec.lacks_zone
    )
    if asked:
        yield f"the time zone (`zone`) of: {', '.join(asked)}"
