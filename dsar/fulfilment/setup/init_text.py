"""Drafted sources as the text of dsar.toml, with a word on what is left to do."""

from __future__ import annotations

from typing import Any

import tomlkit

_HEADER = """\
# Drafted by `dsar init`. Every name in `unconfirmed` is a guess, or something only you know: correct it or fill it in,
# then take its name out of the list. `dsar check` tells what is left; `dsar export` says DRAFT until nothing is.
workspace = ".dsar"

[controller]
name = ""
contact = ""
# dpo = ""
regime = "GDPR"
# calendar = "DE-BE"        # public holidays that move a deadline
time_zone = "UTC"
# phone_region = "DE"       # the country of phone numbers written without one
language = "en"
# own_domains = []          # your own mail domains: they identify nobody
authority = ""
court = ""
"""
_MISSING = {
    "origin": 'origin = "person"           # or observed, derived, third_party, acquisition',
    "recipients": "recipients = []             # [] means that nobody gets this data",
    "automated_decision": "automated_decision = false",
}


def header_text() -> str:
    """The head of a new dsar.toml: workspace and controller, to be filled in."""
    return _HEADER


def source_text(document: dict[str, Any]) -> str:
    """One [[source]] as TOML text, its fields a line each; what is missing stands there as a comment."""
    lines = ["", "[[source]]", *(_line(key, value) for key, value in document.items() if key != "collection")]
    for name, collection in document["collection"].items():
        lines += ["", f"[source.collection.{_key(name)}]"]
        lines += [_line(key, value) for key, value in collection.items() if key not in ("fields", "unconfirmed")]
        lines += [f"# {line}" for key, line in _MISSING.items() if key not in collection]
        lines += ["unconfirmed = [", *(f"  {_value(name)}," for name in collection["unconfirmed"]), "]"]
        if collection.get("fields"):
            lines += ["", f"[source.collection.{_key(name)}.fields]"]
            lines += [_line(heading, field) for heading, field in collection["fields"].items()]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_line(key, inner) for key, inner in value.items()) + " }" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return str(tomlkit.item(value).as_string())
