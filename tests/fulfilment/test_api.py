"""The Python interface: the same verbs as the commands, answers as frames."""

from __future__ import annotations

from pathlib import Path

import dsar
from dsar.fulfilment.setup.demo import TODAY, copy_samples

PEOPLE = "id,email,name\n1,ada@example.org,Ada Example\n2,bob@example.org,Bob Example\n"


def test_a_notebook_finds_exports_and_plans(tmp_path: Path) -> None:
    copy_samples(tmp_path / "company")
    workspace = dsar.open_workspace(tmp_path / "company" / "dsar.toml", today=TODAY)

    answer = dsar.find(workspace, email="ada.example@example.org", name="Ada Example")
    package = dsar.export(workspace, tmp_path / "answer", email="ada.example@example.org")
    planned = dsar.plan_erasure(workspace, tmp_path / "erasure", email="ada.example@example.org")

    assert answer.held
    records = dsar.records_frame(answer)
    assert set(records["record"]) == {match.record.record for match in answer.matches}
    assert records[records["grade"] == "possible"]["value"].isna().all()
    counts = dsar.counts_frame(answer)
    assert counts["confirmed"].sum() == len(answer.graded("confirmed"))
    assert len(counts) == len(answer.sources)
    assert (package.folder / "report.html").is_file()
    assert len(planned.plan.steps) == len(planned.answer.graded("confirmed"))


def test_a_folder_without_any_configuration_can_be_searched(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)

    workspace = dsar.open_folder(tmp_path)
    answer = dsar.find(workspace, email="ada@example.org")

    assert [match.record.key for match in answer.graded("confirmed")] == ["1"]
    assert workspace.guesses
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.csv"]
