"""What a text says of people: addresses, numbers with check digits, names, secrets, and what only looks like them."""

from __future__ import annotations

import random

import pytest

from dsar.redaction import detect


def found(passages: object, text: str) -> list[tuple[str, str]]:
    return [(passage.kind, text[passage.start : passage.end]) for passage in passages]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to Ben.Sample@example.org, please", ["Ben.Sample@example.org"]),
        ("<mailto:ben.sample@example.org>; tom@example.com.", ["ben.sample@example.org", "tom@example.com"]),
        ("GET /unsubscribe?email=ben.sample%40example.org&x=1", ["ben.sample%40example.org"]),
        ("GET /u?next=%2Fx%3Femail%3Dben%40example.org", ["ben%40example.org"]),
        ("no @ here, 3 @ 4 either", []),
    ],
)
def test_an_address_is_found_where_it_stands(text: str, expected: list[str]) -> None:
    assert [piece for _, piece in found(detect.addresses(text), text)] == expected


def test_the_normal_form_of_an_address_is_that_of_the_index() -> None:
    text = "email=Ben.Sample%40EXAMPLE.org"
    assert [passage.normal for passage in detect.addresses(text)] == ["ben.sample@example.org"]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("to DE89 3704 0044 0532 0130 00 today", "iban", "DE89 3704 0044 0532 0130 00"),
        ("card 4111 1111 1111 1111 was refused", "card", "4111 1111 1111 1111"),
        ("call +49 30 23125 102.", "phone", "+49 30 23125 102"),
        ("call 030/23125-102", "phone", "030/23125-102"),
    ],
)
def test_numbers_are_known_by_their_check_digits_or_form(text: str, kind: str, piece: str) -> None:
    assert found(detect.numbers(text, "DE"), text) == [(kind, piece)]


@pytest.mark.parametrize(
    "text",
    [
        "GB82 WEST 1234 5698 7654 33 has a wrong check digit",
        "4111 1111 1111 1112 too",
        "from 2008-2011 and on 2026-11-22, 22.11.2026",
        "version 1.2.3.4 of 12 parts",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert [hit.kind for hit in detect.numbers(text, "FR") if hit.sure] == []


def test_bare_digits_are_a_phone_number_only_if_a_source_knows_them() -> None:
    hits = list(detect.numbers("ticket 30231251 is closed", "DE"))
    assert [hit.sure for hit in hits] == [False]


def test_every_name_of_two_to_four_words_is_asked_for_in_the_form_of_the_index() -> None:
    normals = {passage.normal for passage in detect.names("my colleague Ben Sample, and Dr. Grace B. Hopper")}
    assert {"ben sample", "grace hopper"} <= normals
    assert "hopper sample" not in normals


def test_a_name_is_found_whichever_way_round_and_in_any_script() -> None:
    assert "ben sample" in {passage.normal for passage in detect.names("SAMPLE, Ben")}
    assert "grosser jurgen" in {passage.normal for passage in detect.names("Jürgen Größer")}
    assert "ivanov petr" in {passage.normal for passage in detect.names("звонил Петр Иванов")}


def test_a_name_after_a_title_or_relation_needs_no_source() -> None:
    text = "Dr. Doris Referenz and her husband John know; Herr Prof. Meier too. The manager is out."
    assert [piece for _, piece in found(detect.titled(text), text)] == ["Doris Referenz", "John", "Meier"]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password: hunter2secret", "hunter2secret"),
        ("GET /reset?token=a1b2c3d4e5&x=1", "a1b2c3d4e5"),
        ("the key is AKIAIOSFODNN7EXAMPLE now", "AKIAIOSFODNN7EXAMPLE"),
    ],
)
def test_secrets_are_found_with_their_place(text: str, secret: str) -> None:
    assert found(detect.secrets(text), text)[0] == ("secret", secret)


@pytest.mark.parametrize(
    "text",
    [
        "my password is wrong again",
        "Session: Keynote, at ten",
        "secret: tell nobody",
        "token = lost",
        "tan: brown shoes",
    ],
)
def test_a_sentence_about_a_secret_is_none(text: str) -> None:
    assert found(detect.secrets(text), text) == []


@pytest.mark.parametrize(
    "text", ["Passwort: geheimnis", "pwd=sunflower", "password is Sun-flower7", "sessionid=8fa2c1d0"]
)
def test_a_secret_that_is_written_down_is_one(text: str) -> None:
    assert len(found(detect.secrets(text), text)) == 1


def test_words_that_ask_for_a_look_are_whole_words() -> None:
    assert detect.special_words("She is PREGNANT; do not hire.") == ("pregnant", "do not hire")
    assert detect.special_words("The union of both parts is impregnated.") == ()


@pytest.mark.timeout(60)
def test_a_long_hostile_text_is_read_to_its_end() -> None:
    """Quadratic work on any of these would take minutes: the timeout of the test is the bound."""
    pieces = ["a", "@", "a.", "1", "1 ", "+1 ", "A", "Mr ", "%40", "x_", "token", "DE12 ", "-", "Aa ", "'", "a@", "("]
    texts = [piece * (60_000 // len(piece)) for piece in pieces]
    texts.append("".join(random.Random(7).choice(pieces) for _ in range(30_000)))
    for text in texts:
        end = f"{text}\n ben@example.org"
        assert [passage.normal for passage in detect.addresses(end)][-1] == "ben@example.org"
        for search in (detect.secrets, detect.tokens, detect.names, detect.titled):
            assert all(0 <= passage.start < passage.end <= len(end) for passage in search(end))
        assert all(passage.end <= len(end) for passage in detect.numbers(end, "DE"))
        assert detect.special_words(end) == ()


@pytest.mark.parametrize(
    "value",
    [
        "$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaDwG",
        "$6$rounds=5000$usesomesillystri$D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQUJXSTWcLmGhyoDqh",
        "pbkdf2_sha256$260000$abcdef$ZGVmYWJjZGVm",
        "{SSHA}nU8qJxYc0cTqYzVbG9+M2o9zv0pz",
        "$P$B984bT5CbWHN9ZgoCQxBa6k2vHCAqj1",
    ],
)
def test_the_hash_of_a_password_is_found_by_its_form(value: str) -> None:
    text = f"Old hash {value}, replaced."
    assert [text[one.start : one.end] for one in detect.keys(text)] == [value]


def test_prices_are_no_hashes_of_passwords() -> None:
    assert list(detect.keys("It costs $1$ or $5 each, US$6$ at most, $100 for all of it, and $2 more.")) == []
