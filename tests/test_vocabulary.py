"""The lists that ship with dsar are whole, in every language."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from dsar.errors import DsarError
from dsar.retention import says_nothing
from dsar.vocabulary import basis, category, covers, language_of, languages, purpose, right, sentence

IRI = re.compile(r"^(pd|dpv|eu-gdpr):[A-Z][A-Za-z0-9]*(-\d)?(-[a-f])?$")


def entries(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("dsar.vocabulary") / f"{name}.toml").read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


LANGUAGES = ["de", "en", "es", "fr", "it"]


def words(language: str) -> dict[str, dict[str, Any]]:
    return entries(f"words.{language}")


def leaves(document: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in document.items():
        here = f"{path}/{key}"
        found.update(leaves(value, here) if isinstance(value, dict) else {here: value})
    return found


def test_five_languages_are_spoken() -> None:
    assert list(languages()) == LANGUAGES


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["categories", "purposes", "bases", "rights"])
def test_every_entry_has_words_in_every_language(name: str, language: str) -> None:
    assert words(language)[name].keys() == entries(name).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_blanks_and_none_is_empty(language: str) -> None:
    here, english = leaves(words(language)), leaves(words("en"))

    assert here.keys() == english.keys()
    for key, text in here.items():
        assert text.strip(), key
        assert placeholders(text) == placeholders(english[key]), key


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    here, english = leaves(words(language)), leaves(words("en"))
    same = [key for key, text in here.items() if text == english[key] and len(text.split()) > 2]

    assert same == []


def test_a_missing_text_is_an_error_that_names_it() -> None:
    with pytest.raises(DsarError) as caught:
        sentence("no_such_sentence", "fr")

    assert "texts.no_such_sentence" in caught.value.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_purposes_read_the_same(language: str) -> None:
    texts = list(words(language)["purposes"].values())

    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_phrase_about_retention_is_known_in_every_language(language: str) -> None:
    phrase = {
        "de": "so lange wie nötig",
        "en": "as long as necessary",
        "es": "durante el tiempo necesario",
        "fr": "aussi longtemps que nécessaire",
        "it": "per il tempo strettamente necessario",
    }[language]

    assert says_nothing(phrase)


def test_every_category_falls_under_one_of_the_californian_categories() -> None:
    letters = {category(key).ccpa for key in entries("categories") if key != "unclassified"}

    assert letters == set(words("en")["ccpa"])


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
        lambda: language_of("nl"),
        lambda: sentence("law", "nl"),
        lambda: purpose("newsletter").text("nl"),
        lambda: right("erasure").text("nl"),
    ):
        with pytest.raises(DsarError) as caught:
            ask()
        assert "de, en, es" in caught.value.hint


def test_a_category_covers_those_below_it_but_not_its_neighbours() -> None:
    assert covers("*", "unclassified")
    assert covers("user.contact", "user.contact.email")
    assert covers("user.contact", "user.contact")
    assert not covers("user.contact.email", "user.contact")
    assert not covers("user.device.cookie", "user.device.cookie_id")
