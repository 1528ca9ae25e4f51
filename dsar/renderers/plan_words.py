"""The fixed phrases of plan.html, filled in as plain text or as HTML in which no value can become markup."""

from __future__ import annotations

import functools
import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from dsar.errors import DsarError
from dsar.renderers.visible import visible

_FILE = "plan.en.toml"
_CODE = re.compile("`([^`<>]+)`")


@dataclass(frozen=True, slots=True)
class Words:
    """All phrases of the plan by key, such as `page.title`."""

    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """Return the phrase `key` as plain text with its `{placeholders}` filled in; raises DsarError if missing."""
        phrase = self.texts.get(key)
        if phrase is None:
            raise DsarError(f"The texts of the plan have no phrase `{key}`.", hint=f"Add it to dsar/renderers/{_FILE}.")
        return phrase.format_map(values) if values else phrase

    def html(self, key: str, **values: object) -> str:
        """Return the phrase `key` as HTML: values escaped and set apart in writing direction, backticks as code.

        Raises DsarError if there is no such phrase.
        """
        phrase = coded(html.escape(self.text(key)))
        return phrase.format_map({name: _apart(value) for name, value in values.items()}) if values else phrase

    def counted(self, key: str, count: int) -> str:
        """Return `key.one` or `key.many` for a count, as plain text; raises DsarError if missing."""
        return self.text(f"{key}.one") if count == 1 else self.text(f"{key}.many", count=count)

    def joined(self, parts: list[str]) -> str:
        """Join parts of a sentence: commas, and a word before the last."""
        if len(parts) < 2:
            return "".join(parts)
        return self.text("page.and", before=", ".join(parts[:-1]), last=parts[-1])


def coded(escaped: str) -> str:
    """Show what stands between backticks in an escaped text as code."""
    return _CODE.sub(r"<code>\1</code>", escaped)


def _apart(value: object) -> str:
    return f"<bdi>{html.escape(visible(value))}</bdi>" if isinstance(value, str) else html.escape(str(value))


@functools.cache
def words() -> Words:
    """Load the phrases of the plan from plan.en.toml."""
    document = tomllib.loads((resources.files(__package__) / _FILE).read_text(encoding="utf-8"))
    return Words({f"{part}.{key}": text for part, keys in document.items() for key, text in keys.items()})
