"""Moments and days as people read them, the zone included."""

from __future__ import annotations

import datetime

from dsar.renderers.texts import Phrases


def moment(text: str | None, say: Phrases) -> str:
    """Write an ISO date or date-time for people, the zone included; anything else stays as it is."""
    if not text:
        return say("report.unknown")
    if len(text) == 10:
        return text
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = when.strftime("%z")
    return f"{when:%Y-%m-%d %H:%M}" + (f" (UTC{zone[:3]}:{zone[3:5]})" if zone else "")


def short(text: str | None) -> str:
    """Write a moment without its zone, for tables that name it once; empty where there is none."""
    return (text or "").replace("T", " ")[:16]


def long_day(text: str, say: Phrases) -> str:
    """Write the day of an ISO date or date-time as in a letter, `22 November 2026`; anything else stays as it is."""
    try:
        day = datetime.date.fromisoformat(text[:10])
    except ValueError:
        return text
    number = say("date.first") if day.day == 1 else str(day.day)
    month = say("date.months").split(",")[day.month - 1]
    return say("date.form", day=number, month=month, year=day.year)
