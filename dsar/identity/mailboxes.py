"""What an e-mail address says by itself: whose name it bears, and which other address it may be a slip of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from dsar.identity.names import one_letter_off, same_given_name
from dsar.normalise import mail_name

_SHORTEST = 3
"""Fewer letters are no name."""


@lru_cache(maxsize=65_536)
def bears(address: str, given: tuple[str, ...], family: str) -> Literal["own", "other", "unknown"]:
    """Whether a mailbox bears the name of a person: `own`, or `other` if it bears their family and another given name.

    `ada.lovelace@`, `lovelaceada`, `ada77` are Ada Lovelace's by name; `bob.lovelace@` is not, `alovelace@` may be.
    """
    local = address.partition("@")[0].split("+")[0]
    letters = re.sub(r"[^a-z]", "", local)
    names = [word for word in given if len(word) >= _SHORTEST]
    if any(word in letters for word in names):
        return "own"
    home = re.sub(r"[^a-z]", "", family)
    if not names or len(home) < _SHORTEST or home not in letters:
        return "unknown"
    rest = letters.replace(home, "", 1)
    if len(rest) < _SHORTEST or any(same_given_name(rest, word) for word in names):
        return "unknown"
    return "other"


@lru_cache(maxsize=65_536)
def nearly(one: str, other: str) -> bool:
    """Whether two addresses are the same but for a tag, dots, or one letter."""
    home, there = one.partition("@")[2], other.partition("@")[2]
    plain, its = mail_name(one), mail_name(other)
    if home == there:
        return plain == its or (min(len(plain), len(its)) > 4 and one_letter_off(plain, its))
    return plain == its and one_letter_off(home, there)
