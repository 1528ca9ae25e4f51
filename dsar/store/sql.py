"""Quoting, and the hash and the simple normal forms of identifiers as SQL expressions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache, partial

from dsar.dates import UNFILLED
from dsar.normalise import COOKIE_LENGTH, COOKIE_NAME, NULLS, SUFFIXES, TITLES
from dsar.phones import INTERNATIONAL, NATIONAL

# a search hashes some hundred values a person, and to begin with OpenSSL's MD5 takes longer than the interpreter's own
try:
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:  # pragma: no cover - an interpreter that was built without it
    md5 = partial(hashlib.md5, usedforsecurity=False)  # machines that forbid MD5 for security allow it so


def quoted(name: str) -> str:
    """Quote a name of a column or table."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text that our own code made (a path, a pattern, a kind); values of people are bound instead."""
    return "'" + text.replace("'", "''") + "'"


def file(path: object) -> str:
    """Quote the path of one file to read: DuckDB takes `*`, `?` and `[` in a name for a pattern of other files."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def records(path: object, which: str = "true") -> str:
    """Give the rows of a records.parquet, numbered from 1 in the order of the file, with the line each starts at.

    `which` is a condition on `file_row_number`, which counts from 0: Parquet skips the row groups outside of it.
    """
    return (
        "(SELECT file_row_number + 1 AS _row, file_row_number + 1 + _shift AS _line, "
        f"* EXCLUDE (file_row_number, _shift) FROM read_parquet({file(path)}, file_row_number = true) WHERE {which})"
    )


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
    """Hash a normal form as an unsigned integer of 64 bits: the byte of its kind, then 56 bits of
    MD5(key of the kind, 0x1f, normal form).

    MD5, because nothing hangs on it but speed: whatever is found by a hash is compared afterwards, and who does not
    have the key, which stands before the value, can make no two values collide.
    """
    return hashes(key, [(kind, normal)])[0]


def hashes(key: str, values: Sequence[tuple[str, str]]) -> list[int]:
    """Give `hashed` of many (kind, normal form), with the work that a kind costs done once."""
    kinds = {kind for kind, _ in values}
    begun = {kind: (f"{_kind_key(key, kind)}\x1f".encode(), kind_byte(key, kind) << 56) for kind in kinds}
    number = int.from_bytes
    return [
        byte | number(md5(before + normal.encode()).digest()[:7], "little")
        for (before, byte), normal in ((begun[kind], normal) for kind, normal in values)
    ]


@lru_cache(maxsize=1024)
def _kind_key(key: str, kind: str) -> str:
    """Derive the key of one kind: 96 bits in 16 characters, so that most values fit one block of MD5 with it."""
    return base64.b64encode(hmac.new(key.encode(), kind.encode(), hashlib.sha256).digest()[:12]).decode()


@lru_cache(maxsize=1024)
def kind_byte(key: str, kind: str) -> int:
    """Give the first byte of every hash of a kind, 1 to 255: sorted hashes lie together by kind.

    A search reads only the kinds that it asks for. Two kinds may share a byte; their hashes differ all the same.
    """
    return 1 + hmac.new(key.encode(), b"byte " + kind.encode(), hashlib.sha256).digest()[0] % 255


def hash_expression(key: str, kind: str, normal: str) -> str:
    """Give `hashed` as SQL over the expression `normal`; never 0, NULL for NULL."""
    digest = f"md5_number({literal(_kind_key(key, kind) + chr(31))} || {normal})"
    byte = kind_byte(key, kind) << 56
    return f"(({digest} & {2**56 - 1}::UHUGEINT)::UBIGINT | {byte}::UBIGINT)"


def _matched(expression: str, pattern: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({expression}, {literal(pattern)}) THEN {then} END"


def email(cell: str) -> str:
    """Give one plain ASCII address in lower case; anything else (several, a display name, IDN) is NULL."""
    pattern = r"[A-Za-z0-9_][A-Za-z0-9!#$%&*+/=?^_`{|}~.-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z0-9-]*[A-Za-z0-9]"
    return _matched(cell, pattern, f"lower({cell})")


def mail_name(address: str) -> str:
    """Give what is left of the local part of an address in normal form without a tag and punctuation."""
    local = f"split_part({address}, '@', 1)"
    untagged = f"split_part({local}, '+', 1)"
    dotless = f"replace({untagged}, '.', '')"  # mostly that is enough, and much quicker
    other = f"coalesce(nullif(regexp_replace({untagged}, '[^0-9a-z]', '', 'g'), ''), {local})"
    return f"CASE WHEN regexp_full_match({dotless}, '[0-9a-z]+') THEN {dotless} ELSE {other} END"


def phone_digits(cell: str) -> str:
    """Give a written number without blanks and punctuation, with `+` for a leading `00`."""
    unspaced = f"replace({cell}, ' ', '')"  # mostly that is enough, and much quicker
    bare = f"translate({cell}, ' ()./-', '')"
    return (
        f"CASE WHEN regexp_full_match({unspaced}, '([+1-9]|0[+1-9])[+0-9]*') THEN {unspaced} "
        f"WHEN starts_with({bare}, '00') THEN '+' || substr({bare}, 3) ELSE {bare} END"
    )


def phone(digits: str, region: str | None) -> str:
    """Give E.164 of a number in a usual form of the region or of a well-known country; anything else is NULL.

    `digits` is what `phone_digits` gives. A number of one digit, or of digits that count up, is left to Python.
    """
    bare = f"ltrim({digits}, '+0')"
    counting = f"contains('01234567890', {bare}) OR contains('9876543210', {bare})"
    filler = f"replace({bare}, left({bare}, 1), '') = '' OR {counting}"
    cases = f"WHEN regexp_full_match({digits}, {literal('|'.join(INTERNATIONAL))}) THEN {digits}"
    if region in NATIONAL:
        pattern, code, trunk = NATIONAL[region]
        cases += (
            f" WHEN regexp_full_match({digits}, {literal(pattern)}) THEN '+{code}' || substr({digits}, {trunk + 1})"
        )
    return f"CASE WHEN {filler} THEN NULL {cases} END"


def said(cell: str, then: str) -> str:
    """Give '' for the words that stand for nothing, which would otherwise pass for a value."""
    return f"CASE WHEN lower({cell}) IN ({literals(sorted(NULLS))}) THEN '' ELSE {then} END"


def issued_id(cell: str) -> str:
    """Give an id of printable ASCII without blanks around it, case-folded; anything else is NULL.

    A long number loses the zeros in front; one that ends in `.0` is NULL.
    """
    usual = f"regexp_full_match({cell}, '[!-&(-~]([ -~]*[!-~])?') AND NOT ends_with({cell}, '.0')"
    return said(cell, f"CASE WHEN {usual} THEN {unpadded(f'lower({cell})')} END")


def unpadded(number: str) -> str:
    """Give a long number without zeros in front, and anything else as it is."""
    padded = f"starts_with({number}, '0') AND regexp_full_match({number}, '0+[1-9][0-9]{{4,}}')"
    return f"CASE WHEN {padded} THEN ltrim({number}, '0') ELSE {number} END"


def document(cell: str) -> str:
    """Give a number of a document in small letters and without what groups it; anything unusual is NULL."""
    bare = f"translate(lower({cell}), ' -/', '')"
    return said(cell, _matched(cell, "[0-9A-Za-z]([0-9A-Za-z /-]*[0-9A-Za-z])?", unpadded(bare)))


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
    return said(cell, _matched(cell, usual, kept))


def ip(cell: str) -> str:
    """Give one address in lower case; a list of them, or one with a zone, is NULL."""
    return said(cell, _matched(cell, r"[0-9A-Za-z.:\[\]/_-]+", f"lower({cell})"))


_NO_NAME = sorted(TITLES | SUFFIXES | NULLS)


def word(cell: str) -> str:
    """Give one word of plain letters in lower case, neither a title nor a suffix: the usual case of a name part."""
    then = f"CASE WHEN lower({cell}) NOT IN ({literals(_NO_NAME)}) THEN lower({cell}) END"
    return _matched(cell, "[A-Za-z][A-Za-z]+", then)


def word_of_two(cell: str, place: int) -> str:
    """Give `word` of the first or second of exactly two words of a cell."""
    first, second = (f"split_part({cell}, ' ', {part})" for part in (1, 2))
    two = f"len({cell}) = len({first}) + len({second}) + 1"
    return f"CASE WHEN {two} THEN {word(second if place == 2 else first)} END"


def full_name(given: str, family: str) -> str:
    """Give two different words, sorted, as the key of a full name; NULL if one is NULL or they are the same."""
    a, b = given, family
    return f"CASE WHEN {a} < {b} THEN {a} || ' ' || {b} WHEN {a} > {b} THEN {b} || ' ' || {a} END"


def date(cell: str) -> str:
    """Give an ISO date between 1881 and 2099; the 29th of February, and any other way to write a date, is NULL."""
    every, longer, longest = "(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])", "(0[13-9]|1[0-2])-(29|30)", "(0[13578]|1[02])-31"
    then = f"CASE WHEN {cell} NOT IN ({literals(UNFILLED)}) THEN {cell} END"
    return _matched(cell, f"(188[1-9]|189\\d|19\\d\\d|20\\d\\d)-({every}|{longer}|{longest})", then)


def postcode(cell: str) -> str:
    """Give letters and digits of a postal code in upper case; with a country, a town or ZIP+4 it is NULL."""
    bare = f"translate(upper({cell}), ' -', '')"
    usual = f"WHEN regexp_full_match({cell}, '[0-9]{{3,8}}') THEN {cell}"
    longer = f"regexp_matches({bare}, '^[A-Z]{{1,3}}[0-9]{{4}}|^[0-9]{{4,6}}[A-Z]{{3}}|^[0-9]{{9}}$')"
    other = f"WHEN regexp_full_match({cell}, '[A-Za-z0-9 -]+') AND len({bare}) > 2 AND NOT {longer} THEN {bare}"
    return said(cell, f"CASE {usual} {other} END")


def last_number(cell: str) -> str:
    """Give the last number of an address in one line, where it may be a postcode; empty where it is none."""
    return f"regexp_extract({cell}, '[^0-9]([0-9]{{4,6}})[^0-9]*$', 1)"


def house(street: str, code: str) -> str:
    """Give postcode and house number as one key; empty where there is none of them, NULL as the postcode is."""
    number = f"regexp_extract({street}, '[0-9]+')"
    return f"CASE WHEN {number} = '' OR {code} = '' THEN '' ELSE {code} || '|' || {number} END"


def present(cell: str) -> str:
    """Whether a cell says anything: not NULL, not blank, none of the words that stand for nothing."""
    nulls = literals(sorted(NULLS))
    return f"({cell} <> '' AND (len({cell}) > 10 OR lower(trim({cell})) NOT IN ({nulls})))"


def log_pattern(pattern: str, groups: Sequence[str]) -> str:
    """Rewrite a log pattern for RE2: it starts where the line does, and only `groups` are captured (that is faster)."""
    wanted = set(groups)
    captured = re.sub(r"\(\?P<(\w+)>", lambda m: "(" if m[1] in wanted else "(?:", pattern)
    return f"^(?:{captured})"


def log_groups(pattern: str, groups: Sequence[str]) -> str:
    """Give a struct with what the groups of a log pattern, in its order, capture in the line `c0`; '' for nothing."""
    return f"regexp_extract(c0, {literal(log_pattern(pattern, groups))}, [{literals(groups)}])"
