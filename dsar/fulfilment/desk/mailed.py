"""A request that came by mail: who asks, since when, and whether the register has that letter already."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence

from dsar.errors import RequestError
from dsar.fulfilment.desk.register import LETTER
from dsar.fulfilment.home import Opened, register_of
from dsar.fulfilment.requests import request_of
from dsar.model import Request
from dsar.register import requests as register
from dsar.register.mail import Mail
from dsar.register.requests import Registered
from dsar.register.states import FIRST
from dsar.store.files import write_private

OLDEST = datetime.timedelta(days=366)
"""A letter that says it is older has a wrong date, or waits for a person to say when it arrived."""


def request_of_mail(
    home: Opened, mail: Mail, who: Mapping[str, Sequence[str]], details: Mapping[str, object]
) -> Request:
    """Make the request of a mail; what was typed, in `who` and `details`, stands above what the mail says.

    Raises RequestError where neither says who asks or when the letter arrived.
    """
    if mail.unsaid and not who:
        raise RequestError(
            mail.unsaid,
            hint="Save the letter itself as .eml; or say who asks and since when: --email, --name, --received.",
        )
    given = {name: tuple(values) for name, values in who.items()}
    if mail.address:
        given["email"] = tuple(dict.fromkeys([*given.get("email", ()), mail.address]))
        given.setdefault("name", (mail.name,) if mail.name else ())
    kept = {name: value for name, value in details.items() if value is not None}
    received = str(kept.get("received") or mail.received)
    if "received" not in kept and datetime.datetime.fromisoformat(received) < home.now - OLDEST:
        raise RequestError("The mail says that it is more than a year old.", hint="Say when it arrived: --received.")
    kept = {"right": next(iter(mail.proposed), "access"), "channel": "e-mail", **kept, "received": received}
    return request_of(**given, **kept)  # type: ignore[arg-type]


def known_letter(home: Opened, mail: Mail) -> Registered | None:
    """Give the request that was registered from this very mail: registered twice, it would be answered twice."""
    digest = hashlib.sha256(mail.raw).hexdigest()
    for name in home.journal.requests():
        events = home.journal.events(name)
        if any(event.step == FIRST and event.facts.get("letter") == digest for event in events):
            found = register.read(register_of(home), name)
            place = register_of(home).case(name) / LETTER
            if not found.purged and not place.exists():  # whoever registered it was killed before it lay there
                write_private(place, mail.raw)
            return found
    return None
