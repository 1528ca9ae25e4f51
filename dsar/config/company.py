"""The company that answers: its sources, recipients and targets, all of dsar.toml."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from dsar.config.declared import CollectionSpec, Statute
from dsar.config.frozen import Frozen

Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]


class Source(Frozen):
    """One system: the connector that reads its files, or `manual` where a person is asked."""

    name: Name
    title: str | None = None
    connector: str = "table"
    files: tuple[str, ...] = ()
    snapshot: datetime.datetime | datetime.date | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: Literal["\\"] | None = None
    """The backslash, where it stands before marks inside cells, as MySQL writes them."""
    zone: Annotated[str | None, AfterValidator(lambda name: _real_zone(name))] = None
    """The time zone of times of day that say none."""
    skip_lines: int = 0
    headings: tuple[str, ...] = ()
    """The names of the columns, for files without a heading row."""
    constants: dict[str, str] = Field(default_factory=dict)
    """Columns that every row of these files has although they do not hold them: the supplier of a list."""
    collection: dict[Name, CollectionSpec] = Field(default_factory=dict)
    manual: bool = False
    ask: str | None = None
    auto_release: bool = False
    """Whether a batch may release packages that tell of this source without a person looking (A-45)."""


def _real_zone(name: str | None) -> str | None:
    try:
        return name if name is None else ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone of the tz database, e.g. Europe/Berlin") from None


class Transfer(Frozen):
    """The safeguard of a transfer to a third country (Art. 15(2), 46 GDPR)."""

    mechanism: str
    copy_at: str | None = None


class Certificate(Frozen):
    """A distributor's certificate and the day it ends."""

    ref: str
    until: datetime.date | None = None


class RecipientSpec(Frozen):
    """A named recipient (Art. 15(1)(c) GDPR)."""

    name: str
    role: str
    country: str
    transfer: Transfer | None = None
    certificate: Certificate | None = None
    sold: bool = False


class Target(Frozen):
    """A database that a deletion script is written for."""

    dialect: Literal["postgresql", "mariadb", "mysql", "sqlite", "sqlserver", "oracle", "snowflake", "bigquery"]
    title: str | None = None
    ddl: str | None = None
    """A file with the CREATE TABLE statements of the database, beside dsar.toml: types and limits for the rehearsal."""


class NotSearched(Frozen):
    """Something that is never searched, and why (EDPB Guidelines 01/2022, 5.1)."""

    what: str
    reason: str
    last_copy_days: int | None = None


class Controller(Frozen):
    """Who answers the request, and the rules that answer is under."""

    name: str = ""
    contact: str = ""
    dpo: str | None = None
    regime: str = "GDPR"
    calendar: str | None = None
    time_zone: str = "UTC"
    phone_region: str | None = None
    language: str = "en"
    own_domains: tuple[str, ...] = ()
    own_phones: tuple[str, ...] = ()
    approvals: int = Field(default=1, ge=1, le=9)
    """How many different people must approve a plan before its scripts are run."""
    financial_year_end: str = Field(default="12-31", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
    authority: str = ""
    court: str = ""
    not_searched: tuple[NotSearched, ...] = ()
    interpretations: dict[Annotated[str, Field(pattern=r"^INT-\d+$")], str] = Field(default_factory=dict)
    """Chosen readings of disputed questions of deadlines, e.g. `INT-1 = "restart"`; see `dsar deadline`."""

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is no time zone of the tz database, e.g. Europe/Berlin") from error
        return value


class LegalHold(Frozen):
    """A claim or dispute for which nothing of a person may be erased until a day (Art. 17(3)(e) GDPR)."""

    claim: str
    """What it is about, e.g. the number of the case; it stands in the plan."""
    until: datetime.date
    ids: tuple[str, ...] = Field(min_length=1)
    """`KIND=VALUE`, e.g. `customer_no=C1001`: whoever is known by one of them."""
    sources: tuple[str, ...] = ("*",)


class Limits(Frozen):
    """How much one file may ask of this machine before it is refused."""

    unpacked_mb: Annotated[int, Field(gt=0)] = 65_536
    """Size of an archive, a gzip file or a workbook once it is unpacked."""
    ratio: Annotated[int, Field(gt=0)] = 200
    """How many times its own size a packed file may unpack to."""
    members: Annotated[int, Field(gt=0)] = 10_000
    """Files in one archive."""
    cell_mb: Annotated[int, Field(gt=0)] = 64
    """One row of a table, line of a log or record of a JSON file, and so each of their cells."""
    depth: Annotated[int, Field(gt=0, le=200)] = 200
    """How deep JSON may be nested."""
    reader_mb: Annotated[int, Field(ge=256)] = 4_096
    """Memory of the process that reads a workbook or a large JSON file."""
    reader_seconds: Annotated[int, Field(gt=0)] = 900
    """Processor time of that process."""


class OwnData(Frozen):
    """How long dsar keeps what it makes itself (G-18 to G-22); `dsar purge` removes what is older."""

    register_months: Annotated[int, Field(ge=1)] = 36
    """The case of a closed request; California asks for 24 at least (11 CCR 7101(a))."""
    packages_days: Annotated[int, Field(ge=0)] = 30
    """A package after its delivery."""
    working_days: Annotated[int, Field(ge=0)] = 30
    """Cases of people without a registered request, and what a closed request left."""
    segments_days: Annotated[int, Field(ge=1)] = 90
    """Segments after their building; they are built anew when they are needed."""
    inbox_days: Annotated[int, Field(ge=0)] = 30
    """Files in `done` and `rejected` of a drop folder."""
    exports_days: Annotated[int, Field(ge=1)] = 30
    """Exports older than this are a copy of everybody that lies about: `dsar check` warns."""


class AutoRelease(Frozen):
    """Where a batch puts what it releases by itself; without this it releases nothing (A-45)."""

    packages: str
    """A folder for the sealed packages, a folder a request."""
    passphrases: str
    """Another folder, outside of it, for their passphrases: one file of mode 0600 a request."""
    package: Literal["zip", "html"] = "zip"


class Config(Frozen):
    """All of dsar.toml, with the folder its relative paths start from."""

    workspace: str = ".dsar"
    key_file: str | None = None
    connectors: tuple[str, ...] = ()
    """Folders with further connectors."""
    regimes: tuple[str, ...] = ()
    """Rule files of further laws, see docs/deadlines.md."""
    letters: str | None = None
    """A folder with the company's own letters, see docs/register.md."""
    controller: Controller = Controller()
    texts: dict[Annotated[str, Field(pattern="^[a-z]{2}$")], dict[str, str]] = Field(default_factory=dict)
    """By language: texts of this file and of connectors as they stand there, and in that language (Art. 12(1) GDPR)."""
    own_data: OwnData = OwnData()
    auto_release: AutoRelease | None = None
    limits: Limits = Limits()
    recipient: tuple[RecipientSpec, ...] = ()
    target: dict[Name, Target] = Field(default_factory=dict)
    statute: dict[str, dict[str, Statute]] = Field(default_factory=dict)
    """Rows of the retention table that are the controller's own, or that change a shipped one."""
    hold: tuple[LegalHold, ...] = ()
    source: tuple[Source, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def workspace_folder(self) -> Path:
        """The workspace as an absolute path."""
        return (self.folder / self.workspace).resolve()
