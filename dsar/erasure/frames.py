"""What stands around the statements of a script: one transaction, and guards that undo everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsar.erasure.dialects import Dialect, quoted_table
from dsar.erasure.statement import RowChange, condition, statement

Frame = Callable[[Sequence[RowChange], Dialect], list[str]]

# A customer deleted with ON DELETE CASCADE would take the invoices along that the law makes us keep (Art. 17(3)(b)),
# and a row count does not show it. So every foreign key that would reach further is asked first.
_POSTGRESQL_OPENING = r"""\set ON_ERROR_STOP on
\set VERBOSITY terse
BEGIN;
CREATE FUNCTION pg_temp.dsar_alone(parent regclass, condition text) RETURNS void LANGUAGE plpgsql AS $dsar_alone$
DECLARE
  link record;
  pulled bigint;
BEGIN
  FOR link IN
    SELECT c.conrelid::regclass AS child,
      (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(att, n)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att) AS theirs,
      (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(att, n)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.att) AS ours
    FROM pg_constraint c
    WHERE c.contype = 'f' AND c.confrelid = parent AND c.confdeltype IN ('c', 'n', 'd')
  LOOP
    EXECUTE format('SELECT count(*) FROM %s WHERE (%s) IN (SELECT %s FROM %s WHERE %s)',
      link.child, link.theirs, link.ours, parent, condition) INTO pulled;
    IF pulled > 0 THEN
      RAISE EXCEPTION 'dsar: a foreign key would also remove or change % row(s) of %, which the plan does not name;'
        ' nothing was changed', pulled, link.child;
    END IF;
  END LOOP;
END
$dsar_alone$;
DO $dsar_script$
DECLARE
  touched bigint;
BEGIN"""


def _postgresql(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = _POSTGRESQL_OPENING.split("\n")
    for number, change in enumerate(changes, 1):
        lines.append(f"  -- statement {number} of {len(changes)}")
        if not change.set:
            table = spoken.literal(quoted_table(change.table, spoken))
            lines.append(
                f"  PERFORM pg_temp.dsar_alone({table}::regclass, $dsar_row${condition(change, spoken)}$dsar_row$);"
            )
        lines += [
            f"  {statement(change, spoken)};",
            "  GET DIAGNOSTICS touched = ROW_COUNT;",
            "  IF touched <> 1 THEN",
            f"    RAISE EXCEPTION '{_complaint(number, '%')}', touched;",
            "  END IF;",
        ]
    return [*lines, "END", "$dsar_script$;", "COMMIT;"]


def _complaint(number: int, touched: str = "another number of") -> str:
    return f"dsar: statement {number} touches {touched} row(s) instead of one; nothing was changed"


def _mariadb(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    body = _mysql_body(changes, spoken)
    return ["DELIMITER //dsar//", "BEGIN NOT ATOMIC", *body, "END", "//dsar//", "DELIMITER ;"]


def _mysql(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    """MySQL has no anonymous block, so the statements stand in a procedure that is dropped afterwards."""
    return [
        "-- If this stops with an error, run its last line by hand: the procedure holds the keys of this script.",
        "DROP PROCEDURE IF EXISTS dsar_script;",
        "DELIMITER //dsar//",
        "CREATE PROCEDURE dsar_script()",
        "BEGIN",
        *_mysql_body(changes, spoken),
        "END",
        "//dsar//",
        "DELIMITER ;",
        "CALL dsar_script();",
        "DROP PROCEDURE dsar_script;",
    ]


def _mysql_body(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = [
        "  DECLARE found BIGINT DEFAULT 0;",
        "  DECLARE mode_before TEXT DEFAULT @@SESSION.sql_mode;",
        "  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN",
        "    ROLLBACK;",
        "    SET SESSION sql_mode = mode_before;",
        "    RESIGNAL;",
        "  END;",
        # Without strict mode a value that is too long is cut, and a wrong one becomes 0, with a warning only.
        "  SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES');",
    ]
    for table in dict.fromkeys(change.table for change in changes):
        deletes = any(change.table == table and not change.set for change in changes)
        lines += _mysql_table(table, spoken, deletes=deletes)
    lines.append("  START TRANSACTION;")
    for number, change in enumerate(changes, 1):
        table, row = quoted_table(change.table, spoken), condition(change, spoken)
        lines += [
            f"  -- statement {number} of {len(changes)}",
            # ROW_COUNT() of an UPDATE leaves out rows that already had the values, so the row is counted first.
            f"  SELECT COUNT(*) INTO found FROM {table} WHERE {row} FOR UPDATE;",
            "  IF found <> 1 THEN",
            f"    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_complaint(number)}';",
            "  END IF;",
            f"  {statement(change, spoken)};",
            f"  IF ROW_COUNT() {'> 1' if change.set else '<> 1'} THEN",
            f"    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_complaint(number)}';",
            "  END IF;",
        ]
    return [*lines, "  COMMIT;", "  SET SESSION sql_mode = mode_before;"]


def _mysql_table(table: str, spoken: Dialect, *, deletes: bool) -> list[str]:
    """Refuse a table that cannot be rolled back, and one whose foreign keys would take other rows along."""
    *schema, name = table.split(".")
    in_schema = spoken.literal(schema[-1]) if schema else "DATABASE()"
    lines = [
        "  SELECT COUNT(*) INTO found FROM information_schema.TABLES",
        f"    WHERE TABLE_SCHEMA = {in_schema} AND TABLE_NAME = {spoken.literal(name)} AND ENGINE = 'InnoDB';",
        "  IF found <> 1 THEN",
        "    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'dsar: a table is not InnoDB, so it cannot be rolled back';",
        "  END IF;",
    ]
    if not deletes:
        return lines
    return [
        *lines,
        "  -- After looking at these foreign keys yourself: SET @dsar_cascades_checked = 1; and run this again.",
        "  SELECT COUNT(*) INTO found FROM information_schema.REFERENTIAL_CONSTRAINTS",
        f"    WHERE UNIQUE_CONSTRAINT_SCHEMA = {in_schema} AND REFERENCED_TABLE_NAME = {spoken.literal(name)}",
        "    AND DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT');",
        "  IF found > 0 AND @dsar_cascades_checked IS NULL THEN",
        "    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'dsar: a foreign key would take unplanned rows along';",
        "  END IF;",
    ]


_SQLITE_PART = 500


def _sqlite(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    """All statements stand in a trigger: its INSERT is one statement, so a guard undoes it with or without .bail."""
    lines = [
        ".bail on",
        "-- Off, so that no ON DELETE CASCADE takes a row along that the plan does not name.",
        "PRAGMA foreign_keys = OFF;",
        "BEGIN IMMEDIATE;",
        "CREATE TEMP TABLE dsar_script (part INTEGER);",
    ]
    parts = range(0, len(changes), _SQLITE_PART)
    for part, start in enumerate(parts, 1):
        lines.append(f"CREATE TEMP TRIGGER dsar_part_{part} AFTER INSERT ON dsar_script WHEN NEW.part = {part} BEGIN")
        for number, change in enumerate(changes[start : start + _SQLITE_PART], start + 1):
            lines += [
                f"  -- statement {number} of {len(changes)}",
                f"  {statement(change, spoken)};",
                f"  SELECT RAISE(ROLLBACK, '{_complaint(number)}') WHERE changes() <> 1;",
            ]
        lines.append("END;")
    # A rollback also takes the temporary table away, so no later part can run after an earlier one failed.
    lines += [f"INSERT INTO dsar_script VALUES ({part});" for part in range(1, len(parts) + 1)]
    return [*lines, "DROP TABLE dsar_script;", "COMMIT;"]


def _sqlserver(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = ["SET XACT_ABORT ON;", "BEGIN TRY", "  BEGIN TRANSACTION;"]
    for number, change in enumerate(changes, 1):
        lines.append(f"  {statement(change, spoken)};")
        lines.append(f"  IF @@ROWCOUNT <> 1 THROW 50000, '{_complaint(number)}', 1;")
    return [
        *lines,
        "  COMMIT TRANSACTION;",
        "END TRY",
        "BEGIN CATCH",
        "  IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;",
        "  THROW;",
        "END CATCH;",
    ]


def _oracle(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = [
        "SET DEFINE OFF",
        "WHENEVER SQLERROR EXIT FAILURE ROLLBACK",
        "ALTER SESSION SET NLS_COMP = BINARY;",
        "ALTER SESSION SET NLS_SORT = BINARY;",
        "BEGIN",
    ]
    for number, change in enumerate(changes, 1):
        lines.append(f"  {statement(change, spoken)};")
        lines.append(f"  IF SQL%ROWCOUNT <> 1 THEN RAISE_APPLICATION_ERROR(-20001, '{_complaint(number)}'); END IF;")
    return [*lines, "  COMMIT;", "EXCEPTION WHEN OTHERS THEN", "  ROLLBACK;", "  RAISE;", "END;", "/"]


def _snowflake(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = [
        "EXECUTE IMMEDIATE $$",
        "DECLARE",
        "  another_row EXCEPTION (-20001, 'dsar: a statement touches another number of rows; nothing was changed');",
        "BEGIN",
        "  BEGIN TRANSACTION;",
    ]
    for change in changes:
        lines.append(f"  {statement(change, spoken)};")
        lines.append("  IF (SQLROWCOUNT <> 1) THEN RAISE another_row; END IF;")
    return [*lines, "  COMMIT;", "EXCEPTION", "  WHEN OTHER THEN", "    ROLLBACK;", "    RAISE;", "END;", "$$;"]


def _bigquery(changes: Sequence[RowChange], spoken: Dialect) -> list[str]:
    lines = ["BEGIN", "  BEGIN TRANSACTION;"]
    for number, change in enumerate(changes, 1):
        lines.append(f"  {statement(change, spoken)};")
        lines.append(f"  IF @@row_count <> 1 THEN RAISE USING MESSAGE = '{_complaint(number)}'; END IF;")
    return [*lines, "  COMMIT TRANSACTION;", "EXCEPTION WHEN ERROR THEN", "  ROLLBACK TRANSACTION;", "  RAISE;", "END;"]


FRAMES: dict[str, Frame] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "mysql": _mysql,
    "sqlite": _sqlite,
    "sqlserver": _sqlserver,
    "oracle": _oracle,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
}
