"""Progress of long work: silent unless someone listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a long-running function tells while it works."""

    def step(self, title: str, total: int | None = None) -> None:
        """Begin a step named `title`; `total` counts its units (bytes, rows, requests), None if unknown."""

    def advance(self, units: int = 1) -> None:
        """Say that `units` more of the current step are done."""


class _Silent:
    def step(self, title: str, total: int | None = None) -> None:
        pass

    def advance(self, units: int = 1) -> None:
        pass


SILENT: Progress = _Silent()
