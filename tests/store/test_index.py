"""What a segment is searched by: base64 cookies and odd numbers are reached, and every row has an id of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer

LOGS = """key_file = "dsar.key"
[controller]
time_zone = "UTC"
[[source]]
name = "lists"
files = {files}
[source.collection.mails.fields]
email = {{ category = "user.contact.email", identifier = "email" }}
note = {{ category = "user.content" }}
"""
Opened = Callable[..., Workspace]


def listed(folder: Path, *names: str) -> Workspace:
    """Open a company with one keyless table in each of these files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("email,note\nada@example.org,x\n", encoding="utf-8")
    (folder / "dsar.toml").write_text(LOGS.format(files=sorted(names)).replace("'", '"'), encoding="utf-8")
    return open_workspace(folder / "dsar.toml")


@pytest.mark.parametrize(
    ("files", "keys"),
    [
        (("h1/access.csv",), ["access.csv:2"]),
        (("h1/access.csv", "h2/access.csv"), ["h1/access.csv:2", "h2/access.csv:2"]),
        (("h1/access.csv", "h2/access.csv", "h2/other.csv"), ["h1/access.csv:2", "h2/access.csv:2", "other.csv:2"]),
        (("a/x/l.csv", "b/x/l.csv", "b/y/l.csv"), ["a/x/l.csv:2", "b/x/l.csv:2", "y/l.csv:2"]),
        (("l.csv", "a/l.csv"), ["a/l.csv:2", "l.csv:2"]),
    ],
)
def test_rows_without_a_key_have_the_shortest_name_that_is_theirs(
    tmp_path: Path, ask: Callable[..., Answer], files: tuple[str, ...], keys: list[str]
) -> None:
    found = ask(listed(tmp_path, *files), email="ada@example.org").matches

    assert sorted(match.record.key for match in found) == keys
    assert len({match.record.record for match in found}) == len(files)


@pytest.mark.parametrize("stored", ["dGVzdA+/x0==", "sid=dGVzdA+/x0==", '"sid=""dGVzdA+/x0=="""'])
def test_a_base64_cookie_is_found(company: Opened, grades: Callable[..., dict[str, str]], stored: str) -> None:
    workspace = company({"web": f"key,cookie\nW1,{stored}\nW2,sid=dGVzdA+/x1=="})

    assert list(grades(workspace, id="cookie=sid=dGVzdA+/x0==")) == ["web/W1"]


@pytest.mark.parametrize("stored", ["(0049) 30 1234567", "0 0 49 30 1234567", "+49 (0)30 1234567", "030/1234567"])
def test_a_phone_is_found_however_it_is_written(
    company: Opened, grades: Callable[..., dict[str, str]], stored: str
) -> None:
    workspace = company({"crm": f"key,email,phone\nC1,ada@example.org,{stored}\nC2,bob@example.org,030 7654321"})

    assert list(grades(workspace, phone="+4930 1234567")) == ["crm/C1"]
