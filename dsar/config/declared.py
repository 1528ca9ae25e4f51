"""What is declared of a collection: its fields, and what the controller does with it."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Iterable
from string import Formatter
from typing import Annotated, Literal
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from dsar.config.frozen import Frozen
from dsar.config.telling import Decision, History, Together
from dsar.model import Given
from dsar.normalise import KINDS

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SECOND = re.compile(r"(.+) \(\d+\)", re.DOTALL)
_EPOCHS = ("s", "ms", "us")


class Condition(Frozen):
    """Rows in which a column holds one of some values, such as those of a table of keys and values."""

    column: str
    is_: Annotated[tuple[str, ...], Field(alias="is", min_length=1)]


class FieldSpec(Frozen):
    """What one column (or JSON path) of a collection is."""

    category: str | None = None
    label: str | None = None
    also: tuple[str, ...] = ()
    """Other headings of the same column: in another language, an internal name, an older one."""
    identifier: str | None = None
    when: Condition | None = None
    """Where only some rows hold such an identifier; in others it is a value like any."""
    find: str | None = None
    """A regular expression with one group: every match is a value of its own. For lists and prefixes in a cell."""
    decode: tuple[Literal["plus", "percent"], ...] = ()
    """What is undone, in this order, before a value is looked for: `+` for a blank, percent-encoding."""
    role: Literal["subject", "billing", "shipping", "contact", "author", "assignee", "mentioned"] = "subject"
    given: Given | None = None
    time: str | None = None
    zone: str | None = None
    third_party: bool = False
    secret: bool = False
    codes: dict[str, str] = Field(default_factory=dict)

    @field_validator("identifier")
    @classmethod
    def _known_kind(cls, kind: str | None) -> str | None:
        bare = re.sub("[-_ ]", "", (kind or "").casefold())
        near = next((known for known in KINDS if known.replace("_", "") == bare and known != kind), None)
        if near:
            raise ValueError(f"`{kind}` is no kind of identifier, but `{near}` is")
        if kind is not None and not re.fullmatch("[a-z0-9_]+", kind):
            raise ValueError("an identifier kind is written in small letters, digits and _")
        return kind

    @property
    def lacks_zone(self) -> bool:
        """Whether it is a time of day whose zone neither the value nor the declaration says."""
        form = self.time or ""
        return self.zone is None and ("%H" in form or "%I" in form) and "%z" not in form and not form.endswith("Z")

    @field_validator("find")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                compiled = re.compile(pattern, re.ASCII)
            except re.error as error:
                raise ValueError(f"`{pattern}` is no regular expression: {error}") from None
            if compiled.groups != 1 or compiled.match("") is not None:
                raise ValueError(f"`{pattern}` needs exactly one group, and must not match an empty cell")
        return pattern

    def within(self, cells: Iterable[tuple[str, str | None]]) -> FieldSpec:
        """Give what is declared of this field in a row with these cells: no identifier where `when` does not hold."""
        if self.when is None:
            return self
        column, wanted = plain(self.when.column), self.when.is_
        holds = any(plain(name) == column and (value or "").strip() in wanted for name, value in cells)
        return self if holds else self.unidentified()

    def unidentified(self) -> FieldSpec:
        """Give the declaration of a row in which `when` does not hold."""
        return self.model_copy(update={"identifier": None, "find": None, "when": None})

    def values(self, cell: str) -> tuple[str, ...]:
        """Give the values that a cell holds: itself, or what `find` finds in it once `decode` is undone."""
        for step in self.decode:
            cell = cell.replace("+", " ") if step == "plus" else _percent_decoded(cell)
        if self.find is None:
            return (cell,)
        return tuple(value for value in re.findall(self.find, cell, re.ASCII) if value)

    @field_validator("time")
    @classmethod
    def _usable_format(cls, form: str | None) -> str | None:
        if form is None or form in _EPOCHS:
            return form
        moment = datetime.datetime(2001, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
        try:
            usable = "%" in form and datetime.datetime.strptime(moment.strftime(form), form) is not None
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"`{form}` is no format of a time; write it as in `%d.%m.%Y %H:%M`, or as s, ms or us")
        return form

    @field_validator("zone")
    @classmethod
    def _real_zone(cls, zone: str | None) -> str | None:
        try:
            return zone if zone is None else ZoneInfo(zone).key
        except (LookupError, ValueError, OSError):
            raise ValueError(f"`{zone}` is no time zone; write it as in `Europe/Berlin`") from None


def _percent_decoded(cell: str) -> str:
    """As the store does it: where the bytes are not UTF-8, only the `@` of an address."""
    try:
        return unquote(cell, errors="strict")
    except UnicodeDecodeError:
        return cell.replace("%40", "@")


class AttachmentSpec(Frozen):
    """Where the files of a record lie: a field with the name, and a folder beside the export."""

    field: str
    folder: str = "attachments"
    name: str = "{value}"
    """File name in the folder: `{key}` is the record's key, `{value}` the field's value, `{last}` its last part."""

    @field_validator("name")
    @classmethod
    def _only_key_and_value(cls, name: str) -> str:
        try:
            parts = [(field, form, conversion) for _, field, form, conversion in Formatter().parse(name)]
        except ValueError:
            raise ValueError("its braces are not in pairs") from None
        if any(field not in (None, "key", "value", "last") or form or conversion for field, form, conversion in parts):
            raise ValueError("a file name knows only `{key}`, `{value}` and `{last}`")
        return name


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
    from_: Literal["end of year", "end of financial year"] | None = Field(default=None, alias="from")
    year_end: str | None = Field(default=None, pattern=r"^\d\d-\d\d$")
    """Last day of the financial year, MM-DD; by default that of the controller."""
    rule: str | None = None
    """A rule of the retention table, e.g. `DE.vouchers`; what is said beside it wins."""
    statute: str | None = None
    hold_until: datetime.date | None = None
    criterion: str | None = None


class Statute(Frozen):
    """One row of the retention table: how long a law has what kept (requirements of Art. 17(3)(b), (e) GDPR)."""

    applies_to: str | None = None
    days: int | None = None
    months: int | None = None
    years: int | None = None
    from_: Literal["end of year", "end of financial year"] | None = Field(default=None, alias="from")
    statute: str | None = None
    status: Literal["read", "confirm", "own"] = "own"
    checked_on: datetime.date | None = None


class RecipientUse(Frozen):
    """A recipient of one collection: since when, and how it is known that a row was sent."""

    name: str
    since: datetime.date | None = None
    sent: str = "all"


class Limit(Frozen):
    """What a column of the target bears: at most so many characters, no NULL, no value twice."""

    length: int | None = None
    required: bool = False
    unique: bool = False


class Erase(Frozen):
    """How a record of a collection is erased; table, key and lock name columns of the target."""

    method: Literal["delete", "anonymise", "restrict", "keep", "rewrite", "api", "manual"]
    target: str | None = None
    table: str | None = None
    key: dict[str, str] = Field(default_factory=dict)
    lock: dict[str, str] = Field(default_factory=dict)
    set: dict[str, str] = Field(default_factory=dict)
    limits: dict[str, Limit] = Field(default_factory=dict)
    """What columns of `set` bear; a `ddl` of the target says it for all of its tables."""
    call: str | tuple[str, ...] | None = None
    """A request, or several in their order, for systems that delete in two steps."""
    text: str | None = None
    after: tuple[str, ...] = ()


class SectionSpec(Frozen):
    """One of several tables in a file: it starts behind a line that holds nothing but its name."""

    after: tuple[str, ...]
    skip: Annotated[int, Field(ge=0, le=20)] = 0
    """Lines between that line and the headings."""


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
    automated_decision: bool | str | Decision | None = None
    erase: Erase | None = None
    section: SectionSpec | None = None
    """Where it is one of several tables of a file, and no connector says so."""
    attachments: AttachmentSpec | None = None
    together: Together | None = None
    history: History | None = None
    elsewhere: str | None = None
    """Where that is asked for which such an export cannot contain."""
    unconfirmed: tuple[str, ...] = ()
    fields: dict[str, FieldSpec] = Field(default_factory=dict)


def plain(heading: str) -> str:
    """A heading as it is compared: blanks around, case and the quotes around a key of a JSON path do not matter."""
    bare = _QUOTED.sub(lambda found: re.sub(r"\\(.)", r"\1", found[1]), heading) if '"' in heading else heading
    return bare.strip().casefold()


def field_for(fields: dict[str, FieldSpec], name: str) -> FieldSpec | None:
    """The declaration of a column or JSON leaf: its own name first, then another name of it, then a pattern with `*`.

    `name` of a JSON leaf has `[*]` for any index, e.g. `email_addresses[*].value`. The second column of one name
    (`Reason (2)`) is declared like the first, unless that identifies somebody: it may be somebody else.
    """
    declared = declared_name(fields, name)
    if declared is None and (first := _SECOND.fullmatch(name)):
        declared = declared_name(fields, first[1])
        declared = None if declared is None or fields[declared].identifier else declared
    return None if declared is None else fields[declared]


def declared_name(fields: dict[str, FieldSpec], name: str) -> str | None:
    """The name under which a column is declared, or None."""
    if name in fields:
        return name
    wanted = plain(name)
    for declared in fields:
        if plain(declared) == wanted:
            return declared
    for declared, spec in fields.items():
        if any(plain(other) == wanted for other in spec.also):
            return declared
    return next((declared for declared in fields if fits_pattern(declared, name)), None)


def fits_pattern(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern with `*`; the `[*]` of a path is no wildcard."""
    if "*" not in pattern.replace("[*]", ""):
        return False
    return fnmatch.fnmatchcase(plain(name).replace("[", "("), plain(pattern).replace("[", "("))
