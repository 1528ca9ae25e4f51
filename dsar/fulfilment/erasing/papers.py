"""What lies in the folder of a plan, made of what all plans of a run share: tasks that any process of ours can do."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.config import CollectionSpec, Config
from dsar.fulfilment.erasing.recipients import file_name, message
from dsar.fulfilment.erasing.rehearsing import Seen
from dsar.fulfilment.erasing.restriction import ground_of
from dsar.model import Answer, ErasurePlan, Identifier
from dsar.store.case import write_case

if TYPE_CHECKING:
    from dsar.erasure.schema import Shapes

MANY = 100
"""Plans from which on a child saves more than its start costs."""
Papers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Shared:
    """What all plans of a run are made of; it goes to each process once."""

    root: Path
    config: Config
    specs: Mapping[tuple[str, str], CollectionSpec]
    schemas: Mapping[str, Shapes]
    day: datetime.date


def planned(shared: Shared, answer: Answer, open_access: tuple[str, ...]) -> ErasurePlan:
    """Make the plan of an answer whose request has its id."""
    from dsar.erasure.plan import Ground, make_plan
    from dsar.erasure.rectify import rectify

    request = answer.request
    if request.right == "rectification":
        made = rectify(answer, shared.specs, shared.config, shared.day, shared.schemas).plan
    else:
        word = request.ground or ("objection" if request.right == "objection" else None)
        reason = ground_of(word) if word and (request.store or request.right == "restriction") else None
        made = make_plan(answer, shared.specs, shared.config, Ground(shared.day, shared.schemas, open_access, reason))
    return replace(made, notes=tuple(dict.fromkeys([*answer.notes, *made.notes])))


def papers(shared: Shared, name: str, answer: Answer, plan: ErasurePlan, seen: Seen) -> Papers:
    """Write the case of an answer and give the files of its plan; `plan.json` is among them.

    The case lasts before anything is said of it in the journal, which the caller writes.
    """
    from dsar.erasure.plan import plan_json
    from dsar.erasure.steps import steps_markdown
    from dsar.renderers.as_plan import render_plan

    right = answer.request.right
    files = list(_scripts(shared.config, plan, seen, "rectify" if right == "rectification" else "erase"))
    files.append(("rehearsal.json", (json.dumps(seen.document, indent=1) + "\n").encode()))
    files.append(("plan.json", plan_json(plan, seen.document)))
    if right != "rectification":  # its page is the change set
        files.append(("plan.html", render_plan(plan, shared.config, seen.tables, seen.texts)))
        files.append(("steps.md", steps_markdown(plan, shared.config)))
    known = dict.fromkeys([*answer.request.identifiers, *(Identifier(o.kind, o.value) for o in answer.identifiers)])
    for number, recipient in enumerate(plan.recipients, 1):
        told = message(shared.config, recipient, plan.request_id, right, known)
        files.append((file_name(number, recipient), told))
    write_case(shared.root, name, answer)
    return files


def _scripts(config: Config, plan: ErasurePlan, seen: Seen, verb: str) -> Iterator[tuple[str, bytes]]:
    """Give the scripts and calls; a script whose rehearsal failed is not written, so that nobody can run it."""
    from dsar.erasure.calls import http
    from dsar.erasure.script import script

    for target in dict.fromkeys(step.target for step in plan.steps if step.target and step.statement):
        if target in config.target and target not in seen.failed:
            yield f"{verb}.{target}.sql", script(plan, target, config.target[target].dialect)
        elif target.startswith("api:"):
            yield f"erase.{target.removeprefix('api:')}.http", http(plan, target)
