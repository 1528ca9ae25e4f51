"""dsar find: exit codes, the JSON of the contract, and what a terminal is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from invented import CANARY, HOSTILE, Ended, Fake, answer, match, source
from rich.cells import cell_len

Dsar = Callable[..., Ended]
WHO = ("find", "--email", "ada@example.org")


def test_a_complete_answer_ends_with_0(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(match())]

    ended = dsar(*WHO)

    assert ended.code == 0
    assert "Yes, data about this person is held: 1 record in 1 collection." in ended.out
    assert ended.err == ""


def test_something_to_look_at_ends_with_1(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(match(), notes=("1 row of crm could not be read.",))]

    ended = dsar(*WHO)

    assert ended.code == 1
    assert "1 row of crm could not be read." in ended.out


def test_one_failed_source_ends_with_1_and_says_why(fake: Fake, dsar: Dsar) -> None:
    sources = (source("crm", "not_held"), source("shop", "failed", reason="shop.csv ends inside a quoted cell"))
    fake.answers = [answer(sources=sources)]

    ended = dsar(*WHO)

    assert ended.code == 1
    assert "only 1 of 2 collections could be searched" in ended.out
    assert "quoted" in ended.out


def test_no_source_searched_at_all_ends_with_2(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(sources=(source("crm", "failed", files=()), source("archive", "not_searched", files=())))]

    ended = dsar(*WHO)

    assert ended.code == 2
    assert "There is no answer" in ended.out


def test_not_held_is_said_with_every_source(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer()]

    ended = dsar(*WHO)

    assert ended.code == 0
    assert "No, nothing about this person is held: 2 of 2 collections searched." in ended.out
    assert "crm/contacts" in ended.out and "shop/contacts" in ended.out


def test_nothing_is_called_not_held_where_no_identifier_could_be_searched_with(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(sources=(source("crm", "not_held", searched_with=()),))]

    ended = dsar("find", "--name", "Ada")

    assert "No, nothing" not in ended.out
    assert "no source knows the kinds of identifier" in ended.out


def test_every_option_that_says_who_reaches_the_request(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer()]
    given = [
        ("--email", "ada@example.org"), ("--email", "a@example.org"), ("--phone", "+49 30 1"), ("--name", "Ada"),
        ("--birth-date", "1990-01-02"), ("--address", "Weg 1"), ("--postcode", "10115"),
        ("--id", "customer_no=C100"), ("--id", "cookie=abc"),
    ]  # fmt: skip

    dsar("find", *(word for pair in given for word in pair))

    (asked,) = fake.requests
    told = {(f"--{one.kind.replace('_', '-')}", one.value) for one in asked.identifiers}
    assert told == set(given)


def test_today_and_config_reach_the_workspace(fake: Fake, dsar: Dsar, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.answers = [answer()]

    dsar(*WHO, "--today", "2026-11-22", "--config", "other.toml")
    assert str(fake.opened["today"]) == "2026-11-22"
    assert fake.opened["config"] == Path("other.toml")

    monkeypatch.setenv("DSAR_TODAY", "2026-01-05")
    dsar(*WHO)
    assert str(fake.opened["today"]) == "2026-01-05"


def test_a_guessed_folder_ends_with_1_and_offers_init(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "exports dir").mkdir()
    fake.answers, fake.guesses = [answer(match())], ("crm.csv was taken for a table of contacts",)

    ended = dsar(*WHO, "--in", "exports dir")

    assert ended.code == 1
    assert fake.opened["folder"] == Path("exports dir")
    assert "taken for a table" in ended.out
    assert "dsar init 'exports dir'" in ended.out


def test_json_has_the_keys_of_the_contract(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(match(), match("probable", "C200"), match("possible", "C300"), match("refused", "C400"))]

    ended = dsar(*WHO, "--json")
    document = json.loads(ended.out)

    assert document["schema"] == "dsar-find/1"
    assert ended.err == ""
    wanted = {"schema", "request_id", "as_of", "held", "complete", "identifiers", "sources", "records"}
    assert wanted <= set(document)
    assert document["identifiers"] == [
        {"kind": "email", "value": "ada@example.org", "given": True},
        {"kind": "customer_no", "value": "C100", "given": False, "learned_from": "crm/contacts/C100"},
    ]
    (first, *_) = document["sources"]
    assert {
        "source", "collection", "result", "reason", "files", "snapshot", "searched_with",
        "confirmed", "probable", "possible", "refused",
    } <= set(first)  # fmt: skip
    assert set(first["files"][0]) == {"path", "sha256", "rows_read", "rows_loaded", "rows_unreadable"}
    (record, *_) = document["records"]
    assert {
        "record", "source", "collection", "key", "file", "line", "grade", "hop", "evidence", "fields",
    } <= set(record)  # fmt: skip
    assert record["evidence"] == [
        {"rule": "same-email", "kind": "email", "from": "request", "agrees": ["family_name"], "conflicts": [],
         "shared_by": 1}
    ]  # fmt: skip


def test_json_withholds_possible_values_and_leaves_refused_records_out(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(match("possible", "C300", Email=CANARY), match("refused", "C400", Email=CANARY))]

    ended = dsar(*WHO, "--json")
    (record,) = json.loads(ended.out)["records"]

    assert record["fields"] is None
    assert record["withheld"]
    assert CANARY not in ended.out


def test_json_loses_no_column_of_a_repeated_heading(fake: Fake, dsar: Dsar) -> None:
    found = match()
    fields = (("Phone", "1"), ("Phone", "2"), ("Phone#2", "3"), ("Fax", None))
    object.__setattr__(found.record, "fields", fields)
    fake.answers = [answer(found)]

    (record,) = json.loads(dsar(*WHO, "--json").out)["records"]

    assert sorted(record["fields"].values(), key=str) == ["1", "2", "3", None]


def test_json_of_many_persons_is_a_document_a_line_in_the_order_of_the_file(
    fake: Fake, dsar: Dsar, tmp_path: Path
) -> None:
    (tmp_path / "requests.csv").write_text("R-2 R-1")
    fake.answers = [answer(match()), answer(notes=("1 probable record waits.",))]

    ended = dsar("find", "--requests", "requests.csv", "--json")

    assert [json.loads(line)["request_id"] for line in ended.out.splitlines()] == ["R-2", "R-1"]
    assert ended.code == 1


def test_many_persons_are_one_line_each_with_sums(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_text("R-1 R-2")
    fake.answers = [answer(match()), answer()]

    ended = dsar("find", "--requests", "requests.csv")

    assert ended.code == 0
    assert [line.split()[:2] for line in ended.out.splitlines() if line.startswith("R-")] == [
        ["R-1", "yes"],
        ["R-2", "no"],
    ]
    assert "2 requests" in ended.out


def test_many_persons_are_told_which_source_failed(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_text("R-1 R-2")
    shop = source("shop", "failed", reason="shop.csv is missing", files=())
    first = answer(match(), sources=(source(confirmed=1), shop))
    fake.answers = [first, answer(match(), sources=(source(confirmed=2), shop))]

    ended = dsar("find", "--requests", "requests.csv")

    rows = {line.split()[0]: line.split()[1:] for line in ended.out.splitlines() if "/contacts " in line}
    assert ended.code == 1
    assert rows["crm/contacts"] == ["held", "2", "3", "0", "0", "0"]
    assert rows["shop/contacts"] == ["failed", "0", "0", "0", "0", "0"]
    assert ended.out.count("shop.csv is missing") == 1


def test_possible_values_are_never_on_a_screen(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(match("possible", "C300", Email=CANARY))]

    ended = dsar(*WHO)

    assert "C300" in ended.out
    assert CANARY not in "".join(ended.out.split())


def test_disputed_probable_values_are_masked_except_what_was_asked_for(fake: Fake, dsar: Dsar) -> None:
    fields = {"Email": "ada@example.org", "Born": "1955-05-05"}
    fake.answers = [answer(match("probable", "C200", conflicts=("birth_date",), **fields))]

    ended = dsar(*WHO)

    assert "1955" not in ended.out
    assert "Born: •••" in ended.out
    assert "ada@example.org" in ended.out


def test_a_long_list_says_how_many_more(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer(*(match(key=f"C{number}") for number in range(100, 140)))]

    ended = dsar(*WHO)

    assert "and 15 more records" in ended.out
    assert "--json" in ended.out


def test_a_long_list_shows_some_of_every_collection_and_all_that_wait_for_a_decision(fake: Fake, dsar: Dsar) -> None:
    many = [match(key=f"C{number}") for number in range(100, 140)]
    one = match(key="X1")
    other = replace(one, record=replace(one.record, record="shop/orders/X1", source="shop", collection="orders"))
    fake.answers = [answer(*many, other, match("probable", key="P1"), match("possible", key="Q1"))]

    ended = dsar(*WHO)

    assert all(record in ended.out for record in ("crm/contacts/C100", "shop/orders/X1", "/P1", "/Q1"))
    assert "and 18 more records" in ended.out


def test_the_next_command_repeats_no_personal_value(fake: Fake, dsar: Dsar) -> None:
    fake.answers = [answer()]

    ended = dsar("find", "--email", CANARY, "--id", f"cookie={CANARY}")

    assert "dsar export --email … --id … --out answer/" in ended.out
    assert CANARY not in ended.said


def test_nothing_is_wider_than_80_columns(fake: Fake, dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    wide = "W" * 200
    sources = (
        source("a" * 60, "held", collection="b" * 60, confirmed=123_456_789),
        source("shop", "failed", reason=wide),
    )
    found = match("confirmed", wide, Email=wide, 氏名="山田" * 60)
    fake.answers, fake.guesses = [answer(found, sources=sources, notes=(wide,))], (wide,)

    ended = dsar("find", *(word for _ in range(30) for word in ("--email", "ada@example.org")), "--in", "exports")

    assert max(map(cell_len, ended.out.splitlines())) <= 80
    assert ended.out.count("W") >= 600


def test_hostile_values_are_shown_as_text(fake: Fake, dsar: Dsar) -> None:
    found = match("confirmed", HOSTILE, Email=HOSTILE)
    fake.answers = [answer(found, sources=(source(HOSTILE, "failed", reason=HOSTILE), source()), notes=(HOSTILE,))]

    ended = dsar(*WHO)

    bad = [char for char in ended.out if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0]
    assert bad == []
    assert not set(ended.out) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\\x1b" in ended.out
    assert "[/nope]" in "".join(ended.out.split())


def test_json_is_exact_and_commands_no_terminal(fake: Fake, dsar: Dsar) -> None:
    value = HOSTILE + "\x7f\x00\ud800ü"
    fake.answers = [answer(match(Email=value))]

    ended = dsar(*WHO, "--json")

    assert json.loads(ended.out)["records"][0]["fields"]["Email"] == value
    assert all(char == "\n" or 32 <= ord(char) < 127 for char in ended.out)


@pytest.mark.parametrize(
    "words",
    [
        ("find",),
        ("find", "--requests", "r.csv", "--email", CANARY),
        ("find", "--email", CANARY, "--in", "x", "--config", "y"),
        ("find", "--email", CANARY, "--today", CANARY),
        ("find", "--email", CANARY, "--in", "missing"),
        ("find", CANARY),
        ("find", "--emial", CANARY),
        ("find", f"--email{CANARY}", "x"),
        ("find", "--email", CANARY, "--quiet=" + CANARY),
        ("find", "--email"),
        (CANARY,),
        ("connectors", CANARY),
        ("explain", "--email", CANARY),
        ("export", "--email", CANARY),
    ],
)
def test_wrong_usage_ends_with_2_and_a_hint_but_without_the_value(
    words: tuple[str, ...], fake: Fake, dsar: Dsar
) -> None:
    ended = dsar(*words)

    assert ended.code == 2
    assert ended.out == ""
    assert "Hint: " in ended.err
    assert CANARY not in ended.err


def test_a_mistyped_command_is_corrected(dsar: Dsar) -> None:
    ended = dsar("fnid")

    assert ended.code == 2
    assert "`dsar find`" in ended.err
