"""JSON that is deep, doubled, huge, broken or cut off: every value as it was written, every broken line counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from small_company import ADA, BOB, CANARY, Company, Ended

from dsar.store.leaves import step

DEEP = "[" * 100_000 + "]" * 100_000


def found(company: Company, data: str | bytes, name: str = "crm.json", email: str = ADA) -> Ended:
    return company.holding(data, name).find(email)


def record(number: int, email: str = ADA, **more: Any) -> str:
    return json.dumps({"id": str(number), "email": email, **more})


def test_a_document_nested_100000_deep_is_refused(company: Company) -> None:
    ended = found(company, f'[{{"id":"1","email":"{ADA}","note":{DEEP}}}]')

    assert ended.code == 2
    assert "crm.json is nested too deep" in ended.err


@pytest.mark.parametrize("deep", [DEEP, "[" * 300 + "]" * 300])
def test_a_line_nested_too_deeply_costs_that_line(company: Company, deep: str) -> None:
    ended = found(company, f'{record(1, BOB)}\n{{"id":"2","note":{deep}}}\n{record(3)}\n', "crm.jsonl")

    assert ended.counts == (3, 2, 1)
    assert ended.places == {"3": 3}
    assert company.unreadable == ["crm.jsonl: 1 row unreadable (nested too deeply)"]


def test_a_key_given_twice_keeps_both_values(company: Company) -> None:
    values = found(company, f'[{{"id":"1","email":"{ADA}","note":"a","note":"b","note":{{"x":1,"x":2}}}}]').values("1")

    assert values == {"id": "1", "email": ADA, "note": "a", "note#2": "b", "note#3.x": "1", "note#3.x#2": "2"}


@pytest.mark.parametrize(
    "number",
    ["1e999", "-1E-400", "1.50", "0.1000000000000000055", "123456789012345678901234567890", "-0", "NaN", "-Infinity"],
)
def test_a_number_stays_as_it_was_written(company: Company, number: str) -> None:
    values = found(company, f'[{{"id":{number},"email":"{ADA}","note":[{number}]}}]').values(number)

    assert values == {"id": number, "email": ADA, "note[0]": number}


def test_a_number_of_5000_digits_stays_whole(company: Company) -> None:
    assert found(company, f'[{{"id":{"9" * 5000},"email":"{ADA}"}}]').document["records"][0]["key"] == "9" * 5000


def test_a_lone_surrogate_and_a_nul_are_shown_not_lost(company: Company) -> None:
    data = f'[{{"id":"1","email":"{ADA}","note":"a\\ud83d b","deep":["\\udcff\\u0000"]}},{record(2, BOB)}]'
    values = found(company, data).values("1")

    assert values["note"] == "a\\ud83d b"
    assert "\0" not in values["deep[0]"]
    assert found(company, data).counts == (2, 2, 0)


@pytest.mark.parametrize(
    "broken", ['{"id":"2",', "garbage", '{"id":"2" "email":""}', "}", '"text"', "[1]", "7", "null"]
)
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_broken_line_costs_that_line(company: Company, broken: str, at: int) -> None:
    lines = [record(1, BOB), record(3, BOB), record(4)]
    lines.insert(at, broken)
    if at == 0 and broken[0] in '7n"g}':
        return  # such a first line is no JSON at all
    ended = found(company, "\n".join(lines) + "\n", "crm.jsonl")

    assert ended.counts == (4, 3, 1)
    assert ended.places == {"4": lines.index(record(4)) + 1}


def test_a_broken_line_is_searched_as_text(company: Company) -> None:
    ended = found(company, f'{record(1, BOB)}\n{{"id":"2","email":"{ADA}"\n{record(3, BOB)}\n', "crm.jsonl")

    assert [(r["grade"], r["line"]) for r in ended.document["records"]] == [("possible", 2)]


def test_invalid_bytes_cost_one_line(company: Company) -> None:
    lines = [record(1), record(2, BOB, note="ö"), record(3)]
    data = "\n".join(lines).encode().replace(b"\\u00f6", b"\xf6")

    assert found(company, data, "crm.jsonl").counts == (3, 2, 1)


def test_a_document_cut_off_anywhere_is_refused_or_whole(company: Company) -> None:
    data = f"[\n{record(1)},\n{record(2)}\n]"
    for length in range(1, len(data), 3):
        company.holding(data[:length], "crm.json")
        assert (length, company.find().code) == (length, 2)
    assert found(company, data + "\n").counts == (2, 2, 0)


def test_a_document_cut_off_behind_the_head_is_refused(company: Company) -> None:
    data = "[" + ",\n".join(record(n, note=f"{CANARY} {'x' * 100}") for n in range(3000))
    assert found(company, data).code == 2
    assert found(company, data + '] {"more": 1}').code == 2
    assert found(company, data.replace('"1500"', '"1500', 1) + "]").code == 2
    assert found(company, data + "]").counts == (3000, 3000, 0)


@pytest.mark.parametrize(
    "around", ['{"total":2,"data":[\n%s\n]}', '{\n"data": [%s],\n"next": null}\n', "[%s]", "\ufeff[%s]"]
)
def test_records_have_their_own_first_line(company: Company, around: str) -> None:
    pretty = ",\n\n".join(json.dumps(json.loads(record(n, note=["a", {"b": n}])), indent=2) for n in (1, 2, 3))
    text = around % pretty
    ended = found(company, text)

    assert ended.counts == (3, 3, 0)
    starts = {str(n): text[: text.rindex("{", 0, text.index(f'"id": "{n}"'))].count("\n") + 1 for n in (1, 2, 3)}
    assert ended.places == starts


def test_what_is_no_record_in_a_list_is_counted(company: Company) -> None:
    assert found(company, f'[{record(1)},5,null,"x",[{record(2)}]]').counts == (5, 1, 4)


def test_line_separators_of_unicode_end_no_line(company: Company) -> None:
    data = "".join(
        json.dumps({"id": str(n), "email": ADA, "note": "a\u2028b\x85c"}, ensure_ascii=False) + "\n" for n in (1, 2)
    )
    ended = found(company, data, "crm.jsonl")

    assert ended.places == {"1": 1, "2": 2}
    assert ended.values("2")["note"] == "a\u2028b\x85c"


@pytest.mark.parametrize(
    "key",
    ["a b", "a.b", "x[0]", "", 'q"x', "[", "$", "\n", "a*", "a'b", "ü", "x" * 300, "c0", "_row", "'; DROP TABLE x; --"],
)
def test_any_key_keeps_its_value(company: Company, key: str) -> None:
    assert found(company, f"[{record(1, **{key: CANARY})}]").values("1")[step(key)] == CANARY
