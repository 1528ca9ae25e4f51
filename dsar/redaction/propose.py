"""Every mention of somebody else in a person's copy, with its label and what is proposed (Art. 15(4) GDPR)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dsar.model import Mention, Verdict
from dsar.normalise import words
from dsar.redaction import detect
from dsar.redaction.labels import labelled
from dsar.redaction.own import Own
from dsar.redaction.places import Place
from dsar.redaction.raw import METADATA, Known, Raw
from dsar.redaction.structured import of_record
from dsar.redaction.text import insert, of_text


@dataclass(frozen=True, slots=True)
class Rules:
    """What the proposals of one request depend on."""

    name_finding: Callable[[str], str]
    """Gives the id of a finding for a text that says what and where; a keyed hash, so that it tells nothing."""
    language: str
    regime: str
    """`UK`: references are exempt unless a person decides otherwise (DPA 2018, Schedule 2, paragraph 24). `CCPA`:
    numbers of accounts and of social security are only named (CCPA Regs §7024(d), A-49)."""


def mentions_of(places: Sequence[Place], own: Own, known: Known, rules: Rules) -> tuple[Mention, ...]:
    """Find everybody else in the copy, in its order; equal inputs give equal findings and labels.

    `places` are the values of each record together, then the files. `known` is what the sources know of
    `text.looked_up`. Linear in the length of the texts.
    """
    found: list[Raw] = []
    seen: dict[tuple[int, str], list[Raw]] = {}
    for (_, file), group in groupby(places, key=lambda place: (place.record, place.file)):
        values = list(group)
        structured = [] if file else list(of_record(values, own, known))
        done = {raw.place.field for raw in structured}
        found.extend(structured)
        for place in values:
            if place.field not in done:
                found.extend(_in_text(place, own, known, seen))
            found.extend(_details(place, own))
    found.extend(_first_names(places, found, own))
    found = [ruled for raw in found if (ruled := _ruled(raw, rules.regime))]
    order = {(place.record, place.field): number for number, place in enumerate(places)}
    found.sort(key=lambda raw: (order[raw.place.record, raw.place.field], raw.passages[:1], raw.kind, raw.normal))
    return labelled(found, rules.name_finding, rules.language)


def _ruled(raw: Raw, regime: str) -> Raw | None:
    """A mention as the regime has it; the number of a social security is the person's own but in California."""
    if regime == "CCPA" and raw.kind in ("iban", "card", "ssn"):
        return replace(raw, kind="secret", entity="secret", proposed="redact", ground="secret", automatic=True)
    if regime == "UK" and raw.kind == "reference":
        return replace(raw, proposed="redact")
    return None if raw.kind == "ssn" else raw


def _in_text(place: Place, own: Own, known: Known, seen: dict[tuple[int, str], list[Raw]]) -> Iterator[Raw]:
    """Search equal values of one column once: a log says the same in thousands of lines."""
    key = (id(place.spec), place.value)
    if key not in seen:
        seen[key] = of_text(place, own, known)
    yield from (replace(raw, place=place) for raw in seen[key])


def _details(place: Place, own: Own) -> Iterator[Raw]:
    """What a file says of who made it and where, if that is not the person alone (A-46).

    Of a file that the person supplied it is theirs: kept unless a person decides otherwise.
    """
    foreign = [(what, value) for what, value in place.details if not _is_mine(value, own)]
    if foreign:
        note = "; ".join(f"{what}: {value}" for what, value in foreign)
        proposed: Verdict = "keep" if place.supplied else "redact"
        yield Raw(place, METADATA, note, "", (), proposed, METADATA, automatic=place.supplied, note=note)


def _is_mine(value: str, own: Own) -> bool:
    named = words(value)
    return bool(named) and all(word in own.words for word in named)


def _first_names(places: Sequence[Place], found: Sequence[Raw], own: Own) -> Iterator[Raw]:
    """One word of a name that stands in full elsewhere in the copy: `not to Ben` beside `Ben Sample` (T-14)."""
    wanted: dict[str, str] = {}
    for raw in found:
        if raw.kind in ("name", "staff") and " " in raw.normal and raw.ground != "staff":
            for word in raw.normal.split():
                if len(word) > 2 and word not in own.words:
                    wanted.setdefault(word, raw.normal)
    if not wanted:
        return
    taken: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for raw in found:
        for start, end in raw.passages:
            insert(taken[raw.place.record, raw.place.field], start, end)
    for place in places:
        if place.is_text:
            yield from _alone(place, wanted, taken[place.record, place.field])


def _alone(place: Place, wanted: dict[str, str], taken: list[tuple[int, int]]) -> Iterator[Raw]:
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for passage in detect.single_words(place.value, wanted):
        if not any(start < passage.end and passage.start < end for start, end in taken):
            spans[passage.normal].append((passage.start, passage.end))
    for normal, where in spans.items():
        ground = "supplied" if place.supplied else "other"
        yield Raw(place, "first_name", normal, "", tuple(where), "keep" if place.supplied else "redact", ground)
