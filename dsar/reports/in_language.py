"""The controller's own words in the language of the report: titles, labels, codes, roles, reasons (Art. 12(1) GDPR).

dsar.toml and the connectors are written in one language. What has no words in the language of the report is told, so
that no other language gets into an answer in silence (A-38).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dsar.config import CollectionSpec, Config, Decision, FieldSpec, Purpose, RecipientUse, plain
from dsar.config.frozen import Frozen
from dsar.reports.facts import Collections, declared
from dsar.vocabulary import basis, label, purpose

_T = TypeVar("_T", bound=Frozen)
Say = Callable[[str | None], str | None]


@dataclass(frozen=True)
class InLanguage:
    """Configuration and collections with every text in one language, and the texts that have no words in it."""

    config: Config
    collections: Collections
    words: Mapping[str, str]
    """Each text as it is written, and as it is told."""
    missing: Mapping[tuple[str, str] | None, tuple[str, ...]]
    """By collection; under None those of the controller."""


@dataclass
class _Words:
    """Looks texts up, first in `[texts.LANGUAGE]` of dsar.toml, and keeps those that it does not find."""

    config: Config
    language: str
    said: dict[str, str] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)

    def __call__(self, text: str | None) -> str | None:
        if not text or not text.strip():
            return text
        found = self.config.texts.get(self.language, {}).get(text) or label(text, self.language)
        if found is None and self.language != self.config.controller.language:
            self.missing[text] = None
        self.said[text] = found or text
        return self.said[text]

    def taken(self) -> tuple[str, ...]:
        """The texts not found since this was asked last."""
        missing, self.missing = tuple(self.missing), {}
        return missing


_kept: dict[str, tuple[Config, Collections, InLanguage]] = {}
"""By language, for what it was made from: a run answers many people from one configuration."""


def in_language(config: Config, collections: Collections, language: str) -> InLanguage:
    """Give the configuration and the collections, by (source, collection), with their texts in a language."""
    known = _kept.get(language)
    if known is None or known[0] is not config or known[1] is not collections:
        known = _kept[language] = (config, collections, _translated(config, collections, language))
    return known[2]


def told(text: str, config: Config, language: str) -> str:
    """Give one text of the controller in a language, or as it is where there are no words for it."""
    return _Words(config, language)(text) or ""


def _translated(config: Config, collections: Collections, language: str) -> InLanguage:
    say = _Words(config, language)
    missing: dict[tuple[str, str] | None, tuple[str, ...]] = {}
    specs = {}
    for place, spec in collections.items():
        specs[place] = _collection(spec, say)
        missing[place] = say.taken()
    config = _controller(config, say)
    missing[None] = say.taken()
    return InLanguage(config, specs, say.said, missing)


def _controller(config: Config, say: Say) -> Config:
    controller = config.controller
    aside = tuple(_changed(one, say, "what", "reason") for one in controller.not_searched)
    return config.model_copy(
        update={
            "controller": _changed(controller, say, "court").model_copy(update={"not_searched": aside}),
            "recipient": tuple(_changed(one, say, "role") for one in config.recipient),
            "source": tuple(_changed(one, say, "title") for one in config.source),
        }
    )


def _collection(spec: CollectionSpec, say: Say) -> CollectionSpec:
    used = spec.recipients
    update: dict[str, Any] = {
        "purposes": tuple(_purpose(one, say) for one in spec.purposes),
        "keep": tuple(_changed(one, say, "criterion") for one in spec.keep),
        "recipients": used and tuple(_use(one, spec, say) for one in used),
        "fields": {name: _field(one, say) for name, one in spec.fields.items()},
    }
    decided = spec.automated_decision
    if isinstance(decided, Decision):
        update["automated_decision"] = _changed(decided, say, "logic", "effect", "consequences")
    elif isinstance(decided, str):
        update["automated_decision"] = say(decided)
    return _changed(spec, say, "title", "confirmation", "notice").model_copy(update=update)


def _purpose(one: Purpose, say: Say) -> Purpose:
    listed = (("purpose", purpose(one.purpose).listed), ("basis", basis(one.basis).listed))
    own = [name for name, known in listed if not known]
    return _changed(one, say, "interest", *own)


def _use(one: RecipientUse, spec: CollectionSpec, say: Say) -> RecipientUse:
    """`sent` is a word of ours, a column, or the controller's own words."""
    ours = plain(one.sent) in ("", "all", "all rows") or declared(spec.fields, one.sent.strip()) is not None
    return one if ours else _changed(one, say, "sent")


def _field(spec: FieldSpec, say: Say) -> FieldSpec:
    if not spec.codes:
        return _changed(spec, say, "label")
    codes = {code: say(meaning) for code, meaning in spec.codes.items()}
    return _changed(spec, say, "label").model_copy(update={"codes": codes})


def _changed(one: _T, say: Say, *names: str) -> _T:
    """The same with these texts in the language of the report."""
    return one.model_copy(update={name: told for name in names if (told := say(getattr(one, name))) is not None})
