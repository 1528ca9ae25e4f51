"""The package as one archive: a ZIP with AES-256, or a plain one for another seal around it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The same time for every member: the archive tells nothing of when it was made, and equal files give equal bytes."""


def aes_zip(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """Seal files in a ZIP with AES-256 (WinZip AE-2), which 7-Zip, WinZip, Keka and others open.

    The names stay readable and the format derives its key with 1,000 rounds only: names are neutral, and strength comes
    from the passphrase, which must be one of `new_passphrase`.
    """
    import pyzipper

    data = io.BytesIO()
    with pyzipper.AESZipFile(data, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in files.items():
            archive.writestr(
                pyzipper.zipfile_aes.AESZipInfo(name, date_time=_WHEN), content, compress_type=zipfile.ZIP_DEFLATED
            )
    return data.getvalue()


def plain_zip(files: Mapping[str, bytes]) -> bytes:
    """Put files into a ZIP without a seal of its own; equal files give equal bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date_time=_WHEN)
            info.external_attr = 0o600 << 16
            archive.writestr(info, content, compress_type=zipfile.ZIP_DEFLATED)
    return data.getvalue()
