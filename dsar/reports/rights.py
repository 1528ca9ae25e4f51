"""The rights that apply to this person's data and how to use each (Art. 15(1)(e)-(f), 7(3), 20, 21(4), 22 GDPR)."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.config import CollectionSpec
from dsar.model import Processing
from dsar.reports.setting import Setting
from dsar.vocabulary import basis, right, sentence

_CALIFORNIAN = ("ccpa_know", "ccpa_delete", "ccpa_correct", "ccpa_opt_out", "ccpa_limit", "ccpa_equal")


def rights(
    processing: tuple[Processing, ...], specs: tuple[CollectionSpec, ...], setting: Setting
) -> tuple[tuple[str, str], ...]:
    """Name the rights that the legal bases of what was found give, each with the way to use it.

    `specs` are the collections that hold data; with none, only the right to complain remains.
    """
    controller, language, regime = setting.config.controller, setting.language, setting.regime
    unknown = sentence("not_recorded", language)
    laws = {"UK": "law_uk", "CCPA": "law_ccpa"}
    words = {
        "law": sentence(laws.get(regime, "law"), language),
        "contact": controller.contact or unknown,
        "authority": controller.authority or unknown,
        "court": court_sentence(controller.court or unknown, language),
    }
    if regime == "CCPA":
        return tuple(right(key).text(language, **words) for key in _CALIFORNIAN)
    letters = {basis(use.basis_key or use.basis).letter for use in processing}
    decided = any(spec.automated_decision for spec in specs)
    keys = (*(_keys(letters, decided) if specs else ()), *(("complaint_to_us",) if regime == "UK" else ()), "complaint")
    return tuple(right(key).text(language, **words) for key in keys)


def court_sentence(court: str, language: str) -> str:
    """Say where one may go to court (Art. 79 GDPR): the controller's own sentence, or one about what it names."""
    return court if court.rstrip().endswith(".") else sentence("to_court", language, court=court)


def _keys(letters: set[str | None], decided: bool) -> Iterator[str]:
    yield from ("rectification", "erasure", "restriction")
    if letters & {"e", "f"}:  # Art. 21(1)
        yield "objection"
    yield "direct_marketing"  # Art. 21(2)-(4): to be named explicitly, whatever the basis
    if letters & {"a", "b"}:  # Art. 20(1)(a)
        yield "portability"
    if "a" in letters:  # Art. 7(3)
        yield "withdrawal"
    if decided:  # Art. 22(3)
        yield "automated_decision"
