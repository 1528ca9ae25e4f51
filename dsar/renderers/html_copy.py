"""The copy of the records as HTML (Art. 15(3) GDPR): cards, groups told once, or one table where there are many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dsar.model import Attachment, FieldValue, Finding
from dsar.renderers import records
from dsar.renderers.blocks import Copy
from dsar.renderers.html_text import escaped, technical, value
from dsar.renderers.records import Column, End, Part, Shown
from dsar.renderers.texts import Phrases

_OURS = re.compile(r"attachments/[0-9]{4,}(\.[a-z0-9]{1,8})?")
"""Names of files in the package that we gave ourselves: only these become links."""
Ends = Mapping[str, list[End]]


def copy(one: Copy, say: Phrases) -> Iterator[str]:
    """Yield the records of a collection, in their groups where they belong together."""
    collection, ends = one.collection, records.kept(one.collection)
    if len(collection.findings) >= records.COMPACT_FROM:
        yield from _wide(one, ends, say)
        return
    place = f"{collection.source}/{collection.collection}"
    for number, part in enumerate(records.parts(collection), start=1):
        if len(part.findings) == 1:
            yield from _card(part.findings[0], one, ends, f"{place}/{number}", say)
        else:
            yield from _group(part, one, ends, f"{place}/{number}", say)


def _card(finding: Finding, one: Copy, ends: Ends, anchor: str, say: Phrases) -> Iterator[str]:
    record, match = finding.match.record, finding.match
    place = escaped(say("record.place", file=record.file, line=record.line))
    grade = escaped(say(f"grade.{match.grade}"))
    yield f'<article class="record" aria-labelledby="{anchor}"><header><h4 id="{anchor}">{value(record.record)}</h4>'
    yield f"<p>{place} · {grade}: {escaped(match.reason)}</p></header>"
    yield from _fields(records.named(finding), say)
    yield from _until(ends.get(record.record, []), say)
    yield from _attached(one.files.get(record.record, ()), say)
    yield "</article>"


def _fields(fields: Mapping[str, FieldValue], say: Phrases) -> Iterator[str]:
    """What holds something as a list, the items of lists set apart; what is empty in one line below."""
    item, rows, titles = "", [], records.item_titles(fields)
    for name, field in records.filled(fields):
        if (here := records.item_of(name)) != item:
            item = here
            rows.append(f'<div class="item"><dt>{escaped(titles[item])}</dt><dd></dd></div>' if item else "")
        rows.append(_field(name, field, say))
    if rows:
        yield f"<dl>{''.join(rows)}</dl>"
    for mark, labels in records.blank(fields, say):
        yield f'<p class="blank"><span class="none">{escaped(mark)}</span> {escaped(labels)}</p>'


def _field(name: str, field: FieldValue, say: Phrases) -> str:
    label = f"{escaped(records.label(name, field, say))}{technical(name, field.label or name)}"
    return f"<div><dt>{label}</dt><dd>{_shown(records.shown(field, say), say)}</dd></div>"


def _until(ends: Iterable[End], say: Phrases) -> Iterator[str]:
    if text := records.kept_text(ends, say):
        yield f'<p class="until">{escaped(say("record.kept_until"))}: {escaped(text)}</p>'


def _attached(files: Sequence[Attachment], say: Phrases) -> Iterator[str]:
    if files:
        rows = "".join(f"<li>{_file(file, say)}</li>" for file in files)
        yield f'<div class="files"><p>{escaped(say("attachments.title"))}</p><ul>{rows}</ul></div>'


def _file(file: Attachment, say: Phrases) -> str:
    if file.stored_as is None:
        return f"{value(file.name)} – {escaped(say(f'attachments.problem_{file.problem}'))}"
    if _OURS.fullmatch(file.stored_as):
        return f'{value(file.name)} – <a href="{file.stored_as}">{file.stored_as}</a>'
    return f"{value(file.name)} – {escaped(file.stored_as)}"


def _group(part: Part, one: Copy, ends: Ends, anchor: str, say: Phrases) -> Iterator[str]:
    """What all records of a group have in common stands once; where they differ, each has a row."""
    found = records.same(part.findings, say)
    title = escaped(records.part_title(part, say))
    yield f'<article class="record" aria-labelledby="{anchor}"><header><h4 id="{anchor}">{title}</h4>'
    reasons = dict.fromkeys(finding.match.reason for finding in part.findings)
    yield f"<p>{escaped(' '.join(reasons))}</p></header>"
    common = escaped(say("group.common"))
    if found.common:
        yield f'<p class="common">{common}</p>'
        yield from _fields(found.common, say)
    if until := records.shared_end(part, ends, say):
        yield f'<p class="until">{escaped(say("record.kept_until"))}: {escaped(until)}</p>'
        ends = {}
    yield from _rows(part.findings, found.differing, ends, escaped(say("group.caption")), say)
    yield from _attached([f for finding in part.findings for f in one.files.get(finding.match.record.record, ())], say)
    yield "</article>"


def _wide(one: Copy, ends: Ends, say: Phrases) -> Iterator[str]:
    """Many records as one table; the records of a group follow a row that names it."""
    collection = one.collection
    columns = records.columns(collection.findings, say)
    caption = escaped(say("collection.copy_caption", title=collection.title))
    yield from _head(columns, bool(ends), caption, say)
    span = 2 + len(columns) + bool(ends)
    for part in records.parts(collection):
        if part.group is not None:
            title = escaped(records.part_title(part, say))
            yield f'<tr class="part"><th scope="rowgroup" colspan="{span}">{title}</th></tr>'
        for finding in part.findings:
            yield _row(finding, columns, ends, say)
    yield "</tbody></table></div>"
    yield from _attached([file for files in one.files.values() for file in files if _of(file, one)], say)


def _of(file: Attachment, one: Copy) -> bool:
    return file.record.startswith(f"{one.collection.source}/{one.collection.collection}/")


def _rows(
    findings: Sequence[Finding], columns: tuple[Column, ...], ends: Ends, caption: str, say: Phrases
) -> Iterator[str]:
    yield from _head(columns, bool(ends), caption, say)
    for finding in findings:
        yield _row(finding, columns, ends, say)
    yield "</tbody></table></div>"


def _head(columns: tuple[Column, ...], ends: bool, caption: str, say: Phrases) -> Iterator[str]:
    head = [f'<th scope="col">{escaped(say("record.record"))}</th><th scope="col">{escaped(say("record.file"))}</th>']
    head += [
        f'<th scope="col">{escaped(column.label)}{technical(column.name, column.label)}</th>' for column in columns
    ]
    if ends:
        head.append(f'<th scope="col">{escaped(say("record.kept_until"))}</th>')
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table class="wide">'
    yield f"<caption>{caption}</caption><thead><tr>{''.join(head)}</tr></thead><tbody>"


def _row(finding: Finding, columns: tuple[Column, ...], ends: Ends, say: Phrases) -> str:
    record, fields = finding.match.record, records.named(finding)
    cells = [_shown(records.shown(fields.get(column.name), say), say) for column in columns]
    if ends:
        cells.append(escaped(records.kept_text(ends.get(record.record, []), say)))
    place = escaped(say("record.place", file=record.file, line=record.line))
    inner = "</td><td>".join((place, *cells))
    return f'<tr><th scope="row">{value(record.record)}</th><td>{inner}</td></tr>'


def _shown(shown: Shown, say: Phrases) -> str:
    text = value(shown.text) if shown.kind == "value" else f'<span class="none">{escaped(shown.text)}</span>'
    if not shown.meaning:
        return text
    return f'{text}<span class="meaning">{escaped(say("record.means", meaning=shown.meaning))}</span>'
