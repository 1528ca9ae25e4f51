"""Which country is a third country under which law (Art. 44 GDPR)."""

from __future__ import annotations

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
