"""How each database dialect writes a value, a name and an exact comparison, in printable ASCII only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dsar.errors import ConfigError, DsarError

_SPECIAL = re.compile(r"[^A-Za-z0-9 ._@+-]")
_NAME = re.compile(r"^[\x20-\x7e]{1,128}$")


class UnwritableValue(DsarError):
    """A value of a record cannot stand in the database it is said to come from; the message does not hold it."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect: how its names, values and comparisons are written and which reader of sqlglot reads them."""

    name: str
    reader: str
    """The dialect's name in sqlglot, the second reader."""
    quotes: tuple[str, str]
    text: str
    """A column as exact text, `{}` standing for its quoted name."""
    literal: Callable[[str], str]
    """A value as a text expression, to be written into a column."""
    compared: Callable[[str], str]
    """A value as it is compared with `text`."""
    executed: bool
    """Whether our tests run its scripts on that database; otherwise they were only parsed."""


def dialect(name: str) -> Dialect:
    """Find a dialect by its name in dsar.toml; raises ConfigError for one that is not known."""
    if name not in DIALECTS:
        raise ConfigError(f"There is no dialect `{name}`.", hint=f"Known: {', '.join(sorted(DIALECTS))}.")
    return DIALECTS[name]


def quoted(name: str, spoken: Dialect) -> str:
    """Quote one name of a column or table; raises ConfigError where it is empty or not printable ASCII.

    Non-ASCII names are refused because clients read a script in different encodings: a wrong one would name
    another column. The tags of our own script blocks are refused because they would end the block.
    """
    if not _NAME.match(name) or "$dsar" in name or "//dsar" in name:
        raise ConfigError(
            "`erase` names a table or column that a script cannot quote safely.",
            hint="Use names of printable ASCII characters, at most 128; a view can give such a column another name.",
        )
    opening, closing = spoken.quotes
    return f"{opening}{name.replace(closing, closing * 2)}{closing}"


def quoted_table(name: str, spoken: Dialect) -> str:
    """Quote a table name part by part: `crm.contacts` is table contacts in schema crm.

    Raises ConfigError for a name that cannot be quoted, and for SQLite with a schema, which its triggers refuse.
    """
    parts = name.split(".")
    if spoken.name == "sqlite" and len(parts) > 1:
        raise ConfigError("`erase` names a SQLite table with a schema.", hint="Write the table's own name only.")
    return ".".join(quoted(part, spoken) for part in parts)


def equals(column: str, value: str, spoken: Dialect) -> str:
    """Write that a column holds exactly `value`, byte for byte, whatever the column's type and collation.

    The column is turned into text, never the value into the column's type: `email = 0` finds every row of a MySQL
    table. A cell that is empty in an export may be NULL or empty text in the table, so both fit. An index may not be
    used; with one statement a record that is bearable.
    """
    name = quoted(column, spoken)
    exact = f"{spoken.text.format(name)} = {spoken.compared(value)}"
    return exact if value else f"({name} IS NULL OR {exact})"


def _postgresql(value: str) -> str:
    if "\0" in value:
        raise UnwritableValue(
            "A record's key or lock holds a NUL character, which no PostgreSQL text can.",
            hint="Check the export: the record cannot have come from this database.",
        )
    return f"E'{_SPECIAL.sub(_escaped, _whole(value))}'"


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def _whole(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise UnwritableValue(
            "A record's key or lock holds half a character (a lone surrogate), which no database text can.",
            hint="Check the encoding of the export.",
        ) from None
    return value


def _hex(value: str, encoding: str = "utf-8") -> str:
    return _whole(value).encode(encoding).hex().upper()


def _unistr(value: str) -> str:
    units = _hex(value, "utf-16-be")
    if len(units) > 4 * 700:
        raise UnwritableValue(
            "A value is too long for an Oracle literal.", hint="Use a shorter key, lock or `set` value."
        )
    return "UNISTR('" + "".join(f"\\{units[i : i + 4]}" for i in range(0, len(units), 4)) + "')"


def _mysql(value: str) -> str:
    return f"CONVERT(X'{_hex(value)}' USING utf8mb4)"


def _mysql_family(name: str) -> Dialect:
    return Dialect(
        name=name,
        reader="mysql",
        quotes=("`", "`"),
        # CONVERT, not CAST AS CHAR: the latter goes through the connection's character set and may lose letters.
        text="CAST(CONVERT({} USING utf8mb4) AS BINARY)",
        literal=_mysql,
        compared=lambda value: f"CAST({_mysql(value)} AS BINARY)",
        executed=name == "mariadb",
    )


def _sqlite(value: str) -> str:
    return f"CAST(X'{_hex(value)}' AS TEXT)"


DIALECTS: dict[str, Dialect] = {
    "postgresql": Dialect(
        "postgresql", "postgres", ('"', '"'), '{}::text COLLATE "C"', _postgresql, _postgresql, executed=True
    ),
    "mariadb": _mysql_family("mariadb"),
    "mysql": _mysql_family("mysql"),
    # A CAST keeps the column's own collation in SQLite, so a NOCASE column needs the explicit one.
    "sqlite": Dialect(
        "sqlite", "sqlite", ('"', '"'), "CAST({} AS TEXT) COLLATE BINARY", _sqlite, _sqlite, executed=True
    ),
    "sqlserver": Dialect(
        "sqlserver",
        "tsql",
        ("[", "]"),
        "CONVERT(varbinary(max), CONVERT(nvarchar(max), {}))",
        lambda value: f"CONVERT(nvarchar(max), 0x{_hex(value, 'utf-16-le')})" if value else "N''",
        lambda value: (
            f"CONVERT(varbinary(max), 0x{_hex(value, 'utf-16-le')})" if value else "CONVERT(varbinary(max), N'')"
        ),
        executed=False,
    ),
    "oracle": Dialect("oracle", "oracle", ('"', '"'), "TO_NCHAR({})", _unistr, _unistr, executed=False),
    "snowflake": Dialect(
        "snowflake",
        "snowflake",
        ('"', '"'),
        "HEX_ENCODE(TO_VARCHAR({}))",
        lambda value: f"HEX_DECODE_STRING('{_hex(value)}')",
        lambda value: f"'{_hex(value)}'",
        executed=False,
    ),
    "bigquery": Dialect(
        "bigquery",
        "bigquery",
        ("`", "`"),
        "CAST(CAST({} AS STRING) AS BYTES)",
        lambda value: f"SAFE_CONVERT_BYTES_TO_STRING(FROM_HEX('{_hex(value)}'))",
        lambda value: f"FROM_HEX('{_hex(value)}')",
        executed=False,
    ),
}
