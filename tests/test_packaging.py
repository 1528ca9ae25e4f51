"""What an installed dsar holds: everything it reads at run time, and nothing that only we need."""

from __future__ import annotations

import glob
import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS: dict[str, Any] = PROJECT["tool"]["setuptools"]
NOT_SHIPPED = {"samples/README.md"}
"""Files that may be missing from the wheel although their folder is shipped."""


def folder_of(package: str) -> Path:
    """Where a package's files lie in the repository."""
    top, *rest = package.split(".")
    return ROOT.joinpath(SETUPTOOLS["package-dir"].get(top, top), *rest)


def declared() -> Iterator[tuple[str, Path]]:
    """Every file that pyproject.toml puts into the wheel, as (name inside the wheel, file in the repository).

    The patterns are expanded as setuptools does it: by glob, with `**` for any depth.
    """
    for package in SETUPTOOLS["packages"]:
        home = folder_of(package)
        patterns = ["*.py", *SETUPTOOLS["package-data"].get(package, ())]
        for pattern in patterns:
            for found in glob.glob(str(home / pattern), recursive=True):  # noqa: PTH207 - what setuptools calls
                if Path(found).is_file():
                    yield f"{package.replace('.', '/')}/{Path(found).relative_to(home).as_posix()}", Path(found)


def needed() -> Iterator[str]:
    """Every file of the shipped folders, as the name it has inside the wheel."""
    for top, home in SETUPTOOLS["package-dir"].items():
        for path in sorted((ROOT / home).rglob("*")):
            skip = "__pycache__" in path.parts or path.relative_to(ROOT).as_posix() in NOT_SHIPPED
            own = path.relative_to(ROOT / home).parts[0].startswith(".") or ".dsar" in path.parts
            if path.is_file() and not skip and not own:
                yield f"{top}/{path.relative_to(ROOT / home).as_posix()}"


def build_tools() -> bool:
    """Whether a wheel can be built here without the network: setuptools knows how since 77."""
    try:
        return int(importlib.metadata.version("setuptools").split(".")[0]) >= 77
    except importlib.metadata.PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names inside the wheel: of a wheel that was built, or where none can be built, as declared."""
    if not build_tools():
        return {name for name, _ in declared()} | {"dsar_cli.dist-info/licenses/LICENSE"}
    place = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    for home in SETUPTOOLS["package-dir"].values():
        shutil.copytree(ROOT / home, place / home, ignore=shutil.ignore_patterns("__pycache__", ".dsar"))
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q"]
    subprocess.run([*build, "-w", str(place / "out"), str(place)], check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next((place / "out").glob("*.whl"))) as wheel:
        return {name.replace("-0.1.0.", ".") for name in wheel.namelist()}


def test_every_file_that_is_read_at_run_time_is_shipped(shipped: set[str]) -> None:
    assert sorted(set(needed()) - shipped) == []


def test_the_patterns_say_what_the_wheel_holds(shipped: set[str]) -> None:
    packed = {name for name in shipped if not name.startswith("dsar_cli.dist-info/")}

    assert packed == {name for name, _ in declared()}


@pytest.mark.parametrize(
    "name",
    [
        "dsar/py.typed",
        "dsar/store/queries/rows.sql",
        "dsar/renderers/report.css",
        "dsar/renderers/texts.de.toml",
        "dsar/vocabulary/categories.toml",
        "dsar_connectors/shopify/connector.toml",
        "dsar_connectors/greenhouse/sample/attachments/53000101_cover_letter.txt",
        "dsar_samples/dsar.toml",
        "dsar_samples/requests.csv",
        "dsar_samples/expected/ada.toml",
        "dsar_samples/exports/hiring/attachments/7001_CV.pdf",
        "dsar_samples/exports/web/access.log.1.gz",
    ],
)
def test_the_wheel_holds(name: str, shipped: set[str]) -> None:
    assert name in shipped


def test_the_wheel_carries_its_licence(shipped: set[str]) -> None:
    assert "dsar_cli.dist-info/licenses/LICENSE" in shipped
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n\n")[0]


def test_nothing_that_only_we_need_is_shipped(shipped: set[str]) -> None:
    assert {name.split("/")[0] for name in shipped} == {"dsar", "dsar_connectors", "dsar_samples", "dsar_cli.dist-info"}
    assert not [name for name in shipped if name.endswith((".pyc", ".key", ".parquet"))]


def test_every_folder_with_code_is_a_package_of_the_wheel() -> None:
    homes = {folder_of(package) for package in SETUPTOOLS["packages"]}
    code = {path.parent for path in (ROOT / "dsar").rglob("*.py")}

    assert code - homes == set()


def test_no_package_has_a_name_that_others_use() -> None:
    tops = {package.split(".")[0] for package in SETUPTOOLS["packages"]}

    assert tops == {"dsar", "dsar_connectors", "dsar_samples"}
