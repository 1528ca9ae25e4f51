"""A requests file is read whole or refused, and what is not acted on is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.requests import read_requests, request_of
from dsar.model import Identifier

CANARY = "canary-7f3a@example.org"


def file(folder: Path, text: str) -> Path:
    path = folder / "requests.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> RequestError:
    with pytest.raises(RequestError) as caught:
        read_requests(file(folder, text))
    assert CANARY not in caught.value.message + caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("agent", CANARY, "`agent` is for the register alone"),
        ("delivery", "portal", "`delivery` is for the register alone (`dsar request add`): nothing is sent."),
        ("set.Phone", "123", "`set` is for a rectification: nothing is corrected."),
        ("store", "yes", "`store` is for an erasure: nothing is restricted."),
    ],
)
def test_a_filled_cell_that_is_not_acted_on_is_noted(column: str, value: str, said: str, tmp_path: Path) -> None:
    text = f"request_id,email,{column}\nR-1,ada@example.org,{value}\nR-2,bob@example.org,\n"

    first, second = read_requests(file(tmp_path, text))

    (note,) = first.notes
    assert note.startswith("R-1: ") and said in note and CANARY not in note
    assert second.notes == ()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_separated_by_comma_semicolon_or_tab(mark: str, tmp_path: Path) -> None:
    rows = [["request_id", "email", "note", "id.customer_no"], ["R-1", "ada@example.org", '"a, b; c\nd"', "C1|C2"]]

    (request,) = read_requests(file(tmp_path, "\ufeff" + "\r\n".join(mark.join(row) for row in rows)))

    assert request.note == "a, b; c\nd"
    ids = [Identifier("customer_no", "C1"), Identifier("customer_no", "C2")]
    assert list(request.identifiers) == [Identifier("email", "ada@example.org"), *ids]


def test_a_line_separator_inside_a_cell_starts_no_row(tmp_path: Path) -> None:
    (request,) = read_requests(file(tmp_path, "request_id,email,note\nR-1,ada@example.org,one\u2028two\n"))

    assert request.note == "one\u2028two"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"request_id,email,{CANARY}\nR-1,x@example.org,1\n", "column 3 is unknown"),
        (f"request_id,id.{CANARY}\nR-1,1\n", "column 2 is unknown"),
        ("request_id,Email\nR-1,x@example.org\n", "column 2 is unknown"),
        (f"request_id,email, email\nR-1,{CANARY},x@example.org\n", "columns 2 and 3 have the same name"),
        (f"id,email\n1,{CANARY}\n", "no column request_id"),
        (f"request_id,email\nR-1,{CANARY},more\n", "line 2: more cells than columns"),
        (f"request_id,email\n{CANARY},{CANARY}\n", "line 2: a request id is"),
        (f"request_id,email\nR-1,{CANARY}\nr-1,{CANARY}\n", "line 3: the request id stands twice"),
        (f"request_id,email,received\nR-1,{CANARY},yesterday\n", "line 2: `received` is no date"),
        (f"request_id,email,received\nR-1,{CANARY},02.11.2026\n", "line 2: `received` is no date"),
        (f"request_id,email,identity_verified_on\nR-1,{CANARY},2026-02-30\n", "`identity_verified_on` is no date"),
        (f"request_id,email,language\nR-1,{CANARY},nl\n", "line 2: there are no texts in its language"),
        (f"request_id,email,store\nR-1,{CANARY},perhaps\n", "line 2: `store` is neither yes nor no"),
        (f"request_id,email,right\nR-1,{CANARY},{CANARY}\n", "line 2: there is no such right"),
        (f'request_id,email\nR-1,"{CANARY}\n', "not a CSV row"),
        ("request_id,email\n ,\n", "holds no request"),
    ],
)
def test_what_cannot_be_right_is_refused_without_repeating_it(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, text).message


def test_a_refusal_names_the_columns_and_the_languages(tmp_path: Path) -> None:
    wrong = refused(tmp_path, "request_id,emial\nR-1,ada@example.org\n")
    assert wrong.hint.startswith("Did you mean `email`? The columns are: request_id, right, email,")
    assert "id.KIND" in refused(tmp_path, "email\nada@example.org\n").hint
    dutch = refused(tmp_path, "request_id,email,language\nR-1,ada@example.org,nl\n")
    assert dutch.hint == "Languages there are: de, en, es, fr, it."


@pytest.mark.parametrize("received", ["2026-11-02", "2026-11-02T09:30", "2026-11-02 09:30:00+01:00"])
def test_a_date_or_a_moment_is_when_it_was_received(received: str, tmp_path: Path) -> None:
    (request,) = read_requests(file(tmp_path, f"request_id,email,received\nR-1,ada@example.org,{received}\n"))

    assert request.received == received


@pytest.mark.parametrize("details", [{"received": "soon"}, {"language": "nl"}, {"identity_verified_on": "20261102"}])
def test_a_request_of_options_is_checked_alike(details: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        request_of(email="ada@example.org", **details)
    assert request_of(email="ada@example.org", language="de-AT").language == "de-AT"
