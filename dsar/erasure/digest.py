"""The digest of a plan: what a person approves is what the scripts say, on any machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from dsar.model import ErasureStep


def digest(steps: Sequence[ErasureStep]) -> str:
    """Compute the SHA-256 (hex) over the canonical JSON of the steps, statements included (Art. 32(4) GDPR).

    Folders of rewritten files are left out, so that the same plan has the same digest wherever the exports lie.
    """
    plain = [step_dict(step) for step in steps]
    for step in plain:
        if step["target"] and step["target"].startswith("file:"):
            step["target"] = f"file:{PurePath(step['target'].removeprefix('file:')).name}"
    canonical = json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def step_dict(step: ErasureStep) -> dict[str, Any]:
    """One step as plan.json has it (schema dsar-plan/1)."""
    return {
        "record": step.record,
        "source": step.source,
        "collection": step.collection,
        "key": step.key,
        "outcome": step.outcome,
        "ground": step.reason.ground,
        "reason": step.reason.text,
        "statute": step.reason.statute,
        "until": step.reason.until,
        "target": step.target,
        "statement": step.statement,
        "fields": dict(step.fields),
    }
