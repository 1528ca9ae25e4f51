"""A company that nobody tuned a rule to: invented people of several languages, and every way in which they mix.

The rows are made from people, and know nothing of the matcher: families on one mailbox, fathers and sons of one name,
twins, namesakes elsewhere, marriages, moves, shared tablets, mailboxes of offices, numbers that somebody else had
before, gifts to others, slips of the fingers. What a row is about is written down as it is made.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.benchmarks.identity.exports import Data, Export
from tests.benchmarks.identity.invented import FAMILY, GIVEN, PROVIDERS, STREETS, TWINS

UNSEEN = Data("unseen", "DE", (
    Export("crm", ("contact_id",), {
        "customer_no": "customer_no", "first_name": "given_name", "last_name": "family_name", "email": "email",
        "phone": "phone", "street": "street", "zip": "postcode", "birthday": "birth_date %d.%m.%Y"}),
    Export("orders", ("order_id",), {
        "order_id": "order_no", "customer_no": "customer_no", "bill_name": "name@billing",
        "bill_email": "email@billing", "bill_phone": "phone@billing", "bill_street": "street@billing",
        "bill_zip": "postcode@billing", "ship_name": "name@shipping", "ship_street": "street@shipping",
        "ship_zip": "postcode@shipping", "cookie": "cookie"}),
    Export("tickets", ("ticket_id",), {"name": "name", "email": "email", "phone": "phone"}),
    Export("newsletter", ("sub_id",), {"sub_id": "click_id", "email": "email", "first_name": "given_name"}),
    Export("web", ("session_id",), {"cookie": "cookie", "login": "login", "click_id": "click_id"}),
), lambda file, row: next(iter(row.values())), ("crm", "ord", "tic", "news"))  # fmt: skip


@dataclass(frozen=True)
class Human:
    """One invented person, and what they use."""

    number: int
    given: str
    family: str
    birth: datetime.date
    street: str
    postcode: str
    mailboxes: tuple[str, ...]
    phones: tuple[str, ...]
    cookies: tuple[str, ...]
    account: str
    before: str = ""
    """The family name until a marriage."""
    moved_from: tuple[str, str] | None = None


@dataclass
class Town:
    """The people and the rows while they are made."""

    dice: random.Random
    people: list[Human] = field(default_factory=list)
    rows: dict[str, list[tuple[str, ...]]] = field(
        default_factory=lambda: {export.name: [] for export in UNSEEN.exports}
    )
    mailboxes: set[str] = field(default_factory=set)
    truth: list[tuple[str, str]] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.dice.random() < share


def write_unseen(folder: Path, people: int, seed: int) -> Path:
    """Write the exports and the truth of a company of about so many people; gives the folder above it."""
    town = Town(random.Random(seed))
    while len(town.people) < people:
        _household(town)
    for human in list(town.people):
        _rows_of(town, human)
    home = folder / UNSEEN.folder
    home.mkdir(parents=True)
    for export in UNSEEN.exports:
        town.dice.shuffle(town.rows[export.name])
        _write(
            home / f"{export.name}.csv",
            [*export.key, *[c for c in export.columns if c not in export.key]],
            town.rows[export.name],
        )
    _write(home / "truth.csv", ["record_id", "cluster_id"], town.truth)
    return folder


def _write(path: Path, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])


def _household(town: Town) -> None:
    """Make the people of one home: alone, a couple, a family, a father and a son of one name, twins, flat mates."""
    dice = town.dice
    kind = dice.choices(
        ["alone", "couple", "family", "junior", "twins", "flat", "namesake"], [60, 50, 50, 3, 2, 20, 8]
    )[0]
    street, postcode = f"{dice.choice(STREETS)} {dice.randint(1, 180)}", f"{dice.randint(10000, 99999)}"
    family = dice.choice(FAMILY)
    first = _human(town, dice.choice(GIVEN), family, street, postcode)
    members = [first]
    if kind == "namesake" and town.people:
        other = dice.choice(town.people)
        members = [_human(town, other.given, other.family, street, postcode)]
    if kind in ("couple", "family", "flat"):
        theirs = dice.choice(FAMILY) if kind == "flat" or town.chance(0.3) else family
        members.append(_human(town, _another(town, members), theirs, street, postcode))
    if kind == "family":
        for _ in range(dice.randint(1, 3)):
            members.append(_human(town, _another(town, members), family, street, postcode, child=True))
    if kind == "junior":
        members.append(_human(town, first.given, family, street, postcode, child=True))
    if kind == "twins":
        twin = _another(town, members)
        if town.chance(0.3):
            first = replace(first, given=(pair := dice.choice(TWINS))[0])
            members, twin = [first], pair[1]
        members.append(replace(_human(town, twin, family, street, postcode), birth=first.birth))
    town.people.extend(_sharing(town, members, kind))


def _another(town: Town, members: Sequence[Human]) -> str:
    """Give a given name that nobody of a home has: a father and a son of one name are a kind of home of their own."""
    taken = {human.given for human in members}
    return town.dice.choice([name for name in GIVEN if name not in taken])


def _human(town: Town, given: str, family: str, street: str, postcode: str, *, child: bool = False) -> Human:
    dice, number = town.dice, town.dice.randrange(10**9)
    birth = datetime.date(
        dice.randint(1988, 2006) if child else dice.randint(1944, 1987), dice.randint(1, 12), dice.randint(1, 28)
    )
    plain = [word.lower() for word in (given, family)]
    shapes = [
        f"{plain[0]}.{plain[1]}",
        f"{plain[0][0]}{plain[1]}{birth:%y}",
        f"{plain[0]}{birth:%y}",
        f"{plain[1]}.{plain[0]}",
        f"{dice.choice(['sunny', 'rider', 'kite', 'otter'])}{dice.randint(10, 9999)}",
    ]
    mailboxes = [_free(town, dice.choice(shapes), dice.choice(PROVIDERS))]
    if town.chance(0.25):
        mailboxes.append(_free(town, f"{plain[0]}.{plain[1]}", f"firma{dice.randint(1, 60)}.example"))
    phones = tuple(
        f"+49 1{dice.choice('567')}{dice.randint(0, 9)} {dice.randint(2000000, 9899999)}"
        for _ in range(dice.choice([1, 1, 1, 2]))
    )
    cookies = tuple(f"v{dice.randrange(16**12):012x}" for _ in range(dice.choice([1, 1, 2])))
    before = dice.choice(FAMILY) if town.chance(0.06) else ""
    moved = (
        (f"{dice.choice(STREETS)} {dice.randint(1, 180)}", f"{dice.randint(10000, 99999)}")
        if town.chance(0.12)
        else None
    )
    return Human(
        number,
        given,
        family,
        birth,
        street,
        postcode,
        tuple(mailboxes),
        phones,
        cookies,
        f"K{dice.randint(100000, 999999)}",
        before,
        moved,
    )


def _free(town: Town, local: str, domain: str) -> str:
    """Give a mailbox that nobody has: a provider gives a name once, and the next one gets a number."""
    address = f"{local}@{domain}"
    while address in town.mailboxes:
        address = f"{local}{town.dice.randint(1, 999)}@{domain}"
    town.mailboxes.add(address)
    return address


def _sharing(town: Town, members: list[Human], kind: str) -> Iterator[Human]:
    """Let a home share a mailbox, a landline or a tablet; let somebody have a number that was another's before."""
    dice = town.dice
    if len(members) > 1 and kind != "flat" and town.chance(0.25):
        family = _free(town, f"familie.{members[0].family.lower()}", "gmx.de")
        shared = dice.choice([members[0].mailboxes[0], family])
        members = [replace(m, mailboxes=(shared, *m.mailboxes[1:])) if town.chance(0.7) else m for m in members]
    if len(members) > 1 and town.chance(0.4):
        landline = f"+49 40 {dice.randint(2000000, 8999999)}"
        members = [replace(m, phones=(*m.phones, landline)) for m in members]
    if len(members) > 1 and town.chance(0.3):
        members = [replace(m, cookies=(members[0].cookies[0], *m.cookies[1:])) for m in members]
    if town.people and town.chance(0.04):
        members[0] = replace(members[0], phones=(dice.choice(town.people).phones[0], *members[0].phones[1:]))
    yield from members


def _slip(town: Town, text: str, share: float = 0.02) -> str:
    """Mistype a text now and then: a letter left out, doubled, swapped with the next, or another one."""
    if len(text) < 4 or not town.chance(share):
        return text
    at = town.dice.randrange(1, len(text) - 2)
    return town.dice.choice([
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + town.dice.choice("aeinrst") + text[at + 1 :],
    ])  # fmt: skip


def _rows_of(town: Town, human: Human) -> None:
    dice = town.dice
    for _ in range(dice.choice([0, 1, 1, 1, 2])):
        _crm(town, human)
    for _ in range(dice.choice([0, 0, 1, 1, 2, 4])):
        _order(town, human)
    if town.chance(0.3):
        _ticket(town, human)
    entry = _newsletter(town, human) if town.chance(0.4) else ""
    for _ in range(dice.choice([0, 1, 2, 3])):
        click = entry if entry and town.chance(0.3) else ""
        login = dice.choice([human.account, human.mailboxes[0]]) if town.chance(0.4) else ""
        _add(town, human, "web", (dice.choice(human.cookies), login, click))


def _add(town: Town, human: Human, name: str, cells: Sequence[str]) -> str:
    prefix = {"crm": "crm", "orders": "ord", "tickets": "tic", "newsletter": "news", "web": "web"}[name]
    key = f"{prefix}:{len(town.rows[name]) + 1}"
    town.rows[name].append((key, *cells))
    town.truth.append((key, str(human.number)))
    return key


def _mailbox(town: Town, human: Human) -> str:
    if town.chance(0.04):
        return town.dice.choice(["", "n/a", "info@firma7.example", "keine@keine.de"])
    address = town.dice.choice([human.mailboxes[0], *human.mailboxes])
    local, _, domain = address.partition("@")
    return f"{local}+shop@{domain}" if town.chance(0.03) else f"{_slip(town, local)}@{domain}"


def _phone(town: Town, human: Human) -> str:
    if town.chance(0.35):
        return "" if town.chance(0.8) else "000000"
    number = town.dice.choice(human.phones)
    return number.replace("+49 ", "0") if town.chance(0.5) else number


def _names(town: Town, human: Human) -> tuple[str, str]:
    family = human.before if human.before and town.chance(0.4) else human.family
    given = f"{human.given[0]}." if town.chance(0.03) else human.given
    return _slip(town, given), _slip(town, family)


def _home(town: Town, human: Human) -> tuple[str, str]:
    street, postcode = human.moved_from if human.moved_from and town.chance(0.5) else (human.street, human.postcode)
    return _slip(town, street.replace("strasse", "str.") if town.chance(0.3) else street), postcode


def _crm(town: Town, human: Human) -> None:
    birth = f"{human.birth:%d.%m.%Y}" if town.chance(0.5) else ""
    account = (
        human.account
        if not any(row[1] == human.account for row in town.rows["crm"])
        else f"K{town.dice.randint(100000, 999999)}"
    )
    _add(
        town,
        human,
        "crm",
        (account, *_names(town, human), _mailbox(town, human), _phone(town, human), *_home(town, human), birth),
    )


def _order(town: Town, human: Human) -> None:
    name, home = " ".join(_names(town, human)), _home(town, human)
    other = town.dice.choice(town.people) if town.chance(0.08) else None
    ship = (f"{other.given} {other.family}", other.street, other.postcode) if other else (name, *home)
    account = human.account if town.chance(0.6) else ""
    cookie = town.dice.choice(human.cookies) if town.chance(0.6) else ""
    cells = (account, name, _mailbox(town, human), _phone(town, human), *home, *ship, cookie)
    _add(town, human, "orders", cells)


def _ticket(town: Town, human: Human) -> None:
    given, family = _names(town, human)
    name = f"{family}, {given}" if town.chance(0.3) else f"{given} {family}"
    _add(town, human, "tickets", (name, _mailbox(town, human), _phone(town, human)))


def _newsletter(town: Town, human: Human) -> str:
    return _add(town, human, "newsletter", (_mailbox(town, human), human.given if town.chance(0.5) else ""))
