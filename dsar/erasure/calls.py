"""API calls of a plan: one request a record, in the .http format that editors and clients can run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from dsar.errors import DsarError
from dsar.model import ErasurePlan, Record
from dsar.retention import value_of

# The calls as the vendors document them; `{{…}}` is a variable that the person who runs the file fills in.
# A call stands only for collections whose key is the id that it takes: with another id it would erase a stranger.
_HUBSPOT = 'POST {{hubspot}}/crm/v3/objects/contacts/gdpr-delete {"objectId": {key}}'
_SALESFORCE = "DELETE {{salesforce}}/services/data/{{version}}/sobjects/%s/{key}"
_KNOWN = {
    ("hubspot.gdpr_delete", "contacts"): _HUBSPOT,
    ("hubspot.gdpr_delete", "contacts_internal"): _HUBSPOT,
    ("salesforce.delete", "contacts"): _SALESFORCE % "Contact",
    ("salesforce.delete", "leads"): _SALESFORCE % "Lead",
    ("salesforce.delete", "tasks"): _SALESFORCE % "Task",
    ("salesforce.delete", "events"): _SALESFORCE % "Event",
    ("salesforce.delete", "campaign_members"): _SALESFORCE % "CampaignMember",
    ("salesforce.delete", "cases"): _SALESFORCE % "Case",
}
_AFTERWARDS = {
    "hubspot": "HubSpot deletes for good within 30 days and blocks an address it does not know.",
    "salesforce": "Empty the Recycle Bin afterwards: until then the records can be restored for 15 days.",
}
_HEADERS = {"greenhouse": ("Authorization: Basic {{token}}", "On-Behalf-Of: {{user}}")}
"""What a vendor wants in place of a bearer token."""
_REQUEST = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) (\S+)(?: (.+))?$")
_PLACE = re.compile(r"(?<!\{)\{(key|(?:field|md5):[^{}]+)\}")
_PLACE_SHOWN = re.compile(r"\{((?:field|md5):[^{}]+)\}")


def call_for(record: Record, call: str | tuple[str, ...] | None) -> str | None:
    """Write the requests that erase one record, each on a line of its own: method, URL and JSON body.

    `call` is the name of a known call, or one or several requests of the controller's own such as
    `DELETE https://crm.example.org/contacts/{key}`. In them `{key}` is the record's key, `{field:HEADING}` the value of
    a column and `{md5:HEADING}` the MD5 of that in small letters. A value is percent-encoded in the URL and a JSON
    string in the body. None where a call is neither, fits no record of this collection, or names an empty column: then
    it is a step for people.
    """
    requests = [_request(record, one) for one in (call if isinstance(call, tuple) else (call or "",))]
    return "\n".join(one for one in requests if one) if requests and all(requests) else None


def _request(record: Record, call: str) -> str | None:
    # a blank in a heading must not end the URL
    template = _PLACE_SHOWN.sub(lambda found: found[0].replace(" ", "\0"), _KNOWN.get((call, record.collection), call))
    parts = _REQUEST.match(template)
    values = {"key": record.key or None, **_values(record, template)}
    if parts is None or not all(values.values()):
        return None
    method, url, body = parts.groups()
    address = _PLACE.sub(lambda found: quote(values[found[1]] or "", safe="", errors="surrogatepass"), url)
    written = _PLACE.sub(lambda found: json.dumps(values[found[1]]), body or "")
    return f"{method} {address} {written}".rstrip()


def _values(record: Record, template: str) -> Mapping[str, str | None]:
    """What the places of a template other than `{key}` stand for; None where the record has nothing there."""
    fields, found = dict(record.fields), {}
    for place in _PLACE.findall(template):
        kind, colon, heading = place.partition(":")
        value = (value_of(fields, heading.replace("\0", " ")) or "").strip() if colon else ""
        if colon:
            # Mailchimp names an address by this sum; it protects nothing
            small = value.lower().encode("utf-8", "surrogatepass")
            digest = hashlib.md5(small, usedforsecurity=False).hexdigest() if value else None
            found[place] = digest if kind == "md5" else value or None
    return found


def call_notice(call: str | tuple[str, ...]) -> str:
    """What to know about a call to a known vendor, given by its name or as a request; empty for others."""
    text = call if isinstance(call, str) else "\n".join(call)
    known = (told for name, told in _AFTERWARDS.items() if text.startswith(f"{name}.") or f" {{{{{name}}}}}/" in text)
    return next(known, "")


def http(plan: ErasurePlan, target_name: str) -> bytes:
    """Write the API calls of one target (`api:<source>`) as an .http file, each request once, in the plan's order.

    Tokens and addresses stand as variables, never in the file. Raises DsarError where the plan has none.
    """
    wanted = [step.statement for step in plan.steps if step.target == target_name and step.statement]
    if not wanted:
        raise DsarError(f"The plan has no API call for `{target_name}`.", hint="See steps.md for what is done by hand.")
    calls = list(dict.fromkeys(call for statement in wanted for call in statement.split("\n")))
    lines = [
        "# READ BEFORE YOU RUN. These calls erase the records of an approved plan for good; nothing undoes them.",
        f"# Request {plan.request_id}, {target_name}, made on {plan.as_of[:10]}, plan digest {plan.digest}.",
        "# Fill in the variables in double braces in your client's environment; keep tokens out of this file.",
        "# A failed call does not stop the next one: check each answer. It holds record keys: keep it private.",
    ]
    for number, call in enumerate(calls, 1):
        parts = _REQUEST.match(call)
        if parts is None:
            raise DsarError("The plan holds an API call of another shape.", hint="Make the plan again.")
        vendor = re.match(r"\{\{(\w+)\}\}/", parts[2])
        headers = _HEADERS.get(vendor[1] if vendor else "", ("Authorization: Bearer {{token}}",))
        lines += ["", f"### {number} of {len(calls)}", f"{parts[1]} {parts[2]}", *headers]
        if parts[3]:
            lines += ["Content-Type: application/json", "", parts[3]]
    return ("\n".join(lines) + "\n").encode("ascii", "backslashreplace")
