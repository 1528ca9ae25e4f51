"""What the system may take from a process that parses a file: a module of its own, as it must load at once."""

from __future__ import annotations

import resource


def bounded(megabytes: int, seconds: int) -> None:
    """Bound the memory and the processor time of this process, which may write no file and leaves no core behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
