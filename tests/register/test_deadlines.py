"""Deadlines: the worked cases of the law sheet, the readings, and what no date may ever be."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.cli import main
from dsar.config import Config
from dsar.errors import ConfigError, RequestError
from dsar.fulfilment.desk.deadlines import dates_of
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.home import Home
from dsar.fulfilment.requests import request_of
from dsar.register.clock import Course, Pause, add_months
from dsar.register.deadlines import Deadline, deadline
from dsar.register.regimes import all_regimes, regime

CASES, COUNTED = (
    list(csv.DictReader((Path(__file__).parent / name).open(encoding="utf-8")))
    for name in ("worked_cases.csv", "hand_counted_cases.csv")
)
"""Those of the law sheet, and further ones that were counted on paper, each with its reason."""
Day = datetime.date


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["deadline", *words, "--json"]) == 0
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def counted(name: str, received: str, calendar: str | None = None, **more: object) -> Deadline:
    return deadline(regime(name), Course(received, calendar, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", [*CASES, *COUNTED], ids=[case["case"] for case in [*CASES, *COUNTED]])
def test_every_worked_case_comes_out(
    case: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--regime", case["regime"], "--calendar", case["calendar"], "--received", case["received"]]
    document = told(capsys, *words, *case["options"].split())

    expected = {name: case[name] for name in ("raw_end", "due", "notice_by", "acknowledge_by") if case[name]}
    assert {name: document[name] for name in expected} == expected
    found = document["interpretations"]
    for alternative in filter(None, case["alternatives"].split("|")):
        name, reading, day = alternative.split()
        assert found[name]["alternatives"][reading] == day  # type: ignore[index]


def test_there_are_all_the_cases_and_each_of_the_regimes_is_in_one() -> None:
    assert len(CASES) == 46
    assert {case["regime"] for case in CASES} | {"QUEBEC"} == {one.name for one in all_regimes()}


@given(day=st.dates(Day(2020, 1, 1), Day(2040, 12, 31)), count=st.integers(0, 30))
def test_a_month_later_has_the_same_number_or_is_the_last_of_its_month(day: Day, count: int) -> None:
    later = add_months(day, count)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and (later + datetime.timedelta(days=1)).day == 1)


@settings(max_examples=60)
@given(day=st.dates(Day(2024, 1, 1), Day(2032, 12, 31)), name=st.sampled_from([one.name for one in all_regimes()]))
def test_no_date_lies_before_receipt_and_the_target_is_never_after_the_due_date(day: Day, name: str) -> None:
    found = counted(name, day.isoformat(), None if name != "GDPR" else "DE-BE")

    assert day < found.target <= found.due and found.raw_end <= found.due
    assert found.notice_by is None or found.notice_by <= found.due
    assert all(reading > day for told in found.interpretations.values() for reading in told.alternatives.values())


def test_nothing_stops_the_clock_under_a_law_that_knows_no_stop() -> None:
    asked = (Pause(Day(2026, 6, 16), Day(2026, 6, 30)),)

    plain, stopped = counted("CCPA", "2026-06-15"), counted("CCPA", "2026-06-15", identity=asked)

    assert plain.due == stopped.due and any("does not stop the clock" in note for note in stopped.notes)


def test_an_open_question_stops_nothing_and_two_at_once_count_once() -> None:
    open_one = counted("GDPR", "2026-03-04", "DE", identity=(Pause(Day(2026, 3, 6)),))
    both = counted(
        "GDPR", "2026-03-04", "DE", identity=(Pause(Day(2026, 3, 6), Day(2026, 3, 16)),),
        clarification=(Pause(Day(2026, 3, 10), Day(2026, 3, 16)),),
    )  # fmt: skip

    assert open_one.raw_end == Day(2026, 4, 4) and any("as running" in note for note in open_one.notes)
    assert both.raw_end == Day(2026, 4, 14)


def test_a_chosen_reading_changes_the_date_and_a_later_day_of_receipt_can_never_be_chosen() -> None:
    course = Course("2026-03-04", "DE", identity=(Pause(Day(2026, 3, 6), Day(2026, 3, 16)),))

    assert deadline(regime("GDPR"), course, {"INT-1": "none"}).due == Day(2026, 4, 7)
    for reading in ({"INT-0": "day_after"}, {"INT-1": "always"}):
        with pytest.raises(RequestError, match="no such reading"):
            deadline(regime("gdpr"), course, reading)


def test_the_readings_are_a_setting_and_an_unknown_one_is_an_error() -> None:
    course = Course("2026-06-01", "GB-ENG", clarification=(Pause(Day(2026, 6, 10), Day(2026, 6, 15)),))

    def config(**readings: str) -> Config:
        named = {name.replace("_", "-"): reading for name, reading in readings.items()}
        return Config.model_validate({"controller": {"interpretations": named}})

    assert dates_of(config(INT_4="no"), ["UK"], course)[0].due == Day(2026, 7, 6)
    with pytest.raises(RequestError, match="no INT-77"):
        dates_of(config(INT_77="no"), ["UK"], course)


def test_of_several_laws_the_earliest_date_leads_and_each_keeps_its_own_calendar() -> None:
    config = Config.model_validate({"controller": {"calendar": "DE-BE"}})

    dates = dates_of(config, ["CCPA", "GDPR", "LGPD"], Course("2026-06-15"))

    assert [(one.regime, one.calendar) for one in dates] == [("LGPD", "BR"), ("GDPR", "DE-BE"), ("CCPA", "US-CA")]


def test_an_extension_needs_what_its_law_asks_for() -> None:
    with pytest.raises(RequestError, match="knows no extension"):
        counted("LGPD", "2026-06-15", extended=True)
    with pytest.raises(RequestError, match="sets no length"):
        counted("NZ", "2026-06-15", extended=True)
    assert counted("NZ", "2026-06-15", extended=True, until=Day(2026, 9, 1)).due == Day(2026, 9, 1)
    assert counted("PIPEDA", "2026-05-19", extended=True).due == Day(2026, 7, 18)
    with pytest.raises(RequestError, match="this right has no extension"):
        counted("CCPA", "2026-06-15", right="objection", extended=True)


@pytest.mark.parametrize("pause", [Pause(Day(2026, 6, 1)), Pause(Day(2026, 6, 20), Day(2026, 6, 19))])
def test_a_question_before_the_request_or_an_answer_before_its_question_is_refused(pause: Pause) -> None:
    with pytest.raises(RequestError, match="before"):
        counted("GDPR", "2026-06-15", "DE", identity=(pause,))


@pytest.mark.parametrize("calendar", ["XX", "DE-XX", "de", "Germany", "../etc"])
def test_a_calendar_that_nobody_has_is_an_error_and_not_a_year_without_holidays(calendar: str) -> None:
    with pytest.raises(RequestError, match="calendar"):
        counted("GDPR", "2026-06-15", calendar)


def test_a_law_of_ones_own_is_a_file_and_needs_no_code(tmp_path: Path) -> None:
    (tmp_path / "au.toml").write_text(
        'name = "AU"\ntitle = "Australia, APP 12"\nlaw = "Privacy Act 1988"\nversion = "1"\ncalendar = "AU"\n'
        'period = { count = 30, unit = "day", words = "30 days" }\nroll = { days = "none", words = "not moved" }\n'
        "stops = {}\n"
    )
    config = Config.model_validate({"regimes": ["au.toml"]}).model_copy(update={"folder": tmp_path})

    assert dates_of(config, ["au"], Course("2026-06-15"))[0].due == Day(2026, 7, 15)
    (tmp_path / "au.toml").write_text('name = "AU"\nperiods = 3\n')
    with pytest.raises(ConfigError):
        dates_of(config, ["au"], Course("2026-06-15"))


def test_a_registered_request_carries_its_dates(
    home: Callable[..., Home], folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_request(home(), request_of(email=["ada@example.org"], request_id="R-1", received="2026-03-05"))
    monkeypatch.chdir(folder)

    assert main(["request", "show", "R-1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    computed = told(capsys, "--received", "2026-03-05")

    keys = (
        "regime",
        "calendar",
        "received",
        "raw_end",
        "due",
        "notice_by",
        "acknowledge_by",
        "rule",
        "interpretations",
    )
    assert {key: shown[key] for key in keys} == {key: computed[key] for key in keys}
    assert shown["due"] == "2026-04-07"
