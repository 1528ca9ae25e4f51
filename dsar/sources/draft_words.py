"""What the words of a heading mean: which thing, and whose."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dsar.sources.looks import look_like

_BEHIND = re.compile(
    r"(?<=.) (?:privat|private|personal|home|work|office|business|geschaeftlich|geschaftlich|dienstlich|beruflich"
    r"|prive|privee|professionnel|professionnelle|bureau|domicile|particular|trabajo|casa|oficina|privato|lavoro"
    r"|personale|personnel|personnelle|ufficio|abitazione)$"
)
"""What stands behind the thing itself in a heading: `Telefon privat`, `téléphone professionnel`."""
_LINK = re.compile(r" (?:of|of the|du|de|de la|de l|des|del|della|dello|der|des|von|vom|d|di|do)$")
"""What stands between a thing and whose it is."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that headings name."""

    name: str
    spec: dict[str, Any]
    looks: str | None
    tail: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of dsar/vocabulary/headings.toml."""

    phrases: dict[str, tuple[Concept, ...]]
    concepts: dict[str, Concept]
    roles: dict[str, str]
    subjects: frozenset[str]
    compounds: dict[str, str]
    not_before: frozenset[str]
    ids: frozenset[str]
    own: frozenset[str]
    noise: frozenset[str]


def heading_words(heading: str) -> str:
    """A heading as plain words: `Straße/Nr.`, `customerNo`, `CUSTOMER_NO` → `strasse nr`, `customer no`."""
    from anyascii import anyascii

    plain = anyascii(unicodedata.normalize("NFC", heading))
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", " ", plain)
    return " ".join(re.findall(r"[a-z0-9']+", split.lower()))


def is_id_like(heading: str) -> bool:
    """Whether the heading says that the column holds a number of something."""
    words = heading_words(heading).split(" ")
    return words[-1] in vocabulary().ids or (words[0] == "id" and len(words) > 1)


def is_bare_id(heading: str) -> bool:
    """Whether the heading says only that this is the row's own number: `id`, `Record ID`."""
    return heading_words(heading) in vocabulary().own


def names_others(heading: str) -> bool:
    """Whether a heading names a person other than the row's own, as `Emergency contact` does."""
    return vocabulary().roles.get(re.sub(r"(?<=.) \d+$", "", heading_words(heading))) in ("mentioned", "assignee")


def by_heading(heading: str, values: list[str]) -> tuple[Concept | None, str | None]:
    """Give the concept and the role that a heading names; a number at its end (`email 2`) may say nothing."""
    phrase = re.sub(r"^property (?:hs )?", "", heading_words(heading))
    phrase = re.sub(r"^id (\S+)$", r"\1 id", phrase)  # `id_customer`
    bare = re.sub(r"(?<=.) \d+(?= |$)", "", phrase)
    forms = dict.fromkeys((phrase, bare, _BEHIND.sub("", bare), _of_subject(bare)))
    return next((found for form in forms if form and (found := _by_words(form, values))[0]), _role_alone(bare, values))


def _of_subject(phrase: str) -> str:
    """Of `patron name` and `member` what is left without the word for the row's own person: `name`."""
    first, _, rest = phrase.partition(" ")
    return (rest or "name") if first in vocabulary().subjects else ""


def _role_alone(phrase: str, values: list[str]) -> tuple[Concept | None, str | None]:
    """A column that says only whose it is (`Manager`, `Mutter`) holds their names, if it holds names."""
    role = vocabulary().roles.get(phrase)
    if role in ("mentioned", "contact"):
        return vocabulary().concepts["name"], role
    return (vocabulary().concepts["staff"], None) if role == "assignee" else (None, None)


def _by_words(phrase: str, values: list[str]) -> tuple[Concept | None, str | None]:
    """The concept of a phrase: as a whole, behind the words of a role, or by its end."""
    words = vocabulary()
    if found := _fitting(words.phrases.get(phrase, ()), values):
        return found, None
    before, bare, role = _split_role(phrase)
    if words.not_before & set(before.split(" ")):
        return None, None
    if found := _fitting(words.phrases.get(bare, ()), values):
        return found, role
    if role and bare == "id":
        return words.concepts["user_id"], role
    parts = bare.split(" ")
    for start in range(1, len(parts)):
        ends = [c for c in words.phrases.get(" ".join(parts[start:]), ()) if c.tail]
        if ends and not words.not_before & set(parts[:start]):
            sure = ends[0] if role or start < len(parts) - 1 else None
            return next((c for c in ends if not c.looks or look_like(c.looks, values)), sure), role
    return None, role


def _split_role(phrase: str) -> tuple[str, str, str | None]:
    """`candidate recruiter email` → (`candidate`, `email`, assignee); German makes one word of it: `lieferort`."""
    words = vocabulary()
    parts = phrase.split(" ")
    for end in range(len(parts) - 1, 0, -1):
        for start in range(end):
            if role := words.roles.get(" ".join(parts[start:end])):
                return " ".join(parts[:start]), " ".join(parts[end:]), role
    for stem, role in words.compounds.items():
        if phrase.startswith(stem) and phrase[len(stem) :] in words.phrases:
            return "", phrase[len(stem) :], role
    for start in range(1, len(parts)):  # `courriel du responsable`, `Tel. Mutter`
        thing = _LINK.sub("", " ".join(parts[:start]))
        role = words.roles.get(" ".join(parts[start:]))
        if role and any(" ".join(thing.split(" ")[at:]) in words.phrases for at in range(thing.count(" ") + 1)):
            return "", thing, role
    return "", phrase, None


def _fitting(concepts: Sequence[Concept], values: list[str]) -> Concept | None:
    """Of several things with the same word (`customer`: a number or a name), the one its values look like."""
    fitting = (c for c in concepts if not c.looks or look_like(c.looks, values))
    return next(fitting, concepts[0] if concepts else None)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    data = tomllib.loads((files("dsar.vocabulary") / "headings.toml").read_text(encoding="utf-8"))
    phrases: dict[str, tuple[Concept, ...]] = {}
    concepts: dict[str, Concept] = {}
    for name, spec in data["concept"].items():
        kept = {key: value for key, value in spec.items() if key not in ("words", "looks", "tail")}
        concepts[name] = Concept(name, kept, spec.get("looks"), spec.get("tail", False))
        for phrase in dict.fromkeys(map(heading_words, spec["words"])):
            phrases[phrase] = (*phrases.get(phrase, ()), concepts[name])
    roles = {heading_words(word): role for role, words in data["roles"].items() for word in words}
    compounds = {word: role for role, words in data["compounds"].items() for word in words}
    ids = data["ids"]
    sets = (data["not_before"]["words"], ids["words"], ids["own"], ids["noise"])
    subjects = frozenset(map(heading_words, data["subjects"]["words"]))
    return Vocabulary(
        phrases, concepts, roles, subjects, compounds, *(frozenset(map(heading_words, part)) for part in sets)
    )
