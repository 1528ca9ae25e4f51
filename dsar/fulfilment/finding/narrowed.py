"""A request that asks for some sources only: what lies outside them is left out, counted and named."""

from __future__ import annotations

from dataclasses import replace

from dsar.model import OUT_OF_SCOPE, Answer, Limited, Request, SourceAnswer

USES = ("objection", "withdrawal")
"""Rights whose scope names uses of the data, not sources."""


def narrowed(answer: Answer) -> Answer:
    """Leave of an answer what its request asks for, where that names sources or collections, and say so in a note.

    The whole search was made all the same: an identifier may be learned from a source that is not asked for. A scope
    that names none of our sources narrows nothing, because a request is never narrowed at a guess (EDPB Guidelines
    01/2022, 3.1.1).
    """
    request = answer.request
    if not request.scope or request.right in USES:
        return answer
    inside = {(one.source, one.collection) for one in answer.sources if _asked_for(request, one)}
    strange = len(set(request.scope) - {name for one in answer.sources for name in _names(one)})
    said = f"`scope` holds {strange} that is none of our sources" if strange else ""
    if not inside:
        return replace(answer, notes=(*answer.notes, f"{said}: the request was taken as a whole."))
    matches = tuple(m for m in answer.matches if (m.record.source, m.record.collection) in inside)
    sources = tuple(one if (one.source, one.collection) in inside else _outside(one) for one in answer.sources)
    left = len(answer.graded("confirmed")) - sum(match.grade == "confirmed" for match in matches)
    others = len(answer.sources) - len(inside)
    note = (
        f"The request is limited to {', '.join(sorted({one for one in request.scope if _known(one, answer)}))}: "
        f"{left} confirmed {'record' if left == 1 else 'records'} of {others} other collections were left out."
    )
    notes = (note, f"{said}: look at what was meant.") if said else (note,)
    counted = tuple((s.source, s.collection, s.confirmed) for s in answer.sources)
    limited = Limited(
        tuple(one[:2] for one in counted if one[:2] in inside),
        tuple(one for one in counted if one[:2] not in inside),
        note,
    )
    return replace(answer, matches=matches, sources=sources, notes=(*answer.notes, *notes), limited=limited)


def left_aside(answer: Answer, source: str, files: int) -> Answer:
    """Count what a person handed over for a source that is not asked for among what is left out."""
    if answer.limited is None:
        return answer
    left = tuple((*one[:2], files) if one[0] == source else one for one in answer.limited.left)
    return replace(answer, limited=replace(answer.limited, left=left))


def _names(source: SourceAnswer) -> tuple[str, str]:
    return source.source, f"{source.source}/{source.collection}"


def _asked_for(request: Request, source: SourceAnswer) -> bool:
    return any(name in request.scope for name in _names(source))


def _known(name: str, answer: Answer) -> bool:
    return any(name in _names(source) for source in answer.sources)


def _outside(source: SourceAnswer) -> SourceAnswer:
    return replace(
        source, result="not_searched", reason=OUT_OF_SCOPE, searched_with=(), confirmed=0, probable=0, possible=0,
        refused=0,
    )  # fmt: skip
