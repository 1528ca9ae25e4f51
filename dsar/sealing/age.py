"""The package in the age format (age-encryption.org): for archives, lawyers, and whoever has a key of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsar.errors import RequestError
from dsar.sealing.archive import plain_zip


def sealed_by_age(files: Mapping[str, bytes], passphrase: str | None, recipients: Sequence[str] = ()) -> bytes:
    """Seal files as a ZIP inside age: for its recipients (`age1…`) where there are any, else with the passphrase.

    Raises RequestError if pyrage is not installed or a recipient is none.
    """
    try:
        import pyrage
    except ImportError:
        raise RequestError(
            "`--package age` needs pyrage.", hint="Install it: pip install 'dsar-cli[age]', or take another package."
        ) from None
    if not recipients:
        return bytes(pyrage.passphrase.encrypt(plain_zip(files), passphrase or ""))
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError:
        raise RequestError("A recipient is no age key.", hint="It begins with `age1`.") from None
    return bytes(pyrage.encrypt(plain_zip(files), keys))
