"""Automated decisions: how they are made in general, and what was decided about this person (Art. 15(1)(h) GDPR)."""

from __future__ import annotations

from dsar.config import CollectionSpec, Decision
from dsar.model import AutomatedDecision, Finding
from dsar.reports.cells import cell, iso, moment, text


def automated_decision(spec: CollectionSpec, found: tuple[Finding, ...]) -> AutomatedDecision | None:
    """Tell the procedure in the controller's words and each decision with the data that went in (C-203/22, R-23).

    None where the collection declares none, or declares it in one sentence only.
    """
    rule = spec.automated_decision
    if not isinstance(rule, Decision):
        return None
    made = [
        (one.match.record.record, iso(moment(one, rule.when, spec)), text(one, rule.result), _inputs(rule, one))
        for one in found
        if rule.result is None or text(one, rule.result)
    ]
    return AutomatedDecision(rule.logic, rule.effect, rule.consequences, rule.contact, tuple(made))


def _inputs(rule: Decision, finding: Finding) -> tuple[tuple[str, str], ...]:
    fields = (cell(finding, heading) for heading in rule.inputs)
    return tuple((field.label, field.meaning or field.value or "") for field in fields if field and field.value)
