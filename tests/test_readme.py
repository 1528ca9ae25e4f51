"""The pages say the truth: their commands run, their links lead somewhere, their tables know every key and duty."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from dsar.cli.lazy import COMMANDS
from dsar.config import Config, load_config
from dsar.erasure.dialects import DIALECTS
from dsar.identity.kinds import ALSO_LOGIN, DOCUMENTS
from dsar.sources.spec import CollectionDeclaration, Connector, Suggest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
INSTALL = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/dsar demo",
    "python3 -m venv .venv && .venv/bin/pip install '.[dev]' && .venv/bin/pytest",
)
NO_CONFIG = {"README.md"}
"""Pages that begin without a dsar.toml; the others begin with that of the sample company."""
NO_REQUESTS = ("register.md", "erasure.md")
"""Pages that each begin with an empty register: others register the same people, who would be told to wait already."""
BLOCK = re.compile(r"(?P<mark><!--[^>]*-->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<to>[^)\s]+)\)")
MAX_PICTURE = 250_000


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    kind: str
    text: str
    runs: bool


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["kind"], one["text"], "not run" not in (one["mark"] or "")) for one in found]


def commands(text: str) -> Iterator[str]:
    """The commands of a block: one a line, a here-document with the line that opens it."""
    lines = iter(text.splitlines())
    for line in lines:
        end = re.search(r"<<'(\w+)'", line)
        command = [line]
        while end and command[-1] != end[1]:
            command.append(next(lines))
        if line.strip() and not line.startswith("#"):
            yield "\n".join(command)


def expected_code(command: str) -> int:
    """The exit code that the page names in a comment behind the command; 0 where it names none."""
    said = re.search(r"#.*exit code (\d)", command.splitlines()[0])
    return int(said[1]) if said else 0


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    place = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DSAR_KEY_FOLDER": str(folder.parent / "keys"),
        "DSAR_TODAY": "2026-11-22",
    }
    return subprocess.run(words, cwd=folder, env=place, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Copies of the sample company: one that most pages share, one without dsar.toml, others with empty registers."""
    places = {}
    for kind in ("shared", "no config", *NO_REQUESTS):
        places[kind] = tmp_path_factory.mktemp("pages") / "company"
        ignored = shutil.ignore_patterns(".dsar", "__pycache__", "*.py", "company")
        shutil.copytree(ROOT / "samples", places[kind], ignore=ignored)
    (places["no config"] / "dsar.toml").unlink()
    return places


def company_of(page: Path, companies: dict[str, Path]) -> Path:
    kind = "no config" if page.name in NO_CONFIG else page.name if page.name in NO_REQUESTS else "shared"
    return companies[kind]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_does_what_the_page_says(page: Path, companies: dict[str, Path]) -> None:
    folder = company_of(page, companies)

    for block in blocks(page):
        if block.kind == "python":
            ended = run([sys.executable, "-c", block.text], folder)
            assert ended.returncode == 0, f"{block.text}\n{ended.stderr}"
        elif block.kind == "sh" and block.runs:
            for command in commands(block.text):
                ended = run(["bash", "-c", command], folder)
                assert ended.returncode == expected_code(command), f"{command}\n{ended.stdout}\n{ended.stderr}"


def test_only_the_installation_is_not_run_here() -> None:
    told = [block.text.strip() for page in PAGES for block in blocks(page) if block.kind == "sh" and not block.runs]

    assert set(told) == set(INSTALL)
    assert len(told) == 3, "both in the README, the second in CONTRIBUTING.md"


def test_every_block_says_what_it_is() -> None:
    kinds = {block.kind for page in PAGES for block in blocks(page)}

    assert kinds <= {"sh", "python", "toml", "text", "json"}


def test_the_gate_runs_the_two_commands_of_the_readme() -> None:
    gate = ROOT / ".ci" / "run"
    text = gate.read_text(encoding="utf-8")

    assert f"first='{INSTALL[0]}'" in text and f'second="{INSTALL[1]}"' in text
    assert text.rstrip().endswith('bash -c "$second"'), "its exit code must be that of pytest"
    assert os.access(gate, os.X_OK)
    assert subprocess.run(["bash", "-n", str(gate)], capture_output=True).returncode == 0


def test_the_gate_names_tests_that_exist_and_the_oldest_duckdb_we_allow() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    parts = re.search(r"parts_on_duckdb=\(([^)]*)\)", text)
    oldest = re.search(r"oldest_duckdb=(\S+)", text)

    assert parts
    named = parts[1].split()
    assert named and [part for part in named if not any((ROOT / part).rglob("test_*.py"))] == []
    on_duckdb = [f"tests/{name}" for name in ("sources", "store", "identity", "fulfilment", "journeys")]
    assert [part for part in on_duckdb if (ROOT / part).is_dir() and part not in named] == []
    assert oldest and f'"duckdb>={oldest[1]},' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.casefold()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    dead = []
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        path, _, anchor = link["to"].partition("#")
        if link["to"].startswith("https://"):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            dead.append(link["to"])

    assert dead == []


def test_every_picture_is_small_and_used() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").iterdir())
    used = "".join(page.read_text(encoding="utf-8") for page in PAGES)

    assert pictures
    assert [one.name for one in pictures if one.stat().st_size >= MAX_PICTURE or one.name not in used] == []
    assert all(one.read_bytes().startswith(b"\x89PNG") for one in pictures)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`((?:dsar|samples|connectors|tests|docs)/[\w./]+\.\w+)`", page.read_text(encoding="utf-8"))

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_that_a_page_names_is_there_and_every_one_is_named() -> None:
    named = set(re.findall(r"`?dsar ([a-z]+)", "".join(page.read_text(encoding="utf-8") for page in PAGES)))
    quoted = set(re.findall(r"`dsar ([a-z]+)", "".join(page.read_text(encoding="utf-8") for page in PAGES)))

    assert quoted - COMMANDS.keys() == set()
    assert COMMANDS.keys() - named == set()


def keys_of(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Every key of a part of a TOML document and of the parts inside it."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield field.alias or name
            yield from (key for part in parts_of(field.annotation) for key in keys_of(part, seen))


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from parts_of(inner)


def unknown_keys(model: type[BaseModel], *pages: str) -> set[str]:
    """The keys of a part of a TOML document that none of the pages names."""
    text = BLOCK.sub("", "\n".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages))
    known = set(re.findall(r"\b[a-z_]+\b", " ".join(re.findall(r"`[^`]+`", text))))
    return set(keys_of(model, set())) - {"collections"} - known


@pytest.mark.parametrize("model", [Connector, CollectionDeclaration, Suggest], ids=lambda model: model.__name__)
def test_the_page_on_connectors_knows_every_key(model: type[BaseModel]) -> None:
    # how a suggestion of `keep` or `erase` is written is told where it is decided
    assert unknown_keys(model, "connectors.md", "configuration.md") == set()


def test_the_page_on_the_configuration_knows_every_key() -> None:
    assert unknown_keys(Config, "configuration.md") == set()


def test_the_example_of_a_configuration_is_one(tmp_path: Path) -> None:
    (example,) = (block.text for block in blocks(ROOT / "docs" / "configuration.md") if block.kind == "toml")
    (tmp_path / "dsar.toml").write_text(example, encoding="utf-8")

    read = load_config(tmp_path / "dsar.toml")

    assert [source.name for source in read.source] == ["crm", "archive"]
    assert read.target["crm_db"].dialect == "postgresql"


def test_the_pages_know_every_kind_of_identifier_and_every_dialect() -> None:
    kinds = (ROOT / "docs" / "connectors.md").read_text(encoding="utf-8")
    dialects = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert [word for word in (*DOCUMENTS, *ALSO_LOGIN) if f"`{word}`" not in kinds] == []
    assert [word for word in DIALECTS if f"`{word}`" not in dialects] == []


def duties(cell: str) -> Iterator[tuple[str, int]]:
    """The duties of a row: `E-1`, `E-38, E-39` or `E-46 to E-48`."""
    for part in cell.split(", "):
        ends = [(one[0], int(one[2:])) for one in part.split(" to ")]
        yield from ((ends[0][0], number) for number in range(ends[0][1], ends[-1][1] + 1))


def test_the_page_on_the_law_answers_every_duty() -> None:
    page = (ROOT / "docs" / "law.md").read_text("utf-8")
    rows = re.findall(r"^\| ([PAETM]-[^|]+?) \| [^|]+ \| (\S[^|]*?) \|", page, re.MULTILINE)
    told = [duty for cell, _ in rows for duty in duties(cell)]

    for letter, last in (("P", 10), ("A", 62), ("M", 6), ("T", 28), ("E", 54)):
        assert [number for found, number in told if found == letter] == list(range(1, last + 1))
    assert {state for _, state in rows} == {"done", "partly", "not yet", "yours", "deviation"}
