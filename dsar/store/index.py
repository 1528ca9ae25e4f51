"""The identifiers of a segment: which columns give which kind, hashed and sorted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from dsar.config import FieldSpec
from dsar.normalise import around_addresses, emails, normal_forms, phone, split_name, words
from dsar.store import sql
from dsar.store.leaves import steps
from dsar.store.segments import Contents, Declaration

NAME_PARTS = ("given_name", "family_name", "name", "birth_date", "postcode")
PLACES = ("street", "city", "address", "country")
_TEXT_CATEGORIES = ("user.content", "user.behavior.browsing_history", "user.behavior.search_history")
WORD_WITH_DIGIT = r"[A-Za-z0-9][A-Za-z0-9_:-]{3,62}[0-9A-Za-z]"
# inside a text or URL, `/ ? = &` end an address, although a mailbox may be named with them
MAIL_IN_TEXT = r"[\pL\pN_.+%-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+"
_MAIL_IN_TEXT = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PHONE_IN_TEXT = r"\+?\(?[0-9][0-9 ()/.-]{6,18}[0-9]"


@dataclass(frozen=True)
class Entry:
    """One way in which rows give identifiers: the kind, the role, the cells it is made of and its simple SQL form."""

    kind: str
    role: str
    cells: tuple[str, ...]
    """SQL expressions of the cells, in the order the Python form wants them."""
    simple: str
    """SQL expression of the normal form; NULL where Python must say."""
    each: str | None = None
    """SQL expression of a list; where given, the entry is made for each element, called `v` in its cells."""
    bare: str = "NULL"
    """SQL expression computed once and called `b` in `simple`."""


def entries(declaration: Declaration, contents: Contents) -> list[Entry]:
    """List every entry that the declaration gives for the columns this segment has."""
    found: list[Entry] = []
    texts: list[str] = []
    parts: dict[str, dict[str, str]] = {}
    for name, spec, cell in cells(declaration, contents):
        kind = spec.identifier if spec else None
        several = declaration.format == "json" and None in steps(name)
        if spec and kind in NAME_PARTS and not several:
            parts.setdefault(spec.role, {}).setdefault(kind, _within(spec, cell, several)[0])
        elif spec and kind and kind not in PLACES and kind not in NAME_PARTS:
            found.extend(_declared(kind, spec.role, *_within(spec, cell, several), declaration.phone_region))
        elif is_text(spec) and not kind:
            texts.append(f"array_to_string({cell}, chr(10))" if several else cell)
    if declaration.format == "log":  # URLs and referrers hold e-mail addresses; the whole line is searched at once
        found.append(_mentioned_mail("_mail"))
    elif texts:
        found.extend(_mentions(texts, declaration))
    for role, cells_of in sorted(parts.items()):
        found.extend(_composed(role, cells_of))
    return found


def _within(spec: FieldSpec, cell: str, several: bool) -> tuple[str, bool]:
    """The expression of what a field finds in its cell, and whether that is a list; a part of a name is one value."""
    value = "v" if several else cell
    for step in spec.decode:
        value = f"replace({value}, '+', ' ')" if step == "plus" else sql.percent_decoded(value)
    if spec.find is None:
        return (f"list_transform({cell}, lambda v: {value})" if several else value), several
    if spec.identifier in NAME_PARTS:
        return f"regexp_extract({value}, {sql.literal(spec.find)}, 1)", False
    found = f"regexp_extract_all({value}, {sql.literal(spec.find)}, 1)"
    return (f"flatten(list_transform({cell}, lambda v: {found}))" if several else found), True


def _declared(kind: str, role: str, cell: str, several: bool, region: str | None) -> Iterator[Entry]:
    each, value = (cell, "v") if several else (None, cell)
    if kind == "phone":
        yield Entry(kind, role, (value,), sql.phone("b", region), each, sql.phone_digits(value))
        return
    rules = {
        "email": sql.email, "cookie": sql.cookie, "ip": sql.ip, "click_id": sql.click_id,
        "salesforce_id": sql.salesforce_id,
    }  # fmt: skip
    simple = rules.get(kind, sql.issued_id)(value)
    yield Entry(kind, role, (value,), simple, each)
    if kind == "email":
        yield Entry("mail_name", role, (value,), f"split_part({simple}, '@', 1)", each)


def is_text(spec: FieldSpec | None) -> bool:
    """Whether a cell is free text that may mention people: columns nobody has classified count as such."""
    if spec is None or spec.category is None:
        return True
    return spec.third_party or spec.category.startswith(_TEXT_CATEGORIES)


def cells(declaration: Declaration, contents: Contents) -> Iterator[tuple[str, FieldSpec | None, str]]:
    """Give each logical field with its declaration and the SQL expression of its cell in the segment's rows."""
    if declaration.format == "log":
        for name in contents.headings:
            yield name, declaration.fields.get(name), sql.quoted(name)
        return
    columns = {name: f"c{number}" for number, name in enumerate(contents.headings)}
    if declaration.format == "table":
        for name, column in columns.items():
            cell = f"k{column}" if declaration.group_by and name in declaration.carry else column
            yield name, declaration.fields.get(name), cell
        return
    for leaf in contents.leaves:
        top, *below = steps(leaf)
        yield leaf, declaration.fields.get(leaf), sql.inside(columns[str(top)], below)


def _mentioned_mail(cell: str) -> Entry:
    text = (
        f"CASE WHEN contains({cell}, '@') THEN {cell} WHEN contains({cell}, '%40') THEN {sql.percent_decoded(cell)} END"
    )
    return Entry(
        "email", "mentioned", ("v",), sql.email("v"), f"regexp_extract_all({text}, {sql.literal(MAIL_IN_TEXT)})"
    )


def _mentions(texts: Sequence[str], declaration: Declaration) -> Iterator[Entry]:
    """Entries for e-mails, phones and ids inside the texts of a row, taken together: one pass for all of them."""

    def together(condition: str) -> str:
        kept = (f"CASE WHEN {condition.format(cell=cell)} THEN {cell} END" for cell in texts)
        return f"concat_ws(chr(10), {', '.join(kept)})"

    yield _mentioned_mail(together("contains({cell}, '@') OR contains({cell}, '%40')"))
    numbers = together("regexp_matches({cell}, '[0-9]{{3}}') AND regexp_matches({cell}, '[A-Za-z]{{2}}|^[+(0]')")
    pieces = f"regexp_extract_all({numbers}, {sql.literal(PHONE_IN_TEXT)})"
    simple = sql.phone("b", declaration.phone_region)
    yield Entry("phone", "mentioned", ("v",), simple, pieces, sql.phone_digits("v"))
    numbered = together("regexp_matches({cell}, '[0-9]')")
    found = f"regexp_extract_all({numbered}, {sql.literal(WORD_WITH_DIGIT)})"
    tokens = f"list_filter({found}, lambda t: regexp_matches(t, '[0-9]'))"
    yield Entry("token", "mentioned", ("v",), "lower(v)", tokens)


def _composed(role: str, parts: dict[str, str]) -> list[Entry]:
    whole = "family_name" not in parts
    family_cell = parts.get("name" if whole else "family_name")
    given_cell = parts.get("name") if whole else parts.get("given_name")
    birth, code = parts.get("birth_date"), parts.get("postcode")
    found: list[Entry] = []
    if family_cell:
        names = (family_cell,) if whole or not given_cell else (given_cell, family_cell)
        found.append(Entry("name", role, names, sql.full_name(*names)))
        family = sql.family_word(family_cell, whole=whole)
        if birth:
            found.append(Entry("family_birth", role, (family_cell, birth), f"{family} || '|' || {sql.date(birth)}"))
        if code:
            found.append(
                Entry("family_postcode", role, (family_cell, code), f"{family} || '|' || {sql.postcode(code)}")
            )
    if given_cell and birth:
        given = sql.given_word(given_cell, whole=whole)
        found.append(Entry("given_birth", role, (given_cell, birth), f"{given} || '|' || {sql.date(birth)}"))
    return found


def forms(kind: str, role: str, cells: Sequence[str], region: str | None) -> tuple[str, ...]:
    """Give the normal forms that cells make of a kind: the same as the simple SQL form where that is not NULL."""
    if role == "mentioned":
        return _mentioned(kind, cells[0], region)
    if kind == "mail_name":
        return tuple(address.split("@")[0] for address in emails(cells[0]))
    if kind == "name":
        return normal_forms("name", " ".join(cells))
    if kind in ("family_birth", "given_birth", "family_postcode"):
        first = _first_part(kind, cells[0])
        second = normal_forms("postcode" if kind == "family_postcode" else "birth_date", cells[1])
        return tuple(f"{first}|{value}" for value in second) if first else ()
    return normal_forms(kind, cells[0], region)


def _first_part(kind: str, cell: str) -> str:
    given, family = split_name(cell)
    if kind == "given_birth":
        return given[0] if given else " ".join(words(cell)[:1])
    return family if " " in cell.strip() or "," in cell else " ".join(words(cell))


def _mentioned(kind: str, text: str, region: str | None) -> tuple[str, ...]:
    if kind == "email":
        plain = unquote(text) if "@" not in text and "%40" in text else text
        pieces = (piece for part in around_addresses(plain) for piece in _MAIL_IN_TEXT.findall(part))
        return tuple(dict.fromkeys(address for piece in pieces for address in emails(piece)))
    if kind == "phone":
        numbers = (phone(found, region) for found in re.findall(PHONE_IN_TEXT, text))
        return tuple(dict.fromkeys(number for number in numbers if number))
    tokens = (token.casefold() for token in re.findall(WORD_WITH_DIGIT, text) if any(c.isdigit() for c in token))
    return tuple(dict.fromkeys(tokens))
