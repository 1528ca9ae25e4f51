"""A quick pattern of a log says what the whole pattern says, wherever it matches."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.config import FieldSpec
from dsar.sources.spec import CollectionDeclaration, load_connector
from dsar.store import sql
from dsar.store.build import builder
from dsar.store.identifiers import build_identifiers
from dsar.store.keys import derive
from dsar.store.lookup import open_sorted
from dsar.store.segments import Contents, Declaration, Identifiers

ROOT = Path(__file__).resolve().parents[2]
QUICK = [
    declared
    for path in sorted((ROOT / "connectors").glob("*/connector.toml"))
    for declared in load_connector(path.parent).collections.values()
    if declared.quick
]
LINE = (
    '203.0.113.9 - C77 [01/Nov/2026:00:00:00 +0000] "GET /a?x=1 HTTP/1.1" 200 17 '
    '"https://shop.example.org/" "Mozilla/5.0 (X11)" "uid=ck0000000000aa"'
)
WORD = st.sampled_from(["-", "a", "203.0.113.9", "::1", "fe80::1%1", "www.example.org", "C77", "ada b", "", " ", "["])
QUOTED = st.sampled_from(["", "-", "GET / HTTP/1.1", r"\"x\" ", "uid=ck0000000000aa", "a b", "\\", "é", "] ["])
LINES = st.one_of(
    st.builds(
        lambda a, b, c, quoted, end: f'{a} {b} {c} [01/Nov/2026] "{quoted[0]}" 200 - "{quoted[1]}" "{quoted[2]}"{end}',
        WORD, WORD, WORD, st.tuples(QUOTED, QUOTED, QUOTED), st.sampled_from(["", " ", ' "x"', ' "uid=ck77aa" ', "x"]),
    ),
    st.builds(lambda at, what: LINE[:at] + what + LINE[at:], st.integers(0, len(LINE)), WORD | QUOTED),
    st.builds(lambda at, size: LINE[:at] + LINE[at + size :], st.integers(0, len(LINE)), st.integers(1, 9)),
)  # fmt: skip


@pytest.mark.parametrize("declared", QUICK)
@given(line=LINES)
@settings(max_examples=120)
def test_where_the_quick_pattern_matches_it_gives_the_groups_of_the_whole_one(
    declared: CollectionDeclaration, line: str
) -> None:
    quick, whole = (re.compile(pattern or "", re.ASCII).match(line) for pattern in (declared.quick, declared.pattern))

    assert quick is None or whole is not None
    if quick and whole:
        assert {name: value or "" for name, value in quick.groupdict().items()}.items() <= {
            name: value or "" for name, value in whole.groupdict().items()
        }.items()


@pytest.mark.parametrize("declared", QUICK)
def test_the_usual_line_is_one_for_the_quick_pattern(declared: CollectionDeclaration) -> None:
    assert re.match(declared.quick or "", LINE)


@pytest.mark.parametrize("declared", QUICK)
def test_identifiers_are_the_same_with_and_without_the_quick_pattern(
    tmp_path: Path, declared: CollectionDeclaration
) -> None:
    lines = [LINE, LINE.replace(" C77 ", " - "), LINE.replace('uid="', '"'), f"www.example.org:80 {LINE}"]
    lines += [LINE.replace("/a?x=1", r"/\"ada@example.org\""), LINE.replace(' "uid=ck0000000000aa"', "")]
    assert len({bool(re.match(declared.quick or "", line)) for line in lines}) == 2
    fields = {
        name: FieldSpec(identifier=kind, category="user")
        for name, kind in (("host", "ip"), ("login", "login"), ("cookie", "cookie"))
    }
    headings = tuple(re.compile(declared.pattern or "").groupindex)
    contents = Contents("c", "", headings, (), "", len(lines), len(lines), 0, {})
    plain = Declaration("w", "c", "t", "x", "log", (), fields, pattern=declared.pattern)
    with builder(tmp_path / "spill") as connection:
        rows = "SELECT 0::BIGINT AS _shift, 1 AS _lines, NULL::VARCHAR AS _bad, unnest($1::VARCHAR[]) AS c0"
        connection.execute(f"CREATE TABLE lines AS {rows}", [lines])
        connection.execute(f"COPY lines TO '{tmp_path}/records.parquet' (FORMAT parquet)")
        found = [
            stored(build_identifiers(connection, tmp_path, declaration, contents, derive("0" * 64)))
            for declaration in (plain, replace(plain, quick=declared.quick))
        ]

    assert found[0] == found[1]
    assert (sql.hashed(derive("0" * 64).identifiers, "cookie", "ck0000000000aa"), 1) in {(h, r) for h, _, r in found[0]}


def stored(made: Identifiers) -> list[tuple[int, int, int]]:
    files = [open_sorted(path) for path in made.files]
    return sorted(
        (hash, entry, row)
        for file in files
        for hash, entry, row in zip(file.hashes.tolist(), file.entries.tolist(), file.rows.tolist(), strict=True)
    )
