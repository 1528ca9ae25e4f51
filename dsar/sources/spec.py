"""What a connector folder says, read from its connector.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from dsar.config import (
    AttachmentSpec,
    Erase,
    FieldSpec,
    Frozen,
    Keep,
    SectionSpec,
    Together,
    fits_pattern,
    parse,
    plain,
)
from dsar.errors import ConnectorError


class Suggest(Frozen):
    """What a controller usually does with this collection: copied to dsar.toml to be confirmed there."""

    purpose: str | None = None
    basis: str | None = None
    interest: str | None = None
    keep: Keep | None = None
    erase: Erase | None = None
    origin: Literal["person", "observed", "derived", "third_party", "acquisition"] | None = None
    automated_decision: bool | None = None


class Continues(Frozen):
    """Rows that continue the one above: rows of one `by` value belong together and share the `carry` columns."""

    by: str
    carry: tuple[str, ...]
    blank: bool = False
    """Rows whose `by` is empty continue the one above, and every filled one starts anew."""


class CollectionDeclaration(Frozen):
    """One kind of row that the connector reads: how to know it, its key, and what its columns are."""

    title: str | None = None
    format: Literal["table", "json", "log", "w3c"] = "table"
    columns: tuple[str, ...] = ()
    """Headings (json: keys of a record) that a file has at least; the most specific collection wins."""
    absent: tuple[str, ...] = ()
    """Headings that such a file never has."""
    pattern: str | None = None
    quick: str | None = None
    """A simpler pattern for the usual lines of a log; where it matches, its groups are those that `pattern` gives."""
    """For logs: the line as a regular expression with named groups, understood alike by RE2 and Python."""
    records: str | None = None
    """For json: key that holds the list of records, where the document is not the list itself."""
    key: tuple[str, ...] = ()
    how_to_export: str | None = None
    """Where this export is made other than the connector says."""
    cannot_contain: tuple[str, ...] = ()
    """What such a file never holds although the system does, in words: it must be asked for elsewhere."""
    section: SectionSpec | None = None
    from_name: str | None = None
    """Named groups that are found in the path of the file: columns of every row, such as the state of a list."""
    escape: Literal["\\"] | None = None
    """The backslash, where it stands before marks inside cells, as MySQL writes them."""
    continues: Continues | None = None
    attachments: AttachmentSpec | None = None
    together: Together | None = None
    suggest: Suggest = Suggest()
    fields: dict[str, FieldSpec] = Field(default_factory=dict)

    @field_validator("pattern", "quick", "from_name")
    @classmethod
    def _pattern_compiles(cls, value: str | None) -> str | None:
        if value is not None:
            re.compile(value)
        return value

    def fits(self, headings: Iterable[str]) -> bool:
        """Whether a file with these headings can be this collection; case and blanks around do not matter."""
        return bool(self.columns) and not self.lacks(headings) and not self.has_absent(headings)

    def lacks(self, headings: Iterable[str]) -> tuple[str, ...]:
        """Which of `columns` are not there, under any of their names."""
        have = tuple(headings)
        return tuple(column for column in self.columns if written_as(column, self.fields, have) is None)

    def has_absent(self, headings: Iterable[str]) -> tuple[str, ...]:
        """Which headings are there that such a file never has."""
        have = tuple(headings)
        return tuple(column for column in self.absent if written_as(column, {}, have) is not None)


def written_as(name: str, fields: dict[str, FieldSpec], headings: Iterable[str]) -> str | None:
    """Give the heading of a file that a declared name means: itself, one of its other names, or a pattern with `*`."""
    have = {plain(heading): heading for heading in headings}
    spec = fields.get(name) or next((spec for other, spec in fields.items() if plain(other) == plain(name)), None)
    for wanted in (name, *(spec.also if spec else ())):
        if plain(wanted) in have:
            return have[plain(wanted)]
    return next((heading for heading in have.values() if fits_pattern(name, heading)), None)


class Connector(Frozen):
    """One connector folder."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
    title: str
    about: str = ""
    tested_with: str = ""
    how_to_export: str = ""
    """The menu, the options to choose and the right that is needed, in two or three lines."""
    expects: tuple[str, ...] = ()
    """Collections that a whole export of the system has; `dsar check` asks for those of which no file was read."""
    collections: dict[str, CollectionDeclaration]


def load_connector(folder: Path) -> Connector:
    """Read one connector folder; raises ConnectorError or ConfigError that names the file and the key."""
    path = folder / "connector.toml"
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConnectorError(f"{folder.name}/connector.toml cannot be read: {type(error).__name__}.") from None
    head = {key: value for key, value in document.items() if not isinstance(value, dict)}
    head["collections"] = {key: value for key, value in document.items() if isinstance(value, dict)}
    return parse(Connector, head, where=f"connector {folder.name}")
