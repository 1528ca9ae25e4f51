"""How a run ends: errors, faults, Ctrl-C, a reader that left; never with a personal value."""

from __future__ import annotations

import errno
import gc
import os
import pty
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import CANARY, Ended, Fake

from dsar.errors import Incomplete, RequestError, WorkspaceError

DRIVER = str(Path(__file__).with_name("driver.py"))
WHO = ("find", "--email", CANARY)
Dsar = Callable[..., Ended]


@pytest.mark.parametrize(("error", "code"), [(RequestError, 2), (WorkspaceError, 2), (Incomplete, 1)])
def test_an_error_of_the_tree_is_a_message_and_a_hint(
    error: type[RequestError], code: int, fake: Fake, dsar: Dsar
) -> None:
    fake.raises = error("crm.csv, line 3: \x1b[31mends early.", hint="Export it again.")

    ended = dsar(*WHO)

    assert ended.code == code
    assert ended.out == ""
    assert ended.err == "crm.csv, line 3: \\x1b[31mends early.\nHint: Export it again.\n"


def test_an_unknown_exception_ends_with_3_and_a_log_without_values(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    fake.raises = ValueError(f"cannot read {CANARY}")
    fake.raises.__cause__ = KeyError(CANARY)
    fake.raises.add_note(CANARY)

    ended = dsar(*WHO)

    (log,) = tmp_path.glob("dsar-fault-*.log")
    text = log.read_text()
    assert ended.code == 3
    assert ended.out == ""
    assert str(log) in ended.err and len(ended.err.splitlines()) == 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert CANARY not in ended.err + text
    assert "builtins.ValueError" in text and "builtins.KeyError" in text
    assert "tests/cli/invented.py" in text and " in find\n" in text
    assert str(Path(__file__).parents[2]) not in text


def test_a_fault_whose_log_cannot_be_written_still_ends_with_3(
    fake: Fake, dsar: Dsar, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.raises = ValueError(CANARY)
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")

    ended = dsar(*WHO)

    assert ended.code == 3
    assert "no log could be written" in ended.err
    assert CANARY not in ended.err


def test_a_full_disk_is_for_the_user_to_mend(fake: Fake, dsar: Dsar) -> None:
    fake.raises = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"/tmp/{CANARY}")

    ended = dsar(*WHO)

    assert ended.code == 2
    assert "No space left" in ended.err
    assert CANARY not in ended.err


def test_ctrl_c_ends_with_130_and_one_calm_line(fake: Fake, dsar: Dsar) -> None:
    fake.raises = KeyboardInterrupt()

    ended = dsar(*WHO)

    assert ended.code == 130
    assert ended.out == ""
    assert ended.err.count("\n") == 1
    assert "Nothing was changed" in ended.err


@pytest.mark.parametrize("kind", ["duckdb", "runtime"])
def test_an_interrupted_query_is_no_fault(kind: str, fake: Fake, dsar: Dsar) -> None:
    import duckdb

    fake.raises = duckdb.InterruptException("INTERRUPT") if kind == "duckdb" else RuntimeError("Query interrupted")

    ended = dsar(*WHO)

    assert ended.code == 130
    assert "Nothing was changed" in ended.err and "fault" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_real_interrupt_ends_a_process_with_130(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, DRIVER, "slow", *WHO], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "Nothing was changed" in err and "Traceback" not in err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("more", [["--json"], []])
def test_a_reader_that_leaves_is_no_fault(unbuffered: str, more: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, DRIVER, "many", *WHO, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        pipesize=4096,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=20)

    assert err == b""
    assert process.returncode == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_does_not_fit_on_the_disk_is_not_a_success(unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, DRIVER, "many", *WHO, "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            text=True,
        )

    assert ended.returncode == 2
    assert "No space left" in ended.stderr and "Traceback" not in ended.stderr


def test_a_fault_in_a_process_shows_no_value(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, DRIVER, "boom", *WHO],
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )

    (log,) = tmp_path.iterdir()
    assert ended.returncode == 3
    assert CANARY not in ended.stdout + ended.stderr + log.read_text()
    assert "Traceback" not in ended.stderr


def test_files_are_private_and_no_core_is_dumped(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    import resource

    def write(*_: object) -> list[object]:
        (tmp_path / "written").write_text("x")
        return []

    fake.find = write  # type: ignore[method-assign, assignment]
    sys.modules["dsar.fulfilment.finding.find"].find = write  # type: ignore[attr-defined]
    old = os.umask(0o022)
    try:
        dsar(*WHO, "--json")
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "written").stat().st_mode) == 0o600
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_a_terminal_gets_no_command_from_data() -> None:
    """Everything on a pty, stdout and the bars of stderr: escapes are rich's own colours and cursor moves only."""
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, DRIVER, "hostile", *WHO],
        stdout=child,
        stderr=child,
        env=os.environ | {"COLUMNS": "80", "TERM": "xterm-256color"},
    ) as process:
        os.close(child)
        said = _read(parent)
        process.wait(timeout=20)
    os.close(parent)

    text = said.decode()
    assert process.returncode == 1
    assert "\\x1b]52" in text
    assert "\x1b]" not in text, "an OSC command (clipboard, link) reached the terminal"
    assert "\x07" not in text
    assert not any(0x80 <= ord(char) < 0xA0 or char in "\u202e\u2066" for char in text)


def _read(parent: int) -> bytes:
    said = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            return said
        if not part:
            return said
        said += part


def test_ctrl_c_while_dsar_still_starts_shows_no_traceback() -> None:
    """Python's own start is over once it imports `dsar.cli`; a module of Typer plays whoever presses the keys."""
    script = (
        "import os, signal, sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "import dsar.cli\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert ended.returncode == -signal.SIGINT
    assert ended.stderr == ""


def test_importing_the_command_line_leaves_ctrl_c_as_it_was() -> None:
    script = "import signal, dsar.cli; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stdout == "True\n"


def test_a_program_that_calls_a_command_keeps_its_collector_of_cycles(dsar: Dsar) -> None:
    before = gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()

    assert dsar("find", "--help").code == 0
    assert (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()) == before
