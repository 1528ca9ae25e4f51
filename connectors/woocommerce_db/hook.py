"""Tables of keys and values: what identifies somebody gets a column of its own, named by the key of its row."""

from __future__ import annotations

from collections.abc import Mapping

_PARTS = ("first_name", "last_name", "email", "phone", "address_1", "postcode", "city", "country")
_NAMES = {
    **{f"{start}{whose}_{part}": f"{whose}_{part}" for start in ("_", "") for whose in ("billing", "shipping")
       for part in _PARTS},
    "first_name": "first_name",
    "last_name": "last_name",
    "Payer first name": "first_name",
    "Payer last name": "last_name",
    "Payer PayPal address": "payer_email",
    "_customer_user": "customer_user",
    "_customer_ip_address": "customer_ip",
}  # fmt: skip


def clean(row: Mapping[str, str]) -> dict[str, str]:
    """Give the column that the row's key names; account 0 stands for a guest."""
    found = {name.strip().lower(): value for name, value in row.items()}
    name, value = _NAMES.get(found.get("meta_key", "").strip()), found.get("meta_value", "")
    if name is None or not value.strip() or (name == "customer_user" and value.strip() == "0"):
        return {}
    return {name: value}
