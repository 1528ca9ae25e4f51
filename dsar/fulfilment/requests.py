"""Requests from options and from a requests file."""

from __future__ import annotations

import codecs
import csv
import datetime
import difflib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dsar.dates import dates
from dsar.emails import emails_in_cell
from dsar.errors import DsarError, RequestError
from dsar.model import RIGHTS, Identifier, Request
from dsar.register.requests import REQUEST_ID
from dsar.store.keys import keyed
from dsar.vocabulary import language_of, languages

_WHO = ("email", "phone", "name", "birth_date", "address", "postcode")
_PLAIN = ("received", "regime", "language", "identity_method", "identity_verified_on", "note")
_REGISTERED = {
    "agent": "the authority of whoever asks for the person must be checked",
    "delivery": "nothing is sent",
}
"""Columns that the register acts on and nothing else does, and what that means."""
_KNOWN = ("request_id", "right", *_WHO, *_PLAIN, "scope", "agent", "calendar", "delivery", "store")
_OPEN = re.compile(r"id\.[a-z0-9_-]+|set\..+")
_COLUMNS = f"The columns are: {', '.join(_KNOWN)}, id.KIND, set.FIELD."
_ROUNDED = re.compile(r"\+?\d([.,]\d+)?E\+\d+")
"""What is left of a long number, such as a phone's, once a spreadsheet took it for an amount: `4,93023E+11`."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WRITTEN: dict[str, tuple[Callable[[str], object], str, str]] = {
    "birth_date": (dates, "the birth date is no date.", "Write it as YYYY-MM-DD."),
    "email": (
        emails_in_cell,
        "what stands for the e-mail is no e-mail address.",
        "Write it as name@example.org.",
    ),
    "phone": (
        lambda text: sum(letter.isdigit() for letter in text) > 4,
        "what stands for the phone is no phone number.",
        "Write it with its country code, as +49 30 123456.",
    ),
}
"""For each kind with a form: what reads it, what to say of a value that has not that form, and how to write it."""
_YES = ("yes", "true", "1", "ja", "oui", "sí", "si")
_NO = ("", "no", "false", "0", "nein", "non")


def request_of(
    *,
    email: Iterable[str] = (),
    phone: Iterable[str] = (),
    name: Iterable[str] = (),
    birth_date: Iterable[str] = (),
    address: Iterable[str] = (),
    postcode: Iterable[str] = (),
    id: Iterable[str] = (),
    **details: object,
) -> Request:
    """Make a request of everything that is given to find a person by; `id` entries are `KIND=VALUE`.

    `details` are further fields of Request (`right`, `request_id`, `received`, …). Raises RequestError if nothing
    identifies anybody, or a date or id is not written as it must be.
    """
    given = {"email": email, "phone": phone, "name": name, "birth_date": birth_date}
    given |= {"address": address, "postcode": postcode}
    found = [Identifier(kind, value.strip()) for kind, values in given.items() for value in _listed(values)]
    for pair in _listed(id):
        kind, equals, value = pair.partition("=")
        if not equals or not value.strip() or not re.fullmatch(r"[a-z0-9_-]+", kind):
            raise RequestError("--id wants KIND=VALUE.", hint="For example: --id customer_no=C100")
        found.append(Identifier(kind, value.strip()))
    request = Request(details.pop("request_id", None), tuple(i for i in found if i.value))  # type: ignore[arg-type]
    return amended(request, **details)


def amended(request: Request, **details: Any) -> Request:
    """Give a request with other `details`, checked, and with notes on what of it is not acted on.

    Raises RequestError for what is not written as it must be.
    """
    changed = replace(request, **details)
    _check(changed, "The request")
    return replace(changed, notes=tuple(not_acted_on(changed)))


def _listed(values: Iterable[str] | str) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _check(request: Request, where: str) -> None:
    if not request.identifiers:
        raise RequestError(f"{where} says nothing to find a person by.", hint="Give at least --email, --phone or --id.")
    for identifier in request.identifiers:
        says, told, hint = _WRITTEN.get(identifier.kind, (bool, "", ""))
        if not says(identifier.value):
            raise RequestError(f"{where}: {told}", hint=hint)
    if request.right not in RIGHTS:
        raise RequestError(f"{where}: there is no such right.", hint=f"One of: {', '.join(RIGHTS)}.")
    for name in ("received", "identity_verified_on"):
        if not _is_moment(getattr(request, name)):
            raise RequestError(f"{where}: `{name}` is no date.", hint="Write it as YYYY-MM-DD or YYYY-MM-DDThh:mm.")
    try:
        language_of(request.language or languages()[0])
    except DsarError:
        raise RequestError(
            f"{where}: there are no texts in its language.", hint=f"Languages there are: {', '.join(languages())}."
        ) from None


def _is_moment(text: str | None) -> bool:
    """Whether a text is an ISO 8601 date, alone or with a time; nothing at all is right, too."""
    try:
        return not text or bool(re.match(r"\d{4}-\d\d-\d\d(?!\d)", text) and datetime.datetime.fromisoformat(text))
    except ValueError:
        return False


@dataclass(frozen=True)
class BadRow:
    """A row of a requests file that is no request: its id where it has a good one, and why."""

    request_id: str | None
    error: RequestError


def read_requests(path: Path, right: str = "access") -> list[Request]:
    """Read a requests file (CSV, the columns of the contract); several values in a cell are separated by `|`.

    Cells are separated by commas or, as spreadsheets of some countries write them, by semicolons or tabs. `right` is
    that of a row that names none. A filled cell that this version does not act on is told in the request's `notes`.

    Raises RequestError for a missing file, an unknown or doubled column, a row without id or anything to find a person
    by, what is no date or no address, a language without texts, and an id used twice (case does not matter).
    """
    requests, bad = read_rows(path, right)
    if bad:
        raise bad[0].error
    return requests


def read_rows(path: Path, right: str = "access") -> tuple[list[Request], list[BadRow]]:
    """Read a requests file as `read_requests` does; a row that is no request is told and stops no other one.

    Raises RequestError for a file that cannot be read as a whole, or holds no row.
    """
    text, separator = _text_of(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    requests: list[Request] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    try:
        columns = _columns(path.name, next(reader, []))
        for row in reader:
            if any(cell.strip() for cell in row):
                try:
                    requests.append(_row(columns, row, f"{path.name}, line {reader.line_num}", seen, right))
                except RequestError as error:
                    bad.append(BadRow(_id_of(columns, row), error))
    except csv.Error:  # what follows a broken quote is anybody's guess
        message = f"{path.name}, line {reader.line_num}: not a CSV row."
        bad.append(BadRow(None, RequestError(message, hint="Check its quotes; the rows after it were not read.")))
    if not requests and not bad:
        raise RequestError(f"{path.name} holds no request.", hint="Add a row a person.")
    return requests, bad


def _text_of(path: Path) -> tuple[str, str]:
    """The text of a requests file and what separates its cells, as spreadsheets of many countries write them."""
    try:
        data = path.read_bytes()
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except PermissionError:
        raise RequestError("The requests file cannot be read.", hint="Check who may read it.") from None
    except OSError:
        named = f" {path.name}" if path.suffix.casefold() in (".csv", ".tsv", ".txt") else ""
        raise RequestError(f"There is no requests file{named}.", hint="Check the path.") from None
    except UnicodeDecodeError:
        raise RequestError(f"{path.name} is not UTF-8 text.", hint="Save it as CSV UTF-8.") from None
    told = re.match(r"sep=([,;\t])\r?\n", text)  # a line for Excel, which does not show it
    if told:
        return text[told.end() :], told[1]
    heading = text.partition("\n")[0]
    return text, max(",;\t", key=heading.count)


def _id_of(columns: list[str], row: list[str]) -> str | None:
    found = dict(zip(columns, row, strict=False)).get("request_id", "").strip()
    return found if REQUEST_ID.fullmatch(found) else None


def _columns(name: str, row: list[str]) -> list[str]:
    """Give the headings, without the empty ones that a spreadsheet adds at the end."""
    columns = [column.strip() for column in row]
    while columns and not columns[-1]:
        columns.pop()
    _check_columns(name, columns)
    return columns


def _check_columns(name: str, columns: list[str]) -> None:
    """Refuse columns that are missing, unknown or doubled; what an unknown one says may itself be personal."""
    if "request_id" not in columns:
        raise RequestError(f"{name} has no column request_id.", hint=_COLUMNS)
    for number, column in enumerate(columns, start=1):
        if column not in _KNOWN and not _OPEN.fullmatch(column):
            near = difflib.get_close_matches(column.casefold(), _KNOWN, n=1)
            meant = f"Did you mean `{near[0]}`? " if near else ""
            raise RequestError(f"{name}: column {number} is unknown.", hint=f"{meant}{_COLUMNS}")
        if column in columns[: number - 1]:
            raise RequestError(
                f"{name}: columns {columns.index(column) + 1} and {number} have the same name.",
                hint="Several values of one kind go into one cell, separated by `|`.",
            )


def _row(columns: list[str], row: list[str], where: str, seen: set[str], right: str) -> Request:
    if any(cell.strip() for cell in row[len(columns) :]):
        raise RequestError(f"{where}: more cells than columns.", hint="Check its commas and quotes.")
    if any(_CONTROL.search(cell) for cell in row):
        raise RequestError(f"{where}: a cell holds a control character.", hint="Type it anew.")
    cells = dict.fromkeys(columns, "") | {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
    request_id = cells["request_id"]
    if not REQUEST_ID.fullmatch(request_id):
        raise RequestError(
            f"{where}: a request id is 1 to 40 letters, digits, `-` or `_`.", hint="Correct it; it begins with no `-`."
        )
    if request_id.casefold() in seen:
        raise RequestError(f"{where}: the request id stands twice.", hint="Give each request its own.")
    seen.add(request_id.casefold())
    found = [Identifier(kind, value) for kind in _WHO for value in _values(cells.get(kind, ""))]
    for name, cell in cells.items():
        if name.startswith("id."):
            found.extend(Identifier(name[3:], value) for value in _values(cell))
    if any(_ROUNDED.fullmatch(one.value) for one in found):
        raise RequestError(f"{where}: a spreadsheet rounded a number.", hint="Give its column the format Text.")
    plain: dict[str, Any] = {name: cells.get(name) or None for name in _PLAIN}
    plain |= {"right": cells.get("right", "").casefold() or right, "store": _yes(cells.get("store", ""), where)}
    plain |= {name: cells.get(name) or None for name in ("agent", "calendar", "delivery")}
    plain |= {"scope": tuple(_values(cells.get("scope", ""))), "changes": changes_of(cells)}
    regimes = _values(cells.get("regime", ""))
    plain |= {"regime": regimes[0] if regimes else None, "also_under": tuple(regimes[1:])}
    request = Request(request_id, tuple(found), **plain)
    _check(request, where)
    return replace(request, notes=tuple(not_acted_on(request)))


def not_acted_on(request: Request) -> Iterator[str]:
    """Say what was asked for and is not acted on, so that nobody takes the answer for that of another request.

    A request of the register is told of an agent and a delivery when its identity is checked and when it is released.
    """
    about = f"{request.request_id}: " if request.request_id else ""
    if not request.registered:
        for name, instead in _REGISTERED.items():
            if getattr(request, name):
                yield f"{about}`{name}` is for the register alone (`dsar request add`): {instead}."
    if request.changes and request.right != "rectification":
        yield f"{about}`set` is for a rectification: nothing is corrected."
    if request.store and request.right in ("access", "portability", "rectification"):
        yield f"{about}`store` is for an erasure: nothing is restricted."


def changes_of(cells: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Give field and new value of every filled `set.FIELD` (Art. 16 GDPR)."""
    return tuple((name[4:], cell) for name, cell in cells.items() if name.startswith("set.") and cell)


def _yes(cell: str, where: str) -> bool:
    if cell.casefold() not in (*_YES, *_NO):
        raise RequestError(f"{where}: `store` is neither yes nor no.", hint="Write `yes`, or leave it empty.")
    return cell.casefold() in _YES


def _values(cell: str) -> list[str]:
    return [value.strip() for value in cell.split("|") if value.strip()]


def request_name(request: Request, key: str) -> str:
    """The id of a request, or for one that was not registered `ADHOC-` and a keyed hash of who and which right."""
    if request.request_id:
        return request.request_id
    who = sorted((identifier.kind, identifier.value) for identifier in request.identifiers)
    return f"ADHOC-{keyed(key, repr((who, request.right)), 12)}"
