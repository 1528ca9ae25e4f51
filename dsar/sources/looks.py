"""What the values of a column look like: an e-mail address, a number, a name, a date in which format."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import lru_cache

_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d")
_COMPACT = ("%Y%m%d", "%d%m%Y", "%m%d%Y")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p")
TIME_FORMATS = (
    *_DAYS,
    *(f"{day}{gap}{clock}" for day in _DAYS for gap in (" ", "T") for clock in _CLOCKS),
    *(f"{day}{gap}{clock}{zone}" for day in _DAYS for gap in (" ", "T") for clock in _CLOCKS for zone in ("%z", " %z")),
    *(f"%b %d, %Y{clock}" for clock in ("", " %H:%M:%S")),
    "%d/%b/%Y:%H:%M:%S %z",
)
# Every pattern is linear in the length of the value: no repeated part can match what the part behind it matches.
_LOOKS = {
    "email": (0.5, r"(?s)[^@]*\S@[^\s@]+\.\S.*"),
    "phone": (0.5, r"(?:[^A-Za-z@:\d]*\d){6,20}[^A-Za-z@:\d]*(?:(?:ext|x)\.? ?\d+)?"),
    "ip": (0.8, r"(?:\d{1,3}\.){3}\d{1,3}(?:[:,].*)?|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.%]+"),
    "id": (0.9, r"(?=\D*\d)\S{1,64}"),
    "vehicle": (0.9, r"(?=\D*\d)[\w -]{4,20}"),
    "word": (0.9, r"\S{1,254}"),
    "date": (0.5, r"(?=\D*\d)[\w./:,+ -]{4,35}"),
    "postcode": (0.5, r"(?=\D*\d)'?[\w -]{3,10}"),
    "name": (0.8, r"[^\d@<>{}]{1,80}"),
    "full name": (0.6, r"[^\d@<>{} ,　]+[ ,　][^\d@<>{}]+|[^\x00-\u1fff]{2,6}"),
    "time": (1.0, r"(?=\D*\d)[\d./:TZ+ -]{8,32}(?: ?[AP]M)?|[A-Z][a-z]{2} \d{1,2}, \d{4}.*|\d+/[A-Z][a-z]{2}/\d{4}:.*"),
    "digits": (1.0, r"\d+"),
}
_ALONE = (
    ("email", 0.8, r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+"),
    ("ip", 0.9, r"(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]*::[0-9A-Fa-f:]*|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}"),
    ("phone", 0.8, r"(?:\+|00)[1-9][\d ()/.-]{7,20}"),
    ("agent", 0.8, r"(?:Mozilla|Opera|Dalvik|curl|okhttp)/.*"),
)


def look_like(looks: str, values: Sequence[str]) -> bool:
    """Whether enough of the values look like this; no values contradict nothing."""
    share, pattern = _LOOKS[looks]
    return not values or _share(pattern, values) >= share


def known_by_values(values: Sequence[str]) -> str | None:
    """The concept that values show without a heading: `email`, `ip`, `phone`, `agent`, or None."""
    return next((name for name, share, pattern in _ALONE if values and _share(pattern, values) >= share), None)


def are_prose(values: Sequence[str]) -> bool:
    """Whether many of the values are sentences that people wrote."""
    return bool(values) and sum(len(value) >= 40 and value.count(" ") >= 5 for value in values) >= 0.4 * len(values)


def time_formats(values: Sequence[str]) -> list[str]:
    """Every strptime format that fits all values; two of them mean that day and month cannot be told apart."""
    fitting = [*TIME_FORMATS, *(_COMPACT if look_like("digits", values) else ())]
    for value in dict.fromkeys(value.strip() for value in values):
        fitting = [form for form in fitting if _reads(value, form)]
        if not fitting:
            return []
    return fitting if values else []


@lru_cache(maxsize=4096)
def _reads(value: str, form: str) -> bool:
    try:
        return 1850 < datetime.datetime.strptime(value, form).year < 2100
    except ValueError:
        return False


def _share(pattern: str, values: Sequence[str]) -> float:
    return sum(bool(re.fullmatch(pattern, value.strip()[:300])) for value in values) / len(values)
