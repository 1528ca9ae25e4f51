"""API calls of a plan: one request a record, in the .http format that editors and clients can run."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from dsar.errors import DsarError
from dsar.model import ErasurePlan, Record

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
_REQUEST = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) (\S+)(?: (.+))?$")


def call_for(record: Record, call: str | None) -> str | None:
    """Write the request that erases one record, on one line: method, URL and JSON body.

    `call` is the name of a known call, or a request of the controller's own such as
    `DELETE https://crm.example.org/contacts/{key}`. None where it is neither, or fits no record of this collection:
    then it is a step for people. The key is percent-encoded in the URL and a JSON string in the body.
    """
    template = _KNOWN.get((call or "", record.collection), call or "")
    parts = _REQUEST.match(template)
    if parts is None or not record.key:
        return None
    method, url, body = parts.groups()
    address = url.replace("{key}", quote(record.key, safe="", errors="surrogatepass"))
    return f"{method} {address}" + (f" {body.replace('{key}', json.dumps(record.key))}" if body else "")


def call_notice(call: str) -> str:
    """What to know about a call to a known vendor, given by its name or as a request; empty for others."""
    known = (text for name, text in _AFTERWARDS.items() if call.startswith(f"{name}.") or f" {{{{{name}}}}}/" in call)
    return next(known, "")


def http(plan: ErasurePlan, target_name: str) -> bytes:
    """Write the API calls of one target (`api:<source>`) as an .http file, each request once, in the plan's order.

    Tokens and addresses stand as variables, never in the file. Raises DsarError where the plan has none.
    """
    wanted = [step.statement for step in plan.steps if step.target == target_name and step.statement]
    if not wanted:
        raise DsarError(f"The plan has no API call for `{target_name}`.", hint="See steps.md for what is done by hand.")
    calls = list(dict.fromkeys(wanted))
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
        lines += ["", f"### {number} of {len(calls)}", f"{parts[1]} {parts[2]}", "Authorization: Bearer {{token}}"]
        if parts[3]:
            lines += ["Content-Type: application/json", "", parts[3]]
    return ("\n".join(lines) + "\n").encode("ascii", "backslashreplace")
