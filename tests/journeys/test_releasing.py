"""From the registered request to the sealed package: nothing leaves undecided, and what was taken out is in no byte."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from dsar.errors import RequestError, Unreadable
from dsar.fulfilment.copies.release import Seal, release
from dsar.fulfilment.desk.identity_check import Check, check_identity
from dsar.fulfilment.desk.register import add_request, attach_answer, registered_request
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import cleared, copies_of, look_up
from dsar.fulfilment.finding.review import Wanted, decide_records
from dsar.fulfilment.finding.review_others import Said, decide_others
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer, Mention
from dsar.redaction.leftovers import leftovers
from tests.sealing.opened import second_reader

TODAY = datetime.date(2026, 11, 22)
WHO = {"email": ["ada.example@example.org"], "name": ["Ada Example"], "birth_date": ["1985-12-10"]}
SAMPLES = Path(__file__).parents[2] / "samples"
BEN = ("Ben Sample", "ben.sample@example.org", "30100001003")


def opened(folder: Path) -> Workspace:
    return open_workspace(folder / "dsar.toml", today=TODAY)


def registered(folder: Path) -> Workspace:
    shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns("__pycache__", "company"))
    workspace = opened(folder)
    add_request(workspace, request_of(**WHO, request_id="R-1", received="2026-11-02"))
    return workspace


def answer_of(workspace: Workspace) -> Answer:
    return find(workspace, [registered_request(workspace, "R-1")])[0]


def verify_identity(workspace: Workspace) -> None:
    check_identity(workspace, "R-1", Check("login", "medium", (), "verified", "2026-11-02", "E. Officer"))


def decide_all(workspace: Workspace, **verdicts: tuple[str, ...]) -> None:
    """Decide what is open: foreign records rejected, every mention as given, `archive` left out."""
    request = registered_request(workspace, "R-1")
    answer = answer_of(workspace)
    waiting = tuple(match.record.record for match in (*answer.graded("probable"), *answer.graded("possible")))
    if waiting:
        answer = decide_records(workspace, request, [Wanted("reject", waiting)], "not hers", "E. Officer")
    said = Said("finding", tuple(verdicts.items()), "looked at each", "E. Officer")
    decide_others(workspace, request, answer, said)
    without = Said("source", (("without", ("archive",)),), "the archive is being moved", "E. Officer")
    decide_others(workspace, request, answer, without)


def mentions(workspace: Workspace) -> tuple[Mention, ...]:
    return cleared(workspace, copies_of(workspace, [answer_of(workspace)])[0]).mentions


@pytest.fixture(scope="module")
def unsettled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in which the request is registered and nothing about it is settled."""
    folder = tmp_path_factory.mktemp("unsettled") / "samples"
    registered(folder).close()
    return folder


@pytest.fixture(scope="module")
def company(unsettled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in which everything about the request is settled, and what is said of others is to be redacted."""
    folder = tmp_path_factory.mktemp("company") / "samples"
    shutil.copytree(unsettled, folder)
    workspace = opened(folder)
    verify_identity(workspace)
    others = [m for m in mentions(workspace) if m.kind not in ("staff", "secret") and m.field != "Shipping City"]
    decide_all(workspace, redact=tuple(mention.finding for mention in others))
    workspace.close()
    return folder


@pytest.fixture(scope="module")
def inside(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The files of the released package, opened by the second reader."""
    workspace = opened(company)
    released = release(workspace, "R-1", tmp_path_factory.mktemp("out") / "to-send", Seal())
    workspace.close()
    assert released.passphrase is not None
    return second_reader(released.package.read_bytes(), released.passphrase)


@pytest.fixture(scope="module")
def texts(inside: Mapping[str, bytes]) -> Mapping[str, str]:
    """The text of every file of the released package."""
    return every_byte(inside)


def test_every_shut_gate_is_named_and_nothing_is_written(unsettled: Path, tmp_path: Path) -> None:
    workspace = opened(unsettled)

    with pytest.raises(RequestError) as refused:
        release(workspace, "R-1", tmp_path / "out", Seal())

    for gate in ("identity of the requester was not checked", "records wait", "about other people", "archive was not"):
        assert gate in refused.value.message
    assert refused.value.exit_code == 2
    assert not (tmp_path / "out").exists()
    assert "ada.example@example.org" not in refused.value.message


def test_a_failed_check_of_identity_shuts_the_gate(unsettled: Path, tmp_path: Path) -> None:
    shutil.copytree(unsettled, tmp_path / "samples")
    workspace = opened(tmp_path / "samples")
    check_identity(workspace, "R-1", Check("facts", "medium", ("order_no",), "failed", "2026-11-03", "E. Officer"))

    with pytest.raises(RequestError, match="could not be confirmed"):
        release(workspace, "R-1", tmp_path / "out", Seal())


def test_missing_legal_keys_shut_the_gate(company: Path, tmp_path: Path) -> None:
    config = company / "dsar.toml"
    before = config.read_text()
    config.write_text(before.replace('authority    = "', 'authority = ""\n# "'))
    try:
        with pytest.raises(RequestError, match=r"Draft: .*authority"):
            release(opened(company), "R-1", tmp_path / "out", Seal())
    finally:
        config.write_text(before)


def test_the_manifest_inside_tells_every_file_and_the_journal(inside: Mapping[str, bytes], company: Path) -> None:
    manifest = json.loads(inside["manifest.json"])
    told = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert told == {name: hashlib.sha256(data).hexdigest() for name, data in inside.items() if name != "manifest.json"}
    events = [json.loads(line) for line in (company / ".dsar" / "journal.jsonl").read_text().splitlines()]
    step = next(event for event in events if event["step"].startswith("release:"))
    assert (manifest["request_id"], manifest["journal_head"]) == ("R-1", step["chain"])
    assert {"report.html", "report.pdf", "data.xlsx", "data.json", "manifest.json"} <= set(inside)


def every_byte(inside: Mapping[str, bytes]) -> dict[str, str]:
    """All text of all files by readers that dsar does not use for it: unzipped XLSX, pdftotext, the bytes."""
    found = {}
    for name, data in inside.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found[name] = "\n".join(archive.read(part).decode() for part in archive.namelist())
        elif name.endswith(".pdf") and shutil.which("pdftotext"):
            run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
            found[name] = run.stdout.decode()
        elif name.endswith(".pdf"):
            from pypdf import PdfReader

            found[name] = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
        else:
            found[name] = data.decode()
    return found


@pytest.mark.parametrize(
    "gone",
    [
        *BEN,
        "doris.referenz",
        "Doris Referenz",
        "Prenzlauer Weg",
        "23125102",
        "23125 102",
        "Rita Recruiter",
        "E-12",
        "92001",
    ],
)
def test_what_was_redacted_is_in_no_file(gone: str, inside: Mapping[str, bytes], texts: Mapping[str, str]) -> None:
    there = [name for name, text in texts.items() if gone in text or gone in " ".join(text.split())]
    assert there == []
    assert [name for name, data in inside.items() if gone.encode() in data] == []


def test_the_same_person_has_the_same_label_and_the_report_tells_why(inside: Mapping[str, bytes]) -> None:
    data = json.loads(inside["data.json"])
    fields = {(r["record"], name): value for r in data["records"] for name, value in r["fields"].items()}
    ben = fields["crm/contacts/30100001001", "Associated Contact IDs"]
    assert fields["crm/contacts/30100001001", "Message"].endswith(f"and to my colleague {ben}.")
    assert fields["shop/orders/5900000002077", "Shipping Name"] == ben
    assert f"{ben} ({ben}) can show it" in fields["support/tickets/T-26022", "body"]
    assert fields["support/tickets/T-26045", "body"].endswith(f"not to {ben}; thank you.")
    assert fields["hiring/candidates/7001", "recruiter.name"] == "[our member of staff]"
    told = {(one["record"], one["label"]): one for one in data["redactions"]}
    assert "Art. 15(4)" in told["support/tickets/T-26022", ben]["reason"]
    assert told["support/tickets/T-26022", ben]["count"] == 2
    assert "Nothing was withheld" not in inside["report.html"].decode()


def test_a_redacted_document_leaves_as_its_text(inside: Mapping[str, bytes]) -> None:
    assert not any(name.startswith("attachments/") and name.endswith(".pdf") for name in inside)
    letter, cv = inside["attachments/0002.txt"].decode(), inside["attachments/0001.txt"].decode()
    assert "[other person" in letter
    assert "I apply for the post of Service Engineer" in letter
    assert "[other person" in cv
    assert cv.startswith("[This is the text of the file.")


def test_the_same_inputs_give_the_same_bytes_inside(company: Path, inside: Mapping[str, bytes], tmp_path: Path) -> None:
    again = release(opened(company), "R-1", tmp_path / "out", Seal())
    assert second_reader(again.package.read_bytes(), again.passphrase or "") == inside


def test_an_export_that_changed_is_refused(company: Path, tmp_path: Path) -> None:
    workspace = opened(company)
    consents = company / "exports" / "consents" / "consents.csv"
    before = consents.read_bytes()
    consents.write_bytes(before + b"\n")
    try:
        with pytest.raises(Unreadable, match="changed since"):
            release(workspace, "R-1", tmp_path / "out", Seal())
    finally:
        consents.write_bytes(before)
    assert not (tmp_path / "out").exists()


def test_the_passphrase_lies_in_a_private_file_and_never_beside_the_package(company: Path, tmp_path: Path) -> None:
    seal = Seal(passphrase_file=tmp_path / "passphrase")
    released = release(opened(company), "R-1", tmp_path / "out", seal)
    assert stat.S_IMODE((tmp_path / "passphrase").stat().st_mode) == 0o600
    passphrase = (tmp_path / "passphrase").read_text().strip()
    assert released.passphrase is None
    assert "report.pdf" in second_reader(released.package.read_bytes(), passphrase)

    with pytest.raises(RequestError, match="there already"):
        release(opened(company), "R-1", tmp_path / "out", seal)
    with pytest.raises(RequestError, match="beside the package"):
        release(opened(company), "R-1", tmp_path / "out", Seal(passphrase_file=tmp_path / "out" / "passphrase"))


def test_what_a_person_handed_over_for_a_manual_source_is_inside(company: Path, tmp_path: Path) -> None:
    shutil.copytree(company, tmp_path / "samples")
    workspace = opened(tmp_path / "samples")
    letter = tmp_path / "letter.txt"
    letter.write_text("A letter of Ada Example, answered by phone 030 23125 101.\n")
    attach_answer(workspace, "R-1", "archive", [letter])

    released = release(workspace, "R-1", tmp_path / "out", Seal())

    inside = second_reader(released.package.read_bytes(), released.passphrase or "")
    assert letter.read_bytes() in inside.values()
    sources = {one["source"]: one["result"] for one in json.loads(inside["data.json"])["sources"]}
    assert sources["archive"] == "held"


def test_nobody_known_is_left_in_the_finished_bytes_undecided(company: Path, inside: Mapping[str, bytes]) -> None:
    """The last look does not trust the first: a value that slipped into any file stops the release."""
    workspace = opened(company)
    copy = copies_of(workspace, [answer_of(workspace)])[0]
    clear = cleared(workspace, copy, final=True)

    def left(files: Mapping[str, bytes]) -> set[tuple[str, str]]:
        found = leftovers(files, clear.mentions, copy.own, workspace.config, lambda keys: look_up(workspace, keys))
        return {(one.file, one.kind) for one in found}

    files = {name: data for name, data in inside.items() if name != "manifest.json"}
    assert left(files) == set()
    html = files["report.html"].replace(b"</main>", b"<!-- clara.probe@example.org --></main>")
    assert left({**files, "report.html": html}) == {("report.html", "email")}
    text = files["attachments/0002.txt"] + b"\nwrite to ben.sample@example.org"
    assert left({**files, "attachments/0002.txt": text}) >= {("attachments/0002.txt", "email")}
    data = json.loads(files["data.json"])
    next(r for r in data["records"] if r["record"] == "support/tickets/T-26045")["fields"]["body"] += " C1003"
    assert left({**files, "data.json": json.dumps(data).encode()}) == {("data.json", "id")}


def test_decisions_hold_when_the_exports_are_renewed(company: Path, tmp_path: Path) -> None:
    shutil.copytree(company, tmp_path / "samples")
    tickets = tmp_path / "samples" / "exports" / "support" / "tickets.csv"
    tickets.write_bytes(tickets.read_bytes() + b"T-26099;01.11.2026 10:00;Vera Musterfrau;;;x;Hello;Agent 1;open;\r\n")
    workspace = opened(tmp_path / "samples")

    before = {mention.finding: mention.outcome for mention in mentions(opened(company))}
    assert {mention.finding: mention.outcome for mention in mentions(workspace)} == before
    assert None not in before.values()


def test_what_is_sent_is_private_and_noted_by_its_hash(company: Path, tmp_path: Path) -> None:
    released = release(opened(company), "R-1", tmp_path / "out", Seal("html"))

    assert released.package.name == "package.html"
    assert stat.S_IMODE(released.package.stat().st_mode) == 0o600
    assert b"ada.example" not in released.package.read_bytes()
    noted = (company / ".dsar" / "journal.jsonl").read_text()
    assert released.sha256 in noted
    assert released.passphrase not in noted
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [one["path"] for one in manifest["files"]] == ["package.html"]
