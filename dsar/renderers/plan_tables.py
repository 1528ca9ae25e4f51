"""The tables of plan.html: outcomes by collection, recipients, what is out of scope, and every record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dsar.config import Config
from dsar.model import ErasurePlan, ErasureStep, Outcome
from dsar.renderers.html_text import escaped
from dsar.renderers.plan_picture import OUTCOMES
from dsar.renderers.plan_words import Words, coded

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def place_of(step: ErasureStep) -> str:
    """Name the collection of a step as `source/collection`."""
    return f"{step.source}/{step.collection}"


def where(step: ErasureStep, config: Config) -> tuple[str, str]:
    """Tell where a step is done: `script`, `call`, `file`, `hand` or `none`, and the name of the target or file."""
    target = step.target or ""
    if step.statement and target in config.target:
        return "script", target
    kind, _, name = target.partition(":")
    if step.statement and kind == "api":
        return "call", name
    if kind == "file":
        return "file", name
    return ("none", "") if step.outcome == "keep" else ("hand", "")


def why(plan: ErasurePlan, tell: Words) -> Iterator[str]:
    """Write one row for the records of a collection that share outcome and reason; their end dates as a range."""
    groups: dict[tuple[str, Outcome, str, str, str], list[str | None]] = {}
    for step in plan.steps:
        reason = step.reason
        key = (place_of(step), step.outcome, reason.ground, reason.text, reason.statute or "")
        groups.setdefault(key, []).append(reason.until)
    columns = (("collection", 17), ("outcome", 12), ("count", 9), ("ground", 13), ("reason", 26), ("statute", 13))
    head = [(tell.html(f"why.{name}"), width) for name, width in (*columns, ("until", 13))]
    rows = []
    for (place, outcome, ground, text, statute), ends in sorted(
        groups.items(), key=lambda item: (item[0][0], OUTCOMES.index(item[0][1]), item[0][2:])
    ):
        until = _nothing(_range(ends, outcome, tell), tell)
        word, count = (
            f'<span class="out">{tell.html(f"{outcome}.word")}</span>',
            f'<span class="count">{len(ends)}</span>',
        )
        rows.append((shown(place), word, count, escaped(ground), coded(escaped(text)), _nothing(statute, tell), until))
    if rows:
        yield from table(tell.html("why.caption"), head, rows)


def replacements(plan: ErasurePlan, tell: Words) -> Iterator[str]:
    """Say of each rewritten file what it replaces, by SHA-256, as HTML."""
    for made in plan.files:
        values = {"name": made.file, "copy": made.copy, "before": made.sha256_before, "after": made.sha256_after}
        lines = {"kept": made.lines_after, "lines": made.lines_before}
        shared = f" {tell.html('next.shared', count=made.requests)}" if made.requests > 1 else ""
        yield tell.html("next.copy", **values, **lines) + shared


def recipients(plan: ErasurePlan, tell: Words) -> Iterator[str]:
    """List everybody who must be told, with country (Art. 19 GDPR)."""
    if not plan.recipients:
        yield f"<p>{tell.html('recipients.none')}</p>"
        return
    yield f"<p>{tell.html('recipients.intro')}</p>"
    columns = (("name", 26), ("role", 26), ("country", 10), ("disclosed", 38))
    rows = [(shown(to.name), escaped(to.role), escaped(to.country), escaped(to.disclosed)) for to in plan.recipients]
    head = [(tell.html(f"recipients.{name}"), width) for name, width in columns]
    yield from table(tell.html("recipients.caption"), head, rows)


def out_of_scope(plan: ErasurePlan, tell: Words) -> Iterator[str]:
    """List what the plan does not reach, each with its reason."""
    if not plan.out_of_scope:
        yield f"<p>{tell.html('scope.none')}</p>"
        return
    head = [(tell.html("scope.what"), 35), (tell.html("scope.reason"), 65)]
    rows = [(shown(what), coded(escaped(reason))) for what, reason in plan.out_of_scope]
    yield from table(tell.html("scope.caption"), head, rows)


def every_record(plan: ErasurePlan, config: Config, tell: Words) -> Iterator[str]:
    """List every record of the plan in the order of its steps, by its id and without a value of a field."""
    if not plan.steps:
        yield f"<p>{tell.html('list.empty')}</p>"
        return
    yield f"<p>{tell.html('list.intro')}</p>"
    columns = (("record", 26), ("outcome", 11), ("reason", 30), ("until", 11), ("where", 22))
    head = [(tell.html(f"list.{name}"), width) for name, width in columns]
    rows = []
    for step in plan.steps:
        kind, name = where(step, config)
        outcome = f'<span class="out">{tell.html(f"{step.outcome}.word")}</span>'
        until = _nothing(_range([step.reason.until], step.outcome, tell), tell)
        place = tell.html(f"where.{kind}", name=name)
        rows.append((shown(step.record), outcome, _reason(step, tell), until, place))
    yield from table(tell.html("list.caption"), head, rows)


def table(caption: str, head: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write a table of finished HTML cells that becomes a list of its rows on a narrow screen, as in the report.

    `head` is the heading (HTML) and the relative width of each column; the first cell of a row is its heading.
    """
    yield f'<table class="stack" role="table"><caption>{caption}</caption>'
    total = sum(width for _, width in head)
    yield "".join(f'<col style="width:{100 * width // total}%">' for _, width in head)
    names = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name, _ in head)
    yield f'<thead role="rowgroup"><tr role="row">{names}</tr></thead>\n<tbody role="rowgroup">'
    for first, *rest in rows:
        cells = "".join(
            f'<td role="cell" data-label="{name}"><div>{cell}</div></td>'
            for (name, _), cell in zip(head[1:], rest, strict=True)
        )
        row = f'<th scope="row" role="rowheader" data-label="{head[0][0]}"><div>{first}</div></th>'
        yield f'\n<tr role="row">{row}{cells}</tr>'
    yield "</tbody></table>"


def shown(text: str) -> str:
    """Write a text from an export or the config as HTML: escaped, in its own direction, with a break after a slash."""
    return f'<span class="value" dir="auto">{escaped(text).replace("/", "/<wbr>")}</span>'


def _range(ends: Sequence[str | None], outcome: Outcome, tell: Words) -> str:
    dates = sorted({end for end in ends if end})
    if not dates:
        return tell.text("why.no_end") if outcome in ("restrict", "keep") else ""
    said = dates[0] if len(dates) == 1 else tell.text("why.range", first=dates[0], last=dates[-1])
    missing = sum(not end for end in ends)
    return tell.text("why.some_open", dates=said, count=missing) if missing else said


def _nothing(text: str, tell: Words) -> str:
    return _DATE.sub(r'<span class="date">\g<0></span>', escaped(text or tell.text("page.nothing")))


def _reason(step: ErasureStep, tell: Words) -> str:
    reason = step.reason
    key = "list.statute" if reason.statute else "list.ground"
    law = tell.html(key, ground=reason.ground, statute=reason.statute or "")
    said = f'{coded(escaped(reason.text))}<span class="note">{law}</span>'
    if not step.fields:
        return said
    fields = [tell.text("list.field", field=name, outcome=tell.text(f"{to}.word")) for name, to in step.fields]
    return f'{said}<span class="note">{tell.html("list.fields", fields=", ".join(fields))}</span>'
