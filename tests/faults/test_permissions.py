"""Whatever a command writes, only its owner may read it, whatever the umask of whoever runs it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.cli import main
from tests.faults import small

WHO = ("--email", "p1@example.org")
MAIL = b"From: Ada <p9@example.org>\nDate: Fri, 20 Nov 2026 22:00:00 +0100\n\nPlease delete my data\n"
COMMANDS = (
    ("check",),
    ("find", *WHO),
    ("export", *WHO, "--out", "o/export"),
    ("export", *WHO, "--portability", "--out", "o/portability"),
    ("erase", *WHO, "--out", "o/erase"),
    ("restrict", *WHO, "--out", "o/restrict"),
    ("object", *WHO, "--out", "o/object"),
    ("withdraw", *WHO, "--out", "o/withdraw"),
    ("rectify", *WHO, "--set", "email=new@example.org", "--out", "o/rectify"),
    ("batch", "requests.csv", "--out", "o/answers"),
    ("batch", "--inbox", "inbox", "--out", "o/answers"),
    ("batch", "--due", "--out", "o/answers"),
    ("request", "add", "--eml", "letter.eml", "--request", "R-8"),
    ("request", "letter", "R-1", "--kind", "acknowledgement", "--out", "o/letters"),
    ("request", "list", "--due", "--ics", "o/due.ics"),
    ("request", "figures", "--html", "o/figures.html"),
    ("request", "attach", "R-1", "letter.eml", "--source", "archive"),
    ("request", "identity", "R-1", "--method", "login", "--result", "verified"),
    ("review", "--request", "R-1", "--without", "archive", "--reason", "paper only", "--by", "Eve"),
    ("request", "deliver", "R-1", "--channel", "portal"),
    ("request", "close", "R-1", "--outcome", "fulfilled"),
    ("journal", "heads", "--out", "o/heads.json"),
    ("init", "found", "--add"),
    ("find", "--in", "found", *WHO),
    ("doctor",),
    ("purge",),
)
GIVEN = {"crm.csv", "dsar.toml", "requests.csv", "letter.eml", "found/crm.csv"}


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = os.umask(0)
    folder = tmp_path / "company"
    small.make(folder)
    folder.chmod(0o700)
    toml = small.TOML + '[[source]]\nname = "archive"\nmanual = true\nask = "records@example.org"\n'
    (folder / "dsar.toml").write_text(toml)
    for name in ("o", "inbox", "found"):
        (folder / name).mkdir(mode=0o700)
    (folder / "found" / "crm.csv").write_bytes((folder / "crm.csv").read_bytes())
    (folder / "letter.eml").write_bytes(MAIL)
    (folder / "inbox" / "dropped.eml").write_bytes(MAIL.replace(b"p9", b"p10"))
    (folder / "inbox" / "bad.csv").write_text("request_id,email\n../x,p11@example.org\n")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("os.fsync", lambda _: None)
    (tmp_path / "temp").mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    yield folder
    os.umask(before)


def test_every_file_is_0600_and_every_folder_0700(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, codes = set(), {}
    for words in COMMANDS:
        codes[" ".join(words)] = main([*words, "--today", small.TODAY] if words[0] != "doctor" else list(words))
        for path in company.parent.rglob("*"):
            name, mode = str(path.relative_to(company.parent)), stat.S_IMODE(path.lstat().st_mode)
            private = mode == (0o700 if path.is_dir() else 0o600)
            if not private and name.removeprefix("company/") not in GIVEN and "inbox/" not in name:
                wrong.add(f"{words[0]}: {name} {mode:o}")

    assert wrong == set()
    assert [words for words, code in codes.items() if code not in (0, 1)] == [], capsys.readouterr().err
    assert {path.stat().st_mode & 0o777 for path in company.glob("inbox/*/*")} == {0o600}
    assert {path.name for path in (company / "o").iterdir()} >= {
        "export",
        "answers",
        "letters",
        "due.ics",
        "heads.json",
    }
