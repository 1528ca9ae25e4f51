"""The clock of a request: from the day of receipt to the day the answer is due, by one reading of one regime."""

from __future__ import annotations

import calendar as months
import datetime
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dsar.errors import RequestError
from dsar.register.calendars import holidays_of, is_closed, zone_of
from dsar.register.regimes import Effect, Reading, Regime, Roll, Span

Day = datetime.date


@dataclass(frozen=True, slots=True)
class Pause:
    """A question to the person and its answer, as local dates; without an answer it stops nothing (D-7)."""

    asked: Day
    answered: Day | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to a request, as far as it bears on its dates."""

    received: str
    """ISO 8601: a local date, or a date and time with zone."""
    calendar: str | None = None
    zone: str | None = None
    """Of the controller; that of the calendar's country where it is not given."""
    right: str = "access"
    extended: bool = False
    until: Day | None = None
    """The new date, where a regime sets no length of an extension."""
    identity: tuple[Pause, ...] = ()
    clarification: tuple[Pause, ...] = ()
    fee_paid: Day | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A regime with one reading of everything that is disputed, for one request."""

    regime: Regime
    course: Course
    holidays: Container[Day]
    roll: Roll
    period: Span
    extension: Span | None
    identity: Effect
    clarification: Effect
    offset: int = 0
    extension_from: str = "receipt"
    date_of: str = "local"
    answer_day: bool = True


def rule_of(regime: Regime, course: Course, chosen: Mapping[str, str]) -> Rule:
    """Put the chosen readings (by `INT-n`) into the rule; raises RequestError for a calendar that is none."""
    values: dict[str, Any] = {"roll": regime.roll.days, "holidays": regime.holidays}
    values |= {"identity": regime.stops.identity, "clarification": regime.stops.clarification}
    for one in regime.interpretation:
        reading: Reading = one.readings[chosen[one.id]]
        values |= {name: value for name, value in reading.model_dump().items() if value is not None}
    values["holidays"] = holidays_of(course.calendar, regional=values["holidays"] == "regional")
    own = regime.right.get(course.right)
    return Rule(
        regime, course, extension=None if own else regime.extension, period=own or regime.period, **values
    )  # fmt: skip


def day_of_receipt(rule: Rule) -> Day:
    """The date of receipt, as one reading or another takes it (INT-3)."""
    moment = _moment(rule.course.received)
    if isinstance(moment, datetime.datetime) and moment.tzinfo is not None:
        zone = ZoneInfo(rule.course.zone or zone_of(rule.course.calendar))
        local = moment.astimezone(zone).date()
        other = {"utc": moment.astimezone(datetime.UTC).date(), "sender": moment.date()}.get(rule.date_of, local)
        return min(local, other)  # another date counts only where it is earlier
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def _moment(text: str) -> Day:
    try:
        return Day.fromisoformat(text) if len(text) <= 10 else datetime.datetime.fromisoformat(text)
    except ValueError:
        raise RequestError(
            "The day of receipt is no date.", hint="Write it as 2026-11-20 or 2026-11-20T09:30+01:00."
        ) from None


def counted(rule: Rule) -> tuple[Day, Day]:
    """The raw end, and the end that counts."""
    raw = end_of(rule)
    return raw, moved(raw, rule)


def start_of(rule: Rule) -> Day:
    """The day from which the period runs: later than receipt where the regime begins anew."""
    starts = [day_of_receipt(rule)]
    if rule.identity == "restart":
        starts += [pause.answered for pause in rule.course.identity if pause.answered]
    if rule.regime.stops.fee == "restart" and rule.course.fee_paid:
        starts.append(rule.course.fee_paid)
    return max(starts)


def end_of(rule: Rule) -> Day:
    """The end of the period, or of the extended one, with the days that do not count."""
    start, period, extension = start_of(rule), rule.period, rule.extension
    if not rule.course.extended or extension is None:
        end = after(start, period, rule)
    elif extension.unit == "date":
        return rule.course.until or start
    elif rule.extension_from == "receipt" and extension.unit == period.unit:
        end = after(start, extension.model_copy(update={"count": period.count + extension.count}), rule)
    else:
        end = after(after(start, period, rule), extension, rule)
    return end + datetime.timedelta(days=stopped(rule, start) + rule.offset)


def stopped(rule: Rule, start: Day) -> int:
    """How many days do not count; a day that falls into two questions is left out once."""
    out: set[int] = set()
    for effect, pauses in ((rule.identity, rule.course.identity), (rule.clarification, rule.course.clarification)):
        for pause in pauses:
            if pause.answered and effect in ("suspend", "exclude"):
                last = pause.answered.toordinal() + (effect == "exclude" and rule.answer_day)
                out.update(range(max(pause.asked, start).toordinal(), last))
    return len(out)


def after(start: Day, span: Span, rule: Rule) -> Day:
    """The day that lies a length of time after another; working days are those of the regime and its calendar."""
    if span.unit == "month":
        return add_months(start, span.count)
    if span.unit == "day":
        return start + datetime.timedelta(days=span.count)
    day, left = start, span.count
    while left:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5 and day not in rule.holidays and not is_closed(day, rule.regime.closed)
    return day


def add_months(day: Day, count: int) -> Day:
    """The same day number some months later; the last day of that month where it has no such day (D-3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return Day(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def moved(day: Day, rule: Rule) -> Day:
    """The next day with work, where the regime moves an end (D-4)."""
    weekend = {"working": (5, 6), "sunday": (6,), "none": ()}[rule.roll]
    while rule.roll != "none" and (day.weekday() in weekend or day in rule.holidays):
        day += datetime.timedelta(days=1)
    return day
