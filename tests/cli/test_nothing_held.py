"""Nobody is told that nothing is held where the last search has found something, or has not looked everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_contract_answers import ADA, Dsar, company  # noqa: F401


@pytest.fixture
def narrowed(company: Path, dsar: Dsar) -> Path:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1", "--received", "2026-11-02")
    dsar("request", "change", "R-1", "--scope", "crm")
    return company


def test_no_letter_says_that_nothing_is_held_where_only_other_sources_hold_something(
    narrowed: Path, dsar: Dsar
) -> None:
    dsar("request", "change", "R-1", "--scope", "letter")
    dsar("export", "--request", "R-1", "--out", "answer")

    ended = dsar("request", "letter", "R-1", "--kind", "nothing_held", "--out", "letters")

    assert ended.code == 2 and "2 records of this person lie in sources that the request does not ask for" in ended.err
    assert not (narrowed / "letters").exists()
    assert dsar("request", "close", "R-1", "--outcome", "nothing_held").code == 0  # of what was asked for


def test_nothing_held_is_neither_written_nor_closed_where_the_last_search_found_something(
    narrowed: Path, dsar: Dsar
) -> None:
    letter = ("request", "letter", "R-1", "--kind", "nothing_held", "--out", "letters")
    close = ("request", "close", "R-1", "--outcome", "nothing_held")
    dsar("export", "--request", "R-1", "--out", "answer")

    for words in (letter, close):
        ended = dsar(*words)
        assert ended.code == 2 and "The last search found 1 record of this person." in ended.err
        assert "dsar export --request R-1" in ended.err

    (narrowed / "crm.csv").write_text("id,email,customer_no\n2,bob@example.org,CN-100002\n")
    dsar("export", "--request", "R-1", "--out", "answer")
    assert dsar(*letter).code == 0 and dsar(*close).code == 0


def test_nothing_held_is_not_written_before_every_source_was_searched(narrowed: Path, dsar: Dsar) -> None:
    with (narrowed / "dsar.toml").open("a") as toml:
        toml.write('[[source]]\nname = "archive"\nmanual = true\nask = "records@example.org"\n')
    dsar("request", "add", "--email", "nobody@example.org", "--request", "R-9", "--received", "2026-11-02")
    dsar("export", "--request", "R-9", "--out", "answer")
    letter = ("request", "letter", "R-9", "--kind", "nothing_held", "--out", "letters")

    before = dsar(*letter)
    dsar("request", "attach", "R-9", "--source", "archive", "--nothing")

    assert before.code == 2 and "Not every source was searched: archive." in before.err
    assert "dsar request attach R-9 --source archive" in before.err
    assert dsar(*letter).code == 0
