"""The report as one self-contained HTML file: no script, nothing loaded, the accessible copy (Art. 12(1) GDPR)."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterator
from importlib import resources

from dsar.model import AccessReport, CollectionReport, Finding
from dsar.renderers import content, records
from dsar.renderers.blocks import Block, Copy, Facts, Heading, Prose, Section, Table
from dsar.renderers.records import Column, End, Shown
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.visible import HIDDEN, number, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render_html(report: AccessReport) -> bytes:
    """Write the report as one UTF-8 HTML document, the same bytes for the same report.

    Every text is escaped; values keep their spaces and line ends, and characters nobody could see stand as `[U+202E]`.
    Raises DsarError for a language without texts.
    """
    say = phrases(report.language)
    sections = tuple(content.sections(report, say))
    draft = f' <span class="draft">{escaped(say("report.draft"))}</span>' if report.drafts else ""
    parts = [*_head(report, say), *_top(report, sections, say), '<main id="content">']
    for section in sections:
        parts.append(f'<section id="{section.anchor}" aria-labelledby="{section.anchor}-title">')
        parts.append(f'<h2 id="{section.anchor}-title">{escaped(section.title)}{draft}</h2>')
        for block in section.blocks:
            parts.extend(_block(block, say))
        parts.append("</section>")
    parts.append("</main>")
    parts.append(f"<footer><p>{escaped(_line(report, say))}</p></footer>")
    parts.append("</body>\n</html>\n")
    return "\n".join(parts).encode("utf-8")


def escaped(text: str) -> str:
    """Escape a text for HTML and write what nobody could see as `[U+202E]`."""
    return html.escape(visible(text))


def _line(report: AccessReport, say: Phrases) -> str:
    request = report.request.request_id or say("report.unknown")
    return say("report.header", request=request, controller=report.controller)


def _head(report: AccessReport, say: Phrases) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{escaped(say.language)}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">'
    draft = f"{say('report.draft')} – " if report.drafts else ""
    yield f"<title>{escaped(draft + say('report.title'))} – {escaped(_line(report, say))}</title>"
    draft_page = ""
    if report.drafts:  # on every printed page, in browsers that know margin boxes
        draft_page = (
            f'@page {{ @top-right {{ content: "{say("report.draft_banner")}"; font: 600 9pt sans-serif; }} }}\n'
        )
    yield f"<style>\n{_style()}{draft_page}</style>\n</head>\n<body>"


@functools.cache
def _style() -> str:
    return (resources.files(__package__) / "report.css").read_text(encoding="utf-8")


def _top(report: AccessReport, sections: tuple[Section, ...], say: Phrases) -> Iterator[str]:
    """Title and answer come before anything else (A-2), then the contents."""
    yield f'<a class="skip" href="#content">{escaped(say("report.skip"))}</a>'
    if report.drafts:
        yield f'<div class="banner">{escaped(say("report.draft_banner"))}</div>'
    yield f"<header>\n<h1>{escaped(say('report.title'))}</h1>"
    yield f'<p class="subtitle">{escaped(say("report.subtitle"))}</p>'
    sentences = "".join(f"<p>{escaped(sentence)}</p>" for sentence in content.answer(report, say))
    yield f'<div class="answer">{sentences}</div>'
    if report.drafts:
        reasons = "".join(f"<li>{escaped(reason)}</li>" for reason in report.drafts)
        yield f'<div class="reasons"><p>{escaped(say("report.draft_reasons"))}</p><ul>{reasons}</ul></div>'
    yield "</header>"
    contents = "".join(f'<li><a href="#{one.anchor}">{escaped(one.title)}</a></li>' for one in sections)
    title = f'<h2 id="contents">{escaped(say("report.contents"))}</h2>'
    yield f'<nav aria-labelledby="contents">{title}<ul>{contents}</ul></nav>'


def _block(block: Block, say: Phrases) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h3>{escaped(block.text)}</h3>"
    elif isinstance(block, Prose):
        yield f"<p{' class=strong' if block.strong else ''}>{escaped(block.text)}</p>"
    elif isinstance(block, Facts):
        rows = (f"<div><dt>{escaped(a)}</dt><dd>{_value(b)}</dd></div>" for a, b in block.rows)
        yield f"<dl>{''.join(rows)}</dl>"
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Copy):
        yield from _copy(block.collection, say)


def _value(text: str) -> str:
    return f'<span class="value" dir="auto">{_marked(text)}</span>'


def _marked(text: str) -> str:
    """The text escaped, and each unseen character as a marked number that no value can imitate."""
    return HIDDEN.sub(lambda match: f'<span class="hidden">{number(match)}</span>', html.escape(text))


def _table(table: Table) -> Iterator[str]:
    """A table that becomes a list of its rows on a narrow screen; the roles keep it a table for screen readers."""
    yield f'<table class="stack" role="table"><caption>{escaped(table.caption)}</caption>'
    yield "".join(f'<col style="width:{100 * width // sum(table.widths)}%">' for width in table.widths)
    head = "".join(f'<th scope="col" role="columnheader">{escaped(name)}</th>' for name in table.head)
    yield f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">'
    labels = [escaped(name) for name in table.head]
    for first, *rest in table.rows:
        cells = "".join(
            f'<td role="cell" data-label="{label}">{_value(cell)}</td>'
            for label, cell in zip(labels[1:], rest, strict=True)
        )
        name = f'<th scope="row" role="rowheader" data-label="{labels[0]}">{_value(first)}</th>'
        yield f'<tr role="row">{name}{cells}</tr>'
    yield "</tbody></table>"


def _copy(collection: CollectionReport, say: Phrases) -> Iterator[str]:
    """The records themselves: cards, or one table where there are many; the codes then stand below (Art. 15(3))."""
    columns, ends = records.columns(collection), records.kept(collection)
    if len(collection.findings) < records.COMPACT_FROM:
        for number, finding in enumerate(collection.findings, start=1):
            kept = ends.get(finding.match.record.record, [])
            yield from _card(finding, kept, f"{collection.source}/{collection.collection}/{number}", say)
        return
    caption = escaped(say("collection.copy_caption", title=collection.title))
    head = [f'<th scope="col">{escaped(say("record.record"))}</th><th scope="col">{escaped(say("record.file"))}</th>']
    head += [f'<th scope="col">{escaped(column.label)}{_technical(column)}</th>' for column in columns]
    if ends:
        head.append(f'<th scope="col">{escaped(say("record.kept_until"))}</th>')
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table class="wide">'
    yield f"<caption>{caption}</caption><thead><tr>{''.join(head)}</tr></thead><tbody>"
    for finding in collection.findings:
        yield _row(finding, columns, ends, say)
    yield "</tbody></table></div>"


def _technical(column: Column) -> str:
    return f"<code>{escaped(column.name)}</code>" if column.name != column.label else ""


def _row(finding: Finding, columns: tuple[Column, ...], ends: dict[str, list[End]], say: Phrases) -> str:
    record, fields = finding.match.record, records.named(finding)
    cells = [_text(records.shown(fields.get(column.name), say)) for column in columns]
    if ends:
        cells.append(escaped(records.kept_text(ends.get(record.record, []), say)))
    place = escaped(say("record.place", file=record.file, line=record.line))
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{_value(record.record)}</th><td>{place}</td>{inner}</tr>'


def _card(finding: Finding, kept: list[End], anchor: str, say: Phrases) -> Iterator[str]:
    record, match = finding.match.record, finding.match
    place = escaped(say("record.place", file=record.file, line=record.line))
    grade = escaped(say(f"grade.{match.grade}"))
    yield f'<article class="record" aria-labelledby="{anchor}"><header><h4 id="{anchor}">{_value(record.record)}</h4>'
    yield f"<p>{place} · {grade}: {escaped(match.reason)}</p></header><dl>"
    for name, field in records.named(finding).items():
        label = f"{escaped(field.label or name)}{_technical(Column(name, field.label or name))}"
        yield f"<div><dt>{label}</dt><dd>{_shown(records.shown(field, say), say)}</dd></div>"
    if kept:
        until = escaped(records.kept_text(kept, say))
        yield f"<div><dt>{escaped(say('record.kept_until'))}</dt><dd>{until}</dd></div>"
    yield "</dl></article>"


def _shown(shown: Shown, say: Phrases) -> str:
    if not shown.meaning:
        return _text(shown)
    return f'{_text(shown)}<span class="meaning">{escaped(say("record.means", meaning=shown.meaning))}</span>'


def _text(shown: Shown) -> str:
    return _value(shown.text) if shown.kind == "value" else f'<span class="none">{escaped(shown.text)}</span>'
