"""Requests from options and from a requests file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dsar.errors import RequestError
from dsar.model import RIGHTS, Identifier, Request
from dsar.normalise import dates
from dsar.store.keys import keyed

_WHO = ("email", "phone", "name", "birth_date", "address", "postcode")
_PLAIN = ("received", "regime", "language", "identity_method", "identity_verified_on", "note")
_LATER = ("scope", "agent", "calendar", "delivery")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


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
    request = Request(details.pop("request_id", None), tuple(i for i in found if i.value), **details)  # type: ignore[arg-type]
    _check(request, "The request")
    return request


def _listed(values: Iterable[str] | str) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _check(request: Request, where: str) -> None:
    if not request.identifiers:
        raise RequestError(f"{where} says nothing to find a person by.", hint="Give at least --email, --phone or --id.")
    for identifier in request.identifiers:
        if identifier.kind == "birth_date" and not dates(identifier.value):
            raise RequestError(f"{where}: the birth date is no date.", hint="Write it as YYYY-MM-DD.")
    if request.right not in RIGHTS:
        raise RequestError(f"{where}: there is no such right.", hint=f"One of: {', '.join(RIGHTS)}.")


def read_requests(path: Path, right: str = "access") -> list[Request]:
    """Read a requests file (CSV, the columns of the contract); several values in a cell are separated by `|`.

    `right` is that of a row that names none.

    Raises RequestError for a missing file, an unknown column, a row without id or anything to find a person by, and an
    id used twice (case does not matter).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise RequestError(f"There is no requests file {path.name}.", hint="Check the path.") from None
    except UnicodeDecodeError:
        raise RequestError(f"{path.name} is not UTF-8 text.", hint="Save it as CSV UTF-8.") from None
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    _check_columns(path.name, list(reader.fieldnames or ()))
    requests: list[Request] = []
    seen: set[str] = set()
    try:
        for row in reader:
            if any(value for value in row.values() if isinstance(value, str)):
                requests.append(_row(row, f"{path.name}, line {reader.line_num}", seen, right))
    except csv.Error:
        raise RequestError(f"{path.name}, line {reader.line_num}: not a CSV row.", hint="Check its quotes.") from None
    if not requests:
        raise RequestError(f"{path.name} holds no request.", hint="Add a row a person.")
    return requests


def _check_columns(name: str, columns: list[str]) -> None:
    if "request_id" not in columns:
        raise RequestError(f"{name} has no column request_id.", hint="See `dsar find --help` for the columns.")
    known = {"request_id", "right", "store", *_WHO, *_PLAIN, *_LATER}
    unknown = [c for c in columns if c not in known and not re.fullmatch(r"(id|set)\..+", c)]
    if unknown:
        raise RequestError(
            f"{name}: unknown column `{unknown[0]}`.", hint=f"Known: {', '.join(sorted(known))}, id.KIND."
        )


def _row(row: Mapping[str, str | None], where: str, seen: set[str], right: str) -> Request:
    cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    if None in row:
        raise RequestError(f"{where}: more cells than columns.", hint="Check its commas and quotes.")
    request_id = cells["request_id"]
    if not REQUEST_ID.fullmatch(request_id):
        raise RequestError(f"{where}: a request id is 1 to 40 letters, digits, `-` or `_`.", hint="Correct it.")
    if request_id.casefold() in seen:
        raise RequestError(f"{where}: the request id stands twice.", hint="Give each request its own.")
    seen.add(request_id.casefold())
    found = [Identifier(kind, value) for kind in _WHO for value in _values(cells.get(kind, ""))]
    for name, cell in cells.items():
        if name.startswith("id."):
            found.extend(Identifier(name[3:], value) for value in _values(cell))
    plain = {name: cells.get(name) or None for name in _PLAIN}
    store = cells.get("store", "").casefold() in ("yes", "true", "1", "ja", "oui", "sí", "si")
    request = Request(request_id, tuple(found), right=cells.get("right") or right, store=store, **plain)
    _check(request, where)
    return request


def _values(cell: str) -> list[str]:
    return [value.strip() for value in cell.split("|") if value.strip()]


def request_name(request: Request, key: str) -> str:
    """The id of a request, or for one that was not registered `ADHOC-` and a keyed hash of who and which right."""
    if request.request_id:
        return request.request_id
    who = sorted((identifier.kind, identifier.value) for identifier in request.identifiers)
    return f"ADHOC-{keyed(key, repr((who, request.right)), 12)}"
