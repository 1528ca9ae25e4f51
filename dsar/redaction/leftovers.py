"""The last look before a package leaves: nobody else in the bytes of any file unless somebody decided it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsar.config import Config
from dsar.model import Mention
from dsar.redaction import detect
from dsar.redaction.detect import Passage
from dsar.redaction.own import Own
from dsar.redaction.places import Place
from dsar.redaction.raw import Hit, Key, known_by
from dsar.redaction.readback import places_in, texts_of
from dsar.redaction.text import looked_up, of_text

_SURE_ID = 7
"""A number of so many characters is nobody's by chance."""
LookUp = Callable[[Iterable[Key]], Mapping[Key, Hit]]


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that must not be in a file of the package: which file, and what kind of thing; never the value."""

    file: str
    kind: str
    place: str = ""
    """Record and field, where the file has them."""


def leftovers(
    files: Mapping[str, bytes], mentions: Sequence[Mention], own: Own, config: Config, look_up: LookUp
) -> tuple[Leftover, ...]:
    """Read every file back and name what is in it and should not be: known others, and what was to be redacted.

    The values of data.json and the texts of attached files are searched as when the copy was made; of the other files
    every e-mail address, phone number and redacted name. `look_up` asks the sources. Empty if nothing is left.
    """
    allowed = {*_allowed(mentions, own), *_company(config, own)}
    taken = {key for mention in mentions if mention.outcome == "redact" for key in _said(mention, own)} - allowed
    texts = {name: texts_of(name, data) for name, data in files.items()}
    places = [(name, place) for name in ("data.json",) if name in files for place in places_in(files[name])]
    found = dict.fromkeys(_again(places, own, allowed, look_up))
    contacts = {name: set(_contacts(text, own)) - allowed for name, text in texts.items()}
    known = look_up({key for keys in contacts.values() for key in keys})
    for name, keys in contacts.items():
        found.update(dict.fromkeys(Leftover(name, kind) for kind, normal in sorted(keys) if (kind, normal) in known))
    for name, text in texts.items():
        there = {(p.kind, p.normal) for p in _everything(text, own, names=True)} & taken
        there -= {key for key in there if key[0] == "id" and len(key[1]) < _SURE_ID}  # it may be a size, a count
        found.update(dict.fromkeys(Leftover(name, kind) for kind, _ in sorted(there)))
    return tuple(found)


def _again(places: Sequence[tuple[str, Place]], own: Own, allowed: set[Key], look_up: LookUp) -> Iterator[Leftover]:
    """Search values as when the copy was made; what a source knows and nobody decided on is left over."""
    kinds = ("id",)
    known = known_by(look_up(looked_up((place for _, place in places), own, kinds)), kinds)
    for file, place in places:
        for raw in of_text(place, own, known):
            if raw.hit is not None and (raw.kind, raw.normal) not in allowed and raw.kind in ("email", "phone", "id"):
                yield Leftover(file, raw.kind, f"{place.record} {place.field}")


def _contacts(text: str, own: Own) -> Iterator[Key]:
    for passage in _everything(text, own, names=False):
        if passage.kind in ("email", "phone") and not own.has(passage.normal) and not own.is_function(passage.normal):
            yield passage.kind, passage.normal


def _everything(text: str, own: Own, *, names: bool) -> Iterator[Passage]:
    yield from detect.addresses(text)
    yield from detect.numbers(text, own.region)
    if names:
        yield from detect.tokens(text)
        yield from detect.names(text)


def _said(mention: Mention, own: Own) -> Iterator[Key]:
    """What a mention says, as the keys by which it is found again; a single first name is not looked for."""
    for passage in _everything(mention.text, own, names=True):
        whole = passage.end - passage.start >= len(mention.text.strip()) - 2
        if passage.kind not in ("name", "id") or (whole and mention.kind in ("name", "staff", "id")):
            yield passage.kind, passage.normal


def _allowed(mentions: Sequence[Mention], own: Own) -> Iterator[Key]:
    for mention in mentions:
        if mention.outcome == "keep":
            yield from _said(mention, own)


def _company(config: Config, own: Own) -> Iterator[Key]:
    """Addresses and numbers that the controller itself wrote into dsar.toml: of its recipients, of the authority."""
    text = json.dumps(config.model_dump(mode="json"), ensure_ascii=False)
    yield from ((passage.kind, passage.normal) for passage in _everything(text, own, names=False))
