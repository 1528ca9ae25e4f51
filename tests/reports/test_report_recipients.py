"""Only those that this person's data went to are named, and "never sold" is said only where it is configured."""

from __future__ import annotations

from typing import Any

from report_cases import config_of, match_of, report_of, spec_of, with_fields

from dsar.model import Recipient
from dsar.reports.recipients import never_sold

LTD: dict[str, Any] = {
    "name": "Example Distribution Ltd",
    "role": "distributor",
    "country": "GB",
    "transfer": {"mechanism": "adequacy", "copy_at": "privacy@example.org"},
    "certificate": {"ref": "D-118", "until": "2027-03-31"},
    "sold": False,
}


def told(used: dict[str, Any], *values: dict[str, str | None], ltd: dict[str, Any] = LTD) -> tuple[Recipient, ...]:
    spec = spec_of(recipients=[{"name": LTD["name"], **used}])
    matches = [match_of(value) for value in values]
    return report_of(spec, config_of(recipient=[ltd]), *matches).collections[0].recipients


def test_a_recipient_is_named_with_country_safeguard_and_certificate() -> None:
    (ltd,) = told({"since": "2025-01-01"})

    assert (ltd.name, ltd.role, ltd.country) == ("Example Distribution Ltd", "distributor", "GB")
    assert ltd.disclosed == "since 2025-01-01; all records of this kind"
    assert (ltd.mechanism, ltd.copy_at) == ("adequacy decision (Art. 45)", "privacy@example.org")
    assert ltd.certificate == "D-118, valid until 2027-03-31"


def test_an_expired_certificate_is_told_as_expired() -> None:
    (ltd,) = told({}, ltd=LTD | {"certificate": {"ref": "D-1", "until": "2026-11-21"}})

    assert ltd.certificate == "D-1, expired on 2026-11-21"


def test_a_certificate_is_valid_on_its_last_day() -> None:
    (ltd,) = told({}, ltd=LTD | {"certificate": {"ref": "D-1", "until": "2026-11-22"}})

    assert ltd.certificate == "D-1, valid until 2026-11-22"


def test_a_mechanism_in_the_controllers_own_words_stays_as_written() -> None:
    (ltd,) = told({}, ltd=LTD | {"transfer": {"mechanism": "code of conduct (Art. 46(2)(e))"}})

    assert ltd.mechanism == "code of conduct (Art. 46(2)(e))"


def test_a_recipient_is_left_out_where_no_record_of_this_person_was_sent() -> None:
    assert told({"sent": "passed_on"}, {"passed_on": "no"}, {"id": "C2", "passed_on": ""}) == ()


def test_a_recipient_is_told_with_the_dates_on_which_this_persons_records_were_sent() -> None:
    (ltd,) = told({"sent": "passed_on"}, {"passed_on": "2025-11-03"}, {"id": "C2", "passed_on": None})

    assert ltd.disclosed == "1 of 2 records, by “passed_on”: 2025-11-03"


def test_a_way_of_knowing_that_is_no_column_is_told_in_its_own_words() -> None:
    (ltd,) = told({"sent": "see the log of the partner portal"})

    assert ltd.disclosed == "see the log of the partner portal"


def test_a_column_declared_but_absent_from_the_rows_tells_of_no_disclosure() -> None:
    spec = with_fields(passed_on={"category": "user.behavior"}).model_copy(
        update={"recipients": spec_of(recipients=[{"name": LTD["name"], "sent": "passed_on"}]).recipients}
    )

    assert report_of(spec, config_of(recipient=[LTD])).collections[0].recipients == ()


def test_never_sold_is_said_where_every_recipient_says_so_itself() -> None:
    assert never_sold(config_of(recipient=[LTD]), [spec_of()]) is True
    assert never_sold(config_of(), [spec_of(recipients=[])]) is True


def test_never_sold_is_not_said_by_default() -> None:
    silent = {key: value for key, value in LTD.items() if key != "sold"}

    assert never_sold(config_of(recipient=[silent]), [spec_of()]) is False


def test_never_sold_is_not_said_where_one_recipient_bought_or_a_collection_is_silent() -> None:
    assert never_sold(config_of(recipient=[LTD, LTD | {"name": "B", "sold": True}]), [spec_of()]) is False
    assert never_sold(config_of(recipient=[LTD]), [spec_of(), spec_of(recipients=None)]) is False
    assert never_sold(config_of(), []) is False
