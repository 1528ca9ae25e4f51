"""Requests from options and from files: what is taken, and what is refused with its place and without its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.requests import read_requests, request_name, request_of
from dsar.model import Identifier, Request

SECRET = "ada@example.org"


def written(folder: Path, text: str) -> Path:
    path = folder / "requests.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_options_become_identifiers_in_their_order() -> None:
    request = request_of(
        email=["ada@example.org", "a@example.org"], name=["Ada Bell"], id=["customer_no=K=1", "cookie=x"]
    )

    assert [(i.kind, i.value) for i in request.identifiers] == [
        ("email", "ada@example.org"),
        ("email", "a@example.org"),
        ("name", "Ada Bell"),
        ("customer_no", "K=1"),
        ("cookie", "x"),
    ]
    assert request.right == "access"


@pytest.mark.parametrize("who", [{}, {"email": ["", "  "]}, {"name": []}])
def test_a_request_that_says_nothing_is_refused(who: dict[str, list[str]]) -> None:
    with pytest.raises(RequestError, match="nothing to find a person by"):
        request_of(**who)


@pytest.mark.parametrize("pair", ["customer_no", "customer_no=", "=K1", "Kunden Nr=K1"])
def test_an_id_without_kind_or_value_is_refused(pair: str) -> None:
    with pytest.raises(RequestError, match="KIND=VALUE"):
        request_of(id=[pair])


def test_a_birth_date_that_is_none_is_refused_without_being_repeated() -> None:
    with pytest.raises(RequestError) as raised:
        request_of(name=["Ada Bell"], birth_date=["1990-13-77"])

    assert "1990-13-77" not in f"{raised.value} {raised.value.hint}"


def test_a_file_gives_a_request_a_row_and_several_values_a_cell(tmp_path: Path) -> None:
    text = (
        "request_id,right,email,name,id.customer_no,received,store,note\n"
        f"R-1,access,{SECRET}|a@example.org,Ada Bell,K100,2026-11-20,,by letter\n"
        ",,,,,,,\n"
        "R-2,erasure,,Bob Bell,K200,,yes,\n"
    )

    one, two = read_requests(written(tmp_path, "\ufeff" + text))

    assert (one.request_id, one.right, one.received, one.note, one.store) == (
        "R-1",
        "access",
        "2026-11-20",
        "by letter",
        False,
    )
    assert [(i.kind, i.value) for i in one.identifiers] == [
        ("email", SECRET),
        ("email", "a@example.org"),
        ("name", "Ada Bell"),
        ("customer_no", "K100"),
    ]
    assert (two.request_id, two.right, two.store, two.received) == ("R-2", "erasure", True, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"email\n{SECRET}\n", "no column request_id"),
        (f"request_id,email,colour\nR1,{SECRET},red\n", "column 3 is unknown"),
        (f"request_id,email\nR1,{SECRET}\nr1,{SECRET}\n", "line 3: the request id stands twice"),
        (f"request_id,email\nR 1,{SECRET}\n", "line 2: a request id is 1 to 40"),
        (f"request_id,email\n,{SECRET}\n", "line 2: a request id is 1 to 40"),
        ("request_id,email\nR1,\n", "line 2 says nothing to find a person by"),
        (f"request_id,email\nR1,{SECRET},more\n", "line 2: more cells than columns"),
        (f"request_id,right,email\nR1,forgetting,{SECRET}\n", "line 2: there is no such right"),
        (f'request_id,email\nR1,"{SECRET}"x\n', "not a CSV row"),
        ("request_id,email\n", "holds no request"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place_and_without_its_values(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(RequestError) as raised:
        read_requests(written(tmp_path, text))

    assert said in raised.value.message
    assert SECRET not in f"{raised.value.message} {raised.value.hint}"


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no requests file"):
        read_requests(tmp_path / "nothing.csv")
    (tmp_path / "old.csv").write_bytes("request_id,name\nR1,Jürgen\n".encode("latin-1"))
    with pytest.raises(RequestError, match="not UTF-8"):
        read_requests(tmp_path / "old.csv")


def test_an_unregistered_request_is_named_by_who_and_which_right_and_tells_neither() -> None:
    one = request_of(email=[SECRET], name=["Ada Bell"])
    turned = Request(None, tuple(reversed(one.identifiers)))
    erasure = Request(None, one.identifiers, right="erasure")

    name = request_name(one, "key")

    assert name.startswith("ADHOC-") and "ada" not in name
    assert request_name(turned, "key") == name
    assert len({name, request_name(erasure, "key"), request_name(one, "other key")}) == 3
    assert request_name(Request("R-1", (Identifier("email", SECRET),)), "key") == "R-1"
