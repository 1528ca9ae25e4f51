"""The command line of dsar: the application, and the one place where a run ends."""

from __future__ import annotations

import errno
import gc
import io
import itertools
import os
import re
import resource
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

_interrupted = signal.getsignal(signal.SIGINT)
if _interrupted is signal.default_int_handler and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while the rest is imported ends us without a traceback

import typer
from typer.main import get_command

from dsar.cli import exits
from dsar.cli.faults import is_interrupt, write_log
from dsar.cli.lazy import COMMANDS, LazyGroup
from dsar.cli.visible import show
from dsar.errors import DsarError, TornJournal

if _interrupted is signal.default_int_handler and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

FULL_OR_FORBIDDEN = {
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS,
    errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR,
}  # fmt: skip
"""What whoever runs dsar can mend: a disk, a permission, a path that was typed."""
NOT_THERE = {errno.ENOENT, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}
"""What they can mend where it is about a path that they typed, such as one in a folder that there is not."""

app = typer.Typer(
    cls=LazyGroup,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start here: dsar demo\n\nYour own exports: dsar init exports/\n\nThen: dsar find --email ada@example.org",
)


_YOUNG = 100_000
"""Objects that are made before Python looks for cycles among them: a command makes as many by its imports alone."""


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("dsar-cli")
        except PackageNotFoundError:
            number = "(not installed, run from its source)"
        sys.stdout.write(f"dsar {number}\n")
        raise typer.Exit


@app.callback()
def dsar(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Answer data-subject requests from exports, on this machine, offline."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error of a run ends here and is told on stderr.

    `arguments` are the words after `dsar`, by default those of the process.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if arguments is None:  # a process of our own
        gc.set_threshold(_YOUNG)
    _prepare_signals()
    _prepare_output()
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = _run(words)
        sys.stdout.flush()
    except BaseException as error:
        code = _ended(error, words)
    if code == exits.INTERRUPTED:
        _tell("Interrupted. Nothing was changed in your sources; run the same command again when you like.")
    if arguments is None:  # the process ends here, and Python would look through all that is left twice more
        gc.freeze()
    return code


def _run(words: list[str]) -> int:
    """Run the command; should it meet a line of the log that was torn by a power cut, set that aside and run it again.

    What was done before it met the line is not done twice: any command may be run again (as after a kill).
    """
    command = get_command(app)
    try:
        return int(command.main(words, prog_name="dsar", standalone_mode=False) or 0)
    except TornJournal as torn:
        if words[0] == "journal":  # who looks at the log sees it as it lies
            raise
        from dsar.fulfilment.desk.torn import set_aside

        _tell(*set_aside(torn))
    code = int(command.main(words, prog_name="dsar", standalone_mode=False) or 0)
    return max(code, exits.LOOK)


def _prepare_signals() -> None:
    """Let a run that is told to end do so as with Ctrl-C: temporary folders with personal data are removed."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)


def _prepare_output() -> None:
    """Make output whole or an error, and never stop at a character that the terminal's encoding does not have.

    Under PYTHONUNBUFFERED Python writes past its buffers and drops the rest of a partial write (a full disk, a reader
    that left) without a word: an answer would be cut and the exit code 0.
    """
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(sys.stdout.buffer), encoding=sys.stdout.encoding)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _ended(error: BaseException, words: list[str]) -> int:
    """Say on stderr, without personal values, why the run ended, and give its exit code."""
    match error:
        case DsarError():
            _tell(error.message, error.hint)
            return error.exit_code
        case typer.TyperException():
            _tell(*_usage(error, words))
            return exits.MEND
        case KeyboardInterrupt() | typer.Abort():
            return exits.INTERRUPTED
        case _ if is_interrupt(error):
            return exits.INTERRUPTED
        case SystemExit():
            return int(error.code or 0)
        case BrokenPipeError():
            # The reader of our output has left, e.g. `dsar find … | head`; the interpreter flushes again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return exits.LOOK
        case OSError() if error.errno in FULL_OR_FORBIDDEN or (error.errno in NOT_THERE and _named(error, words)):
            what = _named(error, words) or "A file"
            _tell(f"{what} cannot be read or written: {os.strerror(error.errno or 0)}.", "`dsar doctor` looks at both.")
            return exits.MEND
        case _:
            return _fault(error, words)


def _named(error: OSError, words: list[str]) -> str:
    """The option whose folder an error is about; a path itself is not told, for it may hold a name."""
    if error.filename is None:
        return ""
    file = Path(os.fsdecode(error.filename)).absolute()
    for option, value in itertools.pairwise(words):
        place = Path(value).absolute()
        if option in ("--out", "--in", "--inbox", "--html", "--ics") and {place, place.parent} & {file, *file.parents}:
            return f"What `{option}` names"
    return ""


def _fault(error: BaseException, words: list[str]) -> int:
    log = write_log(error, words[0] if words[0] in COMMANDS else "dsar")
    where = f"the log {log} says where and holds no personal values" if log else "no log could be written"
    _tell(f"This is a fault of dsar ({type(error).__name__}), not of yours: {where}; please report it.")
    return exits.FAULT


def _usage(error: typer.TyperException, words: list[str]) -> tuple[str, str]:
    """Wrong usage in words that never repeat a value: an address typed without `--email` is a personal value."""
    command = getattr(getattr(error, "ctx", None), "command_path", "dsar")
    message = error.format_message()
    typed = {part for word in words if word not in COMMANDS for part in word.split("=", 1)}
    values = {part for part in typed if part and not re.fullmatch(r"--?[a-z][a-z-]*", part)}
    if message.endswith("is not readable."):
        return "A file or folder that was named cannot be read.", "Check who may read it."
    if any(value in message for value in values):
        message = "The command line holds a value that does not belong there."
        return message, f"Put the option in front of each value, e.g. `--email …`; `{command} --help` lists them."
    return message, f"`{command} --help` lists the options and gives examples."


def _tell(message: str, hint: str = "") -> None:
    lines = [show(line) for line in message.splitlines()]
    if hint:
        lines.append(f"Hint: {show(hint)}")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
