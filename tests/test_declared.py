"""Slips in a declaration are errors that say what is wrong, before anything is searched with them."""

from __future__ import annotations

from typing import Any

import pytest

from dsar.config import AttachmentSpec, FieldSpec, field_for, parse
from dsar.errors import ConfigError


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"zone": "Mars/X"}, "Mars/X"),
        ({"zone": "../UTC"}, "no time zone"),
        ({"time": "%Q"}, "%Q"),
        ({"time": "iso"}, "no format of a time"),
        ({"identifier": "e-mail"}, "`email`"),
        ({"identifier": "birthdate"}, "`birth_date`"),
        ({"identifier": "Given Name"}, "`given_name`"),
        ({"identifier": "Order No"}, "small letters"),
    ],
)
def test_a_slip_in_a_field_is_named(said: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(FieldSpec, said, where="dsar.toml")

    assert told in raised.value.message


@pytest.mark.parametrize(
    "said",
    [{"zone": "Europe/Berlin"}, {"zone": "UTC"}, {"time": "ms"}, {"time": "%d/%b/%Y:%H:%M:%S %z"}]
    + [{"identifier": kind} for kind in ("email", "order_no", "mail_name", "user_id", "telephone", "birth_date")],
)
def test_what_is_right_passes(said: dict[str, Any]) -> None:
    assert parse(FieldSpec, said, where="dsar.toml").model_dump(exclude_unset=True) == said


@pytest.mark.parametrize("name", ["{nmae}", "{}", "{0}", "{value", "{key.x}", "{value!r}", "{value:>9}"])
def test_a_template_of_attachments_knows_key_and_value_only(name: str) -> None:
    with pytest.raises(ConfigError, match="name"):
        parse(AttachmentSpec, {"field": "cv", "name": name}, where="dsar.toml")

    assert AttachmentSpec(field="cv", name="{key}-{value}.pdf").name == "{key}-{value}.pdf"


def test_the_own_name_of_a_leaf_goes_before_a_path_that_reads_alike() -> None:
    fields = {"user.email": FieldSpec(label="inner"), '"user.email"': FieldSpec(label="top")}

    assert [spec.label for name in fields if (spec := field_for(fields, name))] == ["inner", "top"]
    assert field_for({"user.email": FieldSpec(label="one")}, '"user.email"') == FieldSpec(label="one")
