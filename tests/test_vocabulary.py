"""The lists that ship with dsar are whole, in every language."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from dsar.errors import DsarError
from dsar.vocabulary import basis, category, covers, language_of, languages, purpose, right, sentence

IRI = re.compile(r"^(pd|dpv|eu-gdpr):[A-Z][A-Za-z0-9]*(-\d)?(-[a-f])?$")


def entries(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("dsar.vocabulary") / f"{name}.toml").read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_english_and_german() -> None:
    assert languages() == ("de", "en")


def test_every_category_of_fideslang_is_there_and_its_attribution() -> None:
    keys = [key for key in entries("categories") if key.startswith(("user", "system"))]

    assert len(keys) == 85
    head = (files("dsar.vocabulary") / "categories.toml").read_text(encoding="utf-8")[:600]
    assert "Ethyca" in head and "CC BY 4.0" in head


def test_every_parent_of_a_fideslang_category_is_a_category() -> None:
    keys = {key for key in entries("categories") if key.startswith(("user", "system"))}

    assert [key for key in keys if "." in key and key.rpartition(".")[0] not in keys] == []


def test_our_own_categories_stand_under_x() -> None:
    keys = entries("categories")

    assert {key.split(".")[0] for key in keys} == {"user", "system", "x", "unclassified"}


@pytest.mark.parametrize("name", ["categories", "purposes", "bases"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_entry_has_words_in_every_language(name: str, language: str) -> None:
    assert [key for key, entry in entries(name).items() if not entry.get(language, "").strip()] == []


def test_no_two_purposes_read_the_same() -> None:
    texts = [entry["en"] for entry in entries("purposes").values()]

    assert len(texts) == len(set(texts))


def test_every_concept_is_written_as_an_iri_of_a_known_vocabulary() -> None:
    named = [
        entry[key]
        for name in ("categories", "purposes", "bases", "rights")
        for entry in entries(name).values()
        for key in ("dpv", "iri")
        if key in entry
    ]

    assert len(named) > 80
    assert [iri for iri in named if not IRI.match(iri)] == []


def test_every_sentence_is_there_in_every_language_with_the_same_blanks() -> None:
    texts = entries("texts")

    assert texts["de"].keys() == texts["en"].keys()
    for key in texts["en"]:
        assert placeholders(texts["de"][key]) == placeholders(texts["en"][key]), key


def test_every_right_is_there_in_every_language_with_the_same_blanks() -> None:
    for key, entry in entries("rights").items():
        for part in ("name", "how"):
            assert placeholders(entry["de"][part]) == placeholders(entry["en"][part]), key


def test_a_category_has_a_plain_name_and_its_concept() -> None:
    email = category("user.contact.email")

    assert (email.text("en"), email.text("de"), email.dpv) == ("E-mail address", "E-Mail-Adresse", "pd:EmailAddress")
    assert (email.listed, email.secret) == (True, False)


def test_a_password_is_a_secret() -> None:
    assert category("user.authorization.password").secret is True


def test_a_purpose_knows_its_use_and_its_concept() -> None:
    newsletter = purpose("newsletter")

    assert (newsletter.fides_use, newsletter.dpv) == ("marketing.communications.email", "dpv:DirectMarketing")


def test_words_that_are_in_no_list_stay_as_written_in_every_language() -> None:
    own = purpose("Planning the 2026 fair")

    assert (own.listed, own.text("en"), own.text("de")) == (False, "Planning the 2026 fair", "Planning the 2026 fair")
    assert category("x.badge").text("de") == "x.badge"


@pytest.mark.parametrize(
    ("written", "key", "letter"),
    [
        ("consent", "consent", "a"),
        ("pre_contract", "pre_contract", "b"),
        ("legal_obligation", "legal_obligation", "c"),
        ("vital_interest", "vital_interest", "d"),
        ("public_task", "public_task", "e"),
        ("legitimate_interests", "legitimate_interest", "f"),
        ("Legitimate interest", "legitimate_interest", "f"),
    ],
)
def test_a_legal_basis_has_its_letter(written: str, key: str, letter: str) -> None:
    found = basis(written)

    assert (found.key, found.letter, found.iri) == (key, letter, f"eu-gdpr:A6-1-{letter}")


@pytest.mark.parametrize(
    ("words", "letter"),
    [
        ("Art. 6(1)(b) GDPR with § 26 BDSG", "b"),
        ("Art. 6 Abs. 1 S. 1 lit. f DSGVO", "f"),
        ("Art. 6 (1) point (a)", "a"),
        ("Art. 6 para. 1", None),
        ("§ 26 BDSG", None),
        ("", None),
    ],
)
def test_own_words_for_a_legal_basis_give_the_letter_they_name(words: str, letter: str | None) -> None:
    assert (basis(words).letter, basis(words).text("en")) == (letter, words)


def test_a_right_is_filled_with_the_controllers_words() -> None:
    name, how = right("erasure").text("de", law="DSGVO", contact="privacy@example.org", authority="", court="")

    assert name == "Löschung (Art. 17 DSGVO)"
    assert "privacy@example.org" in how


def test_braces_in_the_controllers_words_are_left_alone() -> None:
    assert sentence("sent_since", "en", since="2025", sent="{odd}") == "since 2025; {odd}"


@pytest.mark.parametrize("tag", ["de", "DE", "de-AT", "de_CH", " de "])
def test_a_language_tag_is_read_by_its_first_part(tag: str) -> None:
    assert language_of(tag) == "de"


def test_a_language_that_is_not_there_names_those_that_are() -> None:
    for ask in (
        lambda: language_of("fr"),
        lambda: sentence("law", "fr"),
        lambda: purpose("newsletter").text("fr"),
        lambda: right("erasure").text("fr"),
    ):
        with pytest.raises(DsarError) as caught:
            ask()
        assert "de, en" in caught.value.hint


def test_a_category_covers_those_below_it_but_not_its_neighbours() -> None:
    assert covers("*", "unclassified")
    assert covers("user.contact", "user.contact.email")
    assert covers("user.contact", "user.contact")
    assert not covers("user.contact.email", "user.contact")
    assert not covers("user.device.cookie", "user.device.cookie_id")
