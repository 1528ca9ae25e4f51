"""Somebody else in a text: what is found there, looked up in the sources, and proposed for redaction."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from dsar.normalise import normal_forms
from dsar.redaction import detect
from dsar.redaction.detect import Passage
from dsar.redaction.own import Own
from dsar.redaction.places import REFERENCE, Place
from dsar.redaction.raw import Hit, Key, Known, Raw

_NOTHING: frozenset[str] = frozenset()
_ORDER = {"secret": 0, "iban": 1, "card": 2, "ssn": 2, "email": 3, "phone": 4, "id": 5, "name": 6}


def looked_up(places: Iterable[Place], own: Own, id_kinds: Sequence[str]) -> set[Key]:
    """Give every (kind, normal form) of the texts that the sources may know: the cost is that of the texts alone.

    Nobody is compared with everybody: the words of this person's texts are looked up by their hash.
    """
    wanted: set[Key] = set()
    seen: set[str] = set()
    names: set[str] = set()
    for place in places:
        if place.spec.identifier and place.spec.role != "subject":
            forms = normal_forms(place.spec.identifier, place.value, own.region)
            wanted.update((place.spec.identifier, form) for form in forms)
        if place.value in seen or not (place.is_text or "@" in place.value or "%40" in place.value):
            continue
        seen.add(place.value)
        if place.is_text:
            names.update(detect.name_keys(place.value))
        for passage in _passages(place, own, _NOTHING):
            if passage.kind == "id":
                wanted.update((kind, passage.normal) for kind in id_kinds)
            elif passage.kind in ("email", "phone", "name"):
                wanted.add((passage.kind, passage.normal))
    wanted.update(("name", name) for name in names if not own.is_name(name))
    return wanted


def of_text(place: Place, own: Own, known: Known) -> list[Raw]:
    """Say who else is named in one value or file: known people, and what is an address or number by its form."""
    found: defaultdict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    hits: dict[tuple[str, str, str], Hit | None] = {}
    for passage in without_overlaps(_counted(place, own, known)):
        hit = known.hit(passage.kind, passage.normal)
        staff = passage.kind == "email" and own.is_staff(passage.normal)
        key = ("staff" if staff or (hit and hit.staff) else passage.kind, passage.normal, passage.kind)
        found[key].append((passage.start, passage.end))
        hits[key] = hit
    made = [
        _raw(place, kind, normal, tuple(spans), hits[kind, normal, of]) for (kind, normal, of), spans in found.items()
    ]
    return [*made, *_looks(place)]


def _raw(place: Place, kind: str, normal: str, spans: tuple[tuple[int, int], ...], hit: Hit | None) -> Raw:
    if kind in ("staff", "secret"):
        return Raw(place, kind, normal, kind, spans, "redact", kind, automatic=True, hit=hit)
    supplied = place.supplied
    ground = "supplied" if supplied else "other"
    return Raw(place, kind, normal, "", spans, "keep" if supplied else "redact", ground, hit=hit)


def _looks(place: Place) -> Iterator[Raw]:
    """What a person must look at as a whole: references (T-11), and texts with a word that asks for it (T-8, T-22)."""
    if place.problem:
        yield Raw(place, "unread", "unread", "", (), "keep", "unread", note=place.problem)
    if place.supplied or not place.is_text:
        return
    if place.is_of(REFERENCE):
        yield Raw(place, "reference", "reference", "", (), "keep", "reference")
    elif found := detect.special_words(place.value):
        yield Raw(place, "special", "special", "", (), "keep", "special", note=", ".join(found))


def _passages(place: Place, own: Own, words: Container[str]) -> Iterator[Passage]:
    """Everything in a value that may be somebody else's; what is the person's own, or nobody's, is left out."""
    text = place.value
    for passage in detect.addresses(text):
        if not own.has(passage.normal) and not own.is_function(passage.normal):
            yield passage
    if not place.is_text:
        if not place.spec.identifier:  # a column that was described as something else may hold one all the same
            yield from detect.keys(text)
        return
    yield from detect.secrets(text)
    for found in (detect.numbers(text, own.region), detect.tokens(text)):
        yield from (passage for passage in found if not own.has(passage.normal))
    for found in (detect.names(text, words), detect.titled(text)):
        yield from (passage for passage in found if not own.is_name(passage.normal))


def _counted(place: Place, own: Own, known: Known) -> Iterator[Passage]:
    for passage in _passages(place, own, known.words):
        if passage.sure or known.hit(passage.kind, passage.normal) is not None:
            yield passage


def without_overlaps(passages: Iterable[Passage]) -> list[Passage]:
    """Of passages that overlap keep the surer kind, then what says more in less; in the order of the text."""
    kept: list[Passage] = []
    taken: list[tuple[int, int]] = []
    for passage in sorted(passages, key=_weight):
        if not _overlaps(taken, passage.start, passage.end):
            kept.append(passage)
            insert(taken, passage.start, passage.end)
    return sorted(kept, key=lambda p: p.start)


def _weight(passage: Passage) -> tuple[int, bool, int, int, int]:
    """The order in which passages are kept: of two names that of more words, of one name its shortest stretch."""
    length = passage.end - passage.start
    words = len(passage.normal.split()) if passage.kind == "name" else length
    return _ORDER[passage.kind], passage.sure, -words, length, passage.start


def _overlaps(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_left(taken, (start, start))
    before = at > 0 and taken[at - 1][1] > start
    return before or (at < len(taken) and taken[at][0] < end)


def insert(taken: list[tuple[int, int]], start: int, end: int) -> None:
    """Put a span into a sorted list of spans that do not overlap."""
    insort(taken, (start, end))
