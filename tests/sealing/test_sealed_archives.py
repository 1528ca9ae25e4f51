"""Sealed archives opened by somebody else's code: what went in comes out, and a wrong passphrase opens nothing."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from dsar.errors import RequestError
from dsar.sealing.age import sealed_by_age
from dsar.sealing.archive import aes_zip, plain_zip
from dsar.sealing.passphrase import ALPHABET, new_passphrase, plain
from tests.sealing.opened import second_reader

FILES = {"report.pdf": b"%PDF-1.4 ada", "data.json": b'{"Email": "ada@example.org"}' * 50, "attachments/0001.txt": b""}
PASSPHRASE = "7K3QF-9M2XT-AB1CD-EF0GH-JK4MN"


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
    assert b"ada@" not in aes_zip(FILES, PASSPHRASE)


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
