"""A process of its own for a parser: whatever a file does to it costs an error, never this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dsar.errors import Unreadable
from dsar.sources.limits import current


class Child:
    """A module of ours that runs as a process of its own, and the lines that it writes."""

    def __init__(self, module: str, *arguments: Any, more_seconds: int = 0) -> None:
        """Each argument reaches it as JSON; `reader_mb` and `reader_seconds` (and some more) come before them."""
        limits = current()
        seconds = limits.reader_seconds + more_seconds
        words = [json.dumps(value) for value in (limits.reader_mb, seconds, *arguments)]
        self._command = [sys.executable, "-P", "-m", module, *words]
        self.code = 0

    def lines(self) -> Iterator[bytes]:
        """Give its lines as they come; `code` says afterwards how it ended. It does not outlive who reads them."""
        root = str(Path(__file__).resolve().parents[3])
        found = [*sys.path, root] if root not in sys.path else sys.path
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found)), "PYTHONUTF8": "1"}
        null, pipe = subprocess.DEVNULL, subprocess.PIPE
        with subprocess.Popen(self._command, stdin=null, stdout=pipe, stderr=null, env=environment) as process:  # noqa: S603
            try:
                yield from process.stdout or ()
            finally:
                if process.poll() is None and sys.exc_info()[0] is not None:
                    process.send_signal(signal.SIGKILL)
        self.code = process.returncode

    def spool(self, write: Callable[[bytes], object], stopped: Unreadable) -> dict[str, Any]:
        """Write its rows, as `rows.spool` would, and give the document that it ends with.

        Raises what it says went wrong as Unreadable, and `stopped` where it did not come to its end.
        """
        end: dict[str, Any] = {}
        for line in self.lines():
            if line.startswith(b'{"l":'):
                write(line)
            elif line.strip():
                end = json.loads(line)
        if "error" in end:
            raise Unreadable(end["error"][0], hint=end["error"][1])
        if self.code or "end" not in end:
            raise stopped
        return dict(end["end"])
