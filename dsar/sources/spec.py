"""What a connector folder says, read from its connector.toml."""

from __future__ import annotations

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
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
    format: Literal["table", "json", "log", "w3c", "hook"] = "table"
    columns: tuple[str, ...] = ()
    """Headings (json: keys of a record) that a file has at least; the most specific collection wins."""
    absent: tuple[str, ...] = ()
    """Headings that such a file never has."""
    pattern: str | None = None
    """For logs: the line as a regular expression with named groups, understood alike by RE2 and Python."""
    quick: str | None = None
    """A simpler pattern for the usual lines of a log; where it matches, its groups are those that `pattern` gives."""
    starts: str | None = None
    """For files that the connector's hook.py reads: a regular expression for how their text begins."""
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
    clean: bool = False
    """For tables: every row passes through `clean` of the connector's hook.py, which adds columns."""
    continues: Continues | None = None
    attachments: AttachmentSpec | None = None
    together: Together | None = None
    suggest: Suggest = Suggest()
    fields: dict[str, FieldSpec] = Field(default_factory=dict)

    @field_validator("pattern", "quick", "starts", "from_name")
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
    have = _by_plain(tuple(headings))
    spec = fields.get(name) or next((spec for other, spec in fields.items() if plain(other) == plain(name)), None)
    for wanted in (name, *(spec.also if spec else ())):
        if plain(wanted) in have:
            return have[plain(wanted)]
    return next((heading for heading in have.values() if fits_pattern(name, heading)), None) if "*" in name else None


@lru_cache(maxsize=64)
def _by_plain(headings: tuple[str, ...]) -> dict[str, str]:
    """The same headings are held against every collection that there is."""
    return {plain(heading): heading for heading in headings}


@dataclass(frozen=True, slots=True)
class Hook:
    """The code of a connector, of which nothing is run to describe it."""

    path: Path
    sha256: str
    """It decides what is read: another one reads every file anew."""
    reads: bool
    cleans: bool
    ours: tuple[str, ...] = ()
    """Modules of dsar that it imports, other than `dsar.sources.hooks`: none of these is promised to stay."""


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
    hook: Hook | None = Field(default=None, exclude=True)
    """Its hook.py, where the folder holds one; never a key of connector.toml."""


def load_connector(folder: Path) -> Connector:
    """Read one connector folder; raises ConnectorError or ConfigError that names the file and the key."""
    path = folder / "connector.toml"
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConnectorError(f"{folder.name}/connector.toml cannot be read: {type(error).__name__}.") from None
    head = {key: value for key, value in document.items() if not isinstance(value, dict)}
    head["collections"] = {key: value for key, value in document.items() if isinstance(value, dict)}
    connector = parse(Connector, head, where=f"connector {folder.name}")
    hook = _hook(folder / "hook.py", folder.name)
    for name, one in connector.collections.items():
        code = "read(path)" if one.format == "hook" else "clean(row)"
        lacks = (one.starts and not (hook and hook.reads)) or (one.clean and not (hook and hook.cleans))
        if lacks or (one.format == "hook") != (one.starts is not None) or (one.clean and one.format != "table"):
            raise ConnectorError(
                f"{folder.name}/connector.toml: `{name}` cannot be read.",
                hint=f'`format = "hook"` needs `starts`; it and `clean` of a table need a hook.py with `{code}`.',
            )
    return connector.model_copy(update={"hook": hook})


def _hook(path: Path, name: str) -> Hook | None:
    """Look at the code of a connector without running it."""
    if not path.is_file():
        return None
    try:
        source = path.read_bytes()
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError):
        raise ConnectorError(f"{name}/hook.py is no Python.", hint="Correct it, or take it away.") from None
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if not names & {"read", "clean"}:
        raise ConnectorError(f"{name}/hook.py has neither `read(path)` nor `clean(row)`.", hint="Write one of them.")
    ours = tuple(sorted(one for one in set(_imported(tree)) if one.partition(".")[0] in ("dsar", "dsar_connectors")))
    foreign = tuple(one for one in ours if one != "dsar.sources.hooks")
    return Hook(path.resolve(), hashlib.sha256(source).hexdigest(), "read" in names, "clean" in names, foreign)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "dsar"
