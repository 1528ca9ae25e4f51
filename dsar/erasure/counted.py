"""Numbers with their noun, as people write them: `1 record`, `2 records`."""

from __future__ import annotations


def counted(count: int, noun: str = "record") -> str:
    """Write a count and its English noun, which takes an s unless the count is one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
