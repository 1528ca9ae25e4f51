"""Where a workspace keeps what the housekeeping commands look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsar.config import Config


def key_file(config: Config) -> Path:
    """Give the path of the key file that dsar.toml names, or of the default one; it may be missing."""
    from dsar.store.keys import default_key_file

    if config.key_file:
        return (config.folder / config.key_file).resolve()
    return default_key_file(config.workspace_folder)


def connector_folders(given: Path | None) -> tuple[Path, ...]:
    """Give the folders of further connectors that dsar.toml names; none where there is no dsar.toml.

    A config that was named but is missing, or cannot be read, raises ConfigError.
    """
    from dsar.config import find_config, load_config
    from dsar.errors import ConfigError

    try:
        path = find_config(given)
    except ConfigError:
        if given is not None or os.environ.get("DSAR_CONFIG"):
            raise
        return ()
    config = load_config(path)
    return tuple(config.folder / name for name in config.connectors)
