"""One report holds what Art. 15 asks for: about this person's data, and nothing that does not concern it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from report_cases import PLACE, answer_of, config_of, match_of, report_of, source_of, spec_of, with_fields

from dsar.errors import DsarError
from dsar.model import Attachment
from dsar.reports.build import build_report

INTEREST = {"purpose": "security", "basis": "legitimate_interest", "interest": "defence against attacks"}
CONSENT = {"purpose": "newsletter", "basis": "consent"}


def rights_of(**changes: Any) -> str:
    return "\n".join(name for name, _ in report_of(spec_of(**changes)).rights)


def test_a_complete_report_is_no_draft() -> None:
    report = report_of()

    assert report.drafts == ()
    assert (report.held, report.complete) == (True, True)
    assert (report.controller, report.contact, report.dpo) == ("Example GmbH", "privacy@example.org", "dpo@example.org")
    assert (report.authority, report.court) == ("The Example Authority", "Art. 79 GDPR")


def test_only_purposes_that_use_categories_found_are_told() -> None:
    purposes = [
        {"purpose": "newsletter", "basis": "consent", "categories": ["user.contact"]},
        {"purpose": "recruitment", "basis": "pre_contract", "categories": ["x.user.cv"]},
    ]

    (processing,) = report_of(spec_of(purposes=purposes)).collections[0].processing

    assert processing.purpose == "Sending you our newsletter"
    assert processing.basis == "Your consent (Art. 6(1)(a))"
    assert (processing.purpose_key, processing.basis_key) == ("newsletter", "consent")
    assert processing.categories == ("user.contact.email",)


def test_a_category_whose_cells_are_all_empty_does_not_bring_its_purpose() -> None:
    purposes = [{"purpose": "newsletter", "basis": "consent", "categories": ["user.contact"]}]

    report = report_of(spec_of(purposes=purposes), None, match_of({"email": ""}))

    assert report.collections[0].processing == ()


def test_a_purpose_in_the_controllers_own_words_stays_as_written() -> None:
    use = {"purpose": "Planning the 2026 fair", "basis": "contract"}

    assert report_of(spec_of(purposes=[use])).collections[0].processing[0].purpose == "Planning the 2026 fair"


def test_retention_is_told_as_a_rule_and_an_end_date_for_each_record() -> None:
    report = report_of(None, None, match_of(), match_of({"id": "C2", "seen": ""}))

    (retention,) = report.collections[0].retention

    assert retention.rule == "3 years after “Last seen”"
    assert retention.ends == (("crm/contacts/C1", "2028-11-03"), ("crm/contacts/C2", None))


def test_a_retention_rule_for_categories_not_found_is_not_told() -> None:
    keep = [{"years": 3, "after": "seen"}, {"categories": ["x.user.cv"], "criterion": "until you withdraw"}]

    assert len(report_of(spec_of(keep=keep)).collections[0].retention) == 1


def test_a_retention_rule_in_words_names_its_parts_in_the_persons_language() -> None:
    keep = [{"years": 1, "months": 6, "after": "seen", "from": "end of year", "statute": "AO §147"}]
    config = config_of(controller={"language": "de"})

    (retention,) = report_of(spec_of(keep=keep), config).collections[0].retention

    assert retention.rule == "1 Jahr und 6 Monate ab dem Ende des Jahres von „Last seen“; AO §147"


def test_the_origin_names_the_supplier_the_dates_and_the_confirmation() -> None:
    spec = spec_of(
        origin="third_party",
        supplier="Fair Expo AG",
        acquired="2025-10-20",
        confirmation="LC-77 of 2025-10-18",
        notice="letter of 2025-11-01",
    )

    origin = report_of(spec).collections[0].origin

    for part in ("Fair Expo AG", "2025-10-20", "LC-77 of 2025-10-18", "letter of 2025-11-01"):
        assert part in origin


def test_the_origin_tells_which_fields_came_another_way() -> None:
    origin = report_of().collections[0].origin

    assert origin == "You gave us this data yourself. Recorded by us: Number, Last seen."


def test_an_origin_that_is_not_recorded_is_said_to_be_so() -> None:
    assert "not recorded" in report_of(spec_of(origin=None)).collections[0].origin


def test_automated_decisions_are_denied_described_or_said_to_be_unknown() -> None:
    def told(said: Any) -> str:
        return report_of(spec_of(automated_decision=said)).collections[0].automated_decision

    assert told(False).startswith("No decision about you")
    assert told("A score decides who is called.") == "A score decides who is called."
    assert "not recorded" in told(None)
    assert "not been described" in told(True)


def test_missing_legal_keys_make_a_draft_and_are_named() -> None:
    report = report_of(spec_of(recipients=None, origin=None))

    assert report.collections[0].missing == ("origin", "recipients")
    assert report.drafts == ("crm/contacts: not filled in: origin, recipients.",)


def test_guesses_that_nobody_confirmed_make_a_draft() -> None:
    assert report_of(spec_of(unconfirmed=["purposes"])).drafts == (
        "crm/contacts: guessed and not confirmed: purposes.",
    )


def test_a_column_without_a_category_makes_a_draft() -> None:
    report = report_of(None, None, match_of({"tags[0]": "x", "tags[1]": "y"}))

    assert report.drafts == ("crm/contacts: columns without a category: tags[*].",)


def test_a_column_without_a_category_that_the_persons_rows_do_not_have_makes_no_draft() -> None:
    assert report_of(None, None, match_of({"extra": None})).drafts == ()


def test_a_code_without_a_meaning_makes_a_draft_that_does_not_show_it() -> None:
    spec = with_fields(state={"category": "user.account", "codes": {"A": "active"}})

    assert report_of(spec, None, match_of({"state": "Z9"})).drafts == (
        "crm/contacts: values without a meaning in the list of codes: state.",
    )
    assert report_of(spec, None, match_of({"state": "A"})).drafts == ()


def test_an_incomplete_controller_makes_a_draft() -> None:
    (reason,) = report_of(None, config_of(controller={"court": ""})).drafts

    assert reason.endswith("court.")


def test_a_regime_that_the_texts_are_not_for_makes_a_draft() -> None:
    (reason,) = report_of(None, config_of(controller={"regime": "LGPD"})).drafts

    assert "LGPD" in reason


def test_records_of_a_collection_that_is_not_configured_make_a_draft_and_stay() -> None:
    report = build_report(answer_of(match_of()), config_of(), {}, ())

    assert len(report.collections[0].findings) == 1
    assert len(report.drafts) == 2


def test_only_collections_that_hold_data_are_told_but_every_source_is_listed() -> None:
    other = source_of(place=("shop", "orders"))
    answer = answer_of(match_of(), sources=(other, source_of(match_of())))

    report = build_report(answer, config_of(), {PLACE: spec_of(), ("shop", "orders"): spec_of()}, ())

    assert [part.source for part in report.collections] == ["crm"]
    assert len(report.sources) == 2


def test_places_never_searched_are_listed_with_their_reason_and_leave_the_answer_complete() -> None:
    backups = {"what": "CRM backups", "reason": "older copies", "last_copy_days": 35}

    report = report_of(None, config_of(controller={"not_searched": [backups]}))

    assert report.not_searched == (("CRM backups", "older copies; the last copy ends 35 days after the original"),)
    assert report.complete is True


def test_a_source_that_a_person_is_asked_about_is_listed_and_leaves_the_answer_incomplete() -> None:
    report = report_of(None, config_of(source=[{"name": "archive", "title": "Paper archive", "manual": True}]))

    assert [what for what, _ in report.not_searched] == ["Paper archive"]
    assert report.complete is False


def test_a_failed_source_is_listed_with_its_reason_and_leaves_the_answer_incomplete() -> None:
    failed = dataclasses.replace(source_of(result="failed", place=("web", "log")), title="Web log", reason="truncated")
    answer = answer_of(match_of(), sources=(source_of(match_of()), failed))

    report = build_report(answer, config_of(), {PLACE: spec_of()}, ())

    assert report.not_searched == (("Web log", "It could not be searched."),)
    assert report.complete is False


def test_records_held_back_are_counted_by_grade_with_a_reason() -> None:
    matches = (match_of(), match_of({"id": "C2"}, grade="probable"), match_of({"id": "C3"}, grade="possible"))
    source = dataclasses.replace(source_of(*matches), refused=4)

    report = build_report(answer_of(*matches, sources=(source,)), config_of(), {PLACE: spec_of()}, ())

    assert [(grade, count) for grade, count, _ in report.held_back] == [
        ("probable", 1),
        ("possible", 1),
        ("refused", 4),
    ]
    assert all(reason for _, _, reason in report.held_back)
    assert [finding.match.record.key for finding in report.collections[0].findings] == ["C1"]


def test_nothing_held_back_and_nothing_withheld_are_empty_lists() -> None:
    assert (report_of().held_back, report_of().withheld) == ((), ())


def test_each_withheld_value_is_listed_with_record_field_and_reason() -> None:
    spec = with_fields(hash={"category": "user.account", "secret": True, "label": "Password check"})

    report = report_of(spec, None, match_of({"hash": "$2b$12$abc"}))

    ((record, field, reason),) = report.withheld
    assert (record, field) == ("crm/contacts/C1", "Password check")
    assert "Art. 32" in reason
    assert "$2b$12$abc" not in repr(report.withheld)


def test_everybody_can_ask_for_correction_erasure_restriction_and_complain() -> None:
    rights = rights_of(purposes=[{"purpose": "accounting", "basis": "legal_obligation"}])

    for article in ("Art. 16", "Art. 17", "Art. 18", "Art. 21(2)", "Art. 77"):
        assert article in rights
    for article in ("Art. 20", "Art. 21(1)", "Art. 7(3)", "Art. 22"):
        assert article not in rights


def test_objection_is_named_where_a_basis_is_an_interest_or_a_public_task() -> None:
    assert "Art. 21(1)" in rights_of(purposes=[INTEREST])
    assert "Art. 21(1)" in rights_of(purposes=[{"purpose": "security", "basis": "public_task"}])
    assert "Art. 21(1)" not in rights_of(purposes=[CONSENT])


def test_portability_is_named_only_for_consent_and_contract() -> None:
    assert "Art. 20" in rights_of(purposes=[CONSENT])
    assert "Art. 20" in rights_of()
    assert "Art. 20" not in rights_of(purposes=[INTEREST])


def test_withdrawal_is_named_only_for_consent() -> None:
    assert "Art. 7(3)" in rights_of(purposes=[CONSENT])
    assert "Art. 7(3)" not in rights_of()


def test_a_consent_for_categories_not_found_gives_no_right_to_withdraw() -> None:
    contract = {"purpose": "customer_relations", "basis": "contract"}

    assert "Art. 7(3)" not in rights_of(purposes=[contract, CONSENT | {"categories": ["x.user.cv"]}])


def test_a_basis_in_own_words_gives_the_rights_of_its_letter() -> None:
    assert "Art. 7(3)" in rights_of(purposes=[{"purpose": "newsletter", "basis": "Art. 6 Abs. 1 S. 1 lit. a DSGVO"}])


def test_review_by_a_person_is_named_where_decisions_are_automated() -> None:
    assert "Art. 22(3)" in rights_of(automated_decision="A score decides who is called.")


def test_where_nothing_is_held_only_the_complaint_remains() -> None:
    report = build_report(answer_of(), config_of(), {PLACE: spec_of()}, ())

    assert (report.held, report.collections, report.drafts) == (False, (), ())
    assert [name for name, _ in report.rights] == ["Complaint (Art. 77 GDPR)"]


def test_each_right_says_where_to_turn() -> None:
    ways = dict(report_of().rights)

    assert "privacy@example.org" in ways["Erasure (Art. 17 GDPR)"]
    assert "The Example Authority" in ways["Complaint (Art. 77 GDPR)"]


def test_in_the_united_kingdom_the_law_is_the_uk_gdpr_and_one_can_complain_to_the_controller() -> None:
    report = build_report(answer_of(match_of(), regime="UK"), config_of(), {PLACE: spec_of()}, ())

    names = [name for name, _ in report.rights]
    assert "Erasure (Art. 17 UK GDPR)" in names
    assert any("164A" in name for name in names)


def test_the_language_of_the_request_wins_over_the_controllers() -> None:
    answer = answer_of(match_of(), language="de-AT")

    report = build_report(answer, config_of(), {PLACE: spec_of()}, ())

    assert report.language == "de"
    assert report.collections[0].origin.startswith("Sie haben uns diese Daten selbst gegeben.")
    assert "Löschung (Art. 17 DSGVO)" in dict(report.rights)


def test_a_language_without_texts_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(DsarError) as caught:
        build_report(answer_of(match_of(), language="nl"), config_of(), {PLACE: spec_of()}, ())

    assert "de, en, es" in caught.value.hint


def test_attachments_of_the_persons_records_are_passed_on() -> None:
    cv = Attachment("crm/contacts/C1", "cv.pdf", "attachments/cv.pdf", 10, "ab")

    assert build_report(answer_of(match_of()), config_of(), {PLACE: spec_of()}, (cv,)).attachments == (cv,)


def test_an_attachment_of_a_record_that_is_not_confirmed_is_refused() -> None:
    foreign = Attachment("crm/contacts/C9", "cv.pdf", "attachments/cv.pdf", 10, "ab")

    with pytest.raises(DsarError) as caught:
        build_report(answer_of(match_of()), config_of(), {PLACE: spec_of()}, (foreign,))

    assert "C9" not in caught.value.message


def test_the_same_answer_gives_the_same_report() -> None:
    assert report_of() == report_of()
