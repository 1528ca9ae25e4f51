"""The sample company and the samples of the connectors say what their declarations and expectations say."""

from __future__ import annotations

import csv
import gzip
import io
import ipaddress
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from dsar.config import CollectionSpec, Config, field_for, load_config
from dsar.retention import read_date
from dsar.sources.effective import collections
from dsar.sources.registry import connectors
from dsar.sources.spec import load_connector

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
EXPECTED = tomllib.loads((SAMPLES / "expected" / "ada.toml").read_text(encoding="utf-8"))
CATEGORIES = tomllib.loads((ROOT / "dsar" / "vocabulary" / "categories.toml").read_text(encoding="utf-8"))
EXAMPLE_NETS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
FILES = {
    "crm/contacts": "crm/hubspot-crm-exports-all-contacts-2026-11-20.csv",
    "downloads/downloads": "website/downloads.csv",
    "inquiries/inquiries": "website/inquiries.csv",
    "shop/orders": "shop/orders_export.csv",
    "shop/customers": "shop/customers_export.csv",
    "hiring/candidates": "hiring/candidates.json",
    "newsletter/events": "newsletter/events.jsonl",
    "webinars/attendees": "webinars/attendees.xlsx",
    "support/tickets": "support/tickets.csv",
    "leads/leads": "leads/purchased_leads.csv",
    "transfers/transfers": "partners/transfers.csv",
    "consents/consents": "consents/consents.csv",
}
LOGS = ("access.log", "access.log.1.gz")
Record = dict[str, Any]


def table(path: Path) -> list[Record]:
    """Rows of a CSV file, a workbook or a JSON file as dicts; a ragged row fails."""
    if path.suffix == ".xlsx":
        head, *rows = load_workbook(path).active.iter_rows(values_only=True)
        return [{h: "" if v is None else str(v) for h, v in zip(head, row, strict=True)} for row in rows]
    text = path.read_bytes().decode("utf-8-sig")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if path.suffix == ".json":
        document = json.loads(text)
        return list(document["events"] if isinstance(document, dict) else document)
    delimiter = ";" if text.splitlines()[0].count(";") > text.splitlines()[0].count(",") else ","
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [dict(zip(head, row, strict=True)) for row in rows]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a JSON value with its path, `[*]` for any index; empty lists and objects are leaves."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for member in value:
            yield from leaves(member, f"{path}[*]")
    else:
        yield path, value


def log_lines(name: str) -> list[str]:
    raw = (SAMPLES / "exports" / "web" / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().splitlines()


def log_pattern() -> re.Pattern[str]:
    return re.compile(load_connector(ROOT / "connectors" / "combined_log").collections["requests"].pattern or "")


def spec_of(place: str) -> CollectionSpec:
    source, collection = place.split("/")
    return next(c.spec for c in collections(config(), connectors())[source] if c.name == collection)


def config() -> Config:
    return load_config(SAMPLES / "dsar.toml")


def every_text() -> str:
    parts = [path.read_bytes().decode("utf-8-sig") for path in SAMPLES.rglob("*") if path.suffix in _TEXT]
    parts += ["\n".join(log_lines(name)) for name in LOGS]
    parts += [str(table(SAMPLES / "exports" / FILES["webinars/attendees"]))]
    return "\n".join(parts)


_TEXT = {".csv", ".json", ".jsonl", ".txt", ".toml", ".md"}


def unreadable_dates(records: list[Record], spec: CollectionSpec) -> list[str]:
    """Fields with a `time` whose filled values are no dates."""
    found = []
    for record in records:
        for name, value in leaves(record):
            field = field_for(spec.fields, name)
            if field and field.time and value not in ("", None) and read_date(str(value), field) is None:
                found.append(name)
    return found


@pytest.mark.parametrize("place", FILES)
def test_every_column_of_the_sample_company_has_a_category_and_a_label(place: str) -> None:
    spec = spec_of(place)

    names = {name for record in table(SAMPLES / "exports" / FILES[place]) for name, _ in leaves(record)}

    fields = {name: field_for(spec.fields, name) for name in names}
    assert [n for n, f in fields.items() if not (f and f.label and f.category in CATEGORIES)] == []


@pytest.mark.parametrize("place", FILES)
def test_every_date_of_the_sample_company_is_read_by_its_declared_form(place: str) -> None:
    assert unreadable_dates(table(SAMPLES / "exports" / FILES[place]), spec_of(place)) == []


@pytest.mark.parametrize("place", FILES)
def test_the_expected_records_and_those_never_to_be_found_are_in_the_exports(place: str) -> None:
    key = spec_of(place).key[0]
    keys = [str(row[key]) for row in table(SAMPLES / "exports" / FILES[place])]
    wanted = next(s for s in EXPECTED["source"] if f"{s['source']}/{s['collection']}" == place)
    never = {*EXPECTED["never"].get(place, []), *EXPECTED["never_traps"].get(place, [])}
    listed = [*wanted["keys"], *wanted.get("probable", []), *wanted.get("possible", [])]

    assert wanted["confirmed"] == len(set(wanted["keys"]))
    assert set(listed) | never <= set(keys)
    assert not set(listed) & never


def test_a_row_with_the_persons_own_address_is_expected_and_one_of_the_namesake_is_not() -> None:
    own = re.compile(r"\b(?:ada\.example(?:\+shop)?@example\.org|a\.example@example\.com)", re.IGNORECASE)
    for place, file in FILES.items():
        wanted = next(s for s in EXPECTED["source"] if f"{s['source']}/{s['collection']}" == place)
        listed = {*wanted["keys"], *wanted.get("possible", [])}
        key = spec_of(place).key[0]
        for row in table(SAMPLES / "exports" / file):
            if row[key] and own.search(json.dumps(row)):
                assert str(row[key]) in listed
            if "ada.example91@" in json.dumps(row).lower():
                assert str(row[key]) in EXPECTED["never"][place]


def test_the_expected_log_lines_are_those_with_her_login_and_never_those_of_shared_cookies() -> None:
    wanted = next(s for s in EXPECTED["source"] if s["source"] == "web")
    found: dict[str, list[str]] = {"login": [], "cookie": []}
    cookies: dict[str, set[str]] = {}
    rows = [(f"{name}:{n}", log_pattern().match(line)) for name in LOGS for n, line in enumerate(log_lines(name), 1)]
    for _, match in rows:
        if match and match["cookie"] not in (None, "-") and match["login"] != "-":
            cookies.setdefault(match["cookie"], set()).add(match["login"])
    for place, match in rows:
        if match and match["login"] == "ada.example":
            found["login"].append(place)
        elif match and cookies.get(match["cookie"]) == {"ada.example"}:
            found["cookie"].append(place)

    assert sorted(wanted["keys"]) == sorted(found["login"])
    assert sorted(wanted["cookie_only"]) == sorted(found["cookie"])
    assert sorted(len(logins) for logins in cookies.values())[-2:] == [2, 14]


def test_exactly_one_line_of_the_logs_does_not_parse() -> None:
    bad = [line for name in LOGS for line in log_lines(name) if not log_pattern().match(line)]

    assert len(bad) == 1
    assert "@" not in bad[0]


def test_exactly_one_attached_file_is_missing() -> None:
    folder = SAMPLES / "exports" / "hiring" / "attachments"
    named = [
        f"{candidate['id']}_{file['filename']}"
        for candidate in table(SAMPLES / "exports" / FILES["hiring/candidates"])
        for file in candidate["attachments"]
    ]
    present = {path.name for path in folder.iterdir()}

    assert sorted(set(named) - present) == ["7001_certificates.pdf"]
    assert present <= set(named)
    assert (folder / "7001_CV.pdf").read_bytes().startswith(b"%PDF-")


def test_the_rows_of_an_order_stand_together_and_begin_with_its_number() -> None:
    rows = table(SAMPLES / "exports" / FILES["shop/orders"])
    firsts = [row["Name"] for row in rows if row["Id"]]
    changes = [
        row["Name"] for before, row in zip([{"Name": ""}, *rows], rows, strict=False) if row["Name"] != before["Name"]
    ]
    mine = [row for row in rows if row["Name"] in ("#2041", "#2077")]

    assert firsts == changes == sorted(set(firsts))
    assert len(mine) == next(s for s in EXPECTED["source"] if s["collection"] == "orders")["rows"]
    assert [row["Name"] for row in mine if not row["Email"]] == ["#2041"]


def test_everybody_lives_at_example_domains_phones_and_networks() -> None:
    text = every_text()

    mails = re.findall(r"[\w.+-]+@([\w.-]+\w)", text.replace("%40", "@"))
    assert {m.lower() for m in mails if not re.search(r"(?:^|\.)example\.(?:org|com)$", m.lower())} == set()
    assert len(mails) > 500
    numbers = {re.sub(r"\D", "", n) for n in re.findall(r"(?<![\w#.:-])\+\d[\d ]{8,}", text)}
    assert {n for n in numbers if not re.match(r"493023125\d{1,3}$|120255501\d\d$", n)} == set()
    hosts = {line.split(" ")[0] for name in LOGS for line in log_lines(name)}
    nets = [ipaddress.ip_network(net) for net in EXAMPLE_NETS]
    assert [h for h in hosts if not any(ipaddress.ip_address(h) in net for net in nets)] == []


def test_the_requests_use_every_right_and_each_names_a_person() -> None:
    rows = table(SAMPLES / "requests.csv")

    rights = {row["right"] for row in rows}
    assert rights == {"access", "portability", "erasure", "rectification", "restriction", "objection", "withdrawal"}
    assert len({row["request_id"] for row in rows}) == len(rows) == 10
    crm = {row["Email"].lower() for row in table(SAMPLES / "exports" / FILES["crm/contacts"])}
    assert [row["request_id"] for row in rows if row["email"] not in crm] == ["R-2026-010"]
    assert rows[0]["email"] == EXPECTED["request"]["email"]
