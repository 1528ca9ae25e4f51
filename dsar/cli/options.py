"""The options that several commands share, and what they say together: which person, and where to look."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.fulfilment.home import Home
    from dsar.fulfilment.workspace import Workspace
    from dsar.model import Request
    from dsar.progress import Progress

WHO = "Who (each can be repeated)"
WHERE = "Where to look"
RUN = "This run"


def option_in(panel: str, name: str, metavar: str, sentence: str) -> typer.models.OptionInfo:
    """Make an option that says something, shown in a panel of the help."""
    option: typer.models.OptionInfo = typer.Option(
        name, metavar=metavar, help=sentence, show_default=False, rich_help_panel=panel
    )
    return option


_who = partial(option_in, WHO)


Emails = Annotated[list[str] | None, _who("--email", "ADDRESS", "An e-mail address of the person.")]
Phones = Annotated[list[str] | None, _who("--phone", "NUMBER", "A phone number, best with its country code.")]
Names = Annotated[list[str] | None, _who("--name", "NAME", "A name; supports a match, never makes one alone.")]
BirthDates = Annotated[list[str] | None, _who("--birth-date", "YYYY-MM-DD", "The date of birth.")]
Addresses = Annotated[list[str] | None, _who("--address", "TEXT", "A postal address, in one line.")]
Postcodes = Annotated[list[str] | None, _who("--postcode", "CODE", "A postcode.")]
Ids = Annotated[list[str] | None, _who("--id", "KIND=VALUE", "Any other identifier, e.g. customer_no=C100.")]

Registered = Annotated[
    str | None,
    _who("--request", "ID", "The number of a registered request; stands for all other options that say who."),
]
RequestsFile = Annotated[
    Path | None,
    typer.Option(
        "--requests",
        metavar="FILE.csv",
        help="Many persons at once, one a row: request_id, right, email, phone, name, birth_date, address, postcode, "
        "id.KIND and more; keeps values out of the shell's history.",
        show_default=False,
        rich_help_panel=WHERE,
    ),
]
InFolder = Annotated[
    Path | None,
    typer.Option(
        "--in",
        metavar="DIR",
        help="Search the files of DIR without a config; what they are is guessed.",
        show_default=False,
        rich_help_panel=WHERE,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The config; else $DSAR_CONFIG, else dsar.toml here or above.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]
Today = Annotated[
    str | None,
    typer.Option(
        "--today",
        metavar="DATE",
        envvar="DSAR_TODAY",
        help="Run as if it were 12:00 on this day.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Draw no progress bars.", rich_help_panel=RUN)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.", rich_help_panel=RUN)]
OutFolder = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder to write to.", rich_help_panel="Result")
]


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run looks, which day it takes for today, and whether it draws bars."""

    folder: InFolder = None
    config: ConfigFile = None
    today: Today = None
    quiet: Quiet = False

    def open(self, progress: Progress) -> Workspace:
        """Open the workspace of the config, or of the guessed folder; raises DsarError."""
        from dsar.fulfilment.workspace import open_folder, open_workspace

        today = day_of(self.today)
        if self.folder is None:
            return open_workspace(self.config, today=today, progress=progress)
        if self.config is not None:
            raise RequestError("`--in` and `--config` exclude each other.", hint="Leave one of them out.")
        if not self.folder.is_dir():
            raise RequestError(f"There is no folder {self.folder}.", hint="`--in` names the folder with your exports.")
        return open_folder(self.folder, today=today, progress=progress)

    def open_patiently(self, progress: Progress, seconds: float) -> Workspace:
        """Open the workspace, and wait so long for a command that holds it alone; raises DsarError."""
        import time

        from dsar.errors import WorkspaceError

        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.open(progress)
            except WorkspaceError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.2)

    def home(self) -> Home:
        """Open what the register needs, without looking at an export; raises DsarError."""
        from dsar.fulfilment.home import open_home

        if self.folder is not None:
            raise RequestError("`--in` has no register.", hint="`--request` and `dsar request` need a dsar.toml.")
        return open_home(self.config, today=day_of(self.today))


@dataclass(frozen=True, slots=True)
class Person:
    """What was typed to find one person by."""

    email: Emails = None
    phone: Phones = None
    name: Names = None
    birth_date: BirthDates = None
    address: Addresses = None
    postcode: Postcodes = None
    id: Ids = None

    @property
    def given(self) -> dict[str, tuple[str, ...]]:
        """The values by name of the option, only those that were typed."""
        return {one.name: tuple(values) for one in fields(Person) if (values := getattr(self, one.name))}

    def request(self, right: str = "access", details: Mapping[str, Any] = MappingProxyType({})) -> Request:
        """Make the request of one person; raises RequestError if nothing says who is meant.

        `details` are further fields of Request.
        """
        from dsar.fulfilment.requests import request_of

        if not self.given:
            raise RequestError(
                "Nothing says which person is meant.",
                hint="Give what you know of them, for example `--email ada@example.org` or `--id customer_no=C100`; "
                "many persons at once: `--requests FILE.csv`.",
            )
        return request_of(**self.given, right=right, **details)


@dataclass(frozen=True, slots=True)
class Who(Person):
    """What was typed to say which person, or which persons, are meant."""

    registered: Registered = None
    """The number of a registered request."""
    requests: RequestsFile = None
    """A file with a request a row."""

    @property
    def elsewhere(self) -> bool:
        """Whether the register or a file says who, and what they ask for."""
        return self.registered is not None or self.requests is not None

    def asked(self, run: Run, right: str, details: Mapping[str, Any]) -> list[Request]:
        """Give the request of one person with its details, the registered one, or those of the file.

        Raises RequestError where more than one of the three is typed, or none.
        """
        from dsar.fulfilment.requests import read_requests

        if self.requests is not None:
            if self.given or self.registered is not None:
                raise RequestError(
                    "`--requests` stands for all other options that say who.", hint="Leave one of them out."
                )
            return self._as_changed(read_requests(self.requests, right), run)
        if self.registered is None:
            return [self.request(right, details)]
        if self.given:
            raise RequestError("`--request` stands for all other options that say who.", hint="Leave one of them out.")
        from dsar.fulfilment.desk.register import registered_request

        return [registered_request(run.home(), self.registered)]

    def _as_changed(self, requests: list[Request], run: Run) -> list[Request]:
        """The rows of a file; what was changed in the register since, such as a narrowing, stands above them."""
        if run.folder is not None:
            return requests
        from dsar.fulfilment.desk.register import as_changed

        return as_changed(run.home(), requests)

    def again(self, folder: Path | None, more: str = "") -> Again:
        """Give what was typed, with `…` for each value: a screen may be seen by others.

        `more` is what was typed besides.
        """
        words = f"{self._words} {more}".strip()
        return Again(words, folder)

    @property
    def _words(self) -> str:
        if self.registered is not None:
            return f"--request {shlex.quote(self.registered)}"
        if self.requests is not None:
            return f"--requests {shlex.quote(str(self.requests))}"
        return " ".join(f"--{name.replace('_', '-')} …" for name, all_ in self.given.items() for _ in all_)


@dataclass(frozen=True, slots=True)
class Again:
    """The options that asked the same question, without personal values, and the folder that was guessed."""

    options: str
    folder: Path | None = None


def day_of(text: str | None, option: str = "--today") -> datetime.date | None:
    """Read the date of an option (ISO 8601); raises RequestError."""
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise RequestError(f"`{option}` is not a date.", hint="Write it as YYYY-MM-DD, e.g. 2026-11-22.") from None
