"""The schemas of the databases that scripts are for, from the DDL files that dsar.toml names."""

from __future__ import annotations

from collections.abc import Mapping

from dsar.erasure.schema import Shapes, read_schema
from dsar.errors import ConfigError
from dsar.fulfilment.workspace import Workspace


def schemas_of(workspace: Workspace) -> Mapping[str, Shapes]:
    """Read the DDL file of every target that names one; raises ConfigError for one that cannot be read."""
    found = {}
    for name, target in workspace.config.target.items():
        if target.ddl is None:
            continue
        path = workspace.config.folder / target.ddl
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise ConfigError(
                f"[target.{name}]: the file {target.ddl} cannot be read.", hint="Name a UTF-8 file beside dsar.toml."
            ) from None
        found[name] = read_schema(text, target.dialect, target.ddl)
    return found
