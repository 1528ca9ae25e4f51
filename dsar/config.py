"""dsar.toml as frozen values: an unknown key is an error that names the nearest known one."""

from __future__ import annotations

import datetime
import difflib
import fnmatch
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dsar.errors import ConfigError
from dsar.model import Given

Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
DIALECTS = ("postgresql", "mariadb", "mysql", "sqlite", "sqlserver", "oracle", "snowflake", "bigquery")
Model = TypeVar("Model", bound=BaseModel)
ROLES = ("subject", "billing", "shipping", "contact", "author", "assignee", "mentioned")


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class FieldSpec(_Frozen):
    """What one column (or JSON path) of a collection is."""

    category: str | None = None
    label: str | None = None
    identifier: str | None = None
    role: Literal["subject", "billing", "shipping", "contact", "author", "assignee", "mentioned"] = "subject"
    given: Given | None = None
    time: str | None = None
    zone: str | None = None
    third_party: bool = False
    secret: bool = False
    codes: dict[str, str] = {}


class AttachmentSpec(_Frozen):
    """Where the files of a record lie: a field with the name, and a folder beside the export."""

    field: str
    folder: str = "attachments"
    name: str = "{value}"
    """File name in the folder; `{key}` is the record's key, `{value}` the field's value."""


class Purpose(_Frozen):
    """One purpose with its legal basis; `interest` must be named for legitimate interest (Art. 13(1)(d))."""

    purpose: str
    basis: str
    interest: str | None = None
    categories: tuple[str, ...] = ("*",)


class Keep(_Frozen):
    """How long categories are kept: a period that starts at a column's date, or a criterion in words."""

    categories: tuple[str, ...] = ("*",)
    days: int | None = None
    months: int | None = None
    years: int | None = None
    after: str | None = None
    from_: Literal["end of year"] | None = Field(default=None, alias="from")
    statute: str | None = None
    hold_until: datetime.date | None = None
    criterion: str | None = None


class RecipientUse(_Frozen):
    """A recipient of one collection: since when, and how it is known that a row was sent."""

    name: str
    since: datetime.date | None = None
    sent: str = "all"


class Erase(_Frozen):
    """How a record of a collection is erased; table, key and lock name columns of the target."""

    method: Literal["delete", "anonymise", "restrict", "keep", "rewrite", "api", "manual"]
    target: str | None = None
    table: str | None = None
    key: dict[str, str] = {}
    lock: dict[str, str] = {}
    set: dict[str, str] = {}
    call: str | None = None
    text: str | None = None
    after: tuple[str, ...] = ()


class CollectionSpec(_Frozen):
    """One kind of row of a source: its fields, and what the controller does with it."""

    title: str | None = None
    key: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    keep: tuple[Keep, ...] = ()
    origin: Literal["person", "observed", "derived", "third_party", "acquisition"] | None = None
    supplier: str | None = None
    acquired: datetime.date | None = None
    confirmation: str | None = None
    notice: str | None = None
    recipients: tuple[RecipientUse, ...] | None = None
    automated_decision: bool | str | None = None
    erase: Erase | None = None
    attachments: AttachmentSpec | None = None
    unconfirmed: tuple[str, ...] = ()
    fields: dict[str, FieldSpec] = {}


class Source(_Frozen):
    """One system: the connector that reads its files, or `manual` where a person is asked."""

    name: Name
    title: str | None = None
    connector: str = "table"
    files: tuple[str, ...] = ()
    snapshot: datetime.datetime | datetime.date | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    skip_lines: int = 0
    collection: dict[Name, CollectionSpec] = {}
    manual: bool = False
    ask: str | None = None


class Transfer(_Frozen):
    """The safeguard of a transfer to a third country (Art. 15(2), 46 GDPR)."""

    mechanism: str
    copy_at: str | None = None


class Certificate(_Frozen):
    """A distributor's certificate and the day it ends."""

    ref: str
    until: datetime.date | None = None


class RecipientSpec(_Frozen):
    """A named recipient (Art. 15(1)(c) GDPR)."""

    name: str
    role: str
    country: str
    transfer: Transfer | None = None
    certificate: Certificate | None = None
    sold: bool = False


class Target(_Frozen):
    """A database that a deletion script is written for."""

    dialect: Literal["postgresql", "mariadb", "mysql", "sqlite", "sqlserver", "oracle", "snowflake", "bigquery"]
    title: str | None = None
    ddl: str | None = None


class NotSearched(_Frozen):
    """Something that is never searched, and why (EDPB Guidelines 01/2022, 5.1)."""

    what: str
    reason: str
    last_copy_days: int | None = None


class Controller(_Frozen):
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
    authority: str = ""
    court: str = ""
    not_searched: tuple[NotSearched, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is no time zone of the tz database, e.g. Europe/Berlin") from error
        return value


class Config(_Frozen):
    """All of dsar.toml, with the folder its relative paths start from."""

    workspace: str = ".dsar"
    key_file: str | None = None
    connectors: tuple[str, ...] = ()
    """Folders with further connectors."""
    controller: Controller = Controller()
    recipient: tuple[RecipientSpec, ...] = ()
    target: dict[Name, Target] = {}
    source: tuple[Source, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def workspace_folder(self) -> Path:
        """The workspace as an absolute path."""
        return (self.folder / self.workspace).resolve()


def plain(heading: str) -> str:
    """A heading as it is compared: blanks around and case do not matter."""
    return heading.strip().casefold()


def field_for(fields: dict[str, FieldSpec], name: str) -> FieldSpec | None:
    """The declaration of a column or JSON leaf: its own name first, then a pattern with `*`.

    `name` of a JSON leaf has `[*]` for any index, e.g. `email_addresses[*].value`.
    """
    wanted = plain(name)
    for declared, spec in fields.items():
        if plain(declared) == wanted:
            return spec
    for declared, spec in fields.items():
        if "*" in declared.replace("[*]", "") and fnmatch.fnmatchcase(
            wanted.replace("[", "("), plain(declared).replace("[", "(")
        ):
            return spec
    return None


def find_config(given: Path | None = None, start: Path | None = None) -> Path:
    """Find dsar.toml: `given`, else `$DSAR_CONFIG`, else in the working folder or above.

    Raises ConfigError with the next command to type if there is none.
    """
    named = given or (Path(os.environ["DSAR_CONFIG"]) if os.environ.get("DSAR_CONFIG") else None)
    if named is not None:
        if named.is_file():
            return named
        raise ConfigError(f"There is no config file {named}.", hint="Check the path, or run `dsar init` to write one.")
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / "dsar.toml").is_file():
            return candidate / "dsar.toml"
    raise ConfigError(
        "There is no dsar.toml in this folder or above.",
        hint="Run `dsar init DIR` on the folder with your exports, or `dsar find … --in DIR` to search without one.",
    )


def load_config(path: Path) -> Config:
    """Read and check dsar.toml.

    Raises ConfigError for TOML that cannot be read, an unknown key (naming the nearest known one), a wrong value,
    two sources of one name, or a name that points to nothing.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}.", hint="Correct the line.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} cannot be read: {type(error).__name__}.", hint="Save it as UTF-8.") from None
    config = parse(Config, document, where=path.name).model_copy(update={"folder": path.resolve().parent})
    _check_names(config, path.name)
    return config


def parse(model: type[Model], document: dict[str, Any], *, where: str) -> Model:
    """Turn a TOML document into `model`, or raise ConfigError that says where and names the nearest known key."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _explained(model, error, where) from None


def _explained(model: type[BaseModel], error: ValidationError, where: str) -> ConfigError:
    first = error.errors(include_url=False, include_input=False)[0]
    *path, last = [str(part) for part in first["loc"]] or [""]
    at = ".".join(re.sub(r"^(\d+)$", lambda m: f"[{int(m[1]) + 1}]", part) for part in [*path, last]).replace(".[", "[")
    if first["type"] == "extra_forbidden":
        known = sorted(set(_keys_of(model)))
        near = difflib.get_close_matches(last, known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}."
        return ConfigError(f"{where}: unknown key `{at}`.", hint=hint)
    return ConfigError(f"{where}: `{at}`: {first['msg']}.", hint="Correct it in the file and run again.")


def _keys_of(model: type[BaseModel]) -> list[str]:
    """Every key of the model and of the models inside it: enough to name the nearest one."""
    keys: list[str] = []
    seen: set[type] = set()
    queue: list[Any] = [model]
    while queue:
        part = queue.pop()
        if isinstance(part, type) and issubclass(part, BaseModel):
            if part in seen:
                continue
            seen.add(part)
            for name, info in part.model_fields.items():
                if not info.exclude:
                    keys.append(info.alias or name)
                    queue.append(info.annotation)
        else:
            queue.extend(getattr(part, "__args__", ()))
    return keys


def _check_names(config: Config, where: str) -> None:
    recipients = {recipient.name for recipient in config.recipient}
    seen: set[str] = set()
    for source in config.source:
        if source.name in seen:
            raise ConfigError(f"{where}: two sources are called `{source.name}`.", hint="Give each its own name.")
        seen.add(source.name)
        if not source.manual and not source.files:
            raise ConfigError(
                f"{where}: source `{source.name}` has no `files`.", hint="Name them, or say `manual = true`."
            )
        for name, collection in source.collection.items():
            at = f"{where}: source `{source.name}`, collection `{name}`"
            for used in collection.recipients or ():
                if used.name not in recipients:
                    raise ConfigError(
                        f"{at}: no [[recipient]] is called `{used.name}`.", hint="Add it, or correct the name."
                    )
            target = collection.erase.target if collection.erase else None
            if target is not None and target not in config.target:
                raise ConfigError(f"{at}: there is no [target.{target}].", hint="Add it with its `dialect`.")
