"""Tables written by hand, by Excel or by a broken program: every row comes out, loaded or with the reason why not."""

from __future__ import annotations

import pytest
from small_company import ADA, BOB, CANARY, Company, source

HEAD = "id,email,note\n"


def test_a_wrong_delimiter_is_refused_with_the_right_one(company: Company) -> None:
    table = f"id;email;note\n1;{ADA};{CANARY}\n2;{BOB};x\n"
    ended = company.holding(table, delimiter=",").find()

    assert ended.code == 2
    assert "crm.csv is not separated by ','" in ended.err
    assert "';'" in ended.err
    assert company.holding(table, delimiter=";").find().counts == (2, 2, 0)


def test_ragged_rows_are_kept_counted_and_searched_as_text(company: Company) -> None:
    company.holding(f"{HEAD}1,{ADA},x\n2,{BOB}\n3,cyd@example.org,x,{CANARY}\n4,dan@example.org,x\n5\n")
    found = company.find(BOB)

    assert found.counts == (5, 2, 3)
    assert [(r["grade"], r["line"], r["key"]) for r in found.document["records"]] == [("possible", 3, "crm.csv:3")]
    assert company.unreadable == [
        "crm.csv: 2 rows unreadable (fewer cells than headings)",
        "crm.csv: 1 row unreadable (more cells than headings)",
    ]


def test_a_delimiter_at_the_end_of_a_row_is_no_cell(company: Company) -> None:
    found = company.holding(f"{HEAD}1,{ADA},x,\n2,{BOB},y\n3,cyd@example.org,z,,\n").find()

    assert found.counts == (3, 3, 0)
    assert found.values("1") == {"id": "1", "email": ADA, "note": "x"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_in_a_cell_stays_there_and_lines_are_counted_on(company: Company, end: str) -> None:
    rows = ["id,email,note", f'1,{BOB},"a{end}{end}b"', f'2,{ADA},"x{end}y"', f"3,{ADA},z"]
    found = company.holding(end.join(rows) + end).find()

    assert found.counts == (3, 3, 0)
    assert found.places == {"2": 5, "3": 7}
    assert found.values("2")["note"] == f"x{end}y"


def test_a_quote_that_never_closes_costs_its_row_and_no_other(company: Company) -> None:
    rows = [f"{n},u{n}@example.org,x" for n in range(1, 8)]
    rows[3] = f'4,{ADA},"never closed {CANARY}'
    found = company.holding(HEAD + "\n".join(rows) + "\n").find("u7@example.org")

    assert found.counts == (7, 6, 1)
    assert found.places == {"7": 8}
    assert company.unreadable == ["crm.csv: 1 row unreadable (a quote is not closed)"]
    assert company.find().places == {"crm.csv:5": 5}


def test_a_quote_that_never_closes_between_quoted_cells_costs_its_row(company: Company) -> None:
    rows = [f'"{n}","u{n}@example.org","a ""b"""' for n in range(1, 8)]
    rows[3] = f'"4","{ADA}","never closed'
    found = company.holding(HEAD + "\n".join(rows) + "\n").find("u7@example.org")

    assert found.counts == (7, 6, 1)
    assert found.places == {"7": 8}


def test_several_quotes_that_never_close_cost_their_rows(company: Company) -> None:
    rows = [f"{n},u{n}@example.org,x" for n in range(1, 101)]
    for at in (3, 4, 50, 99):
        rows[at] = f'{at + 1},"u{at + 1}@example.org,x'
    found = company.holding(HEAD + "\n".join(rows)).find("u98@example.org")

    assert found.counts == (100, 96, 4)
    assert found.places == {"98": 99}


def test_hundreds_of_quotes_that_never_close_are_an_error(company: Company) -> None:
    rows = "".join(f'{n},"{CANARY}{n}@example.org,x\n' for n in range(300))
    ended = company.holding(HEAD + f"0,{ADA},x\n" * 20 + rows, delimiter=",").find()

    assert ended.code == 2
    assert "quotes that never close" in ended.err


@pytest.mark.parametrize("note", ['a "stray" quote', '"quoted" and not', 'inch 5"', '""', '"', "'", "\\"])
def test_a_stray_quote_costs_at_most_its_row(company: Company, note: str) -> None:
    found = company.holding(f"{HEAD}1,{BOB},x\n2,{BOB},{note}\n3,{ADA},x\n4,{BOB},x\n").find()

    read, loaded, unreadable = found.counts
    assert (read, loaded + unreadable) == (4, 4)
    assert unreadable <= 1
    assert found.places == {"3": 4}


def test_without_a_quote_character_quotes_are_letters(company: Company) -> None:
    found = company.holding(f'{HEAD}1,{ADA},"a\n2,{ADA},5" b\n', quote="").find()

    assert (found.values("1")["note"], found.values("2")["note"]) == ('"a', '5" b')


def test_mixed_line_ends_all_end_a_row(company: Company) -> None:
    found = company.holding(f"id,email,note\r\n1,{BOB},x\n2,{BOB},y\r3,{ADA},z\r\n4,{ADA},z").find()

    assert found.counts == (4, 4, 0)
    assert found.places == {"3": 4, "4": 5}
    assert found.values("3") == {"id": "3", "email": ADA, "note": "z"}


def test_carriage_returns_alone_end_a_row(company: Company) -> None:
    found = company.holding(f"id,email,note\r1,{BOB},x\r2,{ADA},y\r").find()

    assert found.counts == (2, 2, 0)
    assert found.places == {"2": 3}


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\n\n\n"])
def test_blank_lines_are_no_rows_but_are_counted_as_lines(company: Company, blank: str) -> None:
    text = f"id,email,note\n1,{BOB},x\n{blank}2,{ADA},y\n"
    found = company.holding(text).find()

    assert found.counts == (2, 2, 0)
    assert found.places == {"2": text[: text.index("2,")].count("\n") + 1}


def test_the_last_row_needs_no_line_end(company: Company) -> None:
    assert company.holding(f"{HEAD}1,{BOB},x\n2,{ADA},y").find().places == {"2": 3}


def test_a_cell_of_five_megabytes_is_kept_whole(company: Company) -> None:
    long = "é mot " * 800_000
    for quoted in (long, f'"{long},\n"'):
        found = company.holding(f"{HEAD}1,{ADA},{quoted}\n2,{BOB},x\n").find()
        assert found.counts == (2, 2, 0)
        assert found.values("1")["note"] == quoted.strip('"')


@pytest.mark.parametrize(
    "heading",
    ["EMAIL", "", " ", 'x"; DROP TABLE x; --', "c0", "_row", "_line", "_bad", "a.b[0]", "'", "straße", "x" * 300, "$1"],
)
def test_any_heading_keeps_its_column(company: Company, heading: str) -> None:
    quoted = '"' + heading.replace('"', '""') + '"'
    found = company.holding(f"id,email,{quoted}\n1,{ADA},{CANARY}\n2,{BOB},x\n").find()

    shown = {"EMAIL": "EMAIL (2)", "": "column 3", " ": "column 3"}.get(heading, heading)
    assert found.values("1") == {"id": "1", "email": ADA, shown: CANARY}
    assert shown in company.check().document["sources"][0]["unclassified"]


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'; DROP TABLE x; --", "' OR 1=1 --",
    "\\'; DELETE FROM p; -- ",
    "\x1b[31mred\x1b[0m", "\x9b31m", "\u202egnp.exe", "[link=x]y[/link]", "[/nope]", "{{7*7}}", "%s%n", "${HOME}",
    "NULL", "null", "\\N", "NaN", "TRUE", "00123", "1e5", "01/02/2020", "1.50", "<script>alert(1)</script>", "\ufeff",
    "\u2028", "\x85", "\x0c", " leading", "trailing ", "\t", "a\u0301", "\U0001f600", "\ud7ff\ue000\uffff",
]  # fmt: skip


def test_hostile_values_come_out_as_they_went_in(company: Company) -> None:
    rows = "".join(f"{n},{ADA},{value}\n" for n, value in enumerate(HOSTILE))
    found = company.holding(HEAD + rows).find()

    assert found.counts == (len(HOSTILE), len(HOSTILE), 0)
    assert [found.values(str(n))["note"] for n in range(len(HOSTILE))] == HOSTILE
    shown = company.run("find", "--email", ADA)
    assert not set(shown.out + shown.err) & set("\x1b\x9b\u202e\ufeff\u2028\x85\x0c")


def test_hostile_values_come_out_of_keys_and_e_mails_too(company: Company) -> None:
    keys = [f"{value}.{n}" for n, value in enumerate(HOSTILE)]
    rows = "".join(f"{key},{ADA},x\n" for key in keys)
    found = company.holding(HEAD + rows).find()

    assert [record["key"] for record in found.document["records"]] == keys
    assert company.run("find", "--email", "'; DROP TABLE x; --").code in (1, 2)


def test_one_key_for_different_rows_is_numbered_and_told(company: Company) -> None:
    company.holding(f"{HEAD}1,{ADA},x\n2,{BOB},x\n1,{ADA},y\n")
    records = company.find().document["records"]

    assert [(r["record"], r["line"]) for r in records] == [("crm/contacts/1", 2), ("crm/contacts/1#2", 4)]
    notes = company.check().document["sources"][0]["notes"]
    assert notes == ["crm.csv: 1 key stand on several different rows"] or "different rows" in notes[0]


def test_the_same_row_twice_is_one_record(company: Company) -> None:
    company.write("new.csv", f"{HEAD}1,{ADA},x\n1,{ADA},x\n")
    company.write("old.csv", f"{HEAD}1,{ADA},x\n")
    company.configure(source("crm", "new.csv", "old.csv"))

    assert [record["record"] for record in company.find().document["records"]] == ["crm/contacts/1"]
    assert company.check().document["sources"][0]["notes"] == []


def test_a_file_that_fits_two_collections_is_refused_with_both_names(company: Company) -> None:
    company.write("crm.csv", f"{HEAD}1,{ADA},{CANARY}\n")
    again = source("crm", "crm.csv").partition("[source.collection.contacts]")[2]
    company.configure(
        source("crm", "crm.csv"),
        "[source.collection.people]",
        again.replace("collection.contacts", "collection.people"),
    )
    ended = company.find()

    assert ended.code == 2
    assert "crm.csv fits `contacts` and `people` alike" in ended.err


def test_a_table_of_one_column_has_no_blank_rows(company: Company) -> None:
    fields = {"email": "category = 'user.contact.email', identifier = 'email'"}
    found = company.holding(f"email\n{BOB}\n\n{ADA}\n\n", fields=fields, key="email").find()

    assert found.counts == (2, 2, 0)
    assert found.places == {ADA: 4}
