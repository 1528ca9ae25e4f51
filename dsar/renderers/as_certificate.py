"""The certificate of an erasure as JSON, as a page and as a PDF, all of the same facts and without any erased value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from dsar.model import Certificate
from dsar.renderers.as_sections import Head, Rows, Section, page

_SEEN = {
    "gone": "gone", "still_there": "still there", "came_back": "came back", "kept": "kept as planned",
    "changed": "changed as planned", "missing": "missing", "unknown": "not known",
}  # fmt: skip
_OUTCOMES = {"delete": "delete", "anonymise": "anonymise", "restrict": "restrict", "keep": "keep"}


def certificate_json(certificate: Certificate) -> bytes:
    """Write the certificate as certificate.json (schema dsar-certificate/1)."""
    document = {"schema": "dsar-certificate/1", **asdict(certificate)}
    document["grounds"] = list(certificate.grounds)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def sentence(certificate: Certificate) -> str:
    """The result in one sentence."""
    if certificate.complete:
        return "Everything is as the plan says: what was to go is gone, and what had to stay is still there."
    return "Not everything is as the plan says: see what is open below."


def sections(certificate: Certificate) -> Iterator[Section]:
    """Give the parts of the certificate, in order, as text."""
    if certificate.problems:
        yield "What is open", "", ("",), [(problem,) for problem in certificate.problems]
    if certificate.notes:
        yield "What a person must still look at", "", ("",), [(note,) for note in certificate.notes]
    yield "The facts", "", ("", ""), list(_facts(certificate))
    rows: Rows = [
        (place.title, _counted(place.planned, _OUTCOMES), _counted(place.seen, _SEEN), f"{place.method} ({place.dpv})")
        for place in certificate.places
    ]
    said = "Each planned record was looked for again, by its key and by everything that was known of the person."
    yield "What was planned, and what the renewed exports show", said, ("Collection", "Planned", "Seen", "How"), rows
    stays: Rows = [
        (f"{stay.place} ({stay.count})", stay.reason, stay.statute or stay.ground, stay.until or "not known")
        for stay in certificate.stays
    ]
    said = "It is stored for this and used for nothing else." if stays else "Nothing stays."
    yield "What stays, and until when", said, ("Collection", "Why", "Law", "Until"), stays
    told: Rows = [(one.name, one.status, one.at[:10], one.reason) for one in certificate.recipients]
    said = "" if told else "Nobody had received the data."
    yield "Recipients (Art. 19 GDPR)", said, ("Recipient", "Status", "On", "Why"), told
    backups: Rows = list(certificate.backups)
    said = "Copies in these sets expire by themselves; a restored set is erased again before it is used."
    yield "Backups", said if backups else "No backup is named.", ("What", "Until"), backups
    yield "Suppression list", _suppression(certificate), (), []
    said = "Scripts that were made from the approved plan, with their SHA-256."
    yield (
        "Scripts",
        said if certificate.scripts else "No script was made.",
        ("Script", "SHA-256"),
        list(certificate.scripts),
    )


def _facts(certificate: Certificate) -> Iterator[tuple[str, str]]:
    yield "Request", certificate.request_id
    yield "Controller", certificate.controller
    yield "Ground", "; ".join(certificate.grounds) or "nothing was to be erased"
    yield "Planned", certificate.planned_at
    approved = "; ".join(f"{name}, {at[:10]}" for name, at in certificate.approvals)
    yield "Approved by", approved or "nobody"
    yield "Run by", certificate.ran_by or "not stated"
    yield "Verified", certificate.verified_at
    yield "Plan digest", certificate.digest
    yield "Made with", f"dsar {certificate.version}"


def _suppression(certificate: Certificate) -> str:
    if not certificate.suppressed:
        return "The person is not on the suppression list."
    return (
        f"{certificate.suppressed} keyed hashes keep the person from being taken in again (Art. 17(3)(b), 21(3) GDPR)."
        " They hold no clear value, outlive the erasure, and are used for nothing else."
    )


def _counted(pairs: Sequence[tuple[str, int]], words: dict[str, str]) -> str:
    return ", ".join(f"{count} {words[name]}" for name, count in pairs) or "none"


def certificate_html(certificate: Certificate) -> bytes:
    """Write the certificate as one page that loads nothing."""
    title = f"Certificate of erasure: request {certificate.request_id}"
    head = Head(title, _subtitle(certificate), sentence(certificate), "This certificate holds no erased value.")
    return page(head, sections(certificate))


def _subtitle(certificate: Certificate) -> str:
    return f"{certificate.controller}, verified on {certificate.verified_at[:10]}"


def certificate_pdf(certificate: Certificate) -> bytes:
    """Write the certificate as a PDF, the same bytes for the same certificate and the same fonts."""
    from dsar.renderers.fonts import fonts
    from dsar.renderers.lines import Span, Style, break_lines
    from dsar.renderers.pages import ACCENT, INK, LEFT, QUIET, RIGHT, WARN, Document, Furniture, Pages

    title = f"Certificate of erasure: request {certificate.request_id}"
    top = f"{certificate.controller} – {certificate.request_id}"
    pages = Pages(fonts(), Document(title, certificate.controller, "en"), Furniture(top, "", "Page {page} of {pages}"))
    head, body, cell, quiet = Style(13, 18, INK), Style(9.5, 13.5, INK), Style(8.5, 11.5, INK), Style(7.5, 11.5, QUIET)
    pages.text(title, Style(20, 26, INK))
    pages.text(_subtitle(certificate), Style(8.5, 12, QUIET))
    pages.space(10)
    pages.text(sentence(certificate), Style(12, 17, INK if certificate.complete else WARN))
    for name, said, heads, rows in sections(certificate):
        pages.space(16)
        pages.need(70)
        pages.rule(ACCENT, 1.0)
        pages.space(5)
        pages.text(name, head)
        pages.mark(name, 0)
        if said:
            pages.text(said, body)
        if not rows:
            continue
        pages.space(3)
        columns = _columns(LEFT, RIGHT, len(rows[0]))
        for style, line in [(quiet, tuple(heads))] * any(heads) + [(cell, row) for row in rows]:
            cells = [
                break_lines(pages.fonts, [Span(text, style)], right - left)
                for text, (left, right) in zip(line, columns, strict=True)
            ]
            pages.row(cells, columns, style.leading)
            pages.space(3)
    return pages.finish()


def _columns(left: float, right: float, number: int) -> list[tuple[float, float]]:
    """The edges of so many columns: two are a name and a value, four have a wide one for what is said most."""
    shares = {1: (1.0,), 2: (0.28, 0.72), 4: (0.22, 0.22, 0.22, 0.34)}.get(number, (1 / number,) * number)
    edges, at = [], left
    for share in shares:
        end = at + share * (right - left)
        edges.append((at, end - 8 if len(shares) > 1 else end))
        at = end
    return edges
