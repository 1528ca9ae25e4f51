"""A first mapping for a table or JSON file that no connector knows: from its headings, then from its values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dsar.normalise import NAME_KINDS, NULLS, PLACE_KINDS
from dsar.sources.draft_words import Concept, by_heading, heading_words, is_bare_id, is_id_like, vocabulary
from dsar.sources.looks import are_prose, known_by_values, look_like, time_formats
from dsar.sources.naming import slug
from dsar.sources.sniffed import Sniffed

TODO = ("purposes", "keep", "origin", "recipients", "automated_decision")
"""What only the controller knows about a collection: written empty or left out, and named in `unconfirmed`."""
PERSON_KINDS = frozenset({"email", "phone", "name", "given_name", "family_name", "birth_date", "login", "customer_no"})
_NO_KEYS = frozenset({"national_id", "passport", "driver_licence", "ssn", "tax_id"}) | NAME_KINDS | PLACE_KINDS
"""What a key must not be, because it stands in lists, names of files and links: numbers of documents, and what
describes a person."""
_NO_NUMBERS = frozenset({"email", "phone", "login", "iban", "birth_date", "ip", "cookie", "device"})
"""What is no number that somebody gave to a row."""
_NO_KEY_CATEGORIES = (
    "x.user.tax",
    "user.financial",
    "user.government_id",
    "user.health_and_medical.insurance",
    "x.third_party",
)
_TOTAL = re.compile(
    r"(?:grand |sub)?total(?:e|es|i)?|zwischensumme|(?:end|gesamt)?summe|gesamt|somme|suma", re.IGNORECASE
)
_OTHERS = {"mentioned": "x.third_party.contact", "assignee": "x.record.staff"}
"""Roles of people other than the row's own: what such a column holds is not about the person who asks."""
_COMPANY = re.compile(
    r"(?i).*[\s,.](?:gmbh|mbh|ag|kg|ohg|gbr|ug|e\.? ?v\.?|ltd|limited|llc|inc|plc|corp|s\.?a\.?r\.?l|sas|s\.?a|s\.?l"
    r"|s\.?r\.?l|s\.?p\.?a|b\.?v|oy|ab|a/s)\.?"
)
"""What companies are called, and people are not."""


def draft_collection(sniffed: Sniffed, name: str, sheet: str | None = None) -> dict[str, Any]:
    """Draft a collection of dsar.toml, as the document that CollectionSpec reads, with every guess in `unconfirmed`.

    `name` is the file's own name, which names the numbers in a bare `id` column; `sheet` picks a sheet of a workbook.
    A column of which nothing is known has no category, so that `dsar check` shows it. Times without a zone, and dates
    whose day and month cannot be told apart, are listed as `fields.<heading>.zone` and `fields.<heading>.time`.
    """
    values = columns(sniffed, sheet)
    fields = {heading: _field(heading, samples) for heading, samples in values.items()}
    _tell_people_apart(fields, values)
    flat = sheet is not None or not sniffed.objects
    key = _key(
        {
            name: found
            for name, found in values.items()
            if (name in sniffed.headings or (flat and "[" not in name))
            and fields[name].get("identifier") not in _NO_KEYS | _NO_NUMBERS
            and not str(fields[name].get("category", "")).startswith(_NO_KEY_CATEGORIES)
        },
        issued=next(iter(fields), "") if next(iter(fields.values()), {}).get("identifier") else "",
    )
    if key and _is_about_people(fields) and (is_bare_id(key) or key == next(iter(fields))):
        fields[key] = _own_id(key, fields[key], name)
    _tell_orders_apart(fields)
    doubts = [
        f"fields.{heading}{doubt}"
        for heading, field in fields.items()
        for doubt in ([""] if field else []) + field.pop("doubts", [])
    ]
    return {
        "key": [key] if key else [],
        "purposes": [],
        "keep": [],
        "unconfirmed": [*TODO, *(["key"] if key else []), *doubts],
        "fields": {heading: field for heading, field in fields.items() if field},
    }


def columns(sniffed: Sniffed, sheet: str | None = None) -> dict[str, list[str]]:
    """Give the sample values of every column (JSON: every leaf, `[*]` for any index), empty ones left out."""
    objects = dict(sniffed.lists).get(sheet, ()) if sheet else sniffed.objects
    if objects:
        found: dict[str, list[str]] = {}
        for item in objects:
            for path, value in _leaves(item, ""):
                found.setdefault(path, []).append(value)
        return {path: [value for value in values if _says(value)] for path, values in found.items()}
    chosen = next((part for part in sniffed.sheets if part.name == sheet), None)
    headings, rows = (chosen.headings, chosen.rows) if chosen else (sniffed.headings, sniffed.rows)
    rows = _without_totals(rows)
    return {
        heading: [row[at] for row in rows if at < len(row) and _says(row[at])] for at, heading in enumerate(headings)
    }


def _without_totals(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The sample without its last row, where that is half empty and says that it is a sum."""
    if len(rows) < 2:
        return rows
    said = [cell for cell in rows[-1] if _says(cell)]
    usual = sum(map(_says, rows[0]))
    is_sum = len(said) <= usual / 2 and any(_TOTAL.match(cell.strip()) for cell in said)
    return rows[:-1] if is_sum else rows


def _field(heading: str, values: list[str]) -> dict[str, Any]:
    concept, role = by_heading(heading, values)
    seen = concept is None and not vocabulary().not_before & set(heading_words(heading).split(" "))
    if seen:
        guess = known_by_values(values)
        if guess is None and re.fullmatch(r"column \d+", heading) and values and look_like("full name", values):
            guess = "name"
        concept = vocabulary().concepts.get(guess or "")
    field = dict(concept.spec) if concept else {}
    if concept and concept.looks and not look_like(concept.looks, values):
        field.pop("identifier", None)
    if concept and concept.name == "name" and _are_companies(values):
        field = dict(vocabulary().concepts["organization"].spec)
    if role and "identifier" in field:
        field["role"] = role
    if role in _OTHERS and concept:
        field |= {"category": _OTHERS[role], "third_party": True}
    if concept is None and are_prose(values):
        field |= {"category": "user.content", "third_party": True}
    if concept and concept.name == "name":
        field["concept"] = "name"
    return field | _time(concept, heading, values) | ({"seen": True} if seen and concept else {})


def _are_companies(values: list[str]) -> bool:
    return sum(bool(_COMPANY.fullmatch(value.strip()[:200])) for value in values) >= 0.3 * len(values) > 0


def _tell_people_apart(fields: dict[str, dict[str, Any]], values: dict[str, list[str]]) -> None:
    """Of columns whose heading says nothing, one more address or number beside the row's own may be another's.

    And beside first names, `Name` is the family name where it holds single words, as German lists have it.
    """
    own = {f.get("identifier") for f in fields.values() if "seen" not in f and f.get("role", "subject") == "subject"}
    for field in fields.values():
        if field.pop("seen", False) and field.get("identifier") in own & {"email", "phone"}:
            field |= {"category": "x.third_party.contact", "role": "mentioned", "third_party": True}
    names = [heading for heading, field in fields.items() if field.pop("concept", None) and "role" not in field]
    plain = [heading for heading in names if "identifier" not in fields[heading] and look_like("name", values[heading])]
    if "given_name" in own and "family_name" not in own and len(plain) == 1 and len(names) == 1 and values[plain[0]]:
        fields[plain[0]] = dict(vocabulary().concepts["family_name"].spec)


def _time(concept: Concept | None, heading: str, values: list[str]) -> dict[str, Any]:
    """The time format of a column, and what is in doubt: no format where two fit, no zone where none is written."""
    says_so = concept is not None and concept.looks == "date"
    number = is_id_like(heading) or (concept is not None and "identifier" in concept.spec)
    if not values or not (says_so or (look_like("time", values) and not number and not look_like("digits", values))):
        return {}
    formats = time_formats(values)
    if len(formats) != 1:
        return {"doubts": [".time"]} if formats or says_so else {}
    if "%z" in formats[0] or not ("%H" in formats[0] or "%I" in formats[0]):
        return {"time": formats[0]}
    if {"utc", "gmt"} & set(heading_words(heading).split(" ")):
        return {"time": formats[0], "zone": "UTC"}
    return {"time": formats[0], "doubts": [".zone"]}


def _key(values: dict[str, list[str]], issued: str) -> str | None:
    """The column with the row's own number: filled and different in every sample row, a bare `id` before others.

    `issued` is the first column where it holds numbers that somebody gives: `Kundennr` numbers a table of customers.
    """
    rows = max(map(len, values.values()), default=0)
    alone = [name for name, found in values.items() if len(found) == rows == len(set(found)) > 0]
    own = next(filter(is_bare_id, alone), None) or next(filter(is_id_like, alone), None)
    return own or (issued if issued in alone else None)


def _is_about_people(fields: dict[str, dict[str, Any]]) -> bool:
    """Whether rows name a person; a lone `name` may be that of a list or a product."""
    own = [(name, field) for name, field in fields.items() if field.get("role") not in ("assignee", "author")]
    return any(field.get("identifier") in PERSON_KINDS and heading_words(name) != "name" for name, field in own)


def _own_id(heading: str, field: dict[str, Any], name: str) -> dict[str, Any]:
    """The row's own number, named from its heading (`contact_id`), or from the file where that only says `id`."""
    words = vocabulary()
    phrase = heading_words(heading)
    if field.get("identifier"):
        return field
    if is_bare_id(heading):
        parts = [part for part in heading_words(name).split(" ") if part not in words.noise]
        parts = re.sub(r"(?<![su])s$", "", " ".join(p for p in parts if not re.fullmatch(r"\d{4,}", p))).split(" ")
        phrase = f"{' '.join(parts) or slug(name)} id"
        for text in (phrase, f"{parts[-1]} id"):  # `shop customers.csv` counts customers
            known = words.phrases.get(text, ())
            if known and known[0].spec.get("identifier"):
                return dict(known[0].spec)
    return {"category": "user.unique_id", "identifier": slug(phrase), "given": "observed"} | field


def _tell_orders_apart(fields: dict[str, dict[str, Any]]) -> None:
    """Of two columns of one kind of number (`customer_id` and `customer_no`) the id gets a kind of its own."""
    for kind in ("customer_no", "order_no"):
        same = [heading for heading, field in fields.items() if field.get("identifier") == kind]
        ids = [heading for heading in same if re.search(r"^id | id$|^id$", heading_words(heading))]
        if len(same) > len(ids) > 0:
            for heading in ids:
                own = kind.replace("_no", " id") if is_bare_id(heading) else heading_words(heading)
                fields[heading]["identifier"] = slug(own)


def _leaves(value: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[*]")
    else:
        yield path, "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _says(value: str) -> bool:
    return value.strip().casefold() not in NULLS
