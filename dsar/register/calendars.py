"""Calendars by country and region (ISO 3166): which days are holidays, and which zone an office there keeps."""

from __future__ import annotations

import datetime
import re
from collections.abc import Container, Iterable
from functools import lru_cache

from dsar.errors import RequestError
from dsar.register.regimes import Closed

_CODE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_ZONES = {
    "AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CH": "Europe/Zurich", "CY": "Asia/Nicosia", "CZ": "Europe/Prague",
    "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens",
    "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IS": "Atlantic/Reykjavik",
    "IT": "Europe/Rome", "LI": "Europe/Vaduz", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga", "MT": "Europe/Malta", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "RO": "Europe/Bucharest",
    "SE": "Europe/Stockholm", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava", "US-CA": "America/Los_Angeles",
    "US": "America/New_York",
}  # fmt: skip


def region_of(calendar: str | None) -> str | None:
    """The region in a calendar's code, `BE` in `DE-BE`; None for a whole country."""
    found = _CODE.fullmatch(calendar or "")
    return found[2] if found else None


def zone_of(calendar: str | None) -> str:
    """The time zone of an office in the calendar's country, `UTC` where it is not known."""
    code = calendar or ""
    return _ZONES.get(code) or _ZONES.get(code[:2]) or "UTC"


def holidays_of(calendar: str | None, *, regional: bool) -> Container[datetime.date]:
    """Give the public holidays of a country, with those of its region if `regional`; none without a calendar.

    Raises RequestError for a code that is none or that nobody has holidays for.
    """
    if calendar is None:
        return ()
    found = _CODE.fullmatch(calendar)
    if not found:
        raise RequestError("A calendar is a country, or country-region.", hint="For example DE, DE-BY, GB-SCT, US-CA.")
    return _holidays(found[1], found[2] if regional else None)


@lru_cache(maxsize=64)
def _holidays(country: str, region: str | None) -> Container[datetime.date]:
    import holidays

    try:
        found: Container[datetime.date] = holidays.country_holidays(country, subdiv=region)
    except NotImplementedError:
        raise RequestError(
            f"There are no holidays for the calendar {country}{f'-{region}' if region else ''}.",
            hint="A calendar is an ISO 3166 code of a country, or of a region in it: DE, DE-BY, GB-SCT, US-CA.",
        ) from None
    return found


def is_closed(day: datetime.date, closed: Iterable[Closed]) -> bool:
    """Whether a law takes the day out of its working days whatever the holidays say."""
    key = f"{day:%m-%d}"
    return any(
        part.first <= key <= part.last if part.first <= part.last else key >= part.first or key <= part.last
        for part in closed
    )
