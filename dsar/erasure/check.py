"""The second reader: read each statement by sqlglot's parse of its form, and hold it against what was meant."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dsar.erasure.dialects import Dialect
from dsar.erasure.forms import read_by_form
from dsar.erasure.statement import RowChange, statement
from dsar.errors import DsarError


class MisreadStatement(DsarError):
    """A generated statement does not read as it was meant: a fault of ours, so nothing is written."""

    exit_code = 3


def check(text: str, meant: RowChange, spoken: Dialect) -> None:
    """Assert that `text` is one DELETE or UPDATE of exactly the row and values meant; raises MisreadStatement."""
    if read_back(text, spoken) != meant:
        raise _misread("names another row or value than the plan")


@lru_cache(maxsize=1 << 16)
def read_back(text: str, spoken: Dialect) -> RowChange:
    """Read a statement as the database would and give the row and values it names.

    Raises MisreadStatement for anything but one DELETE or UPDATE with a condition of our own shape.
    """
    if not text.isascii() or not text.isprintable():
        raise _misread("holds a character outside printable ASCII")
    try:
        change = read_by_form(text, spoken, parsed) or parsed(text, spoken)
        again = statement(change, spoken)
    except (AttributeError, TypeError, ValueError, UnicodeDecodeError) as error:
        raise _misread(f"cannot be read back ({type(error).__name__})") from None
    # Whatever the parser would overlook (hints, a second condition, RETURNING) shows as a difference here.
    if again != text:
        raise _misread("holds more than a key, a lock and its settings")
    return change


def parsed(text: str, spoken: Dialect) -> RowChange:
    """Parse one whole statement with sqlglot and give the row and values it names; raises as `read_back` does."""
    return _change(_tree(text, spoken), spoken)


def _tree(text: str, spoken: Dialect) -> Any:
    import sqlglot
    from sqlglot import errors

    try:
        trees = sqlglot.parse(text, read=spoken.reader)
    except errors.SqlglotError:  # its message quotes the statement, so it must not travel on
        raise _misread("cannot be parsed") from None
    if len(trees) != 1 or trees[0] is None:
        raise _misread("is not exactly one statement")
    return trees[0]


def _change(tree: Any, spoken: Dialect) -> RowChange:
    from sqlglot import expressions as exp

    if not isinstance(tree, exp.Delete | exp.Update):
        raise _misread("is neither a DELETE nor an UPDATE")
    if tree.args.get("where") is None:
        raise _misread("has no WHERE")
    table = ".".join(part.name for part in tree.this.parts)
    where = tuple(_named(part, spoken) for part in _conjuncts(tree.args["where"].this))
    settings: list[tuple[str, str | None]] = []
    for assignment in tree.expressions if isinstance(tree, exp.Update) else ():
        new = assignment.expression
        settings.append((assignment.this.name, None if isinstance(new, exp.Null) else _value(new, spoken)))
    return RowChange(table, where, tuple(settings))


def _conjuncts(tree: Any) -> list[Any]:
    from sqlglot import expressions as exp

    return [*_conjuncts(tree.this), *_conjuncts(tree.expression)] if isinstance(tree, exp.And) else [tree]


def _named(tree: Any, spoken: Dialect) -> tuple[str, str]:
    """The column and the value of one comparison; `(c IS NULL OR c = '')` is the empty value."""
    from sqlglot import expressions as exp

    if isinstance(tree, exp.Paren):
        either = tree.this
        if not isinstance(either, exp.Or) or not isinstance(either.this, exp.Is):
            raise _misread("holds a condition of another shape")
        tree = either.expression
    if not isinstance(tree, exp.EQ):
        raise _misread("compares by something else than equality")
    columns = list(tree.this.find_all(exp.Column))
    if len(columns) != 1 or list(tree.expression.find_all(exp.Column)):
        raise _misread("does not compare one column with one value")
    return columns[0].name, _value(tree.expression, spoken)


def _value(tree: Any, spoken: Dialect) -> str:
    """The text a literal stands for, decoded from the parser's tree and not by our own writer."""
    from sqlglot import expressions as exp

    kinds = exp.HexString | exp.ByteString | exp.National | exp.Literal
    leaves = [node for node in tree.walk() if isinstance(node, kinds)]
    if len(leaves) != 1:
        raise _misread("does not compare one column with one value")
    leaf = leaves[0]
    written = str(leaf.this)
    if isinstance(leaf, exp.ByteString | exp.National):
        return written
    if spoken.name == "sqlserver":
        return bytes.fromhex(written).decode("utf-16-le")
    if spoken.name == "oracle":
        return bytes.fromhex(written.replace("\\", "")).decode("utf-16-be")
    return bytes.fromhex(written).decode("utf-8")


def _misread(what: str) -> MisreadStatement:
    return MisreadStatement(
        f"A generated statement {what}; no script was written.",
        hint="This is a fault of dsar: please report it with the dialect and the shape of the key.",
    )
