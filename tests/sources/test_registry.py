"""Connectors come from the package and from folders; two of one name are an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import ConnectorError
from dsar.sources.registry import connector_folder, connectors


def connector(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "connector.toml").write_text(f'name = "{name}"\ntitle = "T"\n[people]\ncolumns = ["a_{name}"]\n')
    return folder


def test_the_shipped_connectors_are_found_in_the_order_of_their_names() -> None:
    known = connectors()

    assert "combined_log" in known
    assert list(known) == sorted(known)
    assert (connector_folder("combined_log") or Path()).name == "combined_log"
    assert connector_folder("nobody") is None


def test_a_folder_of_connectors_and_a_single_connector_are_added(tmp_path: Path) -> None:
    connector(tmp_path / "own" / "one", "one")
    connector(tmp_path / "two", "two")

    known = connectors((tmp_path / "own", tmp_path / "two"))

    assert {"one", "two", "combined_log"} <= set(known)
    assert connector_folder("two", (tmp_path / "two",)) == (tmp_path / "two").resolve()


def test_two_connectors_of_one_name_are_an_error(tmp_path: Path) -> None:
    connector(tmp_path / "mine", "combined_log")
    with pytest.raises(ConnectorError, match="Two connectors are called `combined_log`"):
        connectors((tmp_path / "mine",))


def test_the_name_of_the_built_in_connector_is_reserved(tmp_path: Path) -> None:
    connector(tmp_path / "mine", "table")
    with pytest.raises(ConnectorError, match="calls itself `table`"):
        connectors((tmp_path / "mine",))


def test_a_folder_without_connectors_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="no connector in"):
        connectors((tmp_path,))


def test_the_result_is_kept_and_cannot_be_changed() -> None:
    assert connectors() is connectors()
    with pytest.raises(TypeError):
        connectors()["x"] = connectors()["combined_log"]  # type: ignore[index]
