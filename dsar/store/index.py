"""The identifiers of a segment: which columns give which kind, hashed and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsar.config import FieldSpec, plain
from dsar.normalise import GROUPED
from dsar.store import sql
from dsar.store.forms import PHONE_IN_TEXT, WORD_WITH_DIGIT
from dsar.store.leaves import steps
from dsar.store.segments import Contents, Declaration

NAME_PARTS = ("given_name", "family_name", "name", "birth_date", "postcode")
PLACES = ("street", "city", "address", "country")
STREETS = ("street", "address")
_TEXT_CATEGORIES = ("user.content", "user.behavior.browsing_history", "user.behavior.search_history")
# inside a text or URL, `/ ? = &` end an address, although a mailbox may be named with them
MAIL_IN_TEXT = r"[\pL\pN_.+%-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+"
_WORD = r"\p{Lu}[\pL'’-]+"
PAIR = rf"{_WORD}[ \x{{a0}}]{{1,2}}{_WORD}"
"""Two capitalised words may be a name."""
AFTER = rf"{_WORD} ({PAIR})"
"""Of three in a row, the last two as well."""
_PARTICLE = "(?:von|vom|van|zu|zur|de|del|della|der|den|di|da|do|dos|du|la|le|ten|ter|bin|al|el) "
BETWEEN = rf"{_WORD} (?:\p{{Lu}}\.? |(?:{_PARTICLE})+){_WORD}"
"""So may two with an initial or a particle between them; looked for apart: in `Freund von Ada Bell` it is none."""
TURNED = rf"{_WORD}, {_WORD}"
"""So may a family name before a given name."""
_NAMES = f"{PAIR}|{BETWEEN}|{TURNED}"


@dataclass(frozen=True)
class Entry:
    """One way in which rows give identifiers: the kind, the role, the cells it is made of and its simple SQL form."""

    kind: str
    role: str
    cells: tuple[str, ...]
    """Names of its cells in the group, in the order the Python form wants them."""
    simple: str
    """SQL expression of the normal form, over cells and parts of the group; NULL where Python must say, '' for none."""


@dataclass(frozen=True)
class Group:
    """Entries that read the same rows; what several of them need is computed once."""

    cells: Mapping[str, str]
    """Name → SQL expression over a stored row."""
    parts: Mapping[str, str]
    """Name → SQL expression over the cells."""
    entries: tuple[Entry, ...]
    each: str | None = None
    """SQL expression of a list; where given, the entries are made for each element, which is the one cell `v`."""
    where: str = "true"
    """SQL condition without which a row has nothing for this group: quick to see, and most rows are out."""


class _Group:
    """A group while its entries are listed."""

    def __init__(self, each: str | None = None, where: Sequence[str] = ()) -> None:
        self._each, self._where = each, " OR ".join(f"({one})" for one in where) or "true"
        self._cells: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._entries: list[Entry] = []

    def cell(self, expression: str) -> str:
        return self._cells.setdefault(expression, f"k{len(self._cells)}")

    def part(self, expression: str) -> str:
        return self._parts.setdefault(expression, f"p{len(self._parts)}")

    def add(self, kind: str, role: str, cells: Sequence[str], simple: str) -> None:
        self._entries.append(Entry(kind, role, tuple(cells), simple))

    def whole(self) -> Group:
        cells, parts = ({name: text for text, name in of.items()} for of in (self._cells, self._parts))
        return Group(cells, parts, tuple(self._entries), self._each, self._where)


def groups(declaration: Declaration, contents: Contents) -> tuple[Group, ...]:
    """List every entry that the declaration gives for the columns this segment has: the plain ones first, together."""
    plain = _Group()
    found = [plain]
    texts: list[str] = []
    addressed: list[str] = []
    parts: dict[str, dict[str, str]] = {}
    for name, spec, cell in cells(declaration, contents):
        kind = spec.identifier if spec else None
        several = declaration.format == "json" and None in steps(name)
        if spec and kind in NAME_PARTS and not several:
            parts.setdefault(spec.role, {}).setdefault(kind, _within(spec, cell, several)[0])
        elif spec and kind in STREETS and not several:
            if kind == "address" and spec.role == "shipping":
                addressed.append(cell)  # whose parcel it is often stands before the street
            before = parts.setdefault(spec.role, {}).get(kind)
            parts[spec.role][kind] = f"concat_ws(' ', {before}, {cell})" if before else cell
        elif spec and kind and kind not in PLACES and kind not in NAME_PARTS:
            value, several = _within(spec, cell, several)
            group = _Group(value) if several else plain
            _declared(group, kind, spec.role, group.cell("v" if several else value), declaration.phone_region)
            found.extend([group] if several else [])
        elif is_text(spec) and not kind:
            texts.append(f"array_to_string({cell}, chr(10))" if several else cell)
    if declaration.format == "log":  # URLs and referrers hold e-mail addresses; the whole line is searched at once
        found.append(_mentioned_mail(["_mail"]))
    else:
        found.extend(_mentions(texts, declaration) if texts else ())
        found.extend([_names_in(texts, "mentioned")] if texts else ())
    found.extend([_names_in(addressed, "shipping")] if addressed else ())
    for role, cells_of in sorted(parts.items()):
        _composed(plain, role, cells_of)
    return tuple(whole for whole in (group.whole() for group in found) if whole.entries)


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


def _declared(group: _Group, kind: str, role: str, cell: str, region: str | None) -> None:
    if kind == "phone":
        group.add(kind, role, [cell], sql.phone(group.part(sql.phone_digits(cell)), region))
        return
    rules = {
        "email": sql.email, "cookie": sql.cookie, "ip": sql.ip, "click_id": sql.click_id,
        "salesforce_id": sql.salesforce_id,
    }  # fmt: skip
    simple = rules.get(kind, sql.document if kind in GROUPED else sql.issued_id)(cell)
    if kind == "email":
        address = group.part(simple)
        group.add(kind, role, [cell], address)
        group.add("mail_name", role, [cell], sql.mail_name(address))
    else:
        group.add(kind, role, [cell], simple)


def is_text(spec: FieldSpec | None) -> bool:
    """Whether a cell is free text that may mention people: columns nobody has classified count as such."""
    if spec is None or spec.category is None:
        return True
    return spec.third_party or spec.category.startswith(_TEXT_CATEGORIES)


def cells(declaration: Declaration, contents: Contents) -> Iterator[tuple[str, FieldSpec | None, str]]:
    """Give each logical field, its declaration and its SQL expression; one with `when` twice, as it holds or not."""
    found = list(_own_cells(declaration, contents))
    found += [(name, declaration.fields.get(name), sql.literal(value)) for name, value in contents.constants]
    for name, spec, cell in found:
        if spec is None or spec.when is None:
            yield name, spec, cell
            continue
        keys = [key for other, _, key in found if plain(other) == plain(spec.when.column)]
        holds = f"coalesce(trim({keys[0] if keys else 'NULL'}) IN ({sql.literals(spec.when.is_)}), false)"
        yield name, spec, f"CASE WHEN {holds} THEN {cell} END"
        yield name, spec.unidentified(), f"CASE WHEN NOT {holds} THEN {cell} END"


def _own_cells(declaration: Declaration, contents: Contents) -> Iterator[tuple[str, FieldSpec | None, str]]:
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


def _mentioned_mail(cells: Sequence[str]) -> _Group:
    text, where = _together(cells, lambda cell: f"contains({cell}, '@') OR contains({cell}, '%40')")
    text = f"CASE WHEN contains({text}, '@') THEN {text} ELSE {sql.percent_decoded(text)} END"
    group = _Group(f"regexp_extract_all({text}, {sql.literal(MAIL_IN_TEXT)})", where)
    cell = group.cell("v")
    group.add("email", "mentioned", [cell], sql.email(cell))
    return group


def _together(cells: Sequence[str], condition: Callable[[str], str]) -> tuple[str, list[str]]:
    """Those texts of a row that meet a condition, taken together so that one pass does for all, and the conditions."""
    where = [condition(cell) for cell in cells]
    kept = (f"CASE WHEN {one} THEN {cell} END" for one, cell in zip(where, cells, strict=True))
    return f"concat_ws(chr(10), {', '.join(kept)})", where


def _mentions(texts: Sequence[str], declaration: Declaration) -> Iterator[_Group]:
    """Entries for e-mails, phones and ids inside the texts of a row."""
    yield _mentioned_mail(texts)
    numbers, where = _together(
        texts,
        lambda cell: f"regexp_matches({cell}, '[0-9]{{3}}') AND regexp_matches({cell}, '[A-Za-z]{{2}}|^[+(0]')",
    )
    phones = _Group(f"regexp_extract_all({numbers}, {sql.literal(PHONE_IN_TEXT)})", where)
    cell = phones.cell("v")
    digits = phones.part(sql.phone_digits(cell))
    phones.add("phone", "mentioned", [cell], sql.phone(digits, declaration.phone_region))
    yield phones
    numbered, where = _together(texts, lambda cell: f"regexp_matches({cell}, '[0-9]')")
    found = f"regexp_extract_all({numbered}, {sql.literal(WORD_WITH_DIGIT)})"
    tokens = _Group(f"list_filter({found}, lambda t: regexp_matches(t, '[0-9]'))", where)
    cell = tokens.cell("v")
    tokens.add("token", "mentioned", [cell], sql.unpadded(f"lower({cell})"))
    yield tokens


def _names_in(texts: Sequence[str], role: str) -> _Group:
    """Entries for every two words of a text that may be a full name."""
    # one quick test leaves out the texts in which neither pattern has anything to find
    text, where = _together(texts, lambda cell: f"regexp_matches({cell}, {sql.literal(_NAMES)})")
    patterns = ((PAIR, 0), (AFTER, 1), (BETWEEN, 0), (TURNED, 0))
    *lists, turned = (f"regexp_extract_all({text}, {sql.literal(p)}, {n})" for p, n in patterns)
    # two plain words are one name in either order, and without the comma SQL can read them itself
    plain = "CASE WHEN contains(v, '-') THEN v ELSE replace(v, ', ', ' ') END"
    turned = f"list_transform({turned}, lambda v: {plain})"
    pairs = _Group(f"flatten([{', '.join(lists)}, {turned}])", where)
    cell = pairs.cell("v")
    first, second = (pairs.part(sql.word_of_two(cell, place)) for place in (1, 2))
    pairs.add("name_in_text", role, [cell], sql.full_name(first, second))
    return pairs


def _composed(group: _Group, role: str, parts: Mapping[str, str]) -> None:
    """Add the keys made of a name and something else, for the one name of a role that rows have."""
    whole = "family_name" not in parts
    family_cell = parts.get("name" if whole else "family_name")
    given_cell = parts.get("name") if whole else parts.get("given_name")
    given, given_word = _word(group, given_cell, whole, 1)
    family, family_word = _word(group, family_cell, whole, 2)
    if whole and family:  # as one name, both words are usual or neither is
        name = sql.full_name(given_word, family_word)
        given_word, family_word = (f"CASE WHEN {name} IS NOT NULL THEN {w} END" for w in (given_word, family_word))
        group.add("name", role, [family], name)
    elif family and given:
        group.add("name", role, [given, family], sql.full_name(given_word, family_word))
    elif family:
        first, second = (group.part(sql.word_of_two(family, place)) for place in (1, 2))
        group.add("name", role, [family], sql.full_name(first, second))
    if "birth_date" in parts:
        birth = group.cell(parts["birth_date"])
        day = group.part(sql.date(birth))
        if family:
            group.add("family_birth", role, [family, birth], f"{family_word} || '|' || {day}")
            group.add("initial_birth", role, [family, birth], f"left({family_word}, 1) || '|' || {day}")
        if given:
            group.add("given_birth", role, [given, birth], f"left({given_word}, 1) || '|' || {day}")
    if family and "postcode" in parts:
        code = group.cell(parts["postcode"])
        simple = f"{family_word} || '|' || nullif({group.part(sql.postcode(code))}, '')"
        group.add("family_postcode", role, [family, code], simple)
    _house(group, role, parts)


def _house(group: _Group, role: str, parts: Mapping[str, str]) -> None:
    """Add the key of postcode and house number, which holds even where names or streets are mistyped."""
    if "street" in parts and "postcode" in parts:
        street, code = group.cell(parts["street"]), group.cell(parts["postcode"])
        group.add("house", role, [street, code], sql.house(street, group.part(sql.postcode(code))))
    elif "address" in parts and "street" not in parts:
        address = group.cell(parts["address"])
        group.add("house", role, [address], sql.house(address, sql.last_number(address)))


def _word(group: _Group, expression: str | None, whole: bool, place: int) -> tuple[str, str]:
    """Give the cell of a name and its usual word; both are empty if there is no such column."""
    if not expression:
        return "", ""
    cell = group.cell(expression)
    return cell, group.part(sql.word_of_two(cell, place) if whole else sql.word(cell))
