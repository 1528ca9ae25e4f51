"""The dates of open requests as a calendar file (RFC 5545): numbers and rights, no personal value."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Appointment:
    """One day in the calendar."""

    uid: str
    day: datetime.date
    title: str
    text: str


def calendar_file(appointments: Iterable[Appointment], now: datetime.datetime) -> bytes:
    """Write the calendar; each day has an alarm three days before. The same appointments give the same bytes."""
    stamp = now.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dsar//register//EN", "CALSCALE:GREGORIAN"]
    for one in appointments:
        lines += [
            "BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + datetime.timedelta(days=1):%Y%m%d}", f"SUMMARY:{_escaped(one.title)}",
            f"DESCRIPTION:{_escaped(one.text)}", "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(one.title)}", "TRIGGER:-P3D", "END:VALARM", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _escaped(text: str) -> str:
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(char, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """A line of at most 75 octets, continued by lines that begin with a blank (RFC 5545, 3.1)."""
    part = ""
    for char in line:
        if len((part + char).encode()) > 75:
            yield part
            part = " "
        part += char
    yield part
