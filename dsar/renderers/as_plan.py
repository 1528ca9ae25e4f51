"""The erasure plan as a letter to a colleague: what goes, what stays, why and until when (Art. 5(2), 17 GDPR)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from dsar.config import Config
from dsar.model import ErasurePlan, Outcome
from dsar.renderers.html_text import POLICY, escaped
from dsar.renderers.office import office_style
from dsar.renderers.plan_picture import picture
from dsar.renderers.plan_tables import (
    every_record,
    out_of_scope,
    place_of,
    recipients,
    replacements,
    shown,
    table,
    where,
    why,
)
from dsar.renderers.plan_texts import TextLike, failed_texts, rehearsed_texts
from dsar.renderers.plan_words import Words, coded, words


class RehearsalLike(Protocol):
    """What the rehearsal of one table saw; `erasure` hands over its own kind of it."""

    @property
    def target(self) -> str:
        """Name of the target in dsar.toml."""

    @property
    def table(self) -> str:
        """Name of the table."""

    @property
    def rows(self) -> int:
        """Rows of the copy."""

    @property
    def planned(self) -> int:
        """Statements of the plan."""

    @property
    def changed(self) -> int:
        """Rows that changed."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it did not go as planned, without values."""

    @property
    def sampled(self) -> int:
        """Rows of the export, where the copy holds only a part of them; else 0."""

    @property
    def passed(self) -> bool:
        """Whether it went as planned."""


def render_plan(
    plan: ErasurePlan, config: Config, rehearsals: Sequence[RehearsalLike], texts: Sequence[TextLike] = ()
) -> bytes:
    """Write plan.html: one UTF-8 document that loads nothing, the same bytes for the same plan (Art. 5(2) GDPR).

    It shows record ids and the names of fields, never a value of a field. Raises DsarError for a missing phrase.
    """
    tell = words()
    look = [*_look(plan, config, rehearsals, tell), *failed_texts(texts, tell)]
    failed = {seen.target for seen in rehearsals if not seen.passed} | {one.target for one in texts if one.problems}
    sections = [
        ("outcome", "".join(_outcome(plan, tell))),
        ("why", "".join(why(plan, tell))),
        ("next", "".join(_next(plan, config, look, failed, tell))),
        ("rehearsal", "".join([*_rehearsal(config, rehearsals, texts, tell), *rehearsed_texts(texts, tell)])),
        ("recipients", "".join(recipients(plan, tell))),
        ("scope", "".join(out_of_scope(plan, tell))),
        ("list", "".join(every_record(plan, config, tell))),
    ]
    parts = [*_head(plan, config, tell), *_top(plan, look, tell)]
    links = "".join(f'<li><a href="#{name}">{tell.html(f"{name}.title")}</a></li>' for name, body in sections if body)
    parts.append(f'<nav aria-labelledby="contents"><h2 id="contents">{tell.html("page.contents")}</h2>')
    parts.append(f'<ul>{links}</ul></nav>\n<main id="content">')
    for name, body in sections:
        if body:
            title = f'<h2 id="{name}-title">{tell.html(f"{name}.title")}</h2>'
            parts.append(f'<section id="{name}" aria-labelledby="{name}-title">\n{title}\n{body}\n</section>')
    footer = tell.html("page.footer", request=_request(plan, tell), digest=plan.digest)
    parts.append(f"</main>\n<footer><p>{tell.html('page.private')}</p><p>{footer}</p></footer>\n</body>\n</html>\n")
    return "\n".join(parts).encode("utf-8")


def _request(plan: ErasurePlan, tell: Words) -> str:
    return plan.request_id or tell.text("page.unknown")


def _head(plan: ErasurePlan, config: Config, tell: Words) -> Iterator[str]:
    title = tell.text("page.title", request=_request(plan, tell))
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">'
    yield f"<title>{escaped(title)}</title>\n<style>\n{office_style()}</style>\n</head>\n<body>"
    yield f'<a class="skip" href="#content">{tell.html("page.skip")}</a>'
    yield f"<header>\n<h1>{tell.html('page.title', request=_request(plan, tell))}</h1>"
    subtitle = tell.html("page.subtitle", controller=config.controller.name, date=plan.as_of[:10])
    yield f'<p class="subtitle">{subtitle}</p>'


def _top(plan: ErasurePlan, look: list[str], tell: Words) -> Iterator[str]:
    """The answer in words, what to look at, and the digest: before anything else."""
    yield f'<div class="answer"><p>{tell.html("summary.nothing_done")}</p><p>{_summary(plan, tell)}</p></div>'
    if look:
        points = "".join(f"<li>{point}</li>" for point in look)
        yield f'<div class="look" role="note" aria-labelledby="look"><h2 id="look">{tell.html("look.title")}</h2>'
        yield f"<p>{tell.html('look.intro')}</p><ul>{points}</ul></div>"
    digest = f"{tell.html('page.digest')}: <code>{escaped(plan.digest)}</code>"
    yield f'<p class="digest">{digest} {tell.html("page.compare")}</p>\n</header>'


def _summary(plan: ErasurePlan, tell: Words) -> str:
    """The counts in sentences: what goes, what stays, and until when."""
    steps = plan.steps
    if not steps:
        return tell.html("summary.empty")
    if len(steps) == 1:
        said = tell.html("summary.plan_one", part=tell.text(f"{steps[0].outcome}.only"))
        sentences = [tell.html("summary.found_one"), said]
    else:
        places = tell.counted("collections", len({place_of(step) for step in steps}))
        parts = [tell.counted(outcome, count) for outcome, count in plan.counts.items() if count]
        found = tell.html("summary.found", records=tell.counted("records", len(steps)), collections=places)
        sentences = [found, tell.html("summary.plan", parts=tell.joined(parts))]
    stays = [step.reason.until for step in steps if step.outcome in ("restrict", "keep")]
    if ends := [until for until in stays if until]:
        sentences.append(tell.html("summary.until", date=max(ends)))
    if missing := len(stays) - len(ends):
        sentences.append(tell.html("summary.open", count=tell.counted("stays", missing)))
    return " ".join(sentences)


def _look(plan: ErasurePlan, config: Config, rehearsals: Sequence[RehearsalLike], tell: Words) -> list[str]:
    """What nobody may overlook, as HTML: the plan's notes, failed rehearsals, scripts that were not rehearsed."""
    points = [coded(escaped(note)) for note in plan.notes]
    for seen in rehearsals:
        if not seen.passed:
            problems = "; ".join(seen.problems)
            points.append(tell.html("look.failed", table=seen.table, target=seen.target, problems=problems))
    tried = {seen.target for seen in rehearsals}
    scripts = dict.fromkeys(name for kind, name in (where(step, config) for step in plan.steps) if kind == "script")
    points.extend(tell.html("look.unrehearsed", target=name) for name in scripts if name not in tried)
    return points


def _outcome(plan: ErasurePlan, tell: Words) -> Iterator[str]:
    by_place: dict[str, Counter[Outcome]] = {}
    for step in plan.steps:
        by_place.setdefault(place_of(step), Counter())[step.outcome] += 1
    if by_place:
        yield from picture(sorted(by_place.items()), tell)


def _next(plan: ErasurePlan, config: Config, look: list[str], failed: set[str], tell: Words) -> Iterator[str]:
    """Numbered steps, only those that this plan needs, in the order in which they are done."""
    points = [tell.html("next.settle")] if look else []
    points.append(tell.html("next.read"))
    done = Counter(where(step, config) for step in plan.steps if step.outcome != "keep")
    if done:
        points.append(tell.html("next.approve", digest=plan.digest))
    order = ("script", "call", "file", "hand")
    for (kind, name), count in sorted(done.items(), key=lambda item: order.index(item[0][0])):
        values = {"name": name, "records": tell.counted("records", count)}
        if kind == "script":
            target = config.target[name]
            values |= {"title": target.title or name, "dialect": target.dialect}
        if kind != "file" or name not in {made.file for made in plan.files}:
            phrase = "next.blocked" if kind == "script" and name in failed else f"next.{kind}"
            points.append(tell.html(phrase, **values))
    points.extend(replacements(plan, tell))
    if done:
        points.append(tell.html("next.steps"))
    if plan.recipients:
        points.append(tell.html("next.tell"))
    points.append(tell.html("next.again" if done else "next.none"))
    yield f'<ol class="steps">{"".join(f"<li>{point}</li>" for point in points)}</ol>'


def _rehearsal(
    config: Config, rehearsals: Sequence[RehearsalLike], texts: Sequence[TextLike], tell: Words
) -> Iterator[str]:
    if not rehearsals:
        yield f"<p>{tell.html('rehearsal.none')} {tell.html('rehearsal.others')}</p>"
        return
    names = dict.fromkeys(seen.target for seen in rehearsals)
    foreign = [
        f"{name} ({config.target[name].dialect})"
        for name in names
        if name in config.target and config.target[name].dialect != "sqlite"
        if not any(one.target == name and one.passed for one in texts)
    ]
    proof = tell.html("rehearsal.proves_sqlite")
    if foreign:
        proof = tell.html("rehearsal.proves", targets=tell.joined(foreign))
    if any(seen.sampled for seen in rehearsals):
        proof += f" {tell.html('rehearsal.sampled')}"
    yield f"<p>{tell.html('rehearsal.intro')}</p><p>{proof} {tell.html('rehearsal.others')}</p>"
    columns = (("table", 24), ("target", 18), ("result", 28), ("rows", 10), ("planned", 10), ("changed", 10))
    rows = []
    for seen in rehearsals:
        result = f'<span class="out">{tell.html("rehearsal.passed")}</span>'
        if not seen.passed:
            result = f'<span class="bad">{tell.html("rehearsal.failed", problems="; ".join(seen.problems))}</span>'
        size = tell.text("rehearsal.part", rows=seen.rows, all=seen.sampled) if seen.sampled else seen.rows
        numbers = (f'<span class="count">{count}</span>' for count in (size, seen.planned, seen.changed))
        rows.append((shown(seen.table), shown(seen.target), result, *numbers))
    head = [(tell.html(f"rehearsal.{name}"), width) for name, width in columns]
    yield from table(tell.html("rehearsal.caption"), head, rows)
