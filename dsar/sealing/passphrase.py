"""The passphrase of a package: made here, of chance alone, easy to read out on the telephone."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is mistaken for a digit."""
_LENGTH, _GROUP = 25, 5
_SOUNDS = str.maketrans("ILO", "110")


def new_passphrase() -> str:
    """Make a passphrase of 25 characters in groups of five: 125 bits, too many to try, whatever the key derivation."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def plain(passphrase: str) -> str:
    """A passphrase as the self-opening page derives its key from it: capitals and digits only, O as 0, I and L as 1."""
    return re.sub("[^0-9A-Z]", "", passphrase.upper()).translate(_SOUNDS)
