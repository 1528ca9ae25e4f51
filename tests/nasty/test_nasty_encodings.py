"""Files in a foreign, broken or unknown encoding: read rightly, or said so; never a wrong umlaut in silence."""

from __future__ import annotations

import pytest
from small_company import ADA, BOB, CANARY, Company

TABLE = f"id,email,note\n1,{ADA},Grüße {CANARY}\n2,{BOB},Zoë\n3,cyd@example.org,plain\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(company: Company, encoding: str) -> None:
    found = company.holding(TABLE.encode(encoding)).find()

    assert found.values("1") == {"id": "1", "email": ADA, "note": f"Grüße {CANARY}"}
    assert company.find().counts == (3, 3, 0)


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf_16_is_read_with_a_mark_or_with_its_name(company: Company, encoding: str, mark: str) -> None:
    data = (mark + TABLE).encode(encoding)
    assert company.holding(data, encoding=encoding).find().values("1")["note"] == f"Grüße {CANARY}"
    if mark:
        assert company.holding(data).find().values("1")["note"] == f"Grüße {CANARY}"
    else:
        ended = company.holding(data).find()
        assert ended.code == 2
        assert "encoding" in ended.err


@pytest.mark.parametrize("declared", ["utf-8", "utf8", "UTF_8"])
def test_a_mark_is_no_part_of_the_first_heading_whatever_is_declared(company: Company, declared: str) -> None:
    found = company.holding(f'\ufeff"id",email,note\n1,{ADA},x\n', encoding=declared).find()

    assert found.values("1") == {"id": "1", "email": ADA, "note": "x"}


def test_invalid_bytes_cost_one_row(company: Company) -> None:
    broken = TABLE.encode().replace("Zoë".encode(), b"Zo\xeb")
    company.holding(broken)

    assert company.find().counts == (3, 2, 1)
    assert company.unreadable == ["crm.csv: 1 row unreadable (bytes outside the encoding)"]
    found = company.find(BOB)  # a row that cannot be read is searched as text
    assert [(r["grade"], r["line"]) for r in found.document["records"]] == [("possible", 3)]
    assert found.code == 1


def test_a_nul_byte_costs_one_row(company: Company) -> None:
    company.holding(TABLE.replace("Zoë", "Z\0ë"))

    assert company.find().counts == (3, 2, 1)
    assert company.unreadable == ["crm.csv: 1 row unreadable (a NUL byte)"]
    assert [(r["grade"], r["line"]) for r in company.find(BOB).document["records"]] == [("possible", 3)]


def test_a_few_invalid_rows_of_many_foreign_ones_are_counted(company: Company) -> None:
    lines = [f"{n},u{n}@example.org,Grüße".encode() for n in range(40)]
    lines[7] = lines[9] = lines[30] = b"7,x@example.org,Gr\xfc\xdfe"
    company.holding(b"id,email,note\n" + b"\n".join(lines))

    assert company.find().counts == (40, 37, 3)


def test_a_whole_file_in_cp1252_is_refused_with_the_key_to_set(company: Company) -> None:
    rows = "".join(f"{n},u{n}@example.org,Straße nach Köln {CANARY}\n" for n in range(30))
    company.holding(("id,email,note\n" + rows).encode("cp1252"))
    ended = company.find()

    assert ended.code == 2
    assert "crm.csv is not UTF-8 text" in ended.err
    assert "encoding =" in ended.err


def test_a_whole_file_in_cp1252_is_read_where_that_is_declared(company: Company) -> None:
    company.holding(TABLE.encode("cp1252"), encoding="cp1252")

    assert company.find().values("1")["note"] == f"Grüße {CANARY}"
    assert company.find().counts == (3, 3, 0)


@pytest.mark.parametrize(("declared", "says"), [("klingon", "no encoding `klingon`"), ("utf-8", "is not utf-8")])
def test_a_wrong_encoding_is_an_error(company: Company, declared: str, says: str) -> None:
    ended = company.holding(TABLE.encode("cp1252"), encoding=declared).find()

    assert ended.code == 2
    assert says in ended.err


def test_foreign_bytes_far_behind_the_head_are_counted_too(company: Company) -> None:
    rows = [f"{n},u{n}@example.org,{'x' * 60}".encode() for n in range(6000)]
    rows[5990] = b"5990,u@example.org,Gr\xfc\xdfe"
    company.holding(b"id,email,note\n" + b"\n".join(rows))

    assert company.find().counts == (6000, 5999, 1)
