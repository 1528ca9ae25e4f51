"""The controller's own words in the language of the report: translated, put together, and told where missing."""

from __future__ import annotations

import datetime
import shutil
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from dsar.config import CollectionSpec, Config
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.reports.in_language import in_language
from dsar.vocabulary import label, languages
from dsar.vocabulary.countries import country_name

SAMPLES = Path(__file__).parents[2] / "samples"
OTHERS = tuple(language for language in languages() if language != "en")
TRANSLATED = ("hubspot", "shopify", "greenhouse", "combined_log", "gotowebinar", "lists")


def labels(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "label" or (key == "title" and isinstance(value, str)):
                yield str(value)
            elif key == "codes" and isinstance(value, dict):
                yield from (str(meaning) for meaning in value.values() if isinstance(meaning, str))
            else:
                yield from labels(value)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("connector", TRANSLATED)
def test_labels_of_the_usual_connectors_have_words_in_every_language(connector: str, language: str) -> None:
    found = tomllib.loads((files("dsar_connectors") / connector / "connector.toml").read_text(encoding="utf-8"))
    texts = {text for key, part in found.items() if isinstance(part, dict) for text in labels({key: part})}
    assert texts
    assert [text for text in sorted(texts) if label(text, language) is None] == []


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("languages") / "samples"
    shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns(".dsar", "dsar.key"))
    return open_workspace(folder / "dsar.toml", today=datetime.date(2026, 11, 22))


@pytest.mark.parametrize("language", languages())
def test_the_sample_company_has_all_its_texts_in_every_language(workspace: Workspace, language: str) -> None:
    told = in_language(workspace.config, workspace.specs, language)
    assert {place: texts for place, texts in told.missing.items() if texts} == {}
    title = {"en": "Orders", "de": "Bestellungen", "fr": "Commandes", "es": "Pedidos", "it": "Ordini"}
    assert told.collections["shop", "orders"].title == title[language]


def test_own_words_come_first_and_missing_ones_are_kept_and_told() -> None:
    config = Config.model_validate(
        {
            "controller": {"language": "en", "court": "Some court."},
            "texts": {"de": {"Orders": "Aufträge"}},
            "recipient": [{"name": "A", "role": "carrier", "country": "DE"}],
        }
    )
    spec = CollectionSpec.model_validate(
        {
            "title": "Orders",
            "fields": {
                "a": {"label": "Delivery to: street"},
                "b": {"label": "Tax 2: amount"},
                "c": {"label": "Glow", "codes": {"1": "withdrawn", "2": "dim"}},
            },
            "automated_decision": {"logic": "We add.", "consequences": "None.", "contact": "Ask us."},
        }
    )
    told = in_language(config, {("shop", "orders"): spec}, "de")
    german = told.collections["shop", "orders"]
    assert german.title == "Aufträge"
    assert [german.fields[name].label for name in "abc"] == ["Lieferung an: Straße", "Steuer 2: Betrag", "Glow"]
    assert german.fields["c"].codes == {"1": "widerrufen", "2": "dim"}
    assert told.missing == {("shop", "orders"): ("dim", "Glow", "We add.", "None."), None: ("Some court.", "carrier")}


def test_texts_in_the_language_of_the_controller_need_no_words() -> None:
    config = Config.model_validate({"controller": {"language": "de"}})
    spec = CollectionSpec.model_validate({"title": "Aufträge", "fields": {"a": {"label": "First name"}}})
    told = in_language(config, {("shop", "orders"): spec}, "de")
    assert told.missing[("shop", "orders")] == ()
    assert told.collections["shop", "orders"].fields["a"].label == "Vorname"


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("DE", "de", "Deutschland"), ("GB", "fr", "Royaume-Uni"), ("uk", "it", "Regno Unito"), ("EL", "es", "Grecia")],
)
def test_countries_are_named_in_the_language_of_the_report(code: str, language: str, name: str) -> None:
    assert country_name(code, language) == name


def test_what_is_no_code_of_a_country_stays_as_it_is_written() -> None:
    assert country_name("Atlantis", "de") == "Atlantis"
    assert country_name("XX", "de") == "XX"
