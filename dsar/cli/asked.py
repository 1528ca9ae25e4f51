"""What a person asks for, as options: one for every column of a requests file that does not say who they are."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.cli.options import option_in
from dsar.errors import RequestError

if TYPE_CHECKING:
    from dsar.cli.options import Run, Who
    from dsar.model import Request

WHAT = "What is asked (the columns of a requests file)"
COMMAND_OF = {
    "access": "export",
    "portability": "export",
    "erasure": "erase",
    "rectification": "rectify",
    "restriction": "restrict",
    "objection": "object",
    "withdrawal": "withdraw",
}
"""Each right, and the command that fulfils it."""


_what = partial(option_in, WHAT)

Right = Annotated[str | None, _what("--right", "RIGHT", "The right that is used; by default that of the command.")]
Received = Annotated[str | None, _what("--received", "DATE", "When it arrived: a date, or date-time with zone.")]
Regime = Annotated[
    list[str] | None, _what("--regime", "LAW", "The law it falls under, e.g. GDPR, UK, CCPA; can be repeated.")
]
Calendar = Annotated[str | None, _what("--calendar", "CODE", "Whose holidays count, e.g. DE-BE.")]
Language = Annotated[str | None, _what("--language", "CODE", "The language of the answer: de, en, es, fr or it.")]
Scope = Annotated[
    list[str] | None,
    _what("--scope", "LIMIT", "What it is limited to: PURPOSE:CHANNEL, or a source; can be repeated."),
]
Set = Annotated[
    list[str] | None, _what("--set", "FIELD=VALUE", "A field to correct, by heading or label; can be repeated.")
]
Store = Annotated[
    bool, typer.Option("--store", help="Restrict instead of delete (Art. 18 GDPR).", rich_help_panel=WHAT)
]
Agent = Annotated[str | None, _what("--agent", "NAME", "Who asks on the person's behalf.")]
Delivery = Annotated[str | None, _what("--delivery", "TEXT", "How the answer is to reach the person.")]
IdentityMethod = Annotated[
    str | None, _what("--identity-method", "TEXT", "How it was checked that the requester is the person.")
]
IdentityVerifiedOn = Annotated[str | None, _what("--identity-verified-on", "DATE", "The day of that check.")]
Note = Annotated[str | None, _what("--note", "TEXT", "A note for yourself.")]


_PLAIN = ("right", "received", "calendar", "language", "identity_verified_on")
_PERSONAL = ("agent", "delivery", "identity_method", "note")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed to say what is asked; each field does what the column of its name does."""

    right: Right = None
    received: Received = None
    regime: Regime = None
    calendar: Calendar = None
    language: Language = None
    scope: Scope = None
    set_: Set = None
    store: Store = False
    agent: Agent = None
    delivery: Delivery = None
    identity_method: IdentityMethod = None
    identity_verified_on: IdentityVerifiedOn = None
    note: Note = None

    @property
    def given(self) -> bool:
        """Whether anything of it was typed."""
        return any(getattr(self, one.name) for one in fields(self))

    @property
    def details(self) -> dict[str, Any]:
        """The fields of a Request that were typed, but for the right; raises RequestError for a wrong `--set`."""
        found: dict[str, Any] = {name: value for name in (*_PLAIN[1:], *_PERSONAL) if (value := getattr(self, name))}
        if self.regime:
            found |= {"regime": self.regime[0], "also_under": tuple(self.regime[1:])}
        if self.scope:
            found["scope"] = tuple(self.scope)
        if self.set_:
            found["changes"] = changes_of(self.set_)
        return found | ({"store": True} if self.store else {})

    @property
    def again(self) -> str:
        """What was typed, to be typed again; `…` stands for what may be personal."""
        words = [f"--{name.replace('_', '-')} {shlex.quote(said)}" for name in _PLAIN if (said := getattr(self, name))]
        words += [f"--{name} {shlex.quote(one)}" for name in ("regime", "scope") for one in getattr(self, name) or ()]
        words += ["--set …" for _ in self.set_ or ()] + (["--store"] if self.store else [])
        words += [f"--{name.replace('_', '-')} …" for name in _PERSONAL if getattr(self, name)]
        return " ".join(words)

    def requests(self, who: Who, run: Run, rights: Sequence[str]) -> list[Request]:
        """Give the request of one person, the registered one, or those of the file, each with what was typed.

        `rights` are those that the command fulfils, the first one stands where nothing says which. What is typed
        stands above what the register or a file says, but for the right. Raises RequestError.
        """
        if self.right is not None and self.right not in COMMAND_OF:
            raise RequestError("There is no such right.", hint=f"One of: {', '.join(COMMAND_OF)}.")
        if self.right is not None and self.right not in rights:
            raise RequestError(
                f"This command does not fulfil the right `{self.right}`.", hint=f"`dsar {COMMAND_OF[self.right]}` does."
            )
        if self.right is not None and who.elsewhere:
            raise RequestError(
                "The register, or the column `right`, says what each request asks for.", hint="Leave --right out."
            )
        details = self.details
        found = who.asked(run, self.right or rights[0], details)
        if not (who.elsewhere and details):
            return found
        from dsar.fulfilment.requests import amended

        return [amended(one, **details) for one in found]


def changes_of(pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read `--set FIELD=VALUE`; raises RequestError."""
    found = [pair.partition("=") for pair in pairs]
    if any(not equals or not field.strip() for field, equals, _ in found):
        raise RequestError("--set wants FIELD=VALUE.", hint="For example: --set 'Phone Number=+49 30 23125 145'")
    return tuple((field.strip(), value) for field, _, value in found)


def under(requests: Sequence[Request], **changed: Any) -> list[Request]:
    """Give requests with what a command's own options say of all of them, where anything is said."""
    said = {name: value for name, value in changed.items() if value}
    return [replace(one, **said) for one in requests] if said else list(requests)
