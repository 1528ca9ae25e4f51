"""Which connectors there are: those that ship with dsar, those of other packages, those in folders of dsar.toml."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from dsar.errors import ConnectorError
from dsar.sources.spec import Connector, load_connector

GROUP = "dsar.connectors"
TABLE = "table"
"""Reserved: the built-in connector for any table or JSON file, whose fields stand in dsar.toml."""


def connectors(folders: Sequence[Path] = ()) -> Mapping[str, Connector]:
    """Give every known connector by name, in the order of the names.

    `folders` are those that dsar.toml names; each holds one connector, or a folder a connector. Raises ConnectorError
    for a folder without connectors, a connector that is not as it should be, and two connectors of one name.
    """
    return _connectors(tuple(folder.resolve() for folder in folders))


def connector_folder(name: str, folders: Sequence[Path] = ()) -> Path | None:
    """Give the folder of a connector (for its hook and its samples), or None where no connector has that name."""
    found = _folders(tuple(folder.resolve() for folder in folders))
    return next((folder for folder in found if load_connector(folder).name == name), None)


@lru_cache(maxsize=8)
def _connectors(folders: tuple[Path, ...]) -> Mapping[str, Connector]:
    found: dict[str, tuple[Connector, Path]] = {}
    for folder in _folders(folders):
        connector = load_connector(folder)
        if connector.name == TABLE:
            raise ConnectorError(
                f"{folder} calls itself `{TABLE}`.", hint="That name is reserved for the built-in connector."
            )
        if connector.name in found:
            raise ConnectorError(
                f"Two connectors are called `{connector.name}`: {found[connector.name][1]} and {folder}.",
                hint="Rename one of them, or take its folder out of `connectors`.",
            )
        found[connector.name] = (connector, folder)
    return MappingProxyType({name: found[name][0] for name in sorted(found)})


def _folders(folders: tuple[Path, ...]) -> Iterator[Path]:
    for root in dict.fromkeys(_shipped_roots()):
        yield from _inside(root)
    for folder in folders:
        inside = [folder] if (folder / "connector.toml").is_file() else list(_inside(folder))
        if not inside:
            raise ConnectorError(
                f"There is no connector in {folder}.", hint="Correct `connectors` in dsar.toml: name its folder."
            )
        yield from inside


def _shipped_roots() -> Iterator[Path]:
    """The folders of the packages that the entry points name; in a checkout without an install, `connectors/`."""
    names = {point.value for point in entry_points(group=GROUP)}
    own = Path(__file__).resolve().parents[2] / "connectors"
    if own.is_dir():
        yield own
    else:
        names.add("dsar_connectors")
    for name in sorted(names):
        if name == "dsar_connectors" and own.is_dir():
            continue  # the checkout beside the code is the newer copy
        try:
            package = importlib.import_module(name)
        except ImportError as error:
            raise ConnectorError(f"The connector package `{name}` cannot be imported: {error}.") from None
        yield from (Path(folder).resolve() for folder in package.__path__)


def _inside(root: Path) -> Iterator[Path]:
    return (path.parent for path in sorted(root.glob("*/connector.toml")))
