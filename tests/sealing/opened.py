"""A second reader of sealed archives, so that no test trusts the library that wrote them."""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile
import zlib


def second_reader(data: bytes, passphrase: str) -> dict[str, bytes]:
    """WinZip's AE format, read by its description and not by pyzipper: PBKDF2, HMAC, AES-256 in counter mode."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            assert info.compress_type == 99
            extra = info.extra[info.extra.index(b"\x01\x99") :]
            strength, method = extra[8], int.from_bytes(extra[9:11], "little")
            assert strength == 3, "AES-256"
            name, more = (int.from_bytes(data[info.header_offset + at :][:2], "little") for at in (26, 28))
            start = info.header_offset + 30 + name + more
            raw = data[start : start + info.compress_size]
            salt, check, body, seal = raw[:16], raw[16:18], raw[18:-10], raw[-10:]
            keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, 1000, 66)
            if keys[64:] != check or hmac.new(keys[32:64], body, "sha1").digest()[:10] != seal:
                raise ValueError("wrong passphrase or damaged")
            block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()
            stream = b"".join(
                block.update((number + 1).to_bytes(16, "little")) for number in range(len(body) // 16 + 1)
            )
            text = bytes(one ^ other for one, other in zip(body, stream, strict=False))
            found[info.filename] = zlib.decompress(text, -15) if method == 8 else text
    return found
