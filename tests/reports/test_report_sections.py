"""Consents, look-ups, decisions by machines, groups, sums, California: what the report tells beside the copy."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from report_cases import PLACE, answer_of, config_of, match_of, report_of, source_of, spec_of, with_fields

from dsar.errors import Incomplete
from dsar.model import Evidence, FileFacts
from dsar.reports.build import build_report
from dsar.reports.ledger import check_sums

EVENTS = {
    "purpose": {},
    "channel": {},
    "state": {"codes": {"in": "given", "out": "withdrawn"}},
    "at": {},
    "version": {},
}
CONSENTS = {
    "tells": "consents", "when": "at", "purpose": "purpose", "channel": "channel", "state": "state",
    "withdrawn": ["out"], "version": "version", "how": "how",
}  # fmt: skip


def event(key: str, at: str, state: str, **more: str) -> Any:
    values = {"id": key, "at": at, "purpose": "newsletter", "channel": "email", "state": state, "how": "form", **more}
    return match_of(values)


def history(spec: dict[str, Any], **fields: Any) -> Any:
    columns = {name: {"category": "user.privacy_preferences", **more} for name, more in fields.items()}
    return with_fields(**columns).model_copy(update={"history": spec_of(history=spec).history})


def test_a_consent_is_told_by_purpose_and_channel_with_its_withdrawal() -> None:
    spec = history(CONSENTS, **EVENTS)
    given = event("C1", "2025-02-11T10:02:00+01:00", "in", version="2025-02")
    ended = event("C2", "2026-03-01T08:00:00+01:00", "out", how="link in an e-mail")
    other = event("C3", "2024-01-01T00:00:00+01:00", "in", channel="phone")

    phone, email = report_of(spec, None, given, ended, other).consents

    assert (email.given, email.version, email.given_how) == ("2025-02-11T10:02:00+01:00", "2025-02", "form")
    assert (email.withdrawn, email.withdrawn_how) == ("2026-03-01T08:00:00+01:00", "link in an e-mail")
    assert email.state == "withdrawn"
    assert (phone.channel, phone.withdrawn) == ("phone", None)


def test_a_consent_given_again_is_not_told_as_withdrawn() -> None:
    spec = history(CONSENTS, **EVENTS)
    events = (event("C1", "2024-01-01", "in"), event("C2", "2025-01-01", "out"), event("C3", "2026-01-01", "in"))

    [consent] = report_of(spec, None, *events).consents

    assert (consent.given, consent.withdrawn) == ("2026-01-01", None)
    assert len(consent.records) == 3


def test_look_ups_stand_in_time_with_the_role_only() -> None:
    rule = {"tells": "accesses", "when": "at", "purpose": "why", "by": "role"}
    spec = history(rule, at={}, why={}, role={}, staff={})
    later = match_of({"id": "C1", "at": "2026-05-04T11:20:00", "why": "support", "role": "Support", "staff": "Rita"})
    earlier = match_of({"id": "C2", "at": "2026-01-04", "why": "audit", "role": "Auditor", "staff": "Otto"})

    report = report_of(spec, None, later, earlier)

    assert [(one.when, one.by, one.purpose) for one in report.accesses] == [
        ("2026-01-04", "Auditor", "audit"),
        ("2026-05-04T11:20:00", "Support", "support"),
    ]
    assert report.accesses_logged == ("Contacts",)
    assert "Rita" not in repr(report.accesses)


def test_an_automated_decision_is_told_with_the_data_that_went_in() -> None:
    rule = {
        "logic": "Orders above a limit are checked.", "effect": "The sum decides.", "consequences": "You pay first.",
        "contact": "privacy@example.org", "inputs": ["sum"], "result": "verdict", "when": "seen",
    }  # fmt: skip
    fields = {"sum": {"category": "user.financial", "label": "Sum"}, "verdict": {"category": "x.user.score"}}
    spec = with_fields(**fields).model_copy(
        update={"automated_decision": spec_of(automated_decision=rule).automated_decision}
    )

    report = report_of(spec, None, match_of({"sum": "900", "verdict": "prepay"}), match_of({"id": "C2", "sum": "5"}))

    [collection] = report.collections
    assert collection.decision is not None
    assert collection.decision.decisions == (("crm/contacts/C1", "2025-11-03", "prepay", (("Sum", "900"),)),)
    assert "Orders above a limit" in collection.decision.logic
    assert any("Art. 22" in right for right, _ in report.rights)


def test_a_decision_without_its_consequences_makes_a_draft() -> None:
    spec = spec_of(automated_decision={"logic": "By score.", "consequences": " ", "contact": "a@example.org"})

    assert any("automated_decision.consequences" in reason for reason in report_of(spec).drafts)


def test_a_visit_ends_with_a_long_gap_and_each_record_is_in_one_group() -> None:
    rule = {"by": ["cookie", "login"], "time": "at", "minutes": 30}
    fields = {
        "cookie": {"category": "user.device"},
        "login": {"category": "user.account"},
        "at": {"category": "system"},
    }
    spec = with_fields(**fields).model_copy(update={"together": spec_of(together=rule).together})
    times = {"C1": "2026-01-01T10:00:00", "C2": "2026-01-01T10:20:00", "C3": "2026-01-01T12:00:00"}
    visits = [match_of({"id": key, "cookie": "v1", "at": at}) for key, at in times.items()]
    alone = match_of({"id": "C4", "cookie": "-", "login": "ada", "at": "2026-01-01T10:10:00"})

    [collection] = report_of(spec, None, *visits, alone).collections

    ids = [[record.rpartition("/")[2] for record in group.records] for group in collection.groups]
    assert ids == [["C1", "C2"], ["C3"], ["C4"]]
    assert (collection.groups[0].first, collection.groups[0].last) == ("2026-01-01T10:00:00", "2026-01-01T10:20:00")


def test_reasons_are_told_in_the_language_of_the_report_with_their_chain() -> None:
    chain = Evidence("same-customer_no", "customer_no", "shop/orders/77", agrees=("birth_date",))
    match = dataclasses.replace(match_of(), evidence=(chain,))

    for language, words in {"en": "customer number", "de": "Kundennummer", "fr": "numéro de client"}.items():
        report = build_report(answer_of(match, language=language), config_of(), {PLACE: spec_of()}, ())
        reason = report.collections[0].findings[0].match.reason
        assert words in reason and "shop/orders/77" in reason


@pytest.mark.parametrize(
    "file", [FileFacts("a.csv", "ab", 10, 8, 1), FileFacts("a.csv", "ab", 10, 10, 1)], ids=["lost", "too many"]
)
def test_rows_that_do_not_add_up_stop_the_report(file: FileFacts) -> None:
    source = dataclasses.replace(source_of(match_of()), files=(file,))

    with pytest.raises(Incomplete, match=r"do not reconcile.*a\.csv"):
        build_report(answer_of(match_of(), sources=(source,)), config_of(), {PLACE: spec_of()}, ())


def test_a_record_that_the_search_counted_and_the_copy_lacks_stops_the_report() -> None:
    report = report_of()
    lost = dataclasses.replace(report, collections=())

    with pytest.raises(Incomplete, match="does not hold the records"):
        check_sums(lost)


def californian(**request: Any) -> Any:
    recipients = [{"name": "Acme", "role": "processor", "country": "US", "sold": True}]
    spec = spec_of(recipients=[{"name": "Acme"}])
    config = config_of(controller={"regime": "CCPA"}, recipient=recipients)
    return build_report(answer_of(match_of(), **request), config, {PLACE: spec}, ())


def test_california_gets_pieces_only_where_the_identity_was_verified() -> None:
    verified = californian(identity_method="portal login", identity_verified_on="2026-11-02")
    open_ = californian()

    assert verified.california.pieces and len(verified.collections) == 1
    assert not open_.california.pieces
    assert open_.collections == open_.identifiers == open_.attachments == ()
    assert open_.california.categories == verified.california.categories


def test_california_is_told_categories_sources_purposes_and_buyers() -> None:
    first, *_ = californian().california.categories

    assert (first.key, first.name) == ("A", "Identifiers")
    assert "E-mail address" in first.held
    assert set(first.sources) == {"person", "observed"}
    assert first.sold == ("Acme (processor)",)
    assert first.disclosed == ()
    assert first.kept == ("3 years after “Last seen”",)


def test_california_never_gets_a_number_that_identifies_for_life() -> None:
    spec = with_fields(passport={"category": "user.government_id.passport_number", "label": "Passport"})
    verified: dict[str, Any] = {"identity_method": "portal", "identity_verified_on": "2026-11-02", "regime": "CCPA"}
    answer = answer_of(match_of({"passport": "P1234567"}), **verified)

    report = build_report(answer, config_of(), {PLACE: spec}, ())

    assert "P1234567" not in repr(report.collections[0].findings[0].fields)
    assert "Passport number" in report.withheld[0][2]
    gdpr = build_report(dataclasses.replace(answer, request=dataclasses.replace(answer.request, regime="GDPR")),
                        config_of(), {PLACE: spec}, ())  # fmt: skip
    assert any(field.value == "P1234567" for field in gdpr.collections[0].findings[0].fields)
