"""What every part of a report needs: the configuration, the language of the person, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dsar.config import Config


@dataclass(frozen=True, slots=True)
class Setting:
    """The configuration, the language of the texts (one of `dsar.vocabulary.languages()`) and the day of the report."""

    config: Config
    language: str
    today: date
    regime: str = "GDPR"
    """As `regime_name` writes it: `GDPR`, `UK`, `CCPA`."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Titles and other texts of the controller as they are written, and in the language of the report."""
