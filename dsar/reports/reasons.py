"""Why a record is this person's, in the language of the report: told from its evidence, never taken as written."""

from __future__ import annotations

from dsar.model import Evidence, Match
from dsar.vocabulary import kind, sentence

DECIDED = "decided"
"""Rule of evidence where a person decided."""


def reason(match: Match, language: str) -> str:
    """Say in one or two sentences how a confirmed record was found and what agrees (T-25, T-27).

    Raises DsarError for a language there is not.
    """
    if not match.evidence:
        return sentence("reason_none", language)
    told = dict.fromkeys(_one(evidence, language) for evidence in match.evidence)
    agrees = dict.fromkeys(kind(name, language) for evidence in match.evidence for name in evidence.agrees)
    also = (sentence("reason_agrees", language, agrees=", ".join(agrees)),) if agrees else ()
    return " ".join((*told, *also))


def _one(evidence: Evidence, language: str) -> str:
    if evidence.rule == DECIDED:
        return sentence("reason_decided", language)
    what = kind(evidence.kind, language)
    if evidence.origin == "request":
        return sentence("reason_given", language, kind=what)
    return sentence("reason_learned", language, kind=what, record=evidence.origin)
