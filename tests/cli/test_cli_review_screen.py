"""The review at a terminal: one key a decision, undo, and nobody else's values on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dsar.cli.review_screen import decide_all, decide_mentions, masked
from dsar.errors import RequestError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.review import Sitting
from dsar.fulfilment.finding.review_others import OthersSitting, others_in
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Mention

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
TABLES = {
    "crm": """key,email,name,phone
        C1,ada@example.org,Ada Bell,
        C2,ada@example.org,Ada Stone,030 7654321
        C3,ada@example.org,Ada Wood,030 1234567""",
}


NOTED = {
    "crm": """key,email,name
        C1,ada@example.org,Ada Bell
        C2,ben@example.org,Ben Sample
        C3,cleo@example.org,Cleo Stone""",
    "calls": """key,email,note
        N1,ada@example.org,Ben Sample and Cleo Stone came along.""",
}


def found(workspace: Workspace) -> dict[str, Mention]:
    return {one.text: one for one in others_in(workspace, find(workspace, [ADA])[0]).mentions}


def others(workspace: Workspace) -> OthersSitting:
    return OthersSitting(workspace, ADA, find(workspace, [ADA])[0])


def keys(typed: str) -> Callable[[], str]:
    left: Iterator[str] = iter(typed)
    return lambda: next(left)


def grades(workspace: Workspace) -> dict[str, str]:
    return {m.record.key: m.grade for m in find(workspace, [ADA])[0].matches}


def test_one_key_decides_one_record_and_the_rest_stays_open(company: Company) -> None:
    workspace = company(TABLES)

    assert decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("axsq")) == 1
    assert sorted(grades(workspace).values()) == ["confirmed", "confirmed", "probable"]


def test_undo_asks_about_the_last_record_again(company: Company) -> None:
    workspace = company(TABLES)

    assert decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("auar")) == 2
    assert sorted(grades(workspace).values()) == ["confirmed", "confirmed"]


def test_nobody_elses_value_is_shown_before_a_decision(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    decide_all(Sitting(company(TABLES), ADA), "her letter", "E. Officer", keys("ssq"))

    said = capsys.readouterr().out
    assert "ada@example.org" in said
    assert not any(value in said for value in ("Stone", "Wood", "7654321", "1234567"))
    assert all(len(line) <= 80 for line in said.splitlines())


def test_a_row_stands_beside_what_confirmed_records_say_of_the_person(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = "key,email,name,birth_date,street,postcode,customer_no"
    rows = "C1,ada@example.org,Ada Bell,1985-03-04,Hauptstr. 12,10115,K1\n"
    rows += "C2,,Ada Bell,1985-04-03,Hauptstraße 12,D-10115,K2"
    workspace = company({"crm": f"{heads}\n{rows}"})

    decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("q"))

    shown = {line.split()[1]: line.split() for line in capsys.readouterr().out.splitlines() if len(line.split()) > 2}
    assert shown["street"][0] == shown["postcode"][0] == shown["name"][0] == "="
    assert shown["birth_date"] == ["≈", "birth_date", "1•••", "1985-03-04"]
    assert "customer_no" not in shown or shown["customer_no"][0] not in "=≠"  # a person may have two


def test_a_cell_that_says_nothing_is_no_disagreement(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = company(
        {"crm": "key,email,name,phone\nC1,ada@example.org,Ada Bell,030 7654321\nC2,ada@example.org,Ada Stone,-"}
    )

    decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("q"))

    assert not any("phone" in line for line in capsys.readouterr().out.splitlines())


def test_a_mention_is_shown_with_its_place_before_it_is_decided(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "Dora said that ada@example.org pays"
    workspace = company(
        {"crm": f"key,email,note\nC1,bob@example.org,{note}\nC2,eve@example.org,see /x?m=ada%40example.org"}
    )

    decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("sq"))

    said = capsys.readouterr().out
    assert "note: ••• ••• ••• ada@example.org •••" in said
    assert "note: ••• ••• ada@example.org" in said
    assert not any(word in said for word in ("Dora", "pays", "bob", "eve"))


def test_many_known_values_of_a_kind_do_not_fill_the_screen(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = "\n".join(f"O{number},K-{number}0,ada@example.org" for number in range(100, 160))
    crm = "key,customer_no,email,name\nC1,K-9990,ada@example.org,Ada Stone"
    workspace = company({"orders": f"key,customer_no,email\n{orders}", "crm": crm})

    decide_all(Sitting(workspace, ADA), "her letter", "E. Officer", keys("q"))

    shown = capsys.readouterr().out
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "more" in next(line for line in shown.splitlines() if "customer_no" in line)


def test_a_sitting_needs_a_name(company: Company) -> None:
    with pytest.raises(RequestError, match="reason and a name"):
        decide_all(Sitting(company(TABLES), ADA), "her letter", " ", keys("a"))


def test_one_key_decides_one_mention_of_somebody_else_and_the_rest_stays_open(company: Company) -> None:
    workspace = company(NOTED)

    assert decide_mentions(others(workspace), "read", "E. Officer", keys("rxsq")) == 1
    assert sorted(str(one.verdict) for one in found(workspace).values()) == ["None", "redact"]


def test_undo_asks_about_the_last_mention_again(company: Company) -> None:
    workspace = company(NOTED)

    assert decide_mentions(others(workspace), "read", "E. Officer", keys("rukr")) == 2
    assert sorted(str(one.verdict) for one in found(workspace).values()) == ["keep", "redact"]
    assert decide_mentions(others(workspace), "read", "E. Officer", keys("")) == 0


def test_a_mention_is_masked_until_it_is_asked_for_in_full(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    decide_mentions(others(company(NOTED)), "read", "E. Officer", keys("sq"))

    said = capsys.readouterr().out
    assert "calls/calls/N1" in said and "note" in said
    assert "B•• S•••••" in said and "Sample" not in said and "Stone" not in said
    assert all(len(line) <= 80 for line in said.splitlines())

    decide_mentions(others(company(NOTED)), "read", "E. Officer", keys("vq"))
    assert sum(name in capsys.readouterr().out for name in ("Ben Sample", "Cleo Stone")) == 1


def test_a_sitting_about_others_needs_a_name(company: Company) -> None:
    with pytest.raises(RequestError, match="reason and a name"):
        decide_mentions(others(company(NOTED)), "read", " ", keys("r"))


def test_masking_keeps_the_shape_of_a_text() -> None:
    assert masked("Dr. Doris Referenz, doris@example.org") == "D•. D•••• R•••••••, d••••@e••••••.o••"
