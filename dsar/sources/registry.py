"""Which connectors there are: those that ship with dsar, those of other packages, those in folders of dsar.toml."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from dsar.errors import ConnectorError
from dsar.sources.spec import Connector, load_connector

GROUP = "dsar.connectors"
TABLE = "table"
"""Reserved: the built-in connector for any table or JSON file, whose fields stand in dsar.toml."""


def connectors(folders: Sequence[Path] = ()) -> Mapping[str, Connector]:
    """Give every known connector by name, in the order of the names; one that ships with dsar is read when it is used.

    `folders` are those that dsar.toml names; each holds one connector, or a folder a connector. Raises ConnectorError
    for a folder without connectors, a connector of theirs that is not as it should be, and two connectors of one name.
    """
    return _connectors(tuple(folder.resolve() for folder in folders))


def connector_folder(name: str, folders: Sequence[Path] = ()) -> Path | None:
    """Give the folder of a connector (for its hook and its samples), or None where no connector has that name."""
    found = _folders(tuple(folder.resolve() for folder in folders))
    return next((folder for folder in found if load_connector(folder).name == name), None)


@lru_cache(maxsize=8)
def _connectors(folders: tuple[Path, ...]) -> Mapping[str, Connector]:
    found: dict[str, Path] = {}
    shipped = {path for root in dict.fromkeys(_shipped_roots()) for path in _inside(root)}
    for folder in _folders(folders):
        name = _name_of(folder) if folder in shipped else _loaded(folder).name
        if name == TABLE:
            raise ConnectorError(
                f"{folder} calls itself `{TABLE}`.", hint="That name is reserved for the built-in connector."
            )
        if name in found:
            raise ConnectorError(
                f"Two connectors are called `{name}`: {found[name]} and {folder}.",
                hint="Rename one of them, or take its folder out of `connectors`.",
            )
        found[name] = folder
    return _Known({name: found[name] for name in sorted(found)})


@dataclass(frozen=True)
class _Known(Mapping[str, Connector]):
    """Connectors by name, each read when it is asked for: a search needs a few of dozens."""

    places: Mapping[str, Path]

    def __getitem__(self, name: str) -> Connector:
        return _loaded(self.places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@lru_cache(maxsize=1024)
def _loaded(folder: Path) -> Connector:
    return load_connector(folder)


def _name_of(folder: Path) -> str:
    """Give a connector's name by what stands before its first collection, else by the whole."""
    try:
        head = (folder / "connector.toml").read_text(encoding="utf-8").partition("\n[")[0]
        return str(tomllib.loads(head)["name"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError):
        return _loaded(folder).name


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
