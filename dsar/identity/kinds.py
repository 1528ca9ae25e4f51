"""What kinds of identifiers are worth: which carry a search, which only support, which never link."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Literal

from dsar.normalise import is_filler

Strength = Literal["account", "email", "phone", "document", "cookie", "click", "never"]
WEAK = frozenset({"ip", "token", "mail_name", "family_birth", "given_birth", "family_postcode", "name", "phone_tail"})
DOCUMENTS = frozenset({"national_id", "passport", "driver_licence", "ssn", "tax_id"})
_SPELT_DOCUMENTS = DOCUMENTS | {"drivers_license"}
EXCLUSIVE = frozenset({"national_id", "ssn", "tax_id"})
"""Documents whose number a person keeps for life: two of a kind are two people. A passport is renewed."""
_ROLES = (
    "info office kontakt contact sales vertrieb support help service admin administrator webmaster postmaster hello "
    "mail team billing buchhaltung accounting hr jobs bewerbung karriere noreply no-reply donotreply newsletter "
    "marketing test noemail none unknown empfang reception zentrale enquiries inquiries orders order bestellung "
    "einkauf purchasing rechnung invoices invoice privacy datenschutz legal security abuse root nobody anonymous guest "
    "no-email no_email nomail keine asdf post kundenservice customerservice booking bookings reservations secretariat "
    "sekretariat verwaltung compta comptabilite ventas contabilidad administracion amministrazione segreteria"
)
MAILBOX_ROLES = frozenset(_ROLES.split())
JUNK_DOMAINS = frozenset({"localhost", "invalid", "test"})
ALSO_LOGIN = frozenset({"email", "customer_no", "username", "user_id", "account"})
"""Kinds whose value people also use to log in."""
_NOBODY = (
    "undefined|nil|(null)|[null]|(none)|(not set)|not set|not provided|"
    "anonymous|anonym|anon|guest|gast|invite|invitado|admin|administrator|root|system|nobody|"
    "user|test|tester|demo|default|public|customer|kunde|keine|ohne|tbd"
)
NOBODY = frozenset(_NOBODY.split("|"))
"""Words that systems and clerks write where no number of a person is."""
_SHORT = 4


@lru_cache(maxsize=1024)
def strength(kind: str) -> Strength:
    """What an equal value of this kind says: ids that somebody issued, and logins, are `account`."""
    if kind == "email_md5":
        return "email"
    if kind in ("email", "phone", "cookie"):
        return kind  # type: ignore[return-value]
    if kind == "device_id":
        return "cookie"
    if kind == "click_id":
        return "click"
    if kind in _SPELT_DOCUMENTS:
        return "document"
    return "never" if kind in WEAK else "account"


def called(kind: str) -> str:
    """Give a kind as people say it: `e-mail address`, `customer number`."""
    if kind.endswith("_no"):
        return f"{kind[:-3].replace('_', ' ')} number"
    return _CALLED.get(kind, kind.replace("_", " "))


_CALLED = {"email": "e-mail address", "phone": "phone number", "ip": "IP address"}


@lru_cache(maxsize=65_536)
def says_nobody(kind: str, normal: str) -> bool:
    """Whether a value stands where none was known: `guest`, `000`, `99999`, `12345`, `xxx@…`; `7` is a number."""
    if strength(kind) == "email":
        local = normal.split("@")[0]
        return len(local) > 1 and len(set(local)) == 1
    plain = normal if normal.isalnum() else re.sub(r"[\W_]", "", normal)
    return normal in NOBODY or not plain.strip("0") or (len(plain) >= _SHORT and is_filler(normal))


@lru_cache(maxsize=65_536)
def is_short(normal: str) -> bool:
    """Whether an id is so short that another system may well have issued the same one to somebody else."""
    return len(re.sub(r"[\W_]", "", normal)) < _SHORT


@lru_cache(maxsize=65_536)
def is_generic_mailbox(address: str, own_domains: tuple[str, ...]) -> bool:
    """Whether an e-mail address belongs to a role or to nobody: info@, test@, our own domains."""
    local, _, domain = address.partition("@")
    own = any(domain == name or domain.endswith(f".{name}") for name in own_domains)
    role = local.split("+")[0].rstrip("0123456789") or local
    return own or role in MAILBOX_ROLES or domain.rsplit(".", 1)[-1] in JUNK_DOMAINS


@lru_cache(maxsize=65_536)
def is_family_mailbox(address: str) -> bool:
    """Whether a mailbox says by its name that a family shares it: `bell.family@`, `familie-meyer@`, `fam.meyer@`."""
    words = re.findall(r"[a-z]+", address.split("@")[0])
    return any(word == "fam" or word.startswith(_FAMILY) or word.endswith(_FAMILY) for word in words)


_FAMILY = ("family", "familie", "familia", "famille", "famiglia")


@lru_cache(maxsize=65_536)
def lookups(kind: str, normal: str) -> tuple[tuple[str, str], ...]:
    """Every (kind, normal form) under which a known value may stand in rows: itself, as a login, in free text."""
    found = [(kind, normal)]
    if kind == "email" and (plain := mailbox(normal)) != normal:
        found.append(("email", plain))
    if kind == "email":  # some systems name a person by the MD5 of the address, as Mailchimp does its members
        found.append(("email_md5", hashlib.md5(normal.encode(), usedforsecurity=False).hexdigest()))
    if kind in ALSO_LOGIN:
        found.append(("login", normal))
    if kind == "login":
        found.append(("email" if "@" in normal else "customer_no", normal))
    own = normal.rpartition(":")[2]  # in a text, a colon ends a word: `No:84712`
    if strength(kind) == "account" and len(own) >= 5 and any(char.isdigit() for char in own):
        found.append(("token", own))
    return tuple(found)


_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


@lru_cache(maxsize=65_536)
def mailbox(address: str) -> str:
    """Give the mailbox that an address is delivered to: without `+tag`, and for Gmail without dots."""
    local, _, domain = address.partition("@")
    plain = local.split("+")[0] or local
    if domain in _DOTLESS:
        return f"{plain.replace('.', '') or plain}@gmail.com"
    return f"{plain}@{domain}"
