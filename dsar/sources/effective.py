"""What a collection is in the end: the connector's declaration with what dsar.toml says over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsar.config import AttachmentSpec, CollectionSpec, Config, Source, field_for, plain
from dsar.errors import ConfigError
from dsar.sources.registry import TABLE
from dsar.sources.spec import CollectionDeclaration, Connector
from dsar.store.segments import Contents, Declaration


@dataclass(frozen=True)
class Collection:
    """One collection of a source: how its files are read, and what the controller says of it."""

    source: Source
    name: str
    declared: CollectionDeclaration
    spec: CollectionSpec

    @property
    def title(self) -> str:
        """What people call it."""
        return self.spec.title or self.declared.title or f"{self.source.title or self.source.name}, {self.name}"

    @property
    def attachments(self) -> AttachmentSpec | None:
        """Where the files of its records lie."""
        return self.spec.attachments or self.declared.attachments

    def declaration(self, contents: Contents, region: str | None) -> Declaration:
        """Give the declaration of a file with these contents; columns without one are left to be unclassified."""
        names = contents.leaves or contents.headings
        found = {name: spec for name in names if (spec := field_for(self.spec.fields, name)) is not None}
        return Declaration(
            source=self.source.name,
            collection=self.name,
            title=self.title,
            connector=self.source.connector,
            format="json" if contents.leaves else self.declared.format,
            key=actual(self.spec.key, names),
            fields=found,
            group_by=next(iter(actual((self.declared.continues.by,), names)), None)
            if self.declared.continues
            else None,
            carry=actual(self.declared.continues.carry, names) if self.declared.continues else (),
            pattern=self.declared.pattern,
            phone_region=region,
        )


def actual(names: Iterable[str], headings: Iterable[str]) -> tuple[str, ...]:
    """Give the headings as the file writes them for the names a declaration uses; missing ones are left out."""
    written = {plain(heading): heading for heading in headings}
    return tuple(written[plain(name)] for name in names if plain(name) in written)


def collections(config: Config, known: Mapping[str, Connector]) -> dict[str, tuple[Collection, ...]]:
    """Give the effective collections of every source that has files, by the source's name.

    Raises ConfigError for a connector that does not exist, or a collection that its connector does not have.
    """
    return {source.name: tuple(_of(source, known)) for source in config.source if not source.manual}


def _of(source: Source, known: Mapping[str, Connector]) -> Iterable[Collection]:
    at = f"dsar.toml: source `{source.name}`"
    if source.connector == TABLE:
        if not source.collection:
            raise ConfigError(
                f"{at} has no collection.", hint="Add [source.collection.NAME], or run `dsar init --add`."
            )
        for name, spec in source.collection.items():
            yield Collection(source, name, CollectionDeclaration(key=spec.key, fields=spec.fields), spec)
        return
    connector = known.get(source.connector)
    if connector is None:
        raise ConfigError(
            f"{at}: there is no connector `{source.connector}`.", hint=f"Known: {', '.join(known)}, table."
        )
    for name in source.collection:
        if name not in connector.collections:
            hint = f"It has: {', '.join(connector.collections)}."
            raise ConfigError(f"{at}: connector `{connector.name}` has no collection `{name}`.", hint=hint)
    for name, declared in connector.collections.items():
        if name in source.collection or not source.collection:
            yield Collection(source, name, declared, _over(declared, source.collection.get(name, CollectionSpec())))


def _over(declared: CollectionDeclaration, spec: CollectionSpec) -> CollectionSpec:
    return spec.model_copy(
        update={
            "title": spec.title or declared.title,
            "key": spec.key or declared.key,
            "fields": {**declared.fields, **spec.fields},
            "attachments": spec.attachments or declared.attachments,
        }
    )
