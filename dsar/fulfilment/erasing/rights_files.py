"""What lies beside the plan of a right: the change set, the consents before and after, the stop order, the markers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from dsar import vocabulary
from dsar.fulfilment.erasing.scopes import Scope, consents_of, free_of, scopes_of
from dsar.fulfilment.package import Output
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, ErasurePlan, Recipient

if TYPE_CHECKING:
    from dsar.erasure.rectify import Change
    from dsar.renderers.as_sections import Rows, Section

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\0")


def write_more(workspace: Workspace, answer: Answer, plan: ErasurePlan, output: Output) -> ErasurePlan:
    """Write the further files of a right, an erasure has none; gives the plan with those it must tell."""
    writers = {
        "rectification": _change_set, "restriction": _markers, "objection": _stop_order, "withdrawal": _consents,
    }  # fmt: skip
    if answer.request.right == "objection":
        plan = replace(plan, recipients=_users(workspace, answer))
    if answer.request.right in writers:
        writers[answer.request.right](workspace, answer, plan, output)
    return plan


def _users(workspace: Workspace, answer: Answer) -> tuple[Recipient, ...]:
    """Who got records that are used for marketing: they must stop as well."""
    from dsar.erasure.scope import recipients_of

    used = [
        match.record
        for match in answer.graded("confirmed")
        if any(_markets(p.purpose) for p in workspace.specs[match.record.source, match.record.collection].purposes)
    ]
    return recipients_of(used, workspace.specs, workspace.config)


def _markets(purpose: str) -> bool:
    return (vocabulary.purpose(purpose).fides_use or "").startswith("marketing")


def _page(workspace: Workspace, name: str, said: str, parts: Sequence[Section], plan: ErasurePlan) -> bytes:
    from dsar.renderers.as_sections import Head, page

    subtitle = f"{workspace.config.controller.name}, request {plan.request_id}, {plan.as_of[:10]}"
    return page(Head(name, subtitle, said, "This page holds personal data: keep it private."), parts)


def _change_set(workspace: Workspace, answer: Answer, plan: ErasurePlan, output: Output) -> None:
    from dsar.erasure.rectify import rectify
    from dsar.fulfilment.erasing.schemas import schemas_of

    found = rectify(answer, workspace.specs, workspace.config, workspace.now.date(), schemas_of(workspace))
    document = {
        "schema": "dsar-changes/1",
        "request_id": plan.request_id,
        "digest": plan.digest,
        "changes": [asdict(change) for change in found.changes],
        "unknown": list(found.unknown),
    }
    output.write("changes.json", _json(document))
    titles = (
        ("script", "Corrected by script", "These scripts change exactly these rows, or nothing."),
        ("hand", "To be corrected by hand", "In the system itself, or by the vendor's own form or API."),
        ("statement", "To be kept, with a statement beside it (Art. 16)", "What was written then is not rewritten."),
        ("recompute", "To be computed again or marked", "These values may rest on what was wrong."),
        ("right", "Already right", ""),
    )
    parts: list[Section] = []
    for how, title, said in titles:
        rows: Rows = [_shown(change) for change in found.changes if change.how == how]
        if rows:
            heads: tuple[str, ...] = ("Record", "Field", "Old", "New", "Why")
            if how == "recompute":  # what it will be is not known yet
                heads, rows = (*heads[:3], heads[4]), [(*row[:3], row[4]) for row in rows]
            parts.append((title, said, heads, rows))
    parts += _told(plan)
    said = f"{len(found.changes)} places hold a value that is to be corrected. Nothing was changed yet."
    output.write("changes.html", _page(workspace, "Change set of a rectification", said, parts, plan))
    statements = [change for change in found.changes if change.how == "statement"]
    if statements:
        output.write("statements.txt", "".join(_statement(plan, change) for change in statements).encode())


def _shown(change: Change) -> tuple[str, ...]:
    return change.record, change.field, change.old or "", change.new, change.why


def _statement(plan: ErasurePlan, change: Change) -> str:
    """The text to be attached to a record that stays as it is (R-3)."""
    return (
        f"To {change.record}, field {change.field}:\nSupplementary statement of {plan.as_of[:10]}, request "
        f"{plan.request_id} (Art. 16 GDPR). The person states that it is to read: {change.new}\n\n"
    )


def _told(plan: ErasurePlan) -> Iterator[Section]:
    rows: Rows = [(told.name, told.role, told.country, told.disclosed) for told in plan.recipients]
    said = "One message each lies in messages/." if rows else "Nobody had received these data."
    yield "Recipients to be told (Art. 19)", said, ("Recipient", "Role", "Country", "What they received"), rows


def _markers(workspace: Workspace, answer: Answer, plan: ErasurePlan, output: Output) -> None:
    """The markers of restricted records, for those whose exports and campaigns must skip them (R-10, R-12)."""
    from dsar.erasure.skipped import query_of_skipped

    rows = [(step.source, step.collection, step.key, step.reason.ground, plan.as_of[:10], plan.request_id)
            for step in plan.steps if step.outcome == "restrict"]  # fmt: skip
    output.write("markers.csv", _csv(("source", "collection", "key", "ground", "since", "request"), rows))
    for target in dict.fromkeys(step.target for step in plan.steps if step.target in workspace.config.target):
        query = query_of_skipped(plan, target or "", workspace.config.target[target or ""].dialect)
        if query:
            output.write(f"test-query.{target}.sql", query)


def _stop_order(workspace: Workspace, answer: Answer, plan: ErasurePlan, output: Output) -> None:
    """The order to stop at once, for each collection that is used for what the person objects to (R-20)."""
    scopes = scopes_of(answer.request)
    stopped = [scope for scope in scopes if scope.marketing]
    weighed = [scope for scope in scopes if not scope.marketing]
    rows: Rows = []
    for (source, collection), spec in workspace.specs.items():
        uses = [p.purpose for p in spec.purposes if _markets(p.purpose)]
        held = sum((m.record.source, m.record.collection) == (source, collection) for m in answer.graded("confirmed"))
        named = [use for use in uses if any(scope.purpose in ("*", use) for scope in stopped)]
        named = named or (uses if uses and held and stopped else [])
        if named:
            rows.append((f"{source}/{collection}", ", ".join(named), str(held)))
    parts: list[Section] = [
        ("Stop at once (Art. 21(2)-(3))", "No reasons are asked, nothing is weighed, profiling for it included.",
         ("Purpose", "Channel"), [_in_words(scope, "all direct marketing") for scope in stopped]),
        ("Where it is used", "", ("Collection", "Purposes", "Records of the person"), rows),
        ("To be weighed (Art. 21(1))", "Restricted until it is decided: plan.html says which records.",
         ("Purpose", "Channel"), [_in_words(scope) for scope in weighed]),
        *_told(plan),
    ]  # fmt: skip
    shown = [part for part in parts if part[3] or part[0].startswith("Rec")]
    said = "The person is on the suppression list from now on. Stop today what is named here."
    output.write("stop-order.html", _page(workspace, "Stop order", said, shown, plan))
    document = {"schema": "dsar-stop-order/1", "request_id": plan.request_id, "at": workspace.as_of,
                "stop": [{"purpose": s.purpose, "channel": s.channel} for s in stopped],
                "weigh": [{"purpose": s.purpose, "channel": s.channel} for s in weighed],
                "used_in": [{"collection": c, "purposes": p, "records": int(n)} for c, p, n in rows]}  # fmt: skip
    output.write("stop-order.json", _json(document))


def _consents(workspace: Workspace, answer: Answer, plan: ErasurePlan, output: Output) -> None:
    """The matrix purpose × channel before and after, with the proof of each consent (R-14 to R-19)."""
    scopes = scopes_of(answer.request)
    rows: Rows = []
    matrix = []
    for one in consents_of(workspace, answer):
        hit = any(s.purpose in ("*", one.purpose) and s.channel in ("*", one.channel) for s in scopes)
        before = "withdrawn" if one.withdrawn else "granted"
        after = "withdrawn" if hit or one.withdrawn else before
        at = one.withdrawn or (workspace.as_of if hit else None)
        matrix.append({"purpose": one.purpose, "channel": one.channel, "before": before, "after": after,
                       "version": one.version, "given": one.given, "given_how": one.given_how, "withdrawn": at,
                       "changed": before != after})  # fmt: skip
        rows.append((one.purpose, one.channel, before, after, _moment(one.given), one.version, _moment(at)))
    asked = [scope for scope in scopes if not any(_named(scope, row) for row in matrix)]
    erased = ["/".join(place) for place in free_of(workspace, answer)[0]]
    document = {"schema": "dsar-consents/1", "request_id": plan.request_id, "effective": workspace.as_of,
                "matrix": matrix, "not_found": [asdict(scope) for scope in asked],
                "held_only_by_it": erased}  # fmt: skip
    output.write("consents.json", _json(document))
    heads = ("Purpose", "Channel", "Before", "After", "Given", "Version of the text", "Withdrawn")
    parts: list[Section] = [
        ("Consents before and after", "No other purpose is touched; what was done before stays lawful.", heads, rows),
        ("Held under the withdrawn consent alone", "These go to the erasure plan (Art. 17(1)(b)): plan.html.",
         ("Collection",), [(place,) for place in erased]),
        *_told(plan),
    ]  # fmt: skip
    named = ", ".join(" by ".join(_in_words(scope)) for scope in scopes)
    said = f"Withdrawn from {_moment(workspace.as_of)} on: {named}."
    output.write("consents.html", _page(workspace, "Withdrawal of consent", said, parts, plan))


def _in_words(scope: Scope, every: str = "every purpose") -> tuple[str, str]:
    """Purpose and channel of a scope as people read them: a star stands for every one."""
    return every if scope.purpose == "*" else scope.purpose, "every channel" if scope.channel == "*" else scope.channel


def _moment(text: str | None) -> str:
    """A moment to the minute, as people write it; whatever else a source says stays as it is."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:[\d.]+)?", r"\1 \2", text or "")


def _named(scope: Scope, row: dict[str, Any]) -> bool:
    return scope.purpose in ("*", row["purpose"]) and scope.channel in ("*", row["channel"])


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table for people and their programs: a cell that a spreadsheet would take for a formula has a ' before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([f"'{cell}" if cell.startswith(_TRIGGERS) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8", "surrogatepass")
