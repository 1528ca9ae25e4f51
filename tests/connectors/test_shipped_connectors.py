"""Every connector that ships with dsar passes the battery, describes all its samples hold, and tells how to export."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from dsar.cli.battery import examine, observe
from dsar.cli.expected import NAME, WHO, read_expected
from dsar.sources.registry import connectors
from dsar.sources.spec import load_connector

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in (ROOT / "connectors").glob("*/connector.toml"))
CATEGORIES = tomllib.loads((ROOT / "dsar" / "vocabulary" / "categories.toml").read_text(encoding="utf-8"))
each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@cache
def shipped() -> dict[str, Path]:
    return {load_connector(folder).name: folder for folder in FOLDERS}


@each
def test_a_connector_passes_the_battery(folder: Path, request: pytest.FixtureRequest) -> None:
    connector = load_connector(folder)
    if request.config.getoption("--update-golden"):
        document = observe(connector, folder, connectors())
        (folder / NAME).write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    assert examine(connector, folder, connectors()).problems == ()


@each
def test_a_connector_expects_every_sample_and_finds_somebody_in_them(folder: Path) -> None:
    expected = read_expected(folder) or {}

    parts = [part for parts in expected["files"].values() for part in parts]
    assert {part["collection"] for part in parts} == set(load_connector(folder).collections)
    assert all(part["read"] == part["loaded"] + part["unreadable"] for part in parts)
    assert any(ask.get("confirmed") or ask.get("possible") for ask in expected["find"])
    assert all(ask.keys() & set(WHO) for ask in expected["find"])


@each
def test_a_connector_tells_how_to_export_in_a_few_lines(folder: Path) -> None:
    connector = load_connector(folder)
    lines = connector.how_to_export.strip().splitlines()

    assert folder.name == connector.name
    assert 1 <= len(lines) <= 5
    assert all(len(line) <= 120 for line in lines)


@each
def test_every_field_has_category_label_and_origin_and_every_collection_its_proposals(folder: Path) -> None:
    for collection in load_connector(folder).collections.values():
        for name, field in collection.fields.items():
            assert field.category in CATEGORIES, name
            assert field.label and field.given, name
        suggest = collection.suggest
        assert suggest.purpose and suggest.basis and suggest.keep and suggest.erase
        assert suggest.automated_decision is False
        if suggest.basis == "legitimate_interest":
            assert suggest.interest


def test_the_people_in_the_samples_live_at_example_domains_and_phones() -> None:
    texts = [
        path.read_text(encoding="utf-8", errors="ignore")
        for path in (ROOT / "connectors").glob("*/sample/**/*")
        if path.is_file() and path.suffix not in (".xlsx", ".zip", ".gz", ".pdf")
    ]
    mails = re.findall(r"[\w.+-]+@([\w.-]+\w)", "\n".join(texts).replace("%40", "@"))
    numbers = {re.sub(r"\D", "", found) for found in re.findall(r"(?<![\w#.:-])\+\d[\d ]{8,}", "\n".join(texts))}

    assert {mail for mail in map(str.lower, mails) if not re.search(r"(?:^|\.)example\.(?:org|com)$", mail)} == set()
    assert len(mails) > 40
    assert {n for n in numbers if not re.match(r"493023125\d{1,3}$|120255501\d\d$", n)} == set()
