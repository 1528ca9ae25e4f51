"""Stable labels: the same person has the same one in the whole package, by whatever name or number they appear."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsar.model import Mention
from dsar.normalise import words
from dsar.redaction.raw import Raw
from dsar.vocabulary import sentence

_PLAIN = {"staff": "label_staff", "secret": "label_secret"}
_WHOLE = {
    "special": "label_reviewed",
    "reference": "label_reviewed",
    "unread": "label_reviewed",
    "metadata": "label_metadata",
}


class _Groups:
    """Which names and numbers are one person: union by a common root."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}

    def root(self, key: str) -> str:
        while self._up.setdefault(key, key) != key:
            self._up[key] = self._up[self._up[key]]
            key = self._up[key]
        return key

    def join(self, one: str, other: str) -> None:
        self._up[self.root(other)] = self.root(one)


def labelled(found: Sequence[Raw], name_finding: Callable[[str], str], language: str) -> tuple[Mention, ...]:
    """Give each raw mention its finding id and its label; people are numbered in the order of the copy."""
    groups = _grouped(found)
    numbers: dict[str, int] = {}
    made = []
    for raw in found:
        key = _PLAIN.get(raw.kind) or _WHOLE.get(raw.kind)
        if key:
            label = sentence(key, language)
        else:
            number = numbers.setdefault(groups.root(_name(raw)), len(numbers) + 1)
            label = sentence("label_person", language, number=number)
        place = raw.place
        start, end = raw.passages[0] if raw.passages else (0, len(place.value))
        finding = name_finding("\x1f".join((place.record, place.field, raw.kind, raw.normal)))
        text = "" if raw.kind in _WHOLE or (place.file and not raw.passages) else place.value[start:end]
        made.append(
            Mention(
                finding, place.record, place.field, raw.kind, text, raw.passages, label, raw.proposed, raw.ground,
                raw.automatic, raw.note, raw.hit is not None,
            )
        )  # fmt: skip
    return tuple(made)


def _name(raw: Raw) -> str:
    kind = "name" if raw.kind == "first_name" else raw.kind
    return raw.entity or f"{kind}\x1f{raw.normal}"


def _grouped(found: Sequence[Raw]) -> _Groups:
    """Join what stands in one row of a source, and a mailbox that is called as a person is."""
    groups = _Groups()
    by_row: dict[tuple[int, int], str] = {}
    full_names: dict[str, str] = {}
    for raw in found:
        if raw.kind in _PLAIN or raw.kind in _WHOLE:
            continue
        name = _name(raw)
        if raw.entity:
            groups.join(f"{raw.kind}\x1f{raw.normal}", name)
        if raw.kind == "name":
            full_names.setdefault(raw.normal, name)
        for row in sorted(raw.hit.rows) if raw.hit else ():
            groups.join(by_row.setdefault(row, name), name)
    holding: dict[str, set[str]] = {}
    for full in full_names:
        for word in full.split() if " " in full else ():
            holding.setdefault(word, set()).add(full)
    for raw in found:
        if raw.kind == "email":
            called = " ".join(sorted({w for w in words(raw.normal.partition("@")[0]) if len(w) > 1}))
            if called in full_names:
                groups.join(full_names[called], _name(raw))
        elif raw.kind == "name" and " " not in raw.normal:
            whole = holding.get(raw.normal, set())
            if len(whole) == 1:
                groups.join(full_names[min(whole)], _name(raw))
    return groups
