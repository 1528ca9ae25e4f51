"""From confirmed matches to an erasure plan: exactly one outcome for each record, in an order that holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import Any

from dsar.config import CollectionSpec, Config
from dsar.erasure.counted import counted
from dsar.erasure.decide import STAYS, STORED, Decision, Setting, decide
from dsar.erasure.digest import digest, step_dict
from dsar.erasure.hold import legal_holds, open_access
from dsar.erasure.lines import made_of_lines, places
from dsar.erasure.order import in_order, unplanned_children
from dsar.erasure.schema import Shapes
from dsar.erasure.scope import out_of_scope, recipients_of
from dsar.model import Answer, ErasurePlan, ErasureStep, Reason, Record
from dsar.retention import value_of

Place = tuple[str, str]
"""(source, collection)"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan is made on beside the answer: the day, and what the company's databases and register say."""

    today: date
    schemas: Mapping[str, Shapes] = field(default_factory=dict)
    """Target → the tables of its DDL file."""
    open_access: tuple[str, ...] = ()
    """Ids of open access requests of the same person."""
    restriction: Reason | None = None
    """Why a person wants storage only, where they said which of the cases of Art. 18(1) it is."""


def make_plan(
    answer: Answer, collections: Mapping[Place, CollectionSpec], config: Config, ground: Ground | date
) -> ErasurePlan:
    """Plan the erasure of every confirmed record of an answer (Art. 17, 18, 19 GDPR); deletes nothing.

    Each confirmed record gets exactly one outcome; probable and possible ones are never planned but counted.
    Collections that `erase.after` names come first, so children go before their parents. The digest covers every
    step. Raises ConfigError where `after` names no collection or goes in a circle, or a name cannot be quoted.
    """
    on = Ground(ground) if isinstance(ground, date) else ground
    setting = _setting(answer, config, on)
    places = in_order(collections, on.schemas)
    records = sorted((match.record for match in answer.graded("confirmed")), key=lambda one: _rank(one, places))
    nothing = CollectionSpec()
    decided = [(record, decide(record, collections.get(_place(record), nothing), setting)) for record in records]
    decided = _one_state_a_row(decided, collections)
    steps = tuple(_step(record, decision) for record, decision in decided)
    # who got a row must hear of the erasure even where our own proof of sending it is kept (Art. 19, 17(2))
    acts = any(decision.outcome != "keep" for _, decision in decided)
    touched = records if acts else []
    return ErasurePlan(
        request_id=answer.request.request_id or "",
        as_of=answer.as_of,
        steps=steps,
        recipients=recipients_of(touched, collections, config),
        out_of_scope=out_of_scope(answer, config, on.today),
        digest=digest(steps),
        notes=(
            *_stay_notes(setting),
            *_notes(answer, decided),
            *unplanned_children(steps, collections, on.schemas),
        ),
    )


def _setting(answer: Answer, config: Config, on: Ground) -> Setting:
    request = answer.request
    holds = legal_holds(answer, config.hold, config.controller.phone_region, on.today)
    return Setting(
        today=on.today,
        store=request.store or request.right == "restriction",
        objected=request.right == "objection",
        dialects={name: target.dialect for name, target in config.target.items()},
        stays=(*(open_access(name) for name in on.open_access), *holds),
        schemas=on.schemas,
        restriction=on.restriction or STORED,
    )


def plan_json(plan: ErasurePlan, rehearsal: Mapping[str, Any] | None = None) -> bytes:
    """Write a plan as plan.json (schema dsar-plan/1), the same plan always as the same bytes.

    `rehearsal` is what its rehearsal saw: the result is part of the plan.
    """
    document = {
        "schema": "dsar-plan/1",
        "request_id": plan.request_id,
        "as_of": plan.as_of,
        "digest": plan.digest,
        "steps": [step_dict(step) for step in plan.steps],
        "recipients": [asdict(recipient) for recipient in plan.recipients],
        "out_of_scope": [{"what": what, "reason": reason} for what, reason in plan.out_of_scope],
        "counts": plan.counts,
        "notes": list(plan.notes),
        "files": [asdict(file) for file in plan.files],
        "rehearsal": dict(rehearsal) if rehearsal is not None else None,
    }
    lines = (f"{json.dumps(name)}: {_listed(part)}" for name, part in document.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "surrogatepass")


def _listed(part: object) -> str:
    """JSON of one part of a plan: an item a line, so that two plans can be compared line by line."""
    if not isinstance(part, list) or not part:
        return json.dumps(part, ensure_ascii=False)
    return "[\n  " + ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in part) + "\n]"


def file_spans(plan: ErasurePlan, records: Sequence[Record]) -> dict[str, tuple[tuple[int, int], ...]]:
    """The lines that the plan removes from each export file, as (first line, number of lines), by the file's path.

    A record goes from every place where it stands: an equal row in another export would survive otherwise (Art. 17).
    """
    planned = {step.record for step in plan.steps if step.target and step.target.startswith("file:")}
    spans: dict[str, set[tuple[int, int]]] = {}
    for record in records:
        if record.record in planned:
            for file, line, count in places(record):
                if made_of_lines(file):
                    spans.setdefault(file, set()).add((line, count))
    return {file: tuple(sorted(lines)) for file, lines in sorted(spans.items())}


def by_hand(plan: ErasurePlan, refused: Mapping[str, str]) -> ErasurePlan:
    """Turn the steps of files that cannot be rewritten into steps for people; `refused` says why, by the file's path.

    The lines stand in the steps, so people find them; a note names each file, and the digest is taken anew.
    """
    steps = []
    for step in plan.steps:
        file = (step.target or "").removeprefix("file:")
        if step.target == f"file:{file}" and file in refused:
            step = replace(step, target=None, statement=f"In {PurePath(file).name}: {step.statement}.")
        steps.append(step)
    notes = [f"{file} was not rewritten, so its lines must be removed by hand: {why}" for file, why in refused.items()]
    return replace(plan, steps=tuple(steps), digest=digest(steps), notes=(*plan.notes, *notes))


def _place(record: Record) -> Place:
    return record.source, record.collection


def _rank(record: Record, places: Sequence[Place]) -> int:
    return places.index(_place(record)) if _place(record) in places else len(places)


def _one_state_a_row(
    decided: list[tuple[Record, Decision]], collections: Mapping[Place, CollectionSpec]
) -> list[tuple[Record, Decision]]:
    """Keep a row of a database that several records show in two states: one of the statements would be wrong.

    Records that agree share one statement; the script writes it once.
    """
    states: dict[tuple[str, ...], set[str | None]] = {}
    for record, decision in decided:
        if row := _row(record, collections):
            states.setdefault(row, set()).add(decision.statement)
    return [
        (record, _contradicted(decision))
        if decision.statement and len(states.get(_row(record, collections) or (), ())) > 1
        else (record, decision)
        for record, decision in decided
    ]


def _row(record: Record, collections: Mapping[Place, CollectionSpec]) -> tuple[str, ...] | None:
    """Which row of which database the record shows, where `erase` says so."""
    spec = collections.get(_place(record))
    erase = spec.erase if spec else None
    if erase is None or not (erase.target and erase.table and erase.key):
        return None
    values = dict(record.fields)
    cells = sorted((column, value_of(values, heading) or "") for heading, column in erase.key.items())
    return erase.target, erase.table, *(part for cell in cells for part in cell)


def _contradicted(decision: Decision) -> Decision:
    note = "several records show one row of the database in different states, so no statement can be right"
    reason = decision.reason
    if decision.outcome in ("delete", "anonymise"):
        reason = Reason(STAYS, "The exports show its row in different states; a fresh export is needed.")
    return replace(decision, outcome="keep", reason=reason, target=None, statement=None, fields=(), notes=(note,))


def _step(record: Record, decision: Decision) -> ErasureStep:
    return ErasureStep(
        record=record.record,
        source=record.source,
        collection=record.collection,
        key=record.key,
        outcome=decision.outcome,
        reason=decision.reason,
        target=decision.target,
        statement=decision.statement,
        fields=decision.fields,
    )


def _stay_notes(setting: Setting) -> tuple[str, ...]:
    return () if setting.store else tuple(stay.reason.text for stay in setting.stays)


def _notes(answer: Answer, decided: Sequence[tuple[Record, Decision]]) -> tuple[str, ...]:
    """What a person must look at, with counts and without values."""
    every = Counter(
        (f"{record.source}/{record.collection}", note) for record, decision in decided for note in decision.notes
    )
    notes = [f"{place}: {note} ({counted(count)})." for (place, note), count in every.items()]
    undecided = len(answer.graded("probable")) + len(answer.graded("possible"))
    if undecided:
        said = (
            "is probable or possible and not in the plan; decide it"
            if undecided == 1
            else ("are probable or possible and not in the plan; decide them")
        )
        notes.append(f"{counted(undecided)} {said} first.")
    return tuple(notes)
