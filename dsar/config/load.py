"""Find, read and check dsar.toml: an unknown key is an error that names the nearest known one."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dsar.config.company import Config
from dsar.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def find_config(given: Path | None = None, start: Path | None = None) -> Path:
    """Find dsar.toml: `given`, else `$DSAR_CONFIG`, else in the working folder or above.

    Raises ConfigError with the next command to type if there is none.
    """
    named = given or (Path(os.environ["DSAR_CONFIG"]) if os.environ.get("DSAR_CONFIG") else None)
    if named is not None:
        if named.is_file():
            return named
        raise ConfigError(f"There is no config file {named}.", hint="Check the path, or run `dsar init` to write one.")
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / "dsar.toml").is_file():
            return candidate / "dsar.toml"
    raise ConfigError(
        "There is no dsar.toml in this folder or above.",
        hint="Run `dsar init DIR` on the folder with your exports, or `dsar find … --in DIR` to search without one.",
    )


def load_config(path: Path) -> Config:
    """Read and check dsar.toml.

    Raises ConfigError for TOML that cannot be read, an unknown key (naming the nearest known one), a wrong value,
    two sources of one name, or a name that points to nothing.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}.", hint="Correct the line.") from None
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error.strerror}.", hint="Check who may read it.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path.name} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    config = parse(Config, document, where=path.name).model_copy(update={"folder": path.resolve().parent})
    _check_names(config, path.name)
    return config


def parse(model: type[Model], document: dict[str, Any], *, where: str) -> Model:
    """Turn a TOML document into `model`, or raise ConfigError that says where and names the nearest known key."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _explained(model, error, where) from None


def _explained(model: type[BaseModel], error: ValidationError, where: str) -> ConfigError:
    first = error.errors(include_url=False, include_input=False)[0]
    *path, last = [str(part) for part in first["loc"]] or [""]
    at = ".".join(re.sub(r"^(\d+)$", lambda m: f"[{int(m[1]) + 1}]", part) for part in [*path, last]).replace(".[", "[")
    if first["type"] == "extra_forbidden":
        known = sorted(set(_keys_of(model)))
        near = difflib.get_close_matches(last, known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}."
        return ConfigError(f"{where}: unknown key `{at}`.", hint=hint)
    return ConfigError(
        f"{where}: `{at}`: {first['msg'].removeprefix('Value error, ')}.", hint="Correct it in the file and run again."
    )


def _keys_of(model: type[BaseModel]) -> list[str]:
    """Every key of the model and of the models inside it: enough to name the nearest one."""
    keys: list[str] = []
    seen: set[type] = set()
    queue: list[Any] = [model]
    while queue:
        part = queue.pop()
        if isinstance(part, type) and issubclass(part, BaseModel):
            if part in seen:
                continue
            seen.add(part)
            for name, info in part.model_fields.items():
                if not info.exclude:
                    keys.append(info.alias or name)
                    queue.append(info.annotation)
        else:
            queue.extend(getattr(part, "__args__", ()))
    return keys


def _check_names(config: Config, where: str) -> None:
    recipients = {recipient.name for recipient in config.recipient}
    seen: set[str] = set()
    for source in config.source:
        if source.name in seen:
            raise ConfigError(f"{where}: two sources are called `{source.name}`.", hint="Give each its own name.")
        seen.add(source.name)
        if not source.manual and not source.files:
            raise ConfigError(
                f"{where}: source `{source.name}` has no `files`.", hint="Name them, or say `manual = true`."
            )
        for name, collection in source.collection.items():
            at = f"{where}: source `{source.name}`, collection `{name}`"
            for used in collection.recipients or ():
                if used.name not in recipients:
                    raise ConfigError(
                        f"{at}: no [[recipient]] is called `{used.name}`.", hint="Add it, or correct the name."
                    )
            target = collection.erase.target if collection.erase else None
            if target is not None and target not in config.target:
                raise ConfigError(f"{at}: there is no [target.{target}].", hint="Add it with its `dialect`.")
