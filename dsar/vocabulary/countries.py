"""The names of countries, and which is a third country under which law (Art. 44 GDPR)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

# fmt: off
EEA = frozenset((
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "EL", "HU", "IE", "IT",
    "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO",
))
# fmt: on
"""Country codes of the European Economic Area; Greece is written both ways."""
_INSIDE = {"GDPR": EEA, "UK": frozenset({"GB", "UK"})}
"""By regime; for another one no country is a third country."""


def third_country(country: str, regime: str) -> bool:
    """Whether a country (two letters) is a third country; a blank or a name in words is taken for one.

    `regime` is `GDPR`, `UK` or another law, which knows no third countries.
    """
    inside = _INSIDE.get(regime)
    return inside is not None and country.strip().upper() not in inside


@lru_cache(maxsize=1024)
def country_name(country: str, language: str) -> str:
    """The name of a country of ISO 3166-1 in a language, e.g. `Deutschland`; what is no code stays as it is written."""
    listed = _listed()
    code = country.strip().upper()
    names = listed["names"].get({"UK": "GB", "EL": "GR"}.get(code, code))
    return names[listed["languages"]["order"].index(language)] if names else country


@lru_cache(maxsize=1)
def _listed() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "countries.toml").read_text(encoding="utf-8"))
