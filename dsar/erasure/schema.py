"""What a target's CREATE TABLE statements say: types, lengths, required and unique columns, and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsar.config import Limit
from dsar.erasure.dialects import dialect
from dsar.errors import ConfigError

_LONGEST = {"TINYTEXT": 255}


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: these columns refer to a parent table; `rule` is what a deletion of the parent does to them."""

    columns: tuple[str, ...]
    parent: str
    rule: str


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table of a target."""

    name: str
    types: Mapping[str, str] = field(default_factory=dict)
    """Column → its type, as the target's own dialect writes it."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    uniques: tuple[tuple[str, ...], ...] = ()
    links: tuple[Link, ...] = ()


Shapes = Mapping[str, TableShape]
"""Table, as `erase` names it → its shape."""


def read_schema(text: str, dialect_name: str, where: str) -> dict[str, TableShape]:
    """Read the tables of a DDL file by sqlglot; other statements in it are passed over.

    Raises ConfigError where it cannot be parsed or holds no table.
    """
    import sqlglot
    from sqlglot import errors
    from sqlglot import expressions as exp

    spoken = dialect(dialect_name)
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("\\"))  # psql's own commands
    try:
        trees = sqlglot.parse(lines, read=spoken.reader)
    except errors.SqlglotError:
        raise ConfigError(
            f"{where} cannot be read as {dialect_name}.", hint="Leave only its CREATE TABLE statements in the file."
        ) from None
    creates = [t for t in trees if isinstance(t, exp.Create) and isinstance(t.this, exp.Schema)]
    found = {shape.name: shape for tree in creates for shape in [_table(tree.this, spoken.reader)]}
    for tree in trees:
        if isinstance(tree, exp.Alter):
            _altered(tree, found)
    if not found:
        raise ConfigError(f"{where} holds no CREATE TABLE.", hint="Name a file with the schema of the target as `ddl`.")
    return found


def _altered(tree: Any, found: dict[str, TableShape]) -> None:
    """Take in keys that a dump adds after the tables, as pg_dump does."""
    from sqlglot import expressions as exp

    shape = found.get(_name(tree.this))
    if shape is None:
        return
    uniques = (*shape.uniques, *_uniques(tree))
    links = (*shape.links, *(_link(key) for key in tree.find_all(exp.ForeignKey)))
    limits = dict(shape.limits)
    for names in uniques:
        if len(names) == 1:
            limits[names[0]] = limits.get(names[0], Limit()).model_copy(update={"unique": True})
    found[shape.name] = TableShape(shape.name, shape.types, limits, uniques, links)


def _table(schema: Any, reader: str) -> TableShape:
    from sqlglot import expressions as exp

    types: dict[str, str] = {}
    limits: dict[str, Limit] = {}
    uniques = list(_uniques(schema))
    for column in schema.expressions:
        if isinstance(column, exp.ColumnDef) and column.kind is not None:
            types[column.name] = column.kind.sql(dialect=reader)
            kinds = [constraint.kind for constraint in column.args.get("constraints") or ()]
            alone = any(isinstance(k, exp.UniqueColumnConstraint | exp.PrimaryKeyColumnConstraint) for k in kinds)
            uniques += [(column.name,)] if alone else []
            required = any(
                isinstance(k, exp.PrimaryKeyColumnConstraint)
                or (isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null"))
                for k in kinds
            )
            limits[column.name] = Limit(length=_length(column.kind), required=required)
    for names in uniques:
        if len(names) == 1 and names[0] in limits:
            limits[names[0]] = limits[names[0]].model_copy(update={"unique": True})
    links = [_link(key) for key in schema.find_all(exp.ForeignKey)]
    for column in schema.expressions:
        if isinstance(column, exp.ColumnDef):
            links += [_reference(column.name, r) for r in column.find_all(exp.Reference)]
    return TableShape(_name(schema.this), types, limits, tuple(dict.fromkeys(uniques)), tuple(links))


def _length(kind: Any) -> int | None:
    if kind.this.name not in ("CHAR", "NCHAR", "VARCHAR", "NVARCHAR", "TEXT", "TINYTEXT"):
        return None
    sizes = [part.name for part in kind.expressions if part.name.isdecimal()]
    return int(sizes[0]) if sizes else _LONGEST.get(kind.this.name)


def _uniques(tree: Any) -> Iterator[tuple[str, ...]]:
    """The columns of every PRIMARY KEY and UNIQUE that stands apart from a column."""
    from sqlglot import expressions as exp

    for key in tree.find_all(exp.PrimaryKey):
        yield tuple(part.name for part in key.expressions)
    for key in tree.find_all(exp.UniqueColumnConstraint):
        if isinstance(key.this, exp.Schema):
            yield tuple(part.name for part in key.this.expressions)


def _link(key: Any) -> Link:
    reference = key.args["reference"]
    named = _reference("", reference)
    return Link(tuple(part.name for part in key.expressions), named.parent, named.rule)


def _reference(column: str, reference: Any) -> Link:
    options = " ".join(str(option) for option in reference.args.get("options") or ()).upper()
    rule = next((r for r in ("CASCADE", "SET NULL", "SET DEFAULT") if f"ON DELETE {r}" in options), "")
    table = reference.this.this if hasattr(reference.this, "this") else reference.this
    return Link((column,), _name(table), rule)


def _name(table: Any) -> str:
    return ".".join(part.name for part in table.parts) if hasattr(table, "parts") else str(table.name)
