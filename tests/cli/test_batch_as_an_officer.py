"""What whoever runs a batch sees: an empty drop folder, a wrong file, a wrong place, another officer, 80 columns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_contract_answers import Dsar, company  # noqa: F401

from dsar.fulfilment.batches.batch_files import alone

ROWS = "request_id,right,received,email\nR-1,access,2026-11-03,ada@example.org\nR-2,access,2026-11-02,bob@example.org\n"


@pytest.fixture
def office(company: Path) -> Path:  # noqa: F811
    """The exports have a folder of their own, and so have the requests."""
    (company / "exports").mkdir()
    toml = (company / "dsar.toml").read_text()
    for name in ("crm", "shop", "letter"):
        (company / f"{name}.csv").rename(company / "exports" / f"{name}.csv")
        toml = toml.replace(f'"{name}.csv"', f'"exports/{name}.csv"')
    (company / "dsar.toml").write_text(toml)
    (company / "inbox").mkdir()
    (company / "r.csv").write_text(ROWS)
    return company


def test_an_empty_drop_folder_is_no_error_and_says_what_else_waits(office: Path, dsar: Dsar) -> None:
    ended = dsar("batch", "--inbox", "inbox", "--out", "answers")

    assert ended.code == 0 and "The drop folder holds no request." in ended.out
    assert "Next: dsar request list --due" in ended.out


def test_a_register_without_an_open_request_says_so(office: Path, dsar: Dsar) -> None:
    ended = dsar("batch", "--due", "--out", "answers")

    assert ended.code == 0 and "No request of the register is open." in ended.out


def test_what_was_rejected_is_counted_and_where_it_lies_is_said(office: Path, dsar: Dsar) -> None:
    (office / "inbox" / "good.csv").write_text(ROWS)
    (office / "inbox" / "note.txt").write_text("please delete me")

    ended = dsar("batch", "--inbox", "inbox", "--out", "answers")

    said = " ".join(ended.out.split())
    assert ended.code == 1 and "1 of 2 files were rejected, each with its reason beside it: inbox/rejected" in said
    assert "no request: It is neither a requests file (.csv) nor a mail (.eml)." in said
    assert "Done in this run: 2 of 3." in said


@pytest.mark.parametrize(
    ("out", "where"),
    [
        ("exports", "among the exports"),
        ("exports/answers", "among the exports"),
        ("inbox", "in the drop folder"),
        ("inbox/answers", "in the drop folder"),
        (".dsar/answers", "in the workspace"),
        ("link/answers", "among the exports"),
    ],
)
def test_answers_are_never_put_where_the_next_search_or_batch_reads(
    out: str, where: str, office: Path, dsar: Dsar
) -> None:
    (office / "link").symlink_to(office / "exports")
    (office / "inbox" / "r.csv").write_text(ROWS)
    before = sorted(office.rglob("*.csv"))

    ended = dsar("batch", "--inbox", "inbox", "--out", out)

    assert ended.code == 2 and f"The answers would lie {where}." in ended.err
    assert sorted(office.rglob("*.csv")) == before and not (office / out / "R-1").exists()
    assert dsar("request", "list").out.startswith("The register is empty.")


def test_answers_beside_exports_that_lie_with_the_configuration_are_no_harm(company: Path, dsar: Dsar) -> None:  # noqa: F811
    (company / "r.csv").write_text(ROWS)

    assert dsar("batch", "r.csv", "--out", "answers").code == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "There is no requests file"), ("", "no column request_id"), ("id,email\n1,x\n", "no column request_id")],
    ids=["none", "empty", "an export"],
)
def test_a_wrong_file_says_what_a_right_one_is(content: str | None, told: str, office: Path, dsar: Dsar) -> None:
    if content is not None:
        (office / "wrong.csv").write_text(content)

    ended = dsar("batch", "wrong.csv", "--out", "answers")

    assert ended.code == 2 and told in ended.err and ended.out == "" and not (office / "answers").exists()


def test_a_folder_in_the_place_of_a_file_says_how_a_folder_is_worked_off(office: Path, dsar: Dsar) -> None:
    ended = dsar("batch", "inbox", "--out", "answers")

    assert ended.code == 2 and "`--inbox DIR`" in ended.err


def test_the_most_urgent_request_with_something_open_is_what_to_type_next(office: Path, dsar: Dsar) -> None:
    (office / "exports" / "crm.csv").write_text(
        "id,email,customer_no\n1,ada@example.org,CN-100001\n2,bob@example.org,\n"
    )
    toml = (office / "dsar.toml").read_text().replace('court = "Art. 79 GDPR"\n', "")
    (office / "dsar.toml").write_text(toml)

    ended = dsar("batch", "r.csv", "--out", "answers")

    assert ended.code == 1 and "Next: dsar review --request R-2\n" in ended.out


def test_nothing_of_a_batch_is_wider_than_eighty_columns(office: Path, dsar: Dsar) -> None:
    (office / "inbox" / "long.csv").write_text(ROWS.replace("R-1", "R-" + "1" * 38).replace("R-2", "R 2"))

    ended = dsar("batch", "--inbox", "inbox", "--out", "answers")

    assert ended.code == 1 and max(len(line) for line in ended.out.splitlines()) <= 80


LINE = [sys.executable, "-c", "import sys; from dsar.cli import main; sys.exit(main())"]
HOLDS = "import sys, time; from pathlib import Path; from dsar.fulfilment.batches.batch_files import alone\n"
HOLDS += "with alone(Path('.dsar'), 0):\n    print('holds', flush=True)\n    time.sleep(60)\n"


def started(office: Path, line: list[str]) -> subprocess.Popen[str]:
    """Another process of somebody who pressed no key yet."""
    return subprocess.Popen(
        line, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def waits_for_the_lock(process: int) -> bool:
    handles = Path(f"/proc/{process}/fd")
    return any(os.path.realpath(one).endswith("batch.lock") for one in handles.iterdir())


def test_a_second_officer_is_told_who_works_and_since_when(office: Path, dsar: Dsar) -> None:
    dsar("request", "list")
    other = started(office, [sys.executable, "-c", HOLDS])
    try:
        assert other.stdout is not None and other.stdout.readline() == "holds\n"
        ended = dsar("batch", "r.csv", "--out", "answers")
    finally:
        other.kill()
        other.communicate()

    assert ended.code == 2 and f"(pid {other.pid} since 20" in ended.err and "--wait SECONDS" in ended.err
    assert dsar("batch", "r.csv", "--out", "answers").code == 0


def test_ctrl_c_ends_a_batch_kindly_and_the_same_command_goes_on(office: Path, dsar: Dsar) -> None:
    words = ["batch", "r.csv", "--out", "answers", "--wait", "60"]
    dsar("check")
    with alone(office / ".dsar", 0):  # so that it stands where it can be stopped
        waits = started(office, [*LINE, *words])
        while not waits_for_the_lock(waits.pid):
            assert waits.poll() is None, waits.communicate()
            time.sleep(0.05)
        waits.send_signal(signal.SIGINT)
        said, told = waits.communicate(timeout=60)

    assert waits.returncode == 130 and said == ""
    assert told.startswith("Interrupted. Nothing was changed in your sources; run the same command again")
    assert dsar(*words).code == 0 and not list((office / ".dsar" / "tmp").iterdir())
