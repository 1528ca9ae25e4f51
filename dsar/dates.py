"""Written dates as ISO 8601: each reading that a date may have, in the ways people and systems write it."""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import lru_cache

_MONTH_NAMES = (
    "jan january januar janvier enero ene gennaio gen|feb february februar fevrier febrero febbraio fevr|"
    "mar march marz maerz mrz mars marzo|apr april avril abril abr aprile avr|may mai mayo maggio mag|"
    "jun june juni juin junio giugno giu|jul july juli juillet julio luglio lug juil|"
    "aug august aout agosto ago|sep sept september septembre septiembre settembre set|"
    "oct october oktober okt octobre octubre ottobre ott|nov november novembre noviembre|"
    "dec december dezember dez decembre diciembre dic dicembre"
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_BESIDE_MONTHS = "de del of the der den le el il er re st nd rd th mon tue wed thu fri sat sun"
_BESIDE = frozenset(_BESIDE_MONTHS.split())
"""Words that stand in a date beside its month."""
_CLOCK = re.compile(r"[T ,]+\d{1,2}:\d{2}.*$")
_LOOSE = re.compile(r"(?<=\d)\s*([./-])\s*(?=\d)")
_EAST = str.maketrans(dict(zip("年月년월", "----", strict=True)) | dict.fromkeys("日일"))
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[TZ ].*)?$"), "ymd"),
    (re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})$"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})$"), "ymd"),
    (re.compile(r"(\d{2})(\d{2})(\d{4})$"), "either"),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$"), "dmy"),
    (re.compile(r"(\d{1,2})[/ -](\d{1,2})[/ -](\d{4}|\d{2})$"), "either"),
)
_SERIAL = re.compile(r"[1-7]\d{4}(?:[.,]0+)?$")
UNFILLED = ("1899-12-30", "1899-12-31", "1900-01-01")
"""What systems write where no birth date is known: day zero or one of their calendar."""
_DAY_ZERO = datetime.date(1899, 12, 30)
"""Spreadsheets count days from here (ECMA-376, 18.17.4.1); numbers of five digits are 1927 to 2099."""


@lru_cache(maxsize=65_536)
def dates(text: str) -> tuple[str, ...]:
    """A date as ISO 8601; several where day and month, or the century, cannot be told; none where it is none.

    A time of day is left out. A number of five digits is a day as spreadsheets store it.
    """
    plain = _LOOSE.sub(r"\1", _CLOCK.sub("", text.strip().lstrip("'").translate(_EAST))).strip(" .")
    for pattern, order in _DATES:
        found = pattern.match(plain)
        days = _readings(int(found[1]), int(found[2]), int(found[3]), order) if found else ()
        if days:
            return days
    if _SERIAL.match(plain):
        day = (_DAY_ZERO + datetime.timedelta(int(plain[:5]))).isoformat()
        return (day,) if day < "2100" else ()
    return _spelt(plain) if any(c.isalpha() for c in plain) else ()


def _spelt(text: str) -> tuple[str, ...]:
    """Read a date whose month is a word, before or after the day: `4 de marzo de 1985`, `Mar 4th, 1985`."""
    letters = (c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    found = [word for word in re.findall(r"[^\W\d_]+|\d+", "".join(letters)) if word not in _BESIDE]
    months = [_MONTHS[word] for word in found if word in _MONTHS]
    numbers = [word for word in found if word.isdecimal()]
    if len(found) != 3 or len(months) != 1 or len(numbers) != 2 or found[2] in _MONTHS:
        return ()
    day, year = numbers
    return _readings(int(day), months[0], int(year), "dmy") if len(year) in (2, 4) else ()


def _readings(a: int, b: int, c: int, order: str) -> tuple[str, ...]:
    orders = {"ymd": [(a, b, c)], "dmy": [(c, b, a)], "either": [(c, b, a), (c, a, b)]}[order]
    centuries = [(y, m, d) for year, m, d in orders for y in ((year,) if year > 99 else (1900 + year, 2000 + year))]
    return tuple(dict.fromkeys(day for parts in centuries if (day := _day(*parts))))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        found = datetime.date(year, month, day).isoformat() if 1880 < year < 2100 else None
    except ValueError:
        return None
    return None if found in UNFILLED else found
