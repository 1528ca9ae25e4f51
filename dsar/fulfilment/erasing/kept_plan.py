"""The plan of a request as its case keeps it: what was planned, on which rows, and what lies in which folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsar.config import CollectionSpec
from dsar.errors import RequestError, WorkspaceError
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, ErasurePlan, ErasureStep, Identifier, Reason, Recipient, Record
from dsar.retention import field_of, value_of
from dsar.store.case import case_folder
from dsar.store.files import private_folder, write_private

FILE = "plan.json"


@dataclass(frozen=True)
class KeptPlan:
    """A plan as it was kept when it was made; it holds personal values and goes with its case."""

    document: Mapping[str, Any]
    """`plan.json`, with the rehearsal's result."""
    identifiers: tuple[Identifier, ...]
    """Everything that was known of the person when the plan was made: a later search goes with all of it."""
    rows: tuple[Mapping[str, Any], ...]
    """Each planned record with its digest and what of it is overwritten."""
    scripts: Mapping[str, str]
    """Script → its SHA-256."""
    folder: str
    files: Mapping[str, str]
    """Export file → its SHA-256 when the plan was made."""
    right: str
    seen: frozenset[str] = frozenset()
    """Digests and ids of the rows that were found and are not in the plan: nobody has decided them."""

    @property
    def digest(self) -> str:
        """The digest of the plan."""
        return str(self.document["digest"])

    @property
    def steps(self) -> tuple[ErasureStep, ...]:
        """The steps of the plan."""
        return tuple(_step(one) for one in self.document["steps"])

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Who must be told."""
        return tuple(Recipient(**one) for one in self.document["recipients"])

    @property
    def rehearsed(self) -> bool:
        """Whether no rehearsal failed."""
        return bool((self.document.get("rehearsal") or {}).get("passed", True))


def keep_plan(
    workspace: Workspace, name: str, answer: Answer, plan: ErasurePlan, document: bytes, written: Mapping[str, str],
    folder: Path,
) -> None:  # fmt: skip
    """Keep a plan in the case of its request; what an earlier plan knew of the person is kept as well."""
    from dsar.erasure.verify import digest_of

    planned = {step.record: step for step in plan.steps}
    records = {match.record.record: match.record for match in answer.matches if match.record.record in planned}
    known = {(one.kind, one.value) for one in answer.identifiers}
    known |= {(one.kind, one.value) for one in answer.request.identifiers}
    before = _read(workspace.root, name)
    known |= {(one["kind"], one["value"]) for one in (before or {}).get("identifiers", ())}
    undecided = [match for match in answer.matches if match.record.record not in planned]
    kept = {
        "schema": "dsar-kept-plan/1",
        "right": answer.request.right,
        "plan": json.loads(document),
        "identifiers": [{"kind": kind, "value": value} for kind, value in sorted(known)],
        "rows": [
            {
                "record": name_,
                "digest": digest_of(record),
                "keyed": bool(workspace.specs[record.source, record.collection].key),
                "news": _news(answer, planned[name_]),
                "changed": _changed(record, planned[name_], workspace.specs[record.source, record.collection]),
            }
            for name_, record in records.items()
        ],
        "seen": sorted({mark for m in undecided for mark in (digest_of(m.record), m.record.record)}),
        "scripts": {file: sha for file, sha in written.items() if file.endswith((".sql", ".http"))},
        "folder": str(folder.resolve()),
        "files": {segment.facts.path: segment.contents.sha256 for segment in workspace.segments},
    }
    case = case_folder(workspace.root, name)
    private_folder(case)
    write_private(case / FILE, (json.dumps(kept, ensure_ascii=True) + "\n").encode())


def kept_plan(workspace: Workspace, name: str) -> KeptPlan:
    """Read the plan of a request; raises RequestError where none was made, WorkspaceError where it was changed."""
    document = _read(workspace.root, name)
    if document is None:
        raise RequestError(f"There is no plan of request {name}.", hint=f"`dsar erase --request {name} --out DIR`.")
    kept = KeptPlan(
        document["plan"],
        tuple(Identifier(one["kind"], one["value"]) for one in document["identifiers"]),
        tuple(document["rows"]),
        document["scripts"],
        document["folder"],
        document["files"],
        document["right"],
        frozenset(document["seen"]),
    )
    from dsar.erasure.digest import digest

    if digest(kept.steps) != kept.digest:
        raise WorkspaceError(
            "The kept plan differs from its digest: it was changed.", hint="Restore `.dsar/cases`, or plan again."
        )
    return kept


def changed_since(kept: KeptPlan) -> str:
    """Say what in the plan's folder is no longer as it was written; empty where nothing was changed.

    A file that is gone is right: scripts are removed after their run (E-35).
    """
    folder = Path(kept.folder)
    for name, sha256 in kept.scripts.items():
        path = folder / name
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            return f"{name} is not the one that the plan made"
    path = folder / FILE
    if path.is_file():
        try:
            if json.loads(path.read_bytes())["digest"] != kept.digest:
                return "plan.json has another digest"
        except (ValueError, KeyError, TypeError):
            return "plan.json cannot be read"
    return ""


def _read(root: Path, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((case_folder(root, name) / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise WorkspaceError("The kept plan of a request is damaged.", hint="Restore `.dsar/cases`.") from None
    return found


def _changed(record: Record, step: ErasureStep, spec: CollectionSpec) -> dict[str, str | None]:
    """The headings that the step's statement overwrites, with their values as they were."""
    values = dict(record.fields)
    if step.outcome != "delete" and step.fields:
        return {heading: values.get(heading) for heading, _ in step.fields}
    if step.outcome == "delete" or not step.statement or not step.target or spec.erase is None:
        return {}
    from dsar.erasure.bounds import new_value
    from dsar.erasure.hold import column_of

    named = [(heading, column_of(spec.erase, heading)) for heading in values]
    changed = {}
    for heading, template in ((h, spec.erase.set[column]) for h, column in named if column in spec.erase.set):
        value = value_of(values, heading)
        if new_value(template, "", value, field_of(spec.fields, heading)) != value:  # coarse already: nothing to see
            changed[heading] = value
    return changed


def _news(answer: Answer, step: ErasureStep) -> dict[str, str]:
    """The headings that a correction fills, with the new values, as far as they were named by their heading."""
    if answer.request.right != "rectification":
        return {}
    news = dict(answer.request.changes)
    return {heading: news[heading] for heading, _ in step.fields if heading in news}


def _step(one: Mapping[str, Any]) -> ErasureStep:
    reason = Reason(one["ground"], one["reason"], one["statute"], one["until"])
    return ErasureStep(
        one["record"], one["source"], one["collection"], one["key"], one["outcome"], reason, one["target"],
        one["statement"], tuple(one["fields"].items()),
    )  # fmt: skip
