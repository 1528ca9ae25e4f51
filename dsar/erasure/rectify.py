"""The change set of a rectification: where a disputed value stands, old and new, and by what it is corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dsar import vocabulary
from dsar.config import CollectionSpec, Config, Erase, FieldSpec, plain
from dsar.erasure.bounds import broken_bound, limits_of
from dsar.erasure.check import check
from dsar.erasure.dialects import UnwritableValue, dialect
from dsar.erasure.digest import digest
from dsar.erasure.hold import column_of, hold_on
from dsar.erasure.schema import Shapes
from dsar.erasure.scope import out_of_scope, recipients_of
from dsar.erasure.statement import RowChange, statement
from dsar.model import Answer, ErasurePlan, ErasureStep, Reason, Record
from dsar.normalise import normal_forms
from dsar.retention import field_of, value_of

How = Literal["script", "hand", "statement", "recompute", "right"]
"""By a script, by people, by a supplementary statement, by computing it again; `right`: it has the new value."""
_OPINIONS = ("user.content", "x.user.communication", "x.user.score", "x.user.segment")
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One occurrence of a disputed value."""

    record: str
    source: str
    collection: str
    key: str
    field: str
    old: str | None
    new: str
    how: How
    why: str
    """In plain words, without a value."""


@dataclass(frozen=True)
class ChangeSet:
    """Everything a rectification changes, and the plan whose scripts do it."""

    changes: tuple[Change, ...]
    plan: ErasurePlan
    unknown: tuple[str, ...]
    """Fields that no record of the person has."""


def rectify(
    answer: Answer, collections: Mapping[Place, CollectionSpec], config: Config, today: date,
    schemas: Mapping[str, Shapes],
) -> ChangeSet:  # fmt: skip
    """Find where the values that `answer.request.changes` corrects stand, in all confirmed records (Art. 16, 19 GDPR).

    A field is meant by its heading or its label; equal values of the same kind in other sources are corrected, too.
    Opinions, what a person wrote, and documents that the law has us keep get a supplementary statement instead of
    another text (Art. 16, second sentence; C-434/16); derived values are to be computed again.
    """
    records = [match.record for match in answer.graded("confirmed")]
    region = config.controller.phone_region
    changes: list[Change] = []
    unknown = []
    for name, new in answer.request.changes:
        found = list(_occurrences(name, new, records, collections, region))
        if not found:
            unknown.append(name)
        changes += [_change(one, new, collections, today) for one in found]
    changes += list(_derived(changes, records, collections))
    steps = tuple(_steps(changes, {record.record: record for record in records}, collections, config, schemas))
    touched = {change.record for change in changes}
    told = [record for record in records if record.record in touched]
    plan = ErasurePlan(
        answer.request.request_id or "", answer.as_of, steps, recipients_of(told, collections, config),
        out_of_scope(answer, config, today), digest(steps), tuple(_notes(changes, unknown, steps)),
    )  # fmt: skip
    return ChangeSet(tuple(changes), plan, tuple(unknown))


@dataclass(frozen=True, slots=True)
class _Found:
    record: Record
    heading: str
    value: str | None
    spec: FieldSpec | None


def _occurrences(
    name: str, new: str, records: Sequence[Record], collections: Mapping[Place, CollectionSpec], region: str | None
) -> Iterator[_Found]:
    named = [one for record in records for one in _fields(record, collections) if _is_named(one, name)]
    wrong = {(_kind(one), form) for one in named for form in _forms(one, region)}
    wrong -= {(_kind(one), form) for one in named for form in _forms(_Found(one.record, "", new, one.spec), region)}
    seen = {(one.record.record, one.heading) for one in named}
    yield from named
    for record in records:
        for one in _fields(record, collections):
            at = (record.record, one.heading)
            if at not in seen and any((_kind(one), form) in wrong for form in _forms(one, region)):
                yield one


def _fields(record: Record, collections: Mapping[Place, CollectionSpec]) -> Iterator[_Found]:
    spec = collections.get((record.source, record.collection), CollectionSpec())
    for heading, value in record.fields:
        yield _Found(record, heading, value, field_of(spec.fields, heading))


def _is_named(one: _Found, name: str) -> bool:
    label = one.spec.label if one.spec else None
    return plain(one.heading) == plain(name) or (label is not None and plain(label) == plain(name))


def _kind(one: _Found) -> str:
    """What a value is compared within: identifiers of one kind, else fields of one category."""
    return (one.spec.identifier or one.spec.category or one.heading) if one.spec else one.heading


def _forms(one: _Found, region: str | None) -> tuple[str, ...]:
    if not one.value:
        return ()
    kind = one.spec.identifier if one.spec else None
    return normal_forms(kind, one.value, region) if kind else (one.value.strip().casefold(),)


def _change(one: _Found, new: str, collections: Mapping[Place, CollectionSpec], today: date) -> Change:
    how, why = _how(one, new, collections, today)
    record = one.record
    return Change(record.record, record.source, record.collection, record.key, one.heading, one.value, new, how, why)


def _how(one: _Found, new: str, collections: Mapping[Place, CollectionSpec], today: date) -> tuple[How, str]:
    spec = collections.get((one.record.source, one.record.collection), CollectionSpec())
    if one.value == new:
        return "right", "it has the new value already"
    if one.spec and one.spec.given == "derived":
        return "recompute", "it was computed: correct what it was computed from, and compute it again"
    category = (one.spec.category if one.spec else None) or ""
    if any(vocabulary.covers(opinion, category) for opinion in _OPINIONS):
        return "statement", "it is what somebody wrote or thought then: a statement is put beside it"
    hold = hold_on(one.record, spec, today)
    if hold is not None and one.heading in hold.headings:
        return "statement", "it stands on a document that the law has us keep: a statement is put beside it"
    erase = spec.erase
    if erase and erase.target and erase.table and erase.key:
        return "script", "by the script of its database"
    return "hand", "by hand or by the vendor's own form"


def _derived(
    changes: Sequence[Change], records: Sequence[Record], collections: Mapping[Place, CollectionSpec]
) -> Iterator[Change]:
    """Derived values of the records that are corrected: they may have been computed from what was wrong (R-8)."""
    corrected = {change.record for change in changes if change.how in ("script", "hand")}
    listed = {(change.record, change.field) for change in changes}
    for record in records:
        for one in _fields(record, collections) if record.record in corrected else ():
            at = (record.record, one.heading)
            if one.value and one.spec and one.spec.given == "derived" and at not in listed:
                why = "it was computed and may rest on the wrong value: compute it again, or mark it"
                yield Change(
                    record.record, record.source, record.collection, record.key, one.heading, one.value, "",
                    "recompute", why,
                )  # fmt: skip


def _steps(
    changes: Sequence[Change], records: Mapping[str, Record], collections: Mapping[Place, CollectionSpec],
    config: Config, schemas: Mapping[str, Shapes],
) -> Iterator[ErasureStep]:  # fmt: skip
    for name in dict.fromkeys(change.record for change in changes):
        own = [change for change in changes if change.record == name and change.how in ("script", "hand")]
        if not own:
            continue
        record = records[name]
        spec = collections[record.source, record.collection]
        step = ErasureStep(
            name, record.source, record.collection, record.key, "keep",
            Reason("Art. 16", "It is corrected as the person asked."), None,
            "; ".join(f"correct {change.field}" for change in own), tuple((change.field, "keep") for change in own),
        )  # fmt: skip
        if all(change.how == "script" for change in own) and spec.erase:
            yield _scripted(step, record, spec, {change.field: change.new for change in own}, config, schemas)
        else:
            yield step


def _scripted(
    step: ErasureStep, record: Record, spec: CollectionSpec, news: Mapping[str, str], config: Config,
    schemas: Mapping[str, Shapes],
) -> ErasureStep:  # fmt: skip
    """Give a step its statement: the row by its key, the old values as a lock; by hand where none can be written."""
    from dataclasses import replace

    erase = spec.erase
    if erase is None or not (erase.target and erase.table):
        return step
    change = _row(record, erase, news)
    shape = schemas.get(erase.target, {}).get(erase.table)
    limits = {name: limit.model_copy(update={"unique": False}) for name, limit in limits_of(spec, shape).items()}
    spoken = dialect(config.target[erase.target].dialect)
    if change is None or broken_bound(dict(change.set), {}, limits):
        return replace(step, statement=f"{step.statement} (the database does not bear it: look at its columns)")
    try:
        text = statement(change, spoken)
    except UnwritableValue:
        return step
    check(text, change, spoken)
    return replace(step, target=erase.target, statement=text)


def _row(record: Record, erase: Erase, news: Mapping[str, str]) -> RowChange | None:
    values = dict(record.fields)
    key = [(column, value_of(values, heading) or "") for heading, column in erase.key.items()]
    if not key or not all(value for _, value in key) or erase.table is None:
        return None
    taken = {column for column, _ in key}
    headings = {**{heading: column_of(erase, heading) for heading in news}, **erase.lock}
    lock = [(column, value_of(values, heading) or "") for heading, column in headings.items() if column not in taken]
    sets = tuple((column_of(erase, heading), new) for heading, new in news.items())
    return RowChange(erase.table, (*key, *dict.fromkeys(lock)), sets)


def _notes(changes: Sequence[Change], unknown: Sequence[str], steps: Sequence[ErasureStep]) -> Iterator[str]:
    for name in unknown:
        yield f"No record of the person has a field `{name}`: give its heading or label."
    by_hand = sum(step.target is None for step in steps)
    if by_hand:
        yield f"{by_hand} record{'s' if by_hand > 1 else ''} to be corrected by hand: see changes.html."
    for how, one, many in (
        ("statement", "supplementary statement", "supplementary statements"),
        ("recompute", "derived value to be computed again", "derived values to be computed again"),
    ):
        count = sum(change.how == how for change in changes)
        if count:
            yield f"{count} {one if count == 1 else many}: see changes.html."
