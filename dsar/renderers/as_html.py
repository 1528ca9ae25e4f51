"""The report as one self-contained HTML file: nothing loaded, one small script to search, the accessible copy."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator
from importlib import resources

from dsar.model import AccessReport
from dsar.renderers import content
from dsar.renderers.blocks import Section
from dsar.renderers.html_blocks import block
from dsar.renderers.html_text import escaped
from dsar.renderers.texts import Phrases, phrases


def render_html(report: AccessReport) -> bytes:
    """Write the report as one UTF-8 HTML document, the same bytes for the same report (Art. 12(1) GDPR).

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
        for one in section.blocks:
            parts.extend(block(one, say))
        parts.append("</section>")
    parts.append("</main>")
    parts.append(f"<footer><p>{escaped(_line(report, say))}</p></footer>")
    parts.append(f"<script>{_script()}</script>")
    parts.append("</body>\n</html>\n")
    return "\n".join(parts).encode("utf-8")


@functools.cache
def policy() -> str:
    """The page may load nothing and run only its own script, which is named by its hash."""
    digest = base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _line(report: AccessReport, say: Phrases) -> str:
    request = report.request.request_id or say("report.unknown")
    return say("report.header", request=request, controller=report.controller)


def _head(report: AccessReport, say: Phrases) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{escaped(say.language)}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">'
    draft = f"{say('report.draft')} – " if report.drafts else ""
    yield f"<title>{escaped(draft + say('report.title'))} – {escaped(_line(report, say))}</title>"
    draft_page = ""
    if report.drafts:  # on every printed page, in browsers that know margin boxes
        draft_page = (
            f'@page {{ @top-right {{ content: "{say("report.draft_banner")}"; font: 600 9pt sans-serif; }} }}\n'
        )
    yield f"<style>\n{_file('report.css')}{draft_page}</style>\n</head>\n<body>"


@functools.cache
def _file(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _script() -> str:
    return _file("report.js")


def _top(report: AccessReport, sections: tuple[Section, ...], say: Phrases) -> Iterator[str]:
    """Title and answer come before anything else (A-2), then the contents and the search."""
    yield f'<a class="skip" href="#content">{escaped(say("report.skip"))}</a>'
    if report.drafts:
        yield f'<aside class="banner">{escaped(say("report.draft_banner"))}</aside>'
    yield f"<header>\n<h1>{escaped(say('report.title'))}</h1>"
    yield f'<p class="subtitle">{escaped(content.subtitle(report, say))}</p>'
    sentences = "".join(f"<p>{escaped(sentence)}</p>" for sentence in content.answer(report, say))
    yield f'<div class="answer">{sentences}</div>'
    if report.drafts:
        reasons = "".join(f"<li>{escaped(reason)}</li>" for reason in report.drafts)
        yield f'<div class="reasons"><p>{escaped(say("report.draft_reasons"))}</p><ul>{reasons}</ul></div>'
    yield "</header>"
    contents = "".join(f'<li><a href="#{one.anchor}">{escaped(one.title)}</a></li>' for one in sections)
    title = f'<h2 id="contents">{escaped(say("report.contents"))}</h2>'
    yield f'<nav aria-labelledby="contents">{title}<ul>{contents}</ul></nav>'
    none, count = escaped(say("find.none")), escaped(say("find.count", number="{number}", total="{total}"))
    buttons = "".join(
        f'<button type="button" aria-label="{name}" title="{name}">{sign}</button>'
        for name, sign in ((escaped(say("find.previous")), "↑"), (escaped(say("find.next")), "↓"))
    )
    label = escaped(say("find.label"))
    yield (
        f'<form id="find" role="search" aria-label="{label}" hidden data-none="{none}" data-count="{count}"><label>'
        f'<span>{label}</span><input type="search" autocomplete="off" spellcheck="false"></label>'
        f'{buttons}<output aria-live="polite"></output></form>'
    )
