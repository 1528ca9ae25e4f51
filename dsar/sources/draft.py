"""A first mapping for a table or JSON file that no connector knows: from its headings, then from its values."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dsar.normalise import NAME_KINDS, NULLS, PLACE_KINDS
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


_BEHIND = re.compile(
    r"(?<=.) (?:privat|private|personal|home|work|office|business|geschaeftlich|geschaftlich|dienstlich|beruflich"
    r"|prive|privee|professionnel|professionnelle|bureau|domicile|particular|trabajo|casa|oficina|privato|lavoro"
    r"|personale|ufficio|abitazione)$"
)
"""What stands behind the thing itself in a heading: `Telefon privat`, `téléphone professionnel`."""


@dataclass(frozen=True, slots=True)
class _Concept:
    name: str
    spec: dict[str, Any]
    looks: str | None
    tail: bool


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    phrases: dict[str, tuple[_Concept, ...]]
    concepts: dict[str, _Concept]
    roles: dict[str, str]
    compounds: dict[str, str]
    not_before: frozenset[str]
    ids: frozenset[str]
    own: frozenset[str]
    noise: frozenset[str]


def draft_collection(sniffed: Sniffed, name: str, sheet: str | None = None) -> dict[str, Any]:
    """Draft a collection of dsar.toml, as the document that CollectionSpec reads, with every guess in `unconfirmed`.

    `name` is the file's own name, which names the numbers in a bare `id` column; `sheet` picks a sheet of a workbook.
    A column of which nothing is known has no category, so that `dsar check` shows it. Times without a zone, and dates
    whose day and month cannot be told apart, are listed as `fields.<heading>.zone` and `fields.<heading>.time`.
    """
    values = columns(sniffed, sheet)
    fields = {heading: _field(heading, samples) for heading, samples in values.items()}
    flat = sheet is not None or not sniffed.objects
    key = _key(
        {
            name: found
            for name, found in values.items()
            if (name in sniffed.headings or (flat and "[" not in name))
            and fields[name].get("identifier") not in _NO_KEYS | _NO_NUMBERS
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
    return {
        heading: [row[at] for row in rows if at < len(row) and _says(row[at])] for at, heading in enumerate(headings)
    }


def heading_words(heading: str) -> str:
    """A heading as plain words: `Straße/Nr.`, `customerNo`, `CUSTOMER_NO` → `strasse nr`, `customer no`."""
    from anyascii import anyascii

    plain = anyascii(unicodedata.normalize("NFC", heading))
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", " ", plain)
    return " ".join(re.findall(r"[a-z0-9']+", split.lower()))


def is_id_like(heading: str) -> bool:
    """Whether the heading says that the column holds a number of something."""
    words = heading_words(heading).split(" ")
    return words[-1] in _vocabulary().ids or (words[0] == "id" and len(words) > 1)


def is_bare_id(heading: str) -> bool:
    """Whether the heading says only that this is the row's own number: `id`, `Record ID`."""
    return heading_words(heading) in _vocabulary().own


def _field(heading: str, values: list[str]) -> dict[str, Any]:
    concept, role = _by_heading(heading, values)
    if concept is None and not _vocabulary().not_before & set(heading_words(heading).split(" ")):
        concept = _vocabulary().concepts.get(known_by_values(values) or "")
    field = dict(concept.spec) if concept else {}
    if concept and concept.looks and not look_like(concept.looks, values):
        field.pop("identifier", None)
    if role and "identifier" in field:
        field["role"] = role
    if concept is None and are_prose(values):
        field |= {"category": "user.content", "third_party": True}
    return field | _time(concept, heading, values)


def _by_heading(heading: str, values: list[str]) -> tuple[_Concept | None, str | None]:
    """The concept and the role that a heading names; a number at its end (`email 2`) may say nothing."""
    phrase = re.sub(r"^property (?:hs )?", "", heading_words(heading))
    phrase = re.sub(r"^id (\S+)$", r"\1 id", phrase)  # `id_customer`
    found = _by_words(phrase, values)
    if found[0] is None:
        found = _by_words(re.sub(r"(?<=.) \d+$", "", phrase), values)
    return found if found[0] else _by_words(_BEHIND.sub("", phrase), values)


def _by_words(phrase: str, values: list[str]) -> tuple[_Concept | None, str | None]:
    """The concept of a phrase: as a whole, behind the words of a role, or by its end."""
    words = _vocabulary()
    if found := _fitting(words.phrases.get(phrase, ()), values):
        return found, None
    before, bare, role = _split_role(phrase)
    if words.not_before & set(before.split(" ")):
        return None, None
    if found := _fitting(words.phrases.get(bare, ()), values):
        return found, role
    if role and bare == "id":
        return words.concepts["user_id"], role
    parts = bare.split(" ")
    for start in range(1, len(parts)):
        ends = [c for c in words.phrases.get(" ".join(parts[start:]), ()) if c.tail]
        if ends and not words.not_before & set(parts[:start]):
            sure = ends[0] if role or start < len(parts) - 1 else None
            return next((c for c in ends if not c.looks or look_like(c.looks, values)), sure), role
    return None, role


def _split_role(phrase: str) -> tuple[str, str, str | None]:
    """`candidate recruiter email` → (`candidate`, `email`, assignee); German makes one word of it: `lieferort`."""
    words = _vocabulary()
    parts = phrase.split(" ")
    for end in range(len(parts) - 1, 0, -1):
        for start in range(end):
            if role := words.roles.get(" ".join(parts[start:end])):
                return " ".join(parts[:start]), " ".join(parts[end:]), role
    for stem, role in words.compounds.items():
        if phrase.startswith(stem) and phrase[len(stem) :] in words.phrases:
            return "", phrase[len(stem) :], role
    return "", phrase, None


def _fitting(concepts: Sequence[_Concept], values: list[str]) -> _Concept | None:
    """Of several things with the same word (`customer`: a number or a name), the one its values look like."""
    fitting = (c for c in concepts if not c.looks or look_like(c.looks, values))
    return next(fitting, concepts[0] if concepts else None)


def _time(concept: _Concept | None, heading: str, values: list[str]) -> dict[str, Any]:
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
    words = _vocabulary()
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


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    data = tomllib.loads((files("dsar.vocabulary") / "headings.toml").read_text(encoding="utf-8"))
    phrases: dict[str, tuple[_Concept, ...]] = {}
    concepts: dict[str, _Concept] = {}
    for name, spec in data["concept"].items():
        kept = {key: value for key, value in spec.items() if key not in ("words", "looks", "tail")}
        concepts[name] = _Concept(name, kept, spec.get("looks"), spec.get("tail", False))
        for phrase in dict.fromkeys(map(heading_words, spec["words"])):
            phrases[phrase] = (*phrases.get(phrase, ()), concepts[name])
    roles = {heading_words(word): role for role, words in data["roles"].items() for word in words}
    compounds = {word: role for role, words in data["compounds"].items() for word in words}
    ids = data["ids"]
    sets = (data["not_before"]["words"], ids["words"], ids["own"], ids["noise"])
    return _Vocabulary(phrases, concepts, roles, compounds, *(frozenset(map(heading_words, part)) for part in sets))
