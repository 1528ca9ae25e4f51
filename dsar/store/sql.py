"""Quoting, and the hash and the simple normal forms of identifiers as SQL expressions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache

from dsar.normalise import COOKIE_LENGTH, COOKIE_NAME, NULLS, SUFFIXES, TITLES


def quoted(name: str) -> str:
    """Quote a name of a column or table."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text that our own code made (a path, a pattern, a kind); values of people are bound instead."""
    return "'" + text.replace("'", "''") + "'"


def file(path: object) -> str:
    """Quote the path of one file to read: DuckDB takes `*`, `?` and `[` in a name for a pattern of other files."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def inside(column: str, below: Sequence[str | None]) -> str:
    """Give what lies below a JSON column as text: keys and, for any element of a list, None (then it is a list).

    A value that is no JSON (the column holds plain texts, too) has nothing inside.
    """
    if not below:
        return column
    found, several = column, False
    paths = _paths(below)
    for place, path in enumerate(paths):
        extract = "json_extract" if place + 1 < len(paths) else "json_extract_string"
        if several:
            found = f"list_transform({found}, lambda j: {extract}(j, {literal(path)}))"
            found = f"flatten({found})" if "[*]" in _outside_quotes(path) else found
        else:
            found = f"{extract}({found}, {literal(path)})"
        several = several or "[*]" in _outside_quotes(path)
    return f"TRY({found})"


def _paths(below: Sequence[str | None]) -> list[str]:
    """Write JSON paths to follow one after the other: one, but for the keys `` and `*` that DuckDB takes for others."""
    paths = [""]
    for part in below:
        if part in ("", "*"):
            paths += [f"/{part}", ""]
        elif part is None:
            paths[-1] += "[*]"
        else:
            paths[-1] += '."' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return [path if path.startswith("/") else f"${path}" for path in paths if path]


def _outside_quotes(path: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', "", path, flags=re.DOTALL)


def literals(texts: Sequence[str]) -> str:
    """Quote several texts as a list for IN or a list value."""
    return ", ".join(literal(text) for text in texts)


def hashed(key: str, kind: str, normal: str) -> int:
    """Hash a normal form: the first 64 bits of SHA-256(key of the kind, 0x1f, normal form), as an unsigned integer."""
    return int.from_bytes(hashlib.sha256(f"{_kind_key(key, kind)}\x1f{normal}".encode()).digest()[:8], "big")


@lru_cache(maxsize=1024)
def _kind_key(key: str, kind: str) -> str:
    """Derive the key of one kind: 96 bits in 16 characters, so that most values fit one block of SHA-256 with it."""
    return base64.b64encode(hmac.new(key.encode(), kind.encode(), hashlib.sha256).digest()[:12]).decode()


def hash_expression(key: str, kind: str, normal: str) -> str:
    """Give `hashed` as SQL over the expression `normal`; NULL becomes 0, the mark for `normalise in Python`."""
    digest = f"sha256({literal(_kind_key(key, kind) + chr(31))} || {normal})"
    return f"coalesce(('0x' || left({digest}, 16))::UBIGINT, 0::UBIGINT)"


# Countries whose numbers, written with the code and without the trunk prefix, are in E.164 once blanks are gone.
# Lengths are those of phonenumbers' metadata; a test compares both on random numbers.
_INTERNATIONAL = (
    r"\+1[2-9]\d{9}", r"\+49[1-9]\d{6,10}", r"\+33[1-9]\d{8}", r"\+44[1-9]\d{9}", r"\+41[2-9]\d{8}",
    r"\+31[1-9]\d{8}", r"\+32[1-9]\d{7,8}", r"\+34[6-9]\d{8}", r"\+43[1-9]\d{6,10}",
)  # fmt: skip
_NATIONAL = {
    "US": (r"[2-9]\d{9}", "1", 0), "CA": (r"[2-9]\d{9}", "1", 0), "DE": (r"0[1-9]\d{6,10}", "49", 1),
    "AT": (r"0[1-9]\d{6,10}", "43", 1), "FR": (r"0[1-9]\d{8}", "33", 1), "GB": (r"0[1-9]\d{9}", "44", 1),
    "CH": (r"0[2-9]\d{8}", "41", 1), "NL": (r"0[1-9]\d{8}", "31", 1), "BE": (r"0[1-9]\d{7,8}", "32", 1),
}  # fmt: skip


def _matched(expression: str, pattern: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({expression}, {literal(pattern)}) THEN {then} END"


def email(cell: str) -> str:
    """Give one plain ASCII address in lower case; anything else (several, a display name, IDN) is NULL."""
    pattern = r"[A-Za-z0-9_][A-Za-z0-9!#$%&*+/=?^_`{|}~.-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z0-9-]*[A-Za-z0-9]"
    return _matched(cell, pattern, f"lower({cell})")


def phone_digits(cell: str) -> str:
    """Give a written number without blanks and punctuation, with `+` for a leading `00`."""
    bare = f"translate({cell}, ' ()./-', '')"
    return f"CASE WHEN starts_with({bare}, '00') THEN '+' || substr({bare}, 3) ELSE {bare} END"


def phone(digits: str, region: str | None) -> str:
    """Give E.164 of a number in a usual form of the region or of a well-known country; anything else is NULL.

    `digits` is what `phone_digits` gives. A number of one digit, or of digits that count up, is left to Python.
    """
    bare = f"ltrim({digits}, '+0')"
    counting = f"contains('01234567890', {bare}) OR contains('9876543210', {bare})"
    filler = f"translate({bare}, left({bare}, 1), '') = '' OR {counting}"
    cases = f"WHEN regexp_full_match({digits}, {literal('|'.join(_INTERNATIONAL))}) THEN {digits}"
    if region in _NATIONAL:
        pattern, code, trunk = _NATIONAL[region]
        cases += (
            f" WHEN regexp_full_match({digits}, {literal(pattern)}) THEN '+{code}' || substr({digits}, {trunk + 1})"
        )
    return f"CASE WHEN {filler} THEN NULL {cases} END"


def issued_id(cell: str) -> str:
    """Give an id of printable ASCII without blanks around it, case-folded; anything else is NULL."""
    return _matched(cell, "[!-&(-~]([ -~]*[!-~])?", f"lower({cell})")


def click_id(cell: str) -> str:
    """Give the id of a tracked link without the prefix that its system puts in front (`eid:2` and `news:2` are one)."""
    return f"regexp_replace({issued_id(cell)}, '^[a-z]+[:_-]', '')"


def salesforce_id(cell: str) -> str:
    """Give the long form of a Salesforce id, which is the same in any case; the short one, and the rest, is NULL."""
    return _matched(cell, "[0-9A-Za-z]{18}", f"lower({cell})")


def percent_decoded(cell: str) -> str:
    """Undo the percent-encoding of a text; where it is not that of UTF-8, of the `@` of an address only."""
    return f"coalesce(TRY(url_decode({cell})), replace({cell}, '%40', '@'))"


def cookie(cell: str) -> str:
    """Give the one value of a cookie cell, bare or after `name=`; several cookies, quotes and inner `=` are NULL."""
    value = f"substr({cell}, strpos({cell}, '=') + 1)"
    usual = rf"({COOKIE_NAME}=)?[!#-+\--:<\>-\[\]-~]+|{COOKIE_NAME}=[!#-+\--:<\>-\[\]-~]+=+"
    shortest, longest = COOKIE_LENGTH
    kept = f"CASE WHEN len({value}) BETWEEN {shortest} AND {longest} THEN {value} ELSE '' END"
    return _matched(cell, usual, kept)


def ip(cell: str) -> str:
    """Give one address in lower case; a list of them, or one with a zone, is NULL."""
    return _matched(cell, r"[0-9A-Za-z.:\[\]/_-]+", f"lower({cell})")


def _plain_word(cell: str) -> str:
    """Whether a cell is one word of plain letters and neither a title nor a suffix: the usual case of a name part."""
    special = literals(sorted(TITLES | SUFFIXES))
    return f"(regexp_full_match({cell}, '[A-Za-z][A-Za-z]+') AND lower({cell}) NOT IN ({special}))"


def full_name(*cells: str) -> str:
    """Give the two words of a name, sorted, where it is one given and one family name in plain letters."""
    if len(cells) == 1:
        first, second = (f"split_part({cells[0]}, ' ', {part})" for part in (1, 2))
        several = f"contains(replace({cells[0]}, ' ', ''), ' ') OR len({cells[0]}) <> len({first}) + len({second}) + 1"
        return f"CASE WHEN {several} THEN NULL ELSE {full_name(first, second)} END"
    a, b = (f"lower({cell})" for cell in cells)
    both = f"{_plain_word(cells[0])} AND {_plain_word(cells[1])} AND {a} <> {b}"
    return f"CASE WHEN {both} THEN CASE WHEN {a} < {b} THEN {a} || ' ' || {b} ELSE {b} || ' ' || {a} END END"


def family_word(cell: str, *, whole: bool) -> str:
    """Give the family name of a cell that holds it alone, or (`whole`) `Given Family`, where it is plain letters."""
    return _word(f"split_part({cell}, ' ', 2)" if whole else cell, cell, whole)


def given_word(cell: str, *, whole: bool) -> str:
    """Give the given name of a cell that holds it alone, or (`whole`) `Given Family`, where it is plain letters."""
    return _word(f"split_part({cell}, ' ', 1)" if whole else cell, cell, whole)


def _word(word: str, cell: str, whole: bool) -> str:
    usual = f"{full_name(cell)} IS NOT NULL" if whole else _plain_word(word)
    return f"CASE WHEN {usual} THEN lower({word}) END"


def date(cell: str) -> str:
    """Give an ISO date between 1881 and 2099; the 29th of February, and any other way to write a date, is NULL."""
    every, longer, longest = "(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])", "(0[13-9]|1[0-2])-(29|30)", "(0[13578]|1[02])-31"
    return _matched(cell, f"(188[1-9]|189\\d|19\\d\\d|20\\d\\d)-({every}|{longer}|{longest})", cell)


def postcode(cell: str) -> str:
    """Give letters and digits of a postal code in upper case."""
    bare = f"translate(upper({cell}), ' -', '')"
    return f"CASE WHEN regexp_full_match({cell}, '[A-Za-z0-9 -]+') AND len({bare}) > 2 THEN {bare} END"


def present(cell: str) -> str:
    """Whether a cell says anything: not NULL, not blank, none of the words that stand for nothing."""
    nulls = literals(sorted(NULLS))
    return f"({cell} <> '' AND (len({cell}) > 10 OR lower(trim({cell})) NOT IN ({nulls})))"


def log_pattern(pattern: str, groups: Sequence[str]) -> str:
    """Rewrite a log pattern for RE2: it starts where the line does, and only `groups` are captured (that is faster)."""
    wanted = set(groups)
    captured = re.sub(r"\(\?P<(\w+)>", lambda m: "(" if m[1] in wanted else "(?:", pattern)
    return f"^(?:{captured})"
