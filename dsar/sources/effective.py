"""What a collection is in the end: the connector's declaration with what dsar.toml says over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dsar.config import AttachmentSpec, CollectionSpec, Config, Source, Together, declared_name, field_for
from dsar.errors import ConfigError
from dsar.sources.registry import TABLE
from dsar.sources.spec import CollectionDeclaration, Connector, Hook, written_as
from dsar.store.segments import Contents, Declaration


@dataclass(frozen=True)
class Collection:
    """One collection of a source: how its files are read, and what the controller says of it."""

    source: Source
    name: str
    declared: CollectionDeclaration
    spec: CollectionSpec
    hook: Hook | None = None
    """The code of its connector, where it has some."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.spec.title or self.declared.title or f"{self.source.title or self.source.name}, {self.name}"

    @property
    def attachments(self) -> AttachmentSpec | None:
        """Where the files of its records lie."""
        return self.spec.attachments or self.declared.attachments

    def written(self, names: Iterable[str], headings: Iterable[str]) -> tuple[str, ...]:
        """Give the headings as the file writes them for the names a declaration uses; missing ones are left out."""
        have = tuple(headings)
        found = (written_as(name, self.spec.fields, have) for name in names)
        return tuple(heading for heading in found if heading is not None)

    def as_written(self, files: Iterable[Contents]) -> Collection:
        """Give the collection with the headings of its files in the place of other names for them.

        So that a rule such as `keep.after` finds its column in an export of another language, too.
        """
        headings = tuple(dict.fromkeys(name for contents in files for name in contents.columns))
        names = {name: found for name in self._used() if (found := written_as(name, self.spec.fields, headings))}
        fields = {
            heading: self.spec.fields[name]
            for heading in headings
            if (name := declared_name(self.spec.fields, heading)) is not None and self.spec.fields[name].also
        }
        spec, erase = self.spec, self.spec.erase
        changed = {
            "keep": tuple(
                keep.model_copy(update={"after": names.get(keep.after or "", keep.after)}) for keep in spec.keep
            ),
            "recipients": spec.recipients
            and tuple(use.model_copy(update={"sent": names.get(use.sent, use.sent)}) for use in spec.recipients),
            "erase": erase
            and erase.model_copy(
                update={part: {names.get(n, n): c for n, c in getattr(erase, part).items()} for part in ("key", "lock")}
            ),
            "attachments": self.attachments
            and self.attachments.model_copy(
                update={"field": names.get(self.attachments.field, self.attachments.field)}
            ),
            "fields": {**spec.fields, **fields},
        }
        return replace(self, spec=spec.model_copy(update=changed))

    def _used(self) -> Iterable[str]:
        """The headings that rules of the collection name."""
        spec = self.spec
        yield from (keep.after for keep in spec.keep if keep.after)
        yield from (use.sent for use in spec.recipients or ())
        yield from (*spec.erase.key, *spec.erase.lock) if spec.erase else ()
        yield from (self.attachments.field,) if self.attachments else ()

    def declaration(self, contents: Contents, region: str | None) -> Declaration:
        """Give the declaration of a file with these contents; columns without one are left to be unclassified."""
        names = contents.columns
        found = {name: spec for name in names if (spec := field_for(self.spec.fields, name)) is not None}
        if zone := self.source.zone:
            found = {n: s.model_copy(update={"zone": zone}) if s.lacks_zone else s for n, s in found.items()}
        return Declaration(
            source=self.source.name,
            collection=self.name,
            title=self.title,
            connector=self.source.connector,
            format="json" if contents.leaves else "log" if self.declared.format == "log" else "table",
            key=self.written(self.spec.key, names),
            fields=found,
            group_by=next(iter(self.written((self.declared.continues.by,), names)), None)
            if self.declared.continues
            else None,
            carry=self.written(self.declared.continues.carry, names) if self.declared.continues else (),
            pattern=self.declared.pattern,
            quick=self.declared.quick,
            phone_region=region,
        )


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
            yield Collection(
                source, name, CollectionDeclaration(key=spec.key, fields=spec.fields, section=spec.section), spec
            )
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
            spec = _over(declared, source.collection.get(name, CollectionSpec()))
            yield Collection(source, name, declared, spec, connector.hook)


def _over(declared: CollectionDeclaration, spec: CollectionSpec) -> CollectionSpec:
    return spec.model_copy(
        update={
            "title": spec.title or declared.title,
            "key": spec.key or declared.key,
            "fields": {**declared.fields, **spec.fields},
            "attachments": spec.attachments or declared.attachments,
            "together": spec.together or declared.together or _continued(declared),
        }
    )


def _continued(declared: CollectionDeclaration) -> Together | None:
    """The rows of one order belong together."""
    return Together(by=(declared.continues.by,)) if declared.continues else None
