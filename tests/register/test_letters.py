"""Letters: every kind in every language, filled from the register, changed by the company, nothing left unsaid."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.errors import ConfigError, RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.letters import letter, write_letter
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.desk.steps import Step
from dsar.fulfilment.home import Home
from dsar.fulfilment.requests import request_of
from dsar.register.letters import KINDS, templates

Homes = Callable[..., Home]
LANGUAGES = ("en", "de", "fr", "es", "it")


def added(home: Home, language: str = "en") -> None:
    request = request_of(email=["ada@example.org"], name=["Ada <Bell>"], request_id="R-1", received="2026-11-02")
    add_request(home, request.__class__(**{**_fields(request), "language": language}))


def _fields(request: object) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__slots__}  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_there_in_every_language_and_names_the_request(home: Homes, kind: str, language: str) -> None:
    added(home(), language)

    written = letter(home(), "R-1", kind, words="Your order number?")

    assert "R-1" in written.subject and "Ada <Bell>" in written.text and "privacy@example.org" in written.text
    assert "{" not in written.text and written.language == language


def test_a_date_is_written_as_the_language_does(home: Homes) -> None:
    added(home())
    day = datetime.date(2026, 12, 2)

    assert [templates(one).day(day) for one in LANGUAGES] == [
        "2 December 2026", "2. Dezember 2026", "2 décembre 2026", "2 de diciembre de 2026", "2 dicembre 2026",
    ]  # fmt: skip
    assert "by 2 December 2026" in letter(home(), "R-1", "acknowledgement").text


def test_an_extension_names_its_reason_and_its_new_date_and_a_refusal_its_ground(home: Homes) -> None:
    added(home(), "de")
    step = Step(home().now.date(), words="")
    steps.extend(home(), "R-1", "number", step)
    extended = letter(home(), "R-1", "extension").text
    assert "große Zahl von Anträgen" in extended and "2. Februar 2027" in extended

    steps.close(home(), "R-1", End("refused", "Art. 12(5)"), Step(home().now.date(), words="Zum 14. Mal verlangt."))
    refused = letter(home(), "R-1", "refusal")
    assert "Art. 12(5)" in refused.text and "Zum 14. Mal verlangt." in refused.text


def test_what_nobody_filled_in_is_told_and_stands_in_the_letter(home: Homes) -> None:
    added(home())

    refused = letter(home(), "R-1", "refusal")

    assert set(refused.missing) == {"ground", "reason", "authority", "court"}
    assert "[to be filled in: the reasons]" in refused.text


def test_a_letter_is_a_page_and_a_text_that_only_its_owner_may_read(home: Homes, folder: Path) -> None:
    added(home())

    _, paths = write_letter(home(), "R-1", "identity", folder / "letters", "Your order number?")

    page, text = (path.read_text(encoding="utf-8") for path in paths)
    assert "Ada &lt;Bell&gt;" in page and "<script" not in page and "Ada <Bell>" in text
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_the_company_changes_a_letter_and_a_wrong_slot_is_an_error(home: Homes, folder: Path) -> None:
    added(home())
    (folder / "own").mkdir()
    (folder / "dsar.toml").write_text('letters = "own"\n' + (folder / "dsar.toml").read_text())
    own = folder / "own" / "en.toml"
    own.write_text('[acknowledgement]\nsubject = "Got it: {request_id}"\n')

    assert letter(home(), "R-1", "acknowledgement").subject == "Got it: R-1"
    assert "undue delay" in letter(home(), "R-1", "acknowledgement").text
    own.write_text('[acknowledgement]\ntext = "Hello {nobody}"\n')
    with pytest.raises(ConfigError, match="unknown slot: nobody"):
        letter(home(), "R-1", "acknowledgement")
    own.write_text("[acknowledgment]\ntext = 'x'\n")
    with pytest.raises(ConfigError, match="not a part of it"):
        letter(home(), "R-1", "acknowledgement")


def test_an_unknown_letter_or_language_is_refused(home: Homes) -> None:
    added(home())
    with pytest.raises(RequestError, match="no such letter"):
        letter(home(), "R-1", "love")
    with pytest.raises(RequestError, match="no letters in that language"):
        templates("../en")
