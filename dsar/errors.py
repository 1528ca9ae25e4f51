"""Every error a user can cause, one tree, each with its exit code and a hint."""

from __future__ import annotations


class DsarError(Exception):
    """An error that the user can understand and usually mend.

    `message` says what and where (file, collection, line; never a personal value), `hint` what to type next.
    The exit codes are those of the contract: 2 for what the user can mend, 1 for what a person must look at.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(DsarError):
    """`dsar.toml` or a connector says something that cannot be right."""


class ConnectorError(DsarError):
    """A connector folder is not as the specification wants it."""


class SourceError(DsarError):
    """One source cannot be read; the run goes on, the source is `failed` and the exit code is 1."""

    exit_code = 1


class Unreadable(SourceError):
    """A file as a whole cannot be read: missing, empty, truncated, changed while being read, unknown encoding."""


class Incomplete(DsarError):
    """The work was done, but counts do not reconcile or something was left out: a person must look."""

    exit_code = 1


class RequestError(DsarError):
    """The person asked about, or a row of the requests file, is not described well enough."""


class WorkspaceError(DsarError):
    """The workspace is locked, damaged, foreign, or open to other users."""


class TornJournal(WorkspaceError):
    """The last line of the journal was torn while it was written; it can be set aside, because nothing came of it."""

    def __init__(self, message: str, *, hint: str, journal: object) -> None:
        super().__init__(message, hint=hint)
        self.journal = journal
        """The journal that met it, which has taken in every line before."""
