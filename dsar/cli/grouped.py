"""Options in groups: a parameter whose type is a dataclass stands for one option per field, declared once for all."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints


def grouped(command: Callable[..., int]) -> Callable[..., int]:
    """Let Typer see the fields of a command's dataclasses as its own options, and give them to it put together.

    The fields of such a dataclass are annotated with options, and each has a default.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type] = {}
    options: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind) and isinstance(kind, type):
            groups[parameter.name] = kind
            options.extend(_options_of(kind))
        else:
            options.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))

    def put_together(**values: Any) -> int:
        made = {name: kind(**{one.name: values.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()}
        return command(**values, **made)

    put_together.__name__ = command.__name__
    put_together.__doc__ = command.__doc__
    put_together.__annotations__ = {one.name: one.annotation for one in options}
    put_together.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    return put_together


def _options_of(kind: type) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name]
        )
        for one in fields(kind)
    ]  # fmt: skip
