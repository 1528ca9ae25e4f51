"""What is declared of a collection: its fields, and what the controller does with it."""

from __future__ import annotations

import datetime
import fnmatch
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dsar.model import Given


class Frozen(BaseModel):
    """A part of a TOML document: unknown keys are refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class FieldSpec(Frozen):
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
    codes: dict[str, str] = Field(default_factory=dict)


class AttachmentSpec(Frozen):
    """Where the files of a record lie: a field with the name, and a folder beside the export."""

    field: str
    folder: str = "attachments"
    name: str = "{value}"
    """File name in the folder; `{key}` is the record's key, `{value}` the field's value."""


class Purpose(Frozen):
    """One purpose with its legal basis; `interest` must be named for legitimate interest (Art. 13(1)(d))."""

    purpose: str
    basis: str
    interest: str | None = None
    categories: tuple[str, ...] = ("*",)


class Keep(Frozen):
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


class RecipientUse(Frozen):
    """A recipient of one collection: since when, and how it is known that a row was sent."""

    name: str
    since: datetime.date | None = None
    sent: str = "all"


class Erase(Frozen):
    """How a record of a collection is erased; table, key and lock name columns of the target."""

    method: Literal["delete", "anonymise", "restrict", "keep", "rewrite", "api", "manual"]
    target: str | None = None
    table: str | None = None
    key: dict[str, str] = Field(default_factory=dict)
    lock: dict[str, str] = Field(default_factory=dict)
    set: dict[str, str] = Field(default_factory=dict)
    call: str | None = None
    text: str | None = None
    after: tuple[str, ...] = ()


class CollectionSpec(Frozen):
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
    fields: dict[str, FieldSpec] = Field(default_factory=dict)


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
