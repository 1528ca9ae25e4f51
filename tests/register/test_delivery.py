"""A copy counts as fulfilled once it is noted how it reached the person (G-10, Art. 12(3) GDPR)."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.errors import RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.desk.steps import Sent, Step
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import request_of
from dsar.register.requests import read

Homes = Callable[..., Home]
TODAY = Step(datetime.date(2026, 11, 22), "Eve Clerk")


def added(home: Home, right: str = "access") -> None:
    add_request(home, request_of(email=["ada@example.org"], right=right, request_id="R-1", received="2026-11-02"))


@pytest.mark.parametrize("right", ["access", "portability"])
def test_a_copy_is_not_closed_as_fulfilled_before_it_was_delivered(home: Homes, right: str) -> None:
    added(home(), right)

    with pytest.raises(RequestError, match="not noted that the answer went out") as refused:
        steps.close(home(), "R-1", End("fulfilled"), TODAY)

    assert "dsar request deliver R-1 --channel" in refused.value.hint and "nothing_held" in refused.value.hint
    assert read(register_of(home()), "R-1").open
    steps.deliver(home(), "R-1", Sent("portal"), TODAY)
    assert not steps.close(home(), "R-1", End("fulfilled"), TODAY).open


@pytest.mark.parametrize("outcome", ["nothing_held", "cancelled", "handed_over", "unidentified"])
def test_where_nothing_is_handed_over_no_delivery_is_asked_for(home: Homes, outcome: str) -> None:
    added(home())

    assert not steps.close(home(), "R-1", End(outcome), TODAY).open


@pytest.mark.parametrize("right", ["erasure", "rectification", "restriction", "objection", "withdrawal"])
def test_a_right_that_is_no_copy_is_closed_without_a_delivery(home: Homes, right: str) -> None:
    added(home(), right)

    assert not steps.close(home(), "R-1", End("fulfilled"), TODAY).open


@pytest.mark.parametrize(("reason", "again"), [("correction", False), ("complaint", True), ("authority", True)])
def test_a_corrected_answer_must_be_delivered_too(home: Homes, reason: str, again: bool) -> None:
    added(home())
    steps.deliver(home(), "R-1", Sent("portal"), TODAY)
    steps.close(home(), "R-1", End("fulfilled"), TODAY)
    steps.reopen(home(), "R-1", reason, TODAY)

    if not again:
        with pytest.raises(RequestError, match="not noted that the answer went out"):
            steps.close(home(), "R-1", End("fulfilled"), TODAY)
        steps.deliver(home(), "R-1", Sent("portal"), TODAY)
    assert not steps.close(home(), "R-1", End("fulfilled"), TODAY).open


def test_a_closing_says_what_of_the_delivery_cannot_be_shown_to_an_authority(
    home: Homes, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DSAR_TODAY", "2026-11-22")
    added(home())
    (folder / "sent").mkdir()
    (folder / "sent" / "manifest.json").write_text(json.dumps({"request_id": "R-1"}))
    close = ["request", "close", "R-1", "--outcome", "fulfilled"]

    codes, said = [main(close)], [capsys.readouterr().err]
    for more in ([], ["--address", "ada@example.org", "--proof", "downloaded", "--package", "sent"]):
        main(["request", "deliver", "R-1", "--channel", "portal", *more])
        codes.append(main(close))
        said.append(" ".join(capsys.readouterr().out.split()))

    assert codes == [2, 1, 0]
    assert "dsar request deliver R-1 --channel portal --address" in said[0]
    assert "where it went - how you know that it arrived - which package was sent" in said[1]
    assert "not noted" not in said[2] and "ada@example.org" not in "".join(said)
    journal = (folder / ".dsar" / "journal.jsonl").read_text()
    assert "ada@" not in journal and "downloaded" not in journal and '"manifest"' in journal
