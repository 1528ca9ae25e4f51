"""The folder of a result: whole or absent, and nobody else's."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.package import Output


def fill(place: Path, text: str, request_id: str = "R-1", *names: str) -> Output:
    output = Output(place, request_id)
    for name in ("report.html", "attachments/cv.txt", *names):
        output.write(name, text.encode())
    return output


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_finished_folder_stands_whole_in_its_place(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "answer"

    listed = fill(place, "new").finish("head")

    document = json.loads((place / "manifest.json").read_text())
    assert names(place) == sorted(listed) == ["attachments/cv.txt", "manifest.json", "report.html"]
    assert (document["request_id"], document["journal_head"]) == ("R-1", "head")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert list(place.parent.iterdir()) == [place]


def test_the_old_result_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    fill(place, "old", "R-1", "extra.txt").finish("one")

    output = fill(place, "new")
    before = (place / "report.html").read_text()
    output.finish("two")
    del output

    assert (before, (place / "report.html").read_text()) == ("old", "new")
    assert not (place / "extra.txt").exists()
    assert list(tmp_path.iterdir()) == [place]


def test_what_was_interrupted_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    output = fill(place, "half")
    del output
    assert list(tmp_path.iterdir()) == []

    fill(place, "whole").finish("head")

    assert (place / "report.html").read_text() == "whole"


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    killed, alive, users = (tmp_path / f".answer.x.{what}.part" for what in ("999999999", str(os.getppid()), "mine"))
    for folder in (killed, alive, users):
        folder.mkdir()
        (folder / "report.html").write_text("ada@example.org")

    fill(tmp_path / "answer", "new").finish("head")

    assert sorted(tmp_path.iterdir()) == sorted([alive, users, tmp_path / "answer"])


def test_an_empty_leftover_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "answer" / "attachments").mkdir(parents=True)

    fill(tmp_path / "answer", "new").finish("head")

    assert "report.html" in names(tmp_path / "answer")


def test_the_result_of_another_request_is_not_replaced(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    fill(place, "of R-1").finish("head")

    with pytest.raises(RequestError, match="another request") as caught:
        Output(place, "R-2")

    assert caught.value.exit_code == 2 and "--out" in caught.value.hint
    assert (place / "report.html").read_text() == "of R-1"


@pytest.mark.parametrize(
    "manifest", [None, "{}", "[]", '{"schema": "dsar-manifest/1", "files": [], "request_id": "R-1"}']
)
def test_foreign_files_are_never_touched(manifest: str | None, tmp_path: Path) -> None:
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "letter.txt").write_text("mine")
    if manifest is not None:
        (tmp_path / "answer" / "manifest.json").write_text(manifest)

    with pytest.raises(RequestError, match="not from dsar"):
        Output(tmp_path / "answer", "R-1")

    assert (tmp_path / "answer" / "letter.txt").read_text() == "mine"


def test_a_file_that_appeared_meanwhile_stops_the_swap(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    fill(place, "old").finish("one")
    output = fill(place, "new")
    (place / "letter.txt").write_text("mine")

    with pytest.raises(RequestError, match="not from dsar"):
        output.finish("two")

    assert (place / "letter.txt").read_text() == "mine"
    assert (place / "report.html").read_text() == "old"


def test_a_swap_that_fails_leaves_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space")

    place = tmp_path / "answer"
    fill(place, "old").finish("one")
    output = fill(place, "new")
    with monkeypatch.context() as broken:
        broken.setattr("dsar.fulfilment.package.commit", full)
        with pytest.raises(OSError, match="No space"):
            output.finish("two")

    assert (place / "report.html").read_text() == "old"


def test_a_file_and_the_current_folder_are_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match="is a file"):
        Output(tmp_path / "file", "R-1")

    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match="replaced as a whole"):
        Output(Path(), "R-1")


def test_a_link_leads_to_the_folder_that_is_filled(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    fill(tmp_path / "link", "new").finish("head")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "report.html").read_text() == "new"
