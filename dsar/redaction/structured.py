"""Somebody else in a column of their own: staff, the other side of an order, a contact linked to the record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from dsar.model import Verdict
from dsar.normalise import NAME_KINDS, NULLS, PLACE_KINDS, normal_forms, words
from dsar.redaction.lists import listed
from dsar.redaction.own import Own
from dsar.redaction.places import OTHERS, STAFF, Place
from dsar.redaction.raw import Known, Raw

_OURS = frozenset({"assignee"})
_BUYS = frozenset({"subject", "billing", "contact"})
_EMPTY = frozenset({"[]", "{}", "true", "false", *NULLS})


def of_record(places: Sequence[Place], own: Own, known: Known) -> Iterator[Raw]:
    """Say of the columns of one record which of them are somebody else's.

    Names of staff are told as roles (C-579/21, T-6, T-10). Who pays for an order supplied the address it goes to
    (T-18); who only receives it is not told who paid without a look.
    """
    groups: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.is_of(STAFF) or (place.spec.identifier and place.spec.role in _OURS):
            yield from _staff(place, own)
        elif place.spec.identifier and place.spec.role != "mentioned":
            groups[place.spec.role].append(place)
        elif place.is_of(OTHERS) and not place.is_text:
            yield _whole(place)
    mine = _mine(groups, own)
    for role, group in groups.items():
        if role not in mine and _names_somebody(group):
            for place in (*group, *_beside(group, places)):
                if place.value.strip().casefold() not in NULLS:
                    yield _other_side(place, role, bool(mine & _BUYS), own, known)


def _mine(groups: Mapping[str, Sequence[Place]], own: Own) -> set[str]:
    """The roles in which the person stands; the subject of a record is they, but not where they only get the parcel."""
    mine = {role for role, group in groups.items() if _is_own(group, own)}
    receives = "shipping" in mine and "billing" in groups and "billing" not in mine
    return mine if receives else mine | {"subject"}


def _staff(place: Place, own: Own) -> Iterator[Raw]:
    value = place.value.strip()
    known = normal_forms(place.spec.identifier or "email", value, own.region) if value.casefold() not in _EMPTY else ()
    mine = any(own.has(form) for form in known) or any(own.is_function(form) for form in known)
    if value.casefold() in _EMPTY or mine or is_role(value):
        return
    yield Raw(place, "staff", value, "staff", (), "redact", "staff", automatic=True)


def is_role(value: str) -> bool:
    """Whether a value of a staff column says a role or a desk already, such as `Sales Team A`."""
    return bool({*re.findall(r"[^\W\d_]+", value.casefold())} & {*listed("roles")})


def _beside(group: Sequence[Place], places: Sequence[Place]) -> Iterator[Place]:
    """Further columns of the same side, known by the words their headings begin with: `Billing Company`."""
    first, last = min(place.field for place in group), max(place.field for place in group)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    start = first[:same]
    start = start[: max(start.rfind(mark) for mark in " _.") + 1]
    if len(group) > 1 and len(start) > 3:
        there = {place.field for place in group}
        yield from (place for place in places if place.field.startswith(start) and place.field not in there)


def _is_own(group: Sequence[Place], own: Own) -> bool:
    """Whether a side of the record is the person: by an address or number, else by every word of the name."""
    numbers = [place for place in group if place.spec.identifier not in NAME_KINDS | PLACE_KINDS | {"birth_date"}]
    forms = [form for p in numbers for form in normal_forms(p.spec.identifier or "", p.value, own.region)]
    named = [word for p in group if p.spec.identifier in NAME_KINDS for word in words(p.value)]
    if named:
        return all(word in own.words for word in named)
    return any(own.has(form) for form in forms)


def _names_somebody(group: Sequence[Place]) -> bool:
    return any(p.spec.identifier not in PLACE_KINDS and p.value.strip().casefold() not in NULLS for p in group)


def _other_side(place: Place, role: str, buys: bool, own: Own, known: Known) -> Raw:
    kind = place.spec.identifier or "address"
    shown = "address" if kind in PLACE_KINDS else "name" if kind in NAME_KINDS else kind
    forms = normal_forms(kind, place.value, own.region)
    normal = forms[0] if forms else place.value
    gift = role in ("shipping", "billing") and buys
    return Raw(
        place, shown, normal, f"{place.record}\x1f{role}", (), "keep" if gift else "redact",
        "supplied" if gift else "other_side", automatic=gift, hit=known.hit(kind, normal),
    )  # fmt: skip


def _whole(place: Place) -> Raw:
    proposed: Verdict = "keep" if place.supplied else "redact"
    return Raw(
        place, "name", place.value.strip().casefold(), "", (), proposed, "supplied" if place.supplied else "other"
    )
