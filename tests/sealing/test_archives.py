"""Sealed archives opened by somebody else's code: what went in comes out, and a wrong passphrase opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import zipfile
import zlib

import pytest

from dsar.errors import RequestError
from dsar.sealing.age import sealed_by_age
from dsar.sealing.archive import aes_zip, plain_zip
from dsar.sealing.passphrase import ALPHABET, new_passphrase, plain

FILES = {"report.pdf": b"%PDF-1.4 ada", "data.json": b'{"Email": "ada@example.org"}' * 50, "attachments/0001.txt": b""}
PASSPHRASE = "7K3QF-9M2XT-AB1CD-EF0GH-JK4MN"


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


def test_a_second_reader_opens_the_zip_with_the_passphrase() -> None:
    assert second_reader(aes_zip(FILES, PASSPHRASE), PASSPHRASE) == FILES


def test_a_wrong_passphrase_and_a_changed_byte_open_nothing() -> None:
    sealed = aes_zip(FILES, PASSPHRASE)
    with pytest.raises(ValueError, match="wrong"):
        second_reader(sealed, PASSPHRASE.replace("7", "8"))
    at = sealed.index(b"data.json") + 60
    with pytest.raises(ValueError, match="wrong"):
        second_reader(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], PASSPHRASE)


def test_nothing_of_the_content_stands_in_the_sealed_bytes() -> None:
    assert b"ada" not in aes_zip(FILES, PASSPHRASE)


def test_a_plain_zip_has_the_same_bytes_for_the_same_files() -> None:
    assert plain_zip(FILES) == plain_zip(dict(FILES))
    with zipfile.ZipFile(io.BytesIO(plain_zip(FILES))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_age_opens_with_the_passphrase_and_with_nothing_else() -> None:
    pyrage = pytest.importorskip("pyrage")
    sealed = sealed_by_age(FILES, PASSPHRASE)
    assert pyrage.passphrase.decrypt(sealed, PASSPHRASE) == plain_zip(FILES)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, PASSPHRASE + "x")


def test_age_seals_for_a_recipient_without_any_passphrase() -> None:
    pyrage = pytest.importorskip("pyrage")
    mine = pyrage.x25519.Identity.generate()
    sealed = sealed_by_age(FILES, None, [str(mine.to_public())])
    assert pyrage.decrypt(sealed, [mine]) == plain_zip(FILES)
    with pytest.raises(RequestError):
        sealed_by_age(FILES, None, ["age1nonsense"])


def test_passphrases_differ_and_are_easy_to_read_out() -> None:
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(rf"[{ALPHABET}]{{5}}(-[{ALPHABET}]{{5}}){{4}}", one) for one in made)


def test_a_passphrase_typed_as_it_was_heard_is_the_same() -> None:
    assert plain("7k3qf 9m2xt abIcd-efOgh jk4mn") == plain(PASSPHRASE)
