"""What kinds of identifiers are worth: which carry a search, which only support, which never link."""

from __future__ import annotations

from typing import Literal

Strength = Literal["account", "email", "phone", "document", "cookie", "click", "never"]
WEAK = frozenset({"ip", "token", "mail_name", "family_birth", "given_birth", "family_postcode", "name"})
DOCUMENTS = frozenset({"national_id", "passport", "driver_licence", "ssn", "tax_id"})
_ROLES = (
    "info office kontakt contact sales vertrieb support help service admin administrator webmaster postmaster hello "
    "mail team billing buchhaltung accounting hr jobs bewerbung karriere noreply no-reply donotreply newsletter "
    "marketing test noemail none unknown empfang reception zentrale"
)
MAILBOX_ROLES = frozenset(_ROLES.split())
JUNK_DOMAINS = frozenset({"localhost", "invalid", "test"})
ALSO_LOGIN = frozenset({"email", "customer_no", "username", "user_id", "account"})
"""Kinds whose value people also use to log in."""


def strength(kind: str) -> Strength:
    """What an equal value of this kind says: ids that somebody issued, and logins, are `account`."""
    if kind in ("email", "phone", "cookie"):
        return kind  # type: ignore[return-value]
    if kind == "click_id":
        return "click"
    if kind in DOCUMENTS:
        return "document"
    return "never" if kind in WEAK else "account"


def is_generic_mailbox(address: str, own_domains: tuple[str, ...]) -> bool:
    """Whether an e-mail address belongs to a role or to nobody: info@, test@, our own domains."""
    local, _, domain = address.partition("@")
    own = any(domain == name or domain.endswith(f".{name}") for name in own_domains)
    return own or local.split("+")[0] in MAILBOX_ROLES or domain.rsplit(".", 1)[-1] in JUNK_DOMAINS


def lookups(kind: str, normal: str) -> tuple[tuple[str, str], ...]:
    """Every (kind, normal form) under which a known value may stand in rows: itself, as a login, in free text."""
    found = [(kind, normal)]
    if kind in ALSO_LOGIN:
        found.append(("login", normal))
    if kind == "login":
        found.append(("email" if "@" in normal else "customer_no", normal))
    if strength(kind) == "account" and len(normal) >= 5 and any(char.isdigit() for char in normal):
        found.append(("token", normal))
    return tuple(found)
