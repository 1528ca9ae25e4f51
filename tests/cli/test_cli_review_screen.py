"""The review at a terminal: one key a decision, undo, and nobody else's values on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dsar.cli.review_screen import decide_all
from dsar.errors import RequestError
from dsar.fulfilment.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.review import Sitting
from dsar.fulfilment.workspace import Workspace

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
TABLES = {
    "crm": """key,email,name,phone
        C1,ada@example.org,Ada Bell,
        C2,ada@example.org,Ada Stone,030 7654321
        C3,ada@example.org,Ada Wood,030 1234567""",
}


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


def test_a_sitting_needs_a_name(company: Company) -> None:
    with pytest.raises(RequestError, match="reason and a name"):
        decide_all(Sitting(company(TABLES), ADA), "her letter", " ", keys("a"))
