"""What the labelled exports are: the config an officer would write for each folder, and the request of one record."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Row = Mapping[str, str]
Told = Iterator[tuple[str, str]]
"""(kind, value) pairs of a request."""


@dataclass(frozen=True)
class Export:
    """One file: its name, the heading of its key, and what its columns are (`heading`: `kind[@role][ format]`)."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, str]


@dataclass(frozen=True)
class Data:
    """One labelled folder: its exports and the region of its phone numbers."""

    folder: str
    region: str
    exports: tuple[Export, ...]
    record: Callable[[str, Row], str]
    """Give the id of a row in truth.csv."""
    prefixes: tuple[str, ...] = ()
    """Ids that begin so are asked for; all where it is empty."""


_PERSON = {"first_name": "given_name", "middle_initial": "given_name", "last_name": "family_name"}
_HOME = {"street_number": "street", "street_name": "street", "unit_number": "street", "city": "city"}
_CENSUS = _PERSON | _HOME | {"zipcode": "postcode", "date_of_birth": "birth_date %m/%d/%Y"}
_MAILED = {f"mailing_address_{name}": kind for name, kind in _HOME.items()} | {"mailing_address_zipcode": "postcode"}
_SENZING = {
    "PRIMARY_NAME_FULL": "name", "PRIMARY_NAME_ORG": "name", "NATIVE_NAME_FULL": "name",
    "PRIMARY_NAME_FIRST": "given_name", "PRIMARY_NAME_MIDDLE": "given_name", "PRIMARY_NAME_LAST": "family_name",
    "DATE_OF_BIRTH": "birth_date", "PASSPORT_NUMBER": "passport", "DRIVERS_LICENSE_NUMBER": "driver_licence",
    "SSN_NUMBER": "ssn", "NATIONAL_ID_NUMBER": "national_id", "TAX_ID_NUMBER": "tax_id", "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone", "ADDR_FULL": "address", "ADDR_LINE1": "street", "ADDR_CITY": "city",
    "ADDR_POSTAL_CODE": "postcode", "ADDR_COUNTRY": "country",
}  # fmt: skip
_SENZING_KEY = ("DATA_SOURCE", "RECORD_ID")

COMPANY = Data("company", "US", (
    Export("crm", ("contact_id",), {
        "customer_no": "customer_no", "first_name": "given_name", "last_name": "family_name", "email": "email",
        "mobile": "phone", "street": "street", "city": "city", "zip": "postcode", "birthday": "birth_date %Y-%m-%d"}),
    Export("orders", ("order_id",), {
        "order_id": "order_no", "customer_no": "customer_no", "bill_name": "name@billing",
        "bill_email": "email@billing", "bill_phone": "phone@billing",
        "bill_street": "street@billing", "bill_zip": "postcode@billing",
        "ship_name": "name@shipping", "ship_street": "street@shipping", "ship_zip": "postcode@shipping",
        "cookie": "cookie", "ip": "ip"}),
    Export("applications", ("application_id",), {
        "candidate": "name", "contact_email": "email", "contact_phone": "phone",
        "date_of_birth": "birth_date %d/%m/%Y", "address": "address"}),
    Export("newsletter", ("sub_id",), {
        "sub_id": "click_id", "email": "email", "first_name": "given_name", "opt_in_ip": "ip"}),
    Export("web", ("session_id",), {"ip": "ip", "cookie": "cookie", "login": "login", "click_id": "click_id"}),
), lambda file, row: next(iter(row.values())), ("crm", "ord", "app", "news"))  # fmt: skip
HOUSEHOLDS = Data("households", "US", (
    Export("census2020", ("row_id",), _CENSUS),
    Export("census2030", ("row_id",), _CENSUS),
    Export("ssa", ("row_id",), {
        "ssn": "ssn", "first_name": "given_name", "middle_name": "given_name", "last_name": "family_name",
        "date_of_birth": "birth_date %Y%m%d"}),
    Export("w2_2021", ("row_id",), _PERSON | _MAILED | {"ssn": "ssn"}),
    Export("wic2022", ("row_id",), _CENSUS | {"date_of_birth": "birth_date %m%d%Y"}),
), lambda file, row: row["row_id"])  # fmt: skip
TRAPS = Data("traps", "US", tuple(
    Export(name, _SENZING_KEY, _SENZING) for name in ("customers", "reference", "watchlist")
), lambda file, row: f"{row['DATA_SOURCE']}:{row['RECORD_ID']}")  # fmt: skip
TYPOS = Data("typos", "GB", (
    Export("source", ("unique_id",), {
        "first_name": "given_name", "surname": "family_name", "dob": "birth_date %Y-%m-%d", "city": "city",
        "email": "email"}),
), lambda file, row: row["unique_id"])  # fmt: skip
ADDRESSES = Data("addresses", "AU", (
    Export("source", ("rec_id",), {
        "given_name": "given_name", "surname": "family_name", "street_number": "street", "address_1": "street",
        "suburb": "city", "postcode": "postcode", "date_of_birth": "birth_date %Y%m%d", "soc_sec_id": "ssn"}),
), lambda file, row: row["rec_id"])  # fmt: skip
EVERY = (COMPANY, HOUSEHOLDS, TRAPS, TYPOS, ADDRESSES)


def toml(data: Data, folder: Path) -> str:
    """Write the dsar.toml of a labelled folder, as an officer would who knows what each column is."""
    parts = [f'key_file = "dsar.key"\n[controller]\ntime_zone = "UTC"\nphone_region = "{data.region}"']
    for export in data.exports:
        path = folder / data.folder / f"{export.name}.csv"
        keys = ", ".join(f'"{name}"' for name in export.key)
        parts.append(f'[[source]]\nname = "{export.name}"\nconnector = "table"\nfiles = ["{path}"]')
        parts.append(f"[source.collection.{export.name}]\nkey = [{keys}]\n[source.collection.{export.name}.fields]")
        for heading in headings(path):
            parts.append(f'"{heading}" = {{ {_field(export.columns.get(heading, ""))} }}')
    return "\n".join(parts)


def _field(told: str) -> str:
    kind, _, pattern = told.partition(" ")
    kind, _, role = kind.partition("@")
    described = 'category = "user"' + (f', identifier = "{kind}"' if kind else "")
    return described + (f', role = "{role}"' if role else "") + (f', time = "{pattern}"' if pattern else "")


def headings(path: Path) -> list[str]:
    """Give the headings of one export."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return next(csv.reader(file))


def rows(path: Path) -> list[Row]:
    """Read one export."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def told_by(export: Export, row: Row) -> dict[str, list[str]]:
    """Give what a person would say of themselves who stands in a row: every identifying cell, names put together."""
    parts: dict[str, list[str]] = {}
    for heading, told in export.columns.items():
        value = row.get(heading, "").strip()
        kind, _, pattern = told.partition(" ")
        kind, _, role = kind.partition("@")
        if value and role != "shipping" and kind not in ("ip", "country"):
            parts.setdefault(kind, []).append(_day(value, pattern) if kind == "birth_date" else value)
    asked = {kind: parts.pop(kind) for kind in ("email", "phone", "postcode", "birth_date") if kind in parts}
    family, given = " ".join(parts.pop("family_name", [])), " ".join(parts.pop("given_name", []))
    names = parts.pop("name", []) + (
        [f"{family}, {given}" if family and given else family or given] if family or given else []
    )
    streets, city = parts.pop("street", []), parts.pop("city", [])
    address = parts.pop("address", []) + ([" ".join(streets) + "".join(f", {c}" for c in city)] if streets else [])
    asked |= {"name": names, "address": address}
    return asked | {"id": [f"{kind}={value}" for kind, values in parts.items() for value in values]}


def _day(value: str, pattern: str) -> str:
    try:
        return datetime.datetime.strptime(value, pattern).date().isoformat() if pattern else value
    except ValueError:
        return value
