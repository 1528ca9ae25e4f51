"""The real databases under one face: a table p (n, k text, l text), scripts run by the database's own client."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

Row = tuple[int, str, str]


class Database(Protocol):
    """A real database with a table p (n, k text, l text) that tests may change."""

    dialect: str

    def reset(self, rows: Sequence[Row], *more: str) -> None: ...
    def run(self, script: bytes) -> subprocess.CompletedProcess[str]: ...
    def left(self) -> set[int]: ...
    def do(self, sql: str) -> list[Any]: ...


class Postgres:
    dialect = "postgresql"

    def __init__(self, run: Any) -> None:
        import psycopg

        self.run = run
        self.connection = psycopg.connect(run.uri, autocommit=True)

    def reset(self, rows: Sequence[Row], *more: str) -> None:
        self.do("DROP TABLE IF EXISTS child, p CASCADE")
        self.do("CREATE TABLE p (n int PRIMARY KEY, k text, l text)")
        with self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO p VALUES (%s, %s, %s)", rows)
        for sql in more:
            self.do(sql)

    def do(self, sql: str) -> list[Any]:
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def left(self) -> set[int]:
        return {row[0] for row in self.do("SELECT n FROM p")}


class Maria:
    def __init__(self, run: Any, dialect: str, sql_mode: str = "") -> None:
        import pymysql  # type: ignore[import-untyped]

        self.dialect, self.client, self.mode = dialect, run, sql_mode
        self.connection = pymysql.connect(
            unix_socket=run.socket, user="root", database="dsar", charset="utf8mb4", autocommit=True
        )

    def run(self, script: bytes, *options: str) -> subprocess.CompletedProcess[str]:
        mode = [f"--init-command=SET SESSION sql_mode='{self.mode}'"] if self.mode else []
        return self.client(script, "--database=dsar", *mode, *options)  # type: ignore[no-any-return]

    def reset(self, rows: Sequence[Row], *more: str) -> None:
        self.do("DROP TABLE IF EXISTS child, p")
        self.do("CREATE TABLE p (n INT PRIMARY KEY, k TEXT, l TEXT) ENGINE=InnoDB COLLATE utf8mb4_general_ci")
        with self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO p VALUES (%s, %s, %s)", rows)
        for sql in more:
            self.do(sql)

    def do(self, sql: str) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def left(self) -> set[int]:
        return {row[0] for row in self.do("SELECT n FROM p")}


class SqliteShell:
    dialect = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.file = folder / "p.db"
        self.connection = sqlite3.connect(self.file, isolation_level=None)
        self.do("PRAGMA synchronous = OFF")  # nothing here has to survive a power cut

    def reset(self, rows: Sequence[Row], *more: str) -> None:
        self.do("DROP TABLE IF EXISTS child")
        self.do("DROP TABLE IF EXISTS p")
        self.do("CREATE TABLE p (n INTEGER PRIMARY KEY, k TEXT COLLATE NOCASE, l TEXT COLLATE RTRIM)")
        self.do("BEGIN")
        self.connection.executemany("INSERT INTO p VALUES (?, ?, ?)", rows)
        self.do("COMMIT")
        for sql in more:
            self.do(sql)

    def do(self, sql: str) -> list[Any]:
        return self.connection.execute(sql).fetchall()

    def run(self, script: bytes) -> subprocess.CompletedProcess[str]:
        shell = shutil.which("sqlite3")
        if shell is None:
            return self._by_module(script)
        return subprocess.run([shell, self.file], input=script.decode(), capture_output=True, text=True, timeout=60)

    def _by_module(self, script: bytes) -> subprocess.CompletedProcess[str]:
        text = "\n".join(line for line in script.decode().split("\n") if not line.startswith("."))
        try:
            self.connection.executescript(text)
        except sqlite3.Error as error:
            return subprocess.CompletedProcess([], 1, "", str(error))
        return subprocess.CompletedProcess([], 0, "", "")

    def left(self) -> set[int]:
        return {row[0] for row in self.do("SELECT n FROM p")}
