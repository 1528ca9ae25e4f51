"""The fixed phrases of a report in the language of the person (Art. 12(1) GDPR), one TOML file a language."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from dsar.errors import DsarError
from dsar.vocabulary import kind


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases of one language; call it with a key such as `answer.held`."""

    language: str
    texts: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the phrase `key` with its `{placeholders}` filled in.

        Raises DsarError if the language has no such phrase: a report never falls back to another language in silence.
        """
        text = self.texts.get(key)
        if text is None:
            raise DsarError(
                f"The texts for `{self.language}` have no phrase `{key}`.",
                hint=f"Add it to dsar/renderers/texts.{self.language}.toml.",
            )
        return text.format_map(values) if values else text

    def kind(self, key: str) -> str:
        """Return the plain name of a kind of identifier, as it stands at the head of a line."""
        name = kind(key, self.language)
        return name[:1].upper() + name[1:]


@functools.cache
def phrases(language: str) -> Phrases:
    """Load the phrases of `language` (`en`, `de`, or longer such as `de-AT`).

    Raises DsarError, naming the languages there are, if there is none.
    """
    code = language.split("-")[0].split("_")[0].lower()
    if code not in languages():
        raise DsarError(
            f"There are no texts for the language `{language}`.",
            hint=f"Use one of {', '.join(languages())}, or add dsar/renderers/texts.{code}.toml.",
        )
    document = tomllib.loads((resources.files(__package__) / f"texts.{code}.toml").read_text(encoding="utf-8"))
    return Phrases(code, {f"{part}.{key}": text for part, keys in document.items() for key, text in keys.items()})


@functools.cache
def languages() -> tuple[str, ...]:
    """The codes of all languages with a file of texts, sorted."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return tuple(sorted(name[6:-5] for name in names if name.startswith("texts.") and name.endswith(".toml")))
