"""In a table of keys and values, a value identifies somebody only where its key says so."""

from __future__ import annotations

import pytest
from own_connector import OwnConnector

META = """
[meta]
columns = ["id", "of", "key", "value"]
key = ["id"]
[meta.fields]
id = { category = "user.unique_id" }
of = { category = "user.unique_id", identifier = "order_id" }
key = { category = "user.content" }
value = { category = "user.content", identifier = "customer_no", when = { column = "Key", is = ["_no", "_number"] } }
"""


@pytest.fixture
def shop(own: OwnConnector) -> OwnConnector:
    own.declare(META)
    own.write("meta.csv", "id,of,key,value\n1,A1,_no,C-1700\n2,A2,_colour,C-1700\n3,A3,_number,C-1700\n4,A4,,C-1700\n")
    own.source("meta.csv")
    return own


def test_a_value_counts_where_its_key_says_so_and_is_a_text_elsewhere(shop: OwnConnector) -> None:
    found = shop.find("--id", "customer_no=C-1700").document

    grades = {one["key"]: one["grade"] for one in found["records"]}
    assert {key for key, grade in grades.items() if grade == "confirmed"} == {"1", "3"}
    assert grades.get("2") != "confirmed" and grades.get("4") != "confirmed"


def test_another_condition_is_searched_at_once(shop: OwnConnector) -> None:
    shop.find("--id", "customer_no=C-1700")
    changed = META.splitlines()[-1].replace('"_no", "_number"', '"_colour"')
    shop.source("meta.csv", more=f"[source.collection.meta.fields]\n{changed}\n")

    found = shop.find("--id", "customer_no=C-1700").document
    assert [one["key"] for one in found["records"] if one["grade"] == "confirmed"] == ["2"]
