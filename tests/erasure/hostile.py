"""Values that break careless scripts, and near-duplicates that a careless comparison takes for the same."""

from __future__ import annotations

from dsar.erasure.dialects import dialect
from dsar.erasure.digest import digest
from dsar.erasure.statement import RowChange, statement
from dsar.model import ErasurePlan, ErasureStep, Reason

_SEEDS = (
    "o'brien@example.org",
    "o''brien@example.org",
    'say "hi"@example.org',
    "back\\slash",
    "end\\",
    "\\'; DELETE FROM p; -- ",
    "'; DELETE FROM p; -- ",
    "' OR '1'='1",
    "\\' OR 1=1 -- ",
    "x'); DROP TABLE p; --",
    "line\nbreak",
    "carriage\rreturn",
    "both\r\nends",
    "\n\\! touch owned\n",
    "\n.shell touch owned\n",
    "\nDELIMITER ;\nDELETE FROM p;\n",
    "100%",
    "%s%d%%",
    "100%@example.org",
    "under_score",
    "😀@example.org",
    "👩‍👩‍👧@example.org",
    "𝒜da@example.org",
    "日本語@example.org",
    "$$",
    "$dsar_script$",
    "$dsar_row$;COMMIT;DELETE FROM p;",
    "//dsar//",
    "${HOME}",
    "`id`",
    ":name",
    ":'name'",
    "&name",
    "@var",
    "#comment",
    "-- comment",
    "/* comment */",
    "*/",
    "tab\there",
    "bell\x07",
    "\x1b[31mred",
    "\x7f",
    "\u0085next",
    "\u2028line",
    "\ufeffbom",
    "zero\u200bwidth",
    "\u202eright-to-left",
    "ß",
    "İstanbul",
    "ıstanbul",
    "NULL",
    "null",
    "0",
    "00",
    "0x10",
    "1e5",
    "1.0",
    "-1",
    "+49 30 1234",
    "true",
    "X'41'",
    "E'a'",
    "N'a'",
    "\\u0041",
    "\\x41",
    "\\n",
    "\\\\",
    "()",
    "[x]",
    "{y}",
    "<b>",
    "a;b",
    "a,b",
    "a|b",
    "a/b",
    "a?b",
    "a=b",
    "~!^",
    "it''s",
    "'",
    "''",
    '"',
    '""',
    "\\",
    "\\\\'",
    "long " * 30 + "end",
    "WHERE",
    " AND ",
    "e\u0301",
    "\u00e9",
    "A\u030a",
    "\u212b",
    "fi",
    "\ufb01",
    "ⅷ",
    "viii",
    "１２",
    "12",
)
_PEOPLE = ("jose@example.org", "ada lovelace", "mueller")
_VARIANTS = (
    lambda v: v,
    str.upper,
    str.title,
    lambda v: v + " ",
    lambda v: " " + v,
    lambda v: v.replace("o", "ó"),
    lambda v: v.replace("e", "é"),
    lambda v: v.replace("e", "e\u0301"),
    lambda v: v.replace("a", "а"),  # Cyrillic
    lambda v: v.replace("ue", "ü"),
    lambda v: v + "\u00a0",
    lambda v: v + "\t",
    lambda v: v + "\u200b",
)


def look_alikes() -> list[str]:
    """One address and what careless comparisons take for it: other case, accents, blanks, letters that look alike."""
    return list(dict.fromkeys(vary(_PEOPLE[0]) for vary in _VARIANTS))


def hostile_values() -> list[str]:
    """More than 600 distinct values, hostile ones and near-duplicates of harmless ones, in a fixed order."""
    people = [vary(person) for person in _PEOPLE for vary in _VARIANTS]
    quoted = [f"{seed}'{number}" for number, seed in enumerate(_SEEDS)]
    padded = [f"{seed} " for seed in _SEEDS]
    ended = [f"{seed}\\" for seed in _SEEDS]
    joined = [f"{first}{second}" for first, second in zip(_SEEDS, (*_SEEDS[17:], *_SEEDS[:17]), strict=True)]
    upper = [seed.upper() for seed in _SEEDS]
    controls = [
        f"a{chr(code)}b" for code in (*range(1, 32), *range(127, 161), 0x200E, 0x2029, 0x2066, 0xFFFD, 0x10FFFF)
    ]
    return list(dict.fromkeys([*_SEEDS, *people, *quoted, *padded, *ended, *joined, *upper, *controls]))


def plan_of(changes: list[RowChange], dialect_name: str, target: str = "db") -> ErasurePlan:
    """A plan whose steps carry these changes as statements of one dialect."""
    spoken = dialect(dialect_name)
    reason = Reason("Art. 17(1)(a)", "No longer needed.")
    steps = tuple(
        ErasureStep(f"s/c/{number}", "s", "c", str(number), "delete", reason, target, statement(change, spoken))
        for number, change in enumerate(changes)
    )
    return ErasurePlan("R-1", "2026-11-22T12:00:00+01:00", steps, (), (), digest(steps))
