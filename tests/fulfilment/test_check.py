"""`check` accounts for every file under a configured folder, and fails closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.fulfilment.copies.export import export
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.setup.check import CheckResult, check
from dsar.fulfilment.workspace import Workspace, open_workspace

PEOPLE = "id,email,name\n1,ada@example.org,Ada Example\n2,bob@example.org,Bob Example\n"
OTHERS = "code,place\n7,Rome\n8,Bern\n"
CLUB = 'name = "club"\ntitle = "Club"\n[members]\ncolumns = ["No", "Mail"]\nkey = ["No"]\n'


def source(name: str, *files: str) -> str:
    listed = ", ".join(f'"{file}"' for file in files)
    return f'[[source]]\nname = "{name}"\nfiles = [{listed}]\n[source.collection.{name}]\nkey = ["id"]\n'


def opened(folder: Path, *sources: str, head: str = "") -> Workspace:
    (folder / "dsar.toml").write_text(f'key_file = "dsar.key"\n{head}\n' + "".join(sources))
    return open_workspace(folder / "dsar.toml")


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def unread(result: CheckResult) -> dict[str, str]:
    return {path: reason for path, reason, _ in result.unrecognised}


def read(result: CheckResult) -> set[str]:
    return {file.path for source in result.sources for file in source.answer.files}


def test_every_file_of_every_configured_folder_is_read_or_told(tmp_path: Path) -> None:
    write(tmp_path, exports__good_csv=PEOPLE, exports__empty_csv="", exports__sub__z_csv=OTHERS)
    write(tmp_path, other__broken_csv='id,email\n"1,ada', exports__sub__deeper__y_csv=PEOPLE, gone__left_csv=OTHERS)
    result = check(
        opened(
            tmp_path,
            source("good", "exports/*.csv"),
            source("broken", "other/broken.csv"),
            source("gone", "gone/2026-*/people.csv"),
        )
    )

    told = unread(result)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.csv")}
    assert len(files) == 6
    assert read(result) | set(told) == files
    assert not read(result) & set(told)
    assert "empty" in told["exports/empty.csv"]
    assert told["exports/sub/z.csv"] == "recognised as table/z, but in no source: run `dsar init --add`"
    assert not result.complete


def test_a_file_that_failed_says_which_connector_is_nearest(tmp_path: Path) -> None:
    write(tmp_path, exports__good_csv=PEOPLE, exports__wrong_csv="Record ID,First Name,Email\n1,Ada,ada@example.org\n")
    workspace = opened(
        tmp_path, source("good", "exports/good.csv"),
        '[[source]]\nname = "shop"\nconnector = "shopify"\nfiles = ["exports/wrong.csv"]\n',
    )  # fmt: skip

    (found,) = check(workspace).unrecognised

    assert found[0] == "exports/wrong.csv"
    assert found[1] == workspace.failures[0].reason
    assert found[2] and "hubspot" in found[2]


def test_what_is_ours_is_passed_over_and_a_foreign_file_of_that_name_is_not(tmp_path: Path) -> None:
    asked = "request_id,right,email\nR-1,access,ada@example.org\n"
    foreign = '{"files": [{"path": "a"}], "schema": "x"}'
    write(tmp_path, people_csv=PEOPLE, club__x_csv=OTHERS, requests_csv=asked)
    write(tmp_path, **{".hidden_csv": OTHERS, "club__connector.toml": CLUB, "old__manifest.json": foreign})
    workspace = opened(tmp_path, source("people", "people.csv"), head='connectors = ["club"]\nworkspace = "work"')
    export(workspace, [request_of(email="ada@example.org")], tmp_path / "answer")

    assert set(unread(check(workspace))) == {"old/manifest.json"}


def test_a_link_to_a_folder_is_told_unless_its_folder_is_configured(tmp_path: Path) -> None:
    write(tmp_path, exports__good_csv=PEOPLE, elsewhere__x_csv=OTHERS, more__y_csv=PEOPLE)
    (tmp_path / "exports" / "away").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "exports" / "known").symlink_to(tmp_path / "more")
    workspace = opened(tmp_path, source("good", "exports/good.csv"), source("more", "more/y.csv"))

    assert unread(check(workspace)) == {"exports/away": "It is a link to a folder."}


@pytest.mark.parametrize("folder", ["attachments", "."])
def test_a_folder_for_files_of_records_is_passed_over_unless_exports_lie_there(folder: str, tmp_path: Path) -> None:
    declared = f'{CLUB}attachments = {{ field = "File", folder = "{folder}" }}\n'
    write(tmp_path, exports__club_csv="No,Mail,File\n1,ada@example.org,cv.pdf\n", exports__stray_csv=OTHERS)
    write(tmp_path, **{"club__connector.toml": declared, f"exports__{folder}__cv.pdf": "%PDF-1.4"})
    workspace = opened(
        tmp_path, '[[source]]\nname = "club"\nconnector = "club"\nfiles = ["exports/*.csv"]\n',
        head='connectors = ["club"]',
    )  # fmt: skip

    told = unread(check(workspace))

    assert "exports/stray.csv" in told
    assert ("exports/attachments/cv.pdf" not in told) if folder == "attachments" else ("exports/cv.pdf" in told)
    listed = [path for source in check(workspace).sources for path in source.attachments]
    assert ("exports/attachments/cv.pdf" in listed) == (folder == "attachments")


def test_a_folder_of_nothing_but_read_files_leaves_nothing_unread(tmp_path: Path) -> None:
    write(tmp_path, **{"exports [1]__a_csv": PEOPLE, "exports [1]__b_csv": PEOPLE, "beside__x_csv": OTHERS})

    result = check(opened(tmp_path, source("people", "exports [[]1]/*.csv")))

    assert read(result) == {"exports [1]/a.csv", "exports [1]/b.csv"}
    assert result.unrecognised == ()


@pytest.mark.parametrize(("ask", "fine"), [('ask = "the archive, by telephone"', True), ("", False)])
def test_a_source_without_an_export_is_complete_once_it_says_who_is_asked(
    ask: str, tmp_path: Path, *, fine: bool
) -> None:
    (tmp_path / "dsar.toml").write_text(f'key_file = "dsar.key"\n[[source]]\nname = "cellar"\nmanual = true\n{ask}\n')

    (found,) = check(open_workspace(tmp_path / "dsar.toml")).sources

    assert found.answer.result == "not_searched"  # the answer to a request says so until somebody has attached one
    assert found.fine is fine
    assert found.missing == (() if fine else ("ask",))


def test_phone_numbers_without_a_country_are_told_until_somebody_says_which(tmp_path: Path) -> None:
    rows = ["1,030 23125 017", "2,+49 30 23125018", "3,(030) 23125-019", "4,0049 30 23125020", "5,", "6,23125021"]
    write(tmp_path, phones_csv="\n".join(["id,phone", *rows]))
    fields = (
        "[source.collection.phones.fields]\nphone = { category = 'user.contact.phone_number', identifier = 'phone' }\n"
    )

    unsaid = opened(tmp_path, source("phones", "phones.csv"), fields)
    told = check(unsaid)
    answer = find(unsaid, [request_of(phone=["030 23125017"])])[0]
    said = opened(tmp_path, source("phones", "phones.csv"), fields, head="[controller]\nphone_region = 'DE'")
    found = find(said, [request_of(phone=["030 23125017"])])[0]

    note = "phones.csv: 3 rows have phone numbers without a country code, which no search finds: set `phone_region`"
    assert note in told.sources[0].notes and not told.complete
    assert f"{note} in dsar.toml." in answer.notes and not answer.complete
    assert any("with its country" in text for text in answer.notes)
    assert not [text for text in check(said).sources[0].notes if "phone" in text]
    assert [match.record.line for match in found.matches] == [2]


def test_a_file_among_those_of_records_that_no_record_names_is_told(tmp_path: Path) -> None:
    declared = f'{CLUB}attachments = {{ field = "File", folder = "attachments", name = "{{last}}" }}\n'
    rows = "No,Mail,File\n1,ada@example.org,C:\\letters\\cv.pdf\n2,bob@example.org,\n"
    write(tmp_path, exports__club_csv=rows, **{"club__connector.toml": declared})
    write(tmp_path, **{f"exports__attachments__{name}.pdf": "%PDF-1.4" for name in ("cv", "old__stray")})
    toml = '[[source]]\nname = "club"\nconnector = "club"\nfiles = ["exports/club.csv"]\n'

    result = check(opened(tmp_path, toml, head='connectors = ["club"]'))

    assert [path for one in result.sources for path in one.attachments] == ["exports/attachments/cv.pdf"]
    (path, reason, _) = next(one for one in result.unrecognised if "stray" in one[0])
    assert (path, reason) == (
        "exports/attachments/old/stray.pdf", "lies with the files of club/members, but no record names it",
    )  # fmt: skip
    assert not result.complete


def test_what_lies_beside_the_folders_of_exports_is_told(tmp_path: Path) -> None:
    write(tmp_path, exports__crm__a_csv=PEOPLE, exports__shop__b_csv=PEOPLE, exports__x_csv=OTHERS, beside_csv=OTHERS)
    write(tmp_path, exports__mail__c_csv=OTHERS)

    told = unread(check(opened(tmp_path, source("crm", "exports/crm/a.csv"), source("shop", "exports/shop/*.csv"))))

    assert set(told) == {"exports/x.csv", "exports/mail/c.csv"}
