"""Where SQL gives a normal form, Python gives the same and no other; what is doubtful SQL leaves to Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.config import FieldSpec
from dsar.store import sql
from dsar.store.forms import forms
from dsar.store.identifiers import normal_rows
from dsar.store.index import Entry, Group, groups
from dsar.store.segments import Contents, Declaration

REGIONS = ("DE", "US", "GB", "FR", "CH", "AT", "NL", "BE", "CA", "IT", None)
QUIET = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as opened:
        yield opened


def entry(
    kinds: Sequence[str | None], kind: str, *, region: str | None = None, role: str = "subject"
) -> tuple[Group, Entry]:
    """The entry that columns of these kinds (None: free text) give for one kind of identifier."""
    names = tuple(f"h{number}" for number in range(len(kinds)))
    fields = {
        n: FieldSpec(identifier=k, category="user" if k else "user.content") for n, k in zip(names, kinds, strict=True)
    }
    declaration = Declaration("s", "c", "t", "table", "table", (), fields, phone_region=region)
    found = groups(declaration, Contents("c", "", names, (), "", 0, 0, 0, {}))
    return next((g, e) for g in found for e in g.entries if (e.kind, e.role) == (kind, role))


def differences(
    connection: duckdb.DuckDBPyConnection,
    found: tuple[Group, Entry],
    rows: Sequence[tuple[str, ...]],
    region: str | None = None,
) -> tuple[list[object], int]:
    """Give every row that SQL and Python normalise to different forms, and for how many SQL gave one at all."""
    group, entry = found
    columns = [list(range(len(rows))), *(list(column) for column in zip(*rows, strict=True))]
    names = "".join(f", unnest(${n + 2}::VARCHAR[]) AS c{n}" for n in range(len(rows[0])))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cells AS SELECT unnest($1::INTEGER[]) AS _row{names}", columns)
    present = " AND ".join(sql.present(cell) for cell in entry.cells)
    normal = f"n{group.entries.index(entry)}"
    asked = f"SELECT {present}, {normal}, {', '.join(entry.cells)} FROM ({normal_rows(group, 'cells')}) ORDER BY _row"
    wrong: list[object] = []
    simple = 0
    for there, normal, *raw in connection.execute(asked).fetchall():
        expected = forms(entry.kind, entry.role, raw, region)
        simple += bool(normal)
        if normal is not None and expected != ((normal,) if normal else ()):
            wrong.append((raw, normal, expected))
        if normal is None and not there and len(raw) == 1 and expected:
            wrong.append((raw, "not looked at", expected))
    return wrong, simple


MIXED = st.text(
    st.sampled_from("abzAZ019 .,;:_-+/@%=&?!'\"()[]<>#|\\\t\näßéÅİıſẞŉΣς\u0301\u00a0\u200b\u2003１Ａ"), max_size=12
)
NAMES = [
    *("Ada", "ADA", "Jr", "jr.", "Dr", "Dr.", "Frau", "van", "O'Neil", "Müller", "Lovelace", "Li", "X", "Anne-Marie"),
    *(
        "III",
        "Prof",
        "Sr",
        "Smith",
        "İpek",
        "ſ",
        "Straße",
        "de",
        "MBA",
        "Fr",
        "iv",
        "Herr",
        "1",
        "unknown",
        "null",
        "-",
    ),
    *("ada,", "Ng", "ﬁ"),
]
NAME = st.lists(st.sampled_from(NAMES), max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", "  ", ", ", "\t", "-"]).map(lambda gap: gap.join(parts))
)
MAIL = st.builds(
    "{}{}@{}{}".format,
    st.sampled_from(["", "", "", "mailto:", "<", "A B <", " "]),
    st.text(st.sampled_from("abZ0.-_+'!#%&/=~é"), min_size=1, max_size=8),
    st.text(st.sampled_from("abZ0.-_é"), min_size=1, max_size=8),
    st.sampled_from(["", ".org", ".example.org", ".com.", ".de>", ".de ", ".de; b@example.org", ".DE-"]),
)
DATE = st.builds("{}{:02d}-{:02d}{}".format, st.sampled_from(["1879-", "1990-", "2099-", " 1990-", "１990-", "2100-"]),
                 st.integers(0, 13), st.integers(0, 32), st.sampled_from(["", "", " ", "T00:00", "\n"]))  # fmt: skip
POSTCODE = st.from_regex(r"[0-9]{5}|[A-Z]{1,2}[0-9] [0-9][A-Z]{2}|D-[0-9]{5}|[0-9 -]{1,4}|ä[0-9]+", fullmatch=True)
COOKIE = st.from_regex(r"([A-Za-z_.]{0,3}=)?[A-Za-z0-9.:%_=-]{4,9}(; ?[a-z]=[a-z0-9]{5,7})?;?", fullmatch=True)
ADDRESS = st.ip_addresses().map(str) | st.from_regex(r"[0-9a-fA-F:.]{1,9}(%eth0|, ::1|:80|/24)?", fullmatch=True)
CLICK = st.from_regex(r"'?([a-zA-Z]{1,4}[:_-]){0,2}[a-z0-9]{0,4}", fullmatch=True)
ISSUED = st.from_regex(r" ?'{0,2}[A-Za-z0-9/._ -]{1,8}", fullmatch=True) | st.sampled_from(
    ["null", "N/A", "'null", "'-", "İ", "ẞ"]
)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("email", MAIL),
        ("mail_name", MAIL),
        ("customer_no", ISSUED),
        ("cookie", COOKIE),
        ("ip", ADDRESS),
        ("click_id", CLICK),
        ("name", NAME),
    ],
)
def test_a_column_is_normalised_alike(
    connection: duckdb.DuckDBPyConnection, kind: str, values: st.SearchStrategy[str]
) -> None:
    found = entry(["email" if kind == "mail_name" else kind], kind)

    @given(st.lists(values | values | MIXED, min_size=60, max_size=60))
    @QUIET
    def holds(texts: list[str]) -> None:
        assert differences(connection, found, [(text,) for text in texts])[0] == []

    holds()


@pytest.mark.parametrize(
    ("kinds", "kind", "first", "second"),
    [
        (("given_name", "family_name"), "name", NAME, NAME),
        (("family_name", "birth_date"), "family_birth", NAME, DATE),
        (("name", "birth_date"), "family_birth", NAME, DATE),
        (("name", "birth_date"), "given_birth", NAME, DATE),
        (("family_name", "postcode"), "family_postcode", NAME, POSTCODE),
        (("name", "postcode"), "family_postcode", NAME, POSTCODE),
    ],
)
def test_a_composed_key_is_normalised_alike(
    connection: duckdb.DuckDBPyConnection,
    kinds: tuple[str, str],
    kind: str,
    first: st.SearchStrategy[str],
    second: st.SearchStrategy[str],
) -> None:
    found = entry(kinds, kind)

    @given(st.lists(st.tuples(first | MIXED, second | MIXED), min_size=60, max_size=60))
    @QUIET
    def holds(rows: list[tuple[str, str]]) -> None:
        assert differences(connection, found, rows)[0] == []

    holds()


DIGITS = st.text(st.sampled_from("0123456789"), min_size=4, max_size=13)
PREFIX = st.sampled_from(
    [
        "",
        "",
        "0",
        "0",
        "00",
        "+",
        "+49",
        "0049",
        "+1",
        "001",
        "1",
        "+44",
        "+33",
        "+41",
        "+43",
        "+31",
        "+32",
        "+34",
        "+7",
        "+45",
    ]
)
GAP = st.sampled_from(["", "", "", " ", "-", "/", ".", "(", ")", "  ", " x", ";ext=", "\u00a0", "a"])
NUMBER = st.builds(lambda p, a, g, b: f"{p}{a}{g}{b}", PREFIX, DIGITS, GAP, st.one_of(st.just(""), DIGITS))


@pytest.mark.parametrize("region", REGIONS)
def test_a_phone_is_normalised_alike_in_every_region(connection: duckdb.DuckDBPyConnection, region: str | None) -> None:
    found = entry(["phone"], "phone", region=region)

    @given(st.lists(NUMBER, min_size=100, max_size=100))
    @QUIET
    def holds(texts: list[str]) -> None:
        assert differences(connection, found, [(text,) for text in texts], region)[0] == []

    holds()


@pytest.mark.parametrize("kind", ["email", "phone", "token"])
def test_what_a_text_mentions_is_normalised_alike(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    found = entry([None], kind, region="DE", role="mentioned")

    @given(
        st.lists(st.lists(MAIL | NUMBER | ISSUED | NAME | MIXED, max_size=4).map(" ".join), min_size=30, max_size=30)
    )
    @QUIET
    def holds(texts: list[str]) -> None:
        assert differences(connection, found, [(text,) for text in texts], "DE")[0] == []

    holds()


@pytest.mark.parametrize(
    ("kinds", "kind", "row", "region"),
    [
        (["email"], "email", ("Ada@Example.ORG",), None),
        (["email"], "mail_name", ("Ada@Example.ORG",), None),
        (["phone"], "phone", ("030 / 123 45-67",), "DE"),
        (["phone"], "phone", ("+49 (30) 1234567",), None),
        (["phone"], "phone", ("0044 20 7946 0958",), "DE"),
        (["phone"], "phone", ("(212) 555-0187",), "US"),
        (["customer_no"], "customer_no", ("C-100",), None),
        (["cookie"], "cookie", ("sid=abcdef12",), None),
        (["cookie"], "cookie", ("de",), None),
        (["ip"], "ip", ("2001:DB8::1",), None),
        (["click_id"], "click_id", ("eid:42",), None),
        (["name"], "name", ("Lovelace Ada",), None),
        (["given_name", "family_name"], "name", ("Ada", "Lovelace"), None),
        (["family_name", "birth_date"], "family_birth", ("Lovelace", "1990-12-10"), None),
        (["name", "birth_date"], "given_birth", ("Ada Lovelace", "1990-12-10"), None),
        (["name", "postcode"], "family_postcode", ("Ada Lovelace", "sw1a 1aa"), None),
    ],
)
def test_the_usual_form_needs_no_python(
    connection: duckdb.DuckDBPyConnection, kinds: list[str], kind: str, row: tuple[str, ...], region: str | None
) -> None:
    found = entry(kinds, kind, region=region)

    assert differences(connection, found, [row], region) == ([], row != ("de",))


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(["email", "customer_no"]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_hash_is_the_same_in_sql_and_in_python(connection: duckdb.DuckDBPyConnection, normal: str, kind: str) -> None:
    asked = connection.execute(f"SELECT {sql.hash_expression('key', kind, '$1::VARCHAR')}", [normal]).fetchone()

    assert asked == (sql.hashed("key", kind, normal),)


def test_hashes_lie_together_by_kind_and_none_is_zero_which_means_ask_python() -> None:
    kinds = ("email", "phone", "customer_no", "cookie", "token")
    found = {kind: {sql.hashed("key", kind, normal) >> 56 for normal in ("", "a", "b")} for kind in kinds}

    assert all(len(first) == 1 and 0 not in first for first in found.values())
    assert len(set.union(*found.values())) > 1
