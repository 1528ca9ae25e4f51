"""An invented company of any size, the same for the same seed: exports, a log, requests, a dsar.toml."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SEED = 20_251_117
_PRIME = 2_147_483_647
_SYLLABLES = ("ba", "do", "fe", "gu", "hi", "ka", "lo", "me", "ni", "po", "ra", "su", "ti", "vo", "wa", "ze")
TODAY = "2026-11-22"
CRM_COLUMNS = 12


@dataclass(frozen=True)
class Company:
    """A folder with exports and the dsar.toml that describes them."""

    folder: Path

    @property
    def config(self) -> Path:
        """Its dsar.toml."""
        return self.folder / "dsar.toml"

    @property
    def workspace(self) -> Path:
        """Where its segments lie."""
        return self.folder / ".dsar"

    def export(self, name: str) -> Path:
        """One of its exports."""
        return self.folder / "exports" / name


def company(folder: Path, *, contacts: int = 0, orders: int = 0, lines: int = 0) -> Company:
    """Write a company of so many contacts, orders of those contacts and log lines; none of a kind, no such source."""
    import duckdb

    made = Company(folder)
    (folder / "exports").mkdir(parents=True)
    connection = duckdb.connect()
    sources = []
    if contacts:
        _copy(connection, _contacts(contacts), made.export("crm.csv"), "HEADER")
        sources.append(_CRM)
    if orders:
        _copy(connection, _orders(orders, contacts), made.export("orders.csv"), "HEADER")
        sources.append(_SHOP)
    if lines:
        # a delimiter and a quote that no line holds: the lines stand as they are
        _copy(connection, _log(lines), made.export("access.log"), r"HEADER false, QUOTE '', ESCAPE '', DELIM e'\x01'")
        sources.append(_WEB)
    connection.close()
    made.config.write_text("\n".join([_CONTROLLER, *sources]), encoding="utf-8")
    return made


def contacts_as(path: Path, rows: int, options: str, **instead: str) -> None:
    """Write the contacts alone in a format of DuckDB's; `instead` gives columns another SQL expression."""
    import duckdb

    changed = ", ".join(f"{expression} AS {name}" for name, expression in instead.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * {f'REPLACE ({changed})' if changed else ''} FROM "
            f"({_contacts(rows)})) TO '{path}' ({options})"
        )


def email_of(number: int) -> str:
    """The address of contact `number`, from 0."""
    return f"{_given(number)}.{_family(number)}{number}@example.org"


def write_requests(path: Path, people: Iterable[int]) -> Path:
    """Write a requests file that asks for these contacts by their e-mail address."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["request_id", "right", "received", "email"])
        writer.writerows([f"R-{number:07d}", "access", "2026-11-02", email_of(number)] for number in people)
    return path


def _copy(connection: object, query: str, path: Path, options: str) -> None:
    connection.execute("SET preserve_insertion_order = true")  # type: ignore[attr-defined]
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, {options})")  # type: ignore[attr-defined]


def _drawn(number: str, salt: int) -> str:
    """SQL of an even, repeatable draw for a row: the same in every version of DuckDB, which its own hash is not."""
    return f"((({number}) * 48271 + {SEED + salt}) % {_PRIME} * 69621 % {_PRIME})"


def _syllable(number: str) -> str:
    return f"{list(_SYLLABLES)}[1 + ({number}) % 16]"


def _given_sql(person: str) -> str:
    return f"{_syllable(person)} || {_syllable(f'{person} // 16')} || 'na'"


def _family_sql(person: str) -> str:
    parts = (_syllable(f"{person} * 7 // {16**power}") for power in range(3))
    return f"{' || '.join(parts)} || 'ler'"


def _given(person: int) -> str:
    return _SYLLABLES[person % 16] + _SYLLABLES[person // 16 % 16] + "na"


def _family(person: int) -> str:
    return "".join(_SYLLABLES[person * 7 // 16**power % 16] for power in range(3)) + "ler"


def _capital(word: str) -> str:
    return f"upper(({word})[1]) || ({word})[2:]"


def _person(number: str) -> dict[str, str]:
    """SQL of what is known of a contact, from its number."""
    given, family = _given_sql(number), _family_sql(number)
    return {
        "given": _capital(given),
        "family": _capital(family),
        "email": f"{given} || '.' || {family} || {number} || '@example.org'",
        "phone": f"'+49 30 ' || (10000000 + {number})",
        "street": f"'Gartenweg ' || ({number} % 200 + 1)",
        "code": f"10000 + {number} % 89999",
        "born": f"strftime(DATE '1940-01-01' + ({_drawn(number, 1)} % 24000)::INTEGER, '%Y-%m-%d')",
    }


def _contacts(rows: int) -> str:
    p = _person("i")
    note = (
        f"CASE WHEN {_drawn('i', 2)} % 5 = 0 THEN 'Called about order ord:' || i || ', will call back' "
        f"WHEN {_drawn('i', 2)} % 5 = 1 THEN '' ELSE 'Asked for the catalogue, wants it by post' END"
    )
    return (
        f"SELECT 'crm:' || i AS contact_id, 'C' || (100000 + i) AS customer_no, {p['given']} AS first_name, "
        f"{p['family']} AS last_name, {p['email']} AS email, {p['phone']} AS mobile, {p['street']} AS street, "
        f"'Stadt' || {_syllable('i // 64')} AS city, {p['code']} AS zip, {p['born']} AS birthday, "
        f"strftime(TIMESTAMP '2019-01-01' + to_seconds({_drawn('i', 3)} % 200000000), '%Y-%m-%dT%H:%M:%S') AS created, "
        f"{note} AS note FROM range({rows}) AS r(i)"
    )


def _orders(rows: int, people: int) -> str:
    p = _person("k")
    drawn = f"SELECT i, {_drawn('i', 4)} % {people} AS k FROM range({rows}) AS r(i)"
    return (
        f"SELECT 'ord:' || i AS order_id, CASE WHEN i % 3 > 0 THEN 'C' || (100000 + k) END AS customer_no, "
        f"{p['given']} || ' ' || {p['family']} AS bill_name, {p['email']} AS bill_email, {p['phone']} AS bill_phone, "
        f"{p['street']} AS bill_street, {p['code']} AS bill_zip, {p['given']} || ' ' || {p['family']} AS ship_name, "
        f"{p['street']} AS ship_street, {p['code']} AS ship_zip, 'ck' || lpad(to_hex(k), 16, '0') AS cookie, "
        "'198.51.' || k % 256 || '.' || i % 256 AS ip, "
        f"strftime(TIMESTAMP '2024-01-01' + to_seconds({_drawn('i', 5)} % 80000000), '%Y-%m-%dT%H:%M:%S') AS ts, "
        f"printf('%.2f', {_drawn('i', 6)} % 50000 / 100.0) AS total FROM ({drawn})"
    )


def _log(rows: int) -> str:
    people = max(rows * 3 // 10, 1)
    drawn = f"SELECT i, {_drawn('i', 7)} % {people} AS k FROM range({rows}) AS r(i)"
    return (
        "SELECT '203.0.' || k % 256 || '.' || i % 256 || ' - ' || CASE WHEN i % 5 = 0 THEN 'C' || (100000 + k) "
        "ELSE '-' END || ' [' || strftime(TIMESTAMP '2026-11-01' + to_seconds(i), '%d/%b/%Y:%H:%M:%S') || ' +0000] "
        "\"GET /products/' || k % 5000 || '/view?ref=' || i % 77 || ' HTTP/1.1\" 200 ' || (i * 37) % 90000 || "
        "' \"https://shop.example.org/list?page=' || i % 40 || '\" "
        "\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || (100 + i % 26) "
        "|| '.0\" \"uid=ck' || lpad(to_hex(k), 16, '0') || '\"' "
        f"FROM ({drawn})"
    )


_CONTROLLER = """\
workspace = ".dsar"
key_file = "dsar.key"
[controller]
name = "Example GmbH"
contact = "privacy@gmbh.example.org"
dpo = "dpo@gmbh.example.org"
regime = "GDPR"
calendar = "DE-BE"
time_zone = "Europe/Berlin"
phone_region = "DE"
language = "en"
authority = "Berliner Beauftragte für Datenschutz und Informationsfreiheit"
court = "You may go to court (Art. 79 GDPR)."
"""

_CRM = """
[[source]]
name = "crm"
connector = "table"
files = ["exports/crm.csv"]
[source.collection.contacts]
key = ["contact_id"]
purposes = [{ purpose = "customer_relations", basis = "contract", categories = ["*"] }]
keep = [{ categories = ["*"], years = 3, after = "created" }]
origin = "person"
recipients = []
automated_decision = false
erase = { method = "delete", target = "crm_db", table = "contacts", key = { contact_id = "id" } }
[source.collection.contacts.fields]
contact_id = { category = "user.unique_id", identifier = "crm_id", given = "observed" }
customer_no = { category = "user.account", identifier = "customer_no", given = "observed" }
first_name = { category = "user.name.first", identifier = "given_name", given = "provided" }
last_name = { category = "user.name.last", identifier = "family_name", given = "provided" }
email = { category = "user.contact.email", identifier = "email", given = "provided" }
mobile = { category = "user.contact.phone_number", identifier = "phone", given = "provided" }
street = { category = "user.contact.address", identifier = "street", given = "provided" }
city = { category = "user.contact.address", identifier = "city", given = "provided" }
zip = { category = "user.contact.address", identifier = "postcode", given = "provided" }
birthday = { category = "user.demographic.age_range", identifier = "birth_date", given = "provided" }
created = { category = "user.behavior", given = "observed", time = "%Y-%m-%dT%H:%M:%S" }
note = { category = "user.content", given = "derived", third_party = true }
[target.crm_db]
dialect = "sqlite"
"""

_SHOP = """
[[source]]
name = "shop"
connector = "table"
files = ["exports/orders.csv"]
[source.collection.orders]
key = ["order_id"]
purposes = [{ purpose = "order", basis = "contract", categories = ["*"] }]
keep = [{ categories = ["*"], years = 10, after = "ts" }]
origin = "person"
recipients = []
automated_decision = false
erase = { method = "manual" }
[source.collection.orders.fields]
order_id = { category = "user.unique_id", identifier = "order_no", given = "observed" }
customer_no = { category = "user.account", identifier = "customer_no", given = "observed" }
bill_name = { category = "user.name", identifier = "name", role = "billing", given = "provided" }
bill_email = { category = "user.contact.email", identifier = "email", role = "billing", given = "provided" }
bill_phone = { category = "user.contact.phone_number", identifier = "phone", role = "billing", given = "provided" }
bill_street = { category = "user.contact.address", identifier = "street", role = "billing", given = "provided" }
bill_zip = { category = "user.contact.address", identifier = "postcode", role = "billing", given = "provided" }
ship_name = { category = "user.name", identifier = "name", role = "shipping", given = "provided" }
ship_street = { category = "user.contact.address", identifier = "street", role = "shipping", given = "provided" }
ship_zip = { category = "user.contact.address", identifier = "postcode", role = "shipping", given = "provided" }
cookie = { category = "user.device.cookie_id", identifier = "cookie", given = "observed" }
ip = { category = "user.device.ip_address", identifier = "ip", given = "observed" }
ts = { category = "user.behavior", given = "observed", time = "%Y-%m-%dT%H:%M:%S" }
total = { category = "user.financial", given = "observed" }
"""

_WEB = """
[[source]]
name = "web"
connector = "combined_log"
files = ["exports/access.log"]
[source.collection.requests]
purposes = [{ purpose = "security", basis = "legitimate_interest", interest = "defence", categories = ["*"] }]
keep = [{ categories = ["*"], days = 30, after = "time" }]
origin = "observed"
recipients = []
automated_decision = false
erase = { method = "rewrite" }
"""
