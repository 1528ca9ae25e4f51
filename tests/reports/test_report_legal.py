"""Each legal key that a collection or the controller lacks is named."""

from __future__ import annotations

from typing import Any

import pytest
from report_cases import config_of, spec_of, with_fields

from dsar.config import CollectionSpec
from dsar.reports.legal import missing_controller_keys, missing_keys

DISTRIBUTOR: dict[str, Any] = {
    "name": "Example Distribution Ltd",
    "role": "distributor",
    "country": "GB",
    "transfer": {"mechanism": "adequacy"},
    "certificate": {"ref": "D-118"},
    "sold": False,
}
SENT = [{"name": "Example Distribution Ltd"}]


def missing(**changes: Any) -> tuple[str, ...]:
    return missing_keys(spec_of(**changes), config_of())


def test_a_complete_collection_lacks_nothing() -> None:
    assert missing() == ()


def test_an_empty_collection_lacks_every_must_key() -> None:
    expected = ("purposes", "keep", "origin", "recipients", "automated_decision")

    assert missing_keys(CollectionSpec(), config_of()) == expected


def test_no_recipients_at_all_is_a_full_answer() -> None:
    assert missing(recipients=[]) == ()


def test_a_purpose_or_basis_written_empty_counts_as_missing() -> None:
    assert missing(purposes=[{"purpose": " ", "basis": "contract"}]) == ("purposes",)
    assert missing(purposes=[{"purpose": "security", "basis": ""}]) == ("basis (security)",)


def test_a_legitimate_interest_must_be_named() -> None:
    use = {"purpose": "security", "basis": "legitimate_interests"}

    assert missing(purposes=[use]) == ("interest (security)",)
    assert missing(purposes=[use | {"interest": "defence against attacks"}]) == ()


def test_own_words_for_a_basis_count_only_if_they_name_a_letter_of_article_6() -> None:
    assert missing(purposes=[{"purpose": "recruitment", "basis": "Art. 6(1)(b) with § 26 BDSG"}]) == ()
    assert missing(purposes=[{"purpose": "recruitment", "basis": "because we want to"}]) == ("basis (recruitment)",)


def test_a_category_that_no_purpose_and_no_retention_rule_covers_is_named() -> None:
    purposes = [{"purpose": "security", "basis": "contract", "categories": ["user.contact", "user.unique_id"]}]
    keep = [{"categories": ["user.behavior", "user.contact"], "years": 1, "after": "seen"}]

    assert missing(purposes=purposes) == ("purposes (user.behavior)",)
    assert missing(keep=keep) == ("keep (user.unique_id)",)


@pytest.mark.parametrize("words", ["as long as necessary", "As required by law.", "solange wie erforderlich", " "])
def test_a_retention_criterion_that_says_nothing_counts_as_missing(words: str) -> None:
    assert missing(keep=[{"criterion": words}]) == ("keep.criterion",)


def test_a_retention_criterion_that_names_an_event_is_enough() -> None:
    assert missing(keep=[{"criterion": "until consent is withdrawn"}]) == ()


def test_a_period_needs_a_column_that_there_is() -> None:
    assert missing(keep=[{"years": 3}]) == ("keep.after",)
    assert missing(keep=[{"years": 3, "after": "gone"}]) == ("keep.after (gone)",)


def test_a_retention_rule_with_neither_period_nor_criterion_counts_as_missing() -> None:
    assert missing(keep=[{"statute": "AO §147"}]) == ("keep",)


@pytest.mark.parametrize("origin", ["third_party", "acquisition"])
def test_data_from_others_needs_supplier_date_confirmation_and_notice(origin: str) -> None:
    told = {"supplier": "Fair Expo AG", "acquired": "2025-10-20", "confirmation": "LC-77", "notice": "letter"}

    assert missing(origin=origin) == ("supplier", "acquired", "confirmation", "notice")
    assert missing(origin=origin, **told | {"confirmation": ""}) == ("confirmation",)
    assert missing(origin=origin, **told) == ()


@pytest.mark.parametrize("said", [True, "", "  "])
def test_an_automated_decision_must_be_described(said: bool | str) -> None:
    assert missing(automated_decision=said) == ("automated_decision",)


def test_a_described_automated_decision_is_enough() -> None:
    assert missing(automated_decision="A score from visits decides who is called.") == ()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"transfer": None}, "transfer (Example Distribution Ltd)"),
        ({"certificate": None}, "certificate (Example Distribution Ltd)"),
        ({"country": " "}, "country (Example Distribution Ltd)"),
    ],
)
def test_a_recipient_needs_country_safeguard_and_certificate(change: dict[str, Any], key: str) -> None:
    recipient = {name: value for name, value in (DISTRIBUTOR | change).items() if value is not None}

    assert missing_keys(spec_of(recipients=SENT), config_of(recipient=[recipient])) == (key,)


def test_a_recipient_within_the_european_economic_area_needs_no_safeguard() -> None:
    processor = {"name": "Example Distribution Ltd", "role": "processor", "country": "NO"}

    assert missing_keys(spec_of(recipients=SENT), config_of(recipient=[processor])) == ()


def test_under_the_uk_regime_germany_is_a_third_country_and_britain_is_not() -> None:
    uk = {"regime": "UK"}
    german = {"name": "Example Distribution Ltd", "role": "processor", "country": "DE"}

    config = config_of(controller=uk, recipient=[german])
    assert missing_keys(spec_of(recipients=SENT), config) == ("transfer (Example Distribution Ltd)",)
    config = config_of(controller=uk, recipient=[german | {"country": "GB"}])
    assert missing_keys(spec_of(recipients=SENT), config) == ()


def test_columns_without_a_category_are_not_a_missing_key() -> None:
    assert missing_keys(with_fields(extra={}), config_of()) == ()


@pytest.mark.parametrize("key", ["name", "contact", "authority", "court", "calendar"])
def test_each_key_of_the_controller_is_missed(key: str) -> None:
    assert missing_controller_keys(config_of(controller={key: " "})) == (key,)


def test_a_complete_controller_lacks_nothing() -> None:
    assert missing_controller_keys(config_of()) == ()
