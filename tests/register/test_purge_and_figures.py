"""What goes when its time is over, and what is counted by month."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.figures import figures
from dsar.fulfilment.desk.purge import expired, purge
from dsar.fulfilment.desk.register import add_request, registered_request
from dsar.fulfilment.desk.steps import Sent, Step
from dsar.fulfilment.desk.torn import SEEN, unseen
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import request_of
from dsar.register.requests import every, read
from dsar.renderers.as_figures import render_figures
from dsar.store.torn import CHAIN, keep

Homes = Callable[..., Home]
Day = datetime.date.fromisoformat


def added(home: Home, name: str, received: str, **more: str) -> None:
    add_request(home, request_of(email=[f"{name.lower()}@example.org"], request_id=name, received=received, **more))


def closed(home: Home, name: str, day: str, outcome: str = "fulfilled", ground: str = "") -> None:
    if outcome == "fulfilled" and read(register_of(home), name).last("delivered") is None:
        steps.deliver(home, name, steps.Sent("portal"), Step(Day(day)))
    steps.close(home, name, End(outcome, ground), Step(Day(day), words="because" if ground else ""))


def test_a_case_goes_when_its_time_is_over_and_the_journal_says_so(home: Homes, folder: Path) -> None:
    added(home("2023-01-02"), "R-1", "2023-01-02")
    added(home("2023-01-02"), "R-2", "2023-01-02")
    closed(home("2023-02-01"), "R-1", "2023-02-01")
    assert expired(home("2026-01-31")) == []

    gone = expired(home("2026-02-01"))
    purge(home("2026-02-01"), gone)

    assert [(one.kind, one.request_id) for one in gone] == [("case", "R-1")]
    assert not (folder / ".dsar" / "cases" / "R-1").exists() and (folder / ".dsar" / "cases" / "R-2").exists()
    kept = read(register_of(home("2026-02-01")), "R-1")
    assert kept.purged and kept.request.identifiers == () and kept.first.facts["due"] == "2023-02-02"
    with pytest.raises(RequestError, match="was purged"):
        registered_request(home("2026-02-01"), "R-1")
    assert expired(home("2026-02-01")) == []


def test_a_torn_line_of_the_log_goes_with_the_register_once_somebody_has_looked_at_it(
    home: Homes, folder: Path
) -> None:
    added(home("2023-01-02"), "R-1", "2023-01-02")
    seen, new = (keep(folder / ".dsar", f'{{"at": "2023{n}'.encode()) for n in range(2))
    at = home("2023-01-03")
    for one in (seen, new):
        at.journal.append(CHAIN, one.step, at.as_of, one.facts)
    at.journal.append(CHAIN, f"{SEEN}:{seen.sha256[:16]}", at.as_of, {})
    assert expired(home("2026-01-02")) == []

    gone = expired(home("2026-01-03"))
    purge(home("2026-01-03"), gone)

    assert [(one.kind, one.paths) for one in gone] == [("torn", (seen.kept,))]
    assert not seen.kept.exists() and new.kept.exists(), "nobody has looked at the other one"
    later = home("2026-01-03")
    assert later.journal.events(CHAIN)[-1].step.startswith("removed:torn-")
    assert unseen(later.journal) == (new.sha256[:16],)


def test_california_keeps_for_two_years_and_canada_keeps_the_data(home: Homes, folder: Path) -> None:
    (folder / "dsar.toml").write_text((folder / "dsar.toml").read_text() + "[own_data]\nregister_months = 12\n")
    for name, law in (("R-1", "GDPR"), ("R-2", "CCPA"), ("R-3", "PIPEDA")):
        added(home("2024-01-02"), name, "2024-01-02", regime=law)
        (folder / ".dsar" / "cases" / name / "case.json").write_text("{}")
        closed(home("2024-02-01"), name, "2024-02-01")

    assert (folder / ".dsar" / "cases" / "R-3" / "case.json").exists()
    assert expired(home("2024-06-01")) == [], "what Canada keeps is no extract that was forgotten"
    assert [one.request_id for one in expired(home("2025-02-01"))] == ["R-1", "R-3"]
    assert [one.request_id for one in expired(home("2026-02-01"))] == ["R-1", "R-2", "R-3"]


def test_only_a_package_of_ours_that_was_delivered_long_ago_goes(home: Homes, folder: Path) -> None:
    for name in ("R-1", "R-2", "R-3"):
        added(home("2026-01-02"), name, "2026-01-02")
        (folder / "out" / name).mkdir(parents=True)
        listed = [{"path": "report.html", "sha256": "", "bytes": 1}]
        (folder / "out" / name / "manifest.json").write_text(json.dumps({"request_id": name, "files": listed}))
        (folder / "out" / name / "report.html").write_text("x")
    (folder / "out" / "R-3" / "notes.txt").write_text("somebody's own")
    for name in ("R-1", "R-3"):
        steps.deliver(home("2026-01-20"), name, Sent("portal"), Step(Day("2026-01-20")))

    assert expired(home("2026-02-18"), [folder / "out"]) == []
    purge(home("2026-02-19"), expired(home("2026-02-19"), [folder / "out"]))

    assert sorted(path.name for path in (folder / "out").iterdir()) == ["R-2", "R-3"]


def test_drop_folders_and_segments_age_too(home: Homes, folder: Path) -> None:
    added(home(), "R-1", "2026-11-02")
    (folder / "inbox" / "done").mkdir(parents=True)
    (folder / ".dsar" / "segments" / "abc").mkdir(parents=True)
    for path in (folder / "inbox" / "done" / "x.csv", folder / ".dsar" / "segments" / "abc" / "s.json"):
        path.write_text("x")
    old = datetime.datetime(2026, 8, 1).timestamp()
    for path in (folder / "inbox" / "done" / "x.csv", folder / ".dsar" / "segments" / "abc"):
        os.utime(path, (old, old))

    gone = expired(home(), inboxes=[folder / "inbox"])
    purge(home(), gone)

    assert sorted(one.kind for one in gone) == ["drop", "segment"]
    assert not (folder / ".dsar" / "segments" / "abc").exists() and not list((folder / "inbox" / "done").iterdir())


def test_the_figures_of_a_month_count_what_came_and_what_became_of_it(home: Homes) -> None:
    for number in range(1, 6):
        added(home(), f"R-{number}", f"2026-10-0{number}")
    added(home(), "R-6", "2026-11-10", right="erasure")
    steps.deliver(home(), "R-1", Sent("portal"), Step(Day("2026-10-11")))
    closed(home(), "R-1", "2026-10-20")
    closed(home(), "R-2", "2026-11-20", "nothing_held")
    closed(home(), "R-3", "2026-10-23", "refused", "Art. 12(5)")
    closed(home(), "R-4", "2026-10-24", "cancelled")

    october, november = figures(home(), every(register_of(home())))

    assert (october.month, october.received, october.answered, october.in_time, october.late) == ("2026-10", 5, 3, 2, 1)
    assert october.refused_by_ground == {"Art. 12(5)": 1} and october.median_days == 20
    assert (october.open, october.past_due, october.past_target) == (1, 1, 1)
    assert november.by_right == {"erasure": 1} and november.open == 1 and november.median_days is None
    page = render_figures((october, november), "Example GmbH", home().as_of).decode()
    assert page.count("<svg") >= 4 and "example.org" not in page and "<script" not in page


@pytest.mark.parametrize(("regime", "stays"), [("PIPEDA", True), ("GDPR", False), ("UK", False)])
def test_only_where_the_law_says_so_what_was_found_outlives_the_closing(
    home: Homes, folder: Path, regime: str, stays: bool
) -> None:
    """PIPEDA s. 8(8) keeps the data until every remedy is exhausted; anywhere else they go at once (A-48)."""
    added(home(), "R-1", "2026-11-02", regime=regime)
    found = folder / ".dsar" / "cases" / "R-1" / "case.json"
    found.write_text('{"matches": []}')

    closed(home(), "R-1", "2026-11-22")

    assert found.exists() is stays
