"""A rich access report about an invented person, with values that try to break every format."""

from __future__ import annotations

from dataclasses import replace

from dsar.model import (
    AccessReport,
    Attachment,
    CollectionReport,
    Evidence,
    FieldValue,
    FileFacts,
    Finding,
    Identifier,
    KnownIdentifier,
    Match,
    Processing,
    Recipient,
    Record,
    Request,
    Retention,
    SourceAnswer,
)

HOSTILE = {
    "formula": "=1+1",
    "plus": "+49 30 1234",
    "at": "@SUM(A1)",
    "hyperlink": '=HYPERLINK("http://example.org","x")',
    "error": "#REF!",
    "script": "<script>alert(1)</script>",
    "markup": '<b>open <img src="/etc/hostname"> &amp; <para>',
    "nul": "a\x00b",
    "escape_literal": "_x0041_ and _x000D_",
    "number_literal": "[U+0041] and [U+202E]",
    "override": "a\u202eb\u202c",
    "line_ends": "one\r\ntwo\nthree\rfour\ttab",
    "spaces": "  two  spaces  ",
    "surrogate": "caf\udce9",
    "arabic": "السيدة ليلى، رقم ١٢",
    "hebrew": "רחוב הרצל 12, תל אביב",
    "hindi": "नमस्ते क्षेत्र",
    "thai": "สวัสดีครับ",
    "chinese": "柏林的客户",
    "emoji": "sale 😀 👍🏽 ❤️",
    "combining": "Zoe\u0308 Dvor\u030ca\u0301k",
    "rare": "\U00012000 \ue000",
    "braces": "{record} %s {0}",
    "unbroken": "x" * 500,
    "long": "word " * 8000,
}


def field(name: str, value: str | None, **more: object) -> FieldValue:
    """One classified value; its label is its name in words."""
    label = str(more.pop("label", name.replace("_", " ").capitalize()))
    category = str(more.pop("category", "user.content"))
    return FieldValue(name, label, value, category, **more)  # type: ignore[arg-type]


def finding(place: str, line: int, *fields: FieldValue, file: str = "exports/crm.csv") -> Finding:
    """One confirmed record `source/collection/key` with its fields."""
    source, collection, key = place.split("/", 2)
    values = tuple((one.name, one.value) for one in fields)
    record = Record(place, source, collection, key, file, line, 1, values)
    evidence = (Evidence("same-email", "email", "request", agrees=("family_name",)),)
    when = next((one.value for one in fields if one.time), None)
    return Finding(Match(record, "confirmed", 1, evidence, "It has the e-mail address you gave us."), fields, when)


def person(number: int) -> Finding:
    """A contact as a CRM would hold it."""
    return finding(
        f"crm/contacts/C{number}",
        16 + number,
        field("contact_id", f"C{number}", label="Contact number", category="user.unique_id", given="observed"),
        field("email", "ada@example.org", label="E-mail", category="user.contact.email", given="provided"),
        field("phone", "+49 30 901820", label="Phone", category="user.contact.phone_number", given="provided"),
        field("status", "2", label="Status", category="user.account", given="derived", meaning="active customer"),
        field(
            "last_activity", "2025-11-03", label="Last activity", category="user.behavior", given="observed", time=True
        ),
        field("score", "", label="Lead score", category="x.user.score", given="derived"),
        field("fax", None, label="Fax", category="user.contact.fax_number"),
        field(
            "password",
            "$2b$12$secretsecret",
            label="Password",
            category="user.authorization.password",
            withheld="It would open an account (Art. 32).",
        ),
        field("note", "Met at the fair.\nAsked for the catalogue.", label="Note", given="derived", third_party=True),
    )


def visit(number: int) -> Finding:
    """A line of a web log."""
    return finding(
        f"web/requests/access.log:{number}",
        number,
        field("time", f"2026-10-{1 + number % 28:02d}T10:00:{number % 60:02d}+00:00", label="Time", time=True),
        field("method", "GET", label="Method"),
        field("path", f"/shop/item/{number}?from=mail", label="Page"),
        field("status", "200" if number % 7 else "404", label="Status", meaning="found" if number % 7 else "not found"),
        field("agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/146.0" if number % 3 else None, label="Browser"),
        file="logs/access.log",
    )


def contacts() -> CollectionReport:
    """Two contacts and one record full of hostile values."""
    hostile = finding("crm/contacts/<b>%2F=1", 40, *(field(name, value) for name, value in HOSTILE.items()))
    found = (person(1), person(2), hostile)
    ids = [one.match.record.record for one in found]
    return CollectionReport(
        source="crm",
        collection="contacts",
        title="Customer relations",
        processing=(
            Processing(
                "Customer relations",
                "A contract with you (Art. 6(1)(b))",
                None,
                ("*",),
                purpose_key="customer_relations",
                basis_key="contract",
            ),
            Processing("Own analyses", "Legitimate interest (Art. 6(1)(f))", "knowing our market", ("user.behavior",)),
        ),
        recipients=(
            Recipient(
                "Example Distribution Ltd",
                "distributor",
                "GB",
                "since 2025-01-01; all records of this kind",
                "adequacy decision (Art. 45)",
                "privacy@example.org",
                "D-118, valid until 2027-03-31",
            ),
            Recipient("Example Hosting GmbH", "processor", "DE", "all records of this kind"),
            Recipient("Example Mail Inc", "processor", "US", "all records of this kind"),
        ),
        retention=(
            Retention(
                ("*",),
                "3 years after “Last activity”",
                ((ids[0], "2028-11-03"), (ids[1], "2029-01-01"), (ids[2], None)),
            ),
        ),
        origin="You gave us this data yourself. Derived by us: Status, Lead score.",
        automated_decision="No decision about you is made by automated means alone.",
        findings=found,
    )


def visits(count: int) -> CollectionReport:
    """A web log of `count` lines."""
    return CollectionReport(
        source="web",
        collection="requests",
        title="Web log",
        processing=(Processing("Security", "Legitimate interest (Art. 6(1)(f))", "defence against attacks", ("*",)),),
        recipients=(),
        retention=(Retention(("*",), "30 days after “Time”", ()),),
        origin="We recorded this data while you used our services.",
        automated_decision="No decision about you is made by automated means alone.",
        findings=tuple(visit(number) for number in range(1, count + 1)),
    )


def sources(lines: int) -> tuple[SourceAnswer, ...]:
    """Every result a source can have."""
    crm = FileFacts("exports/crm.csv", "ab" * 32, 1200, 1199, 1)
    web = FileFacts("logs/access.log", "cd" * 32, 50_000, 50_000, 0)
    shop = FileFacts("exports/orders.csv", "ef" * 32, 800, 800, 0)
    when = "2026-11-21T06:00:00+01:00"
    return (
        SourceAnswer(
            "crm", "contacts", "Customer relations", "table", "held", None, (crm,), when, ("email", "customer_no"), 3, 1
        ),
        SourceAnswer(
            "web", "requests", "Web log", "combined_log", "held", None, (web,), when, ("cookie",), lines, 0, 2
        ),
        SourceAnswer("shop", "orders", "Orders", "shopify", "not_held", None, (shop,), when, ("email",), refused=1),
        SourceAnswer("mail", "events", "Newsletter", "mailchimp", "failed", "the file is truncated", (), None, ()),
        SourceAnswer(
            "archive", "archive", "Paper archive", "manual", "not_searched", "a person was asked", (), None, ()
        ),
    )


def report(lines: int = 60, language: str = "en") -> AccessReport:
    """The whole report: hostile contacts, a web log of `lines` lines, every kind of gap."""
    request = Request(
        "R-2026-0142",
        (Identifier("email", "ada@example.org"),),
        received="2026-11-03T09:14:00+01:00",
        regime="GDPR",
        identity_method="account login",
        identity_verified_on="2026-11-03",
    )
    return AccessReport(
        request=request,
        language=language,
        controller="Example GmbH",
        contact="privacy@example.org",
        dpo="dpo@example.org",
        as_of="2026-11-22T12:00:00+01:00",
        held=True,
        complete=False,
        drafts=("crm/contacts: guessed and not confirmed: origin.",),
        identifiers=(
            KnownIdentifier("email", "ada@example.org", True),
            KnownIdentifier("customer_no", "C1", False, "crm/contacts/C1"),
        ),
        sources=sources(lines),
        collections=(contacts(), visits(lines)),
        attachments=(
            Attachment("crm/contacts/C1", "CV Ada <1>.pdf", "attachments/0001.pdf", 48_213, "12" * 32),
            Attachment("crm/contacts/C2", "photo.jpg", None, None, None, "missing"),
        ),
        not_searched=(
            ("Newsletter", "the file is truncated"),
            ("Paper archive", "a person was asked"),
            ("CRM backups", "older copies of the live system; the last copy ends 35 days after the original"),
        ),
        held_back=(("probable", 1, "They are probably about you, but a person has not decided yet."),),
        withheld=tuple(
            (f"crm/contacts/C{number}", "Password", "It would open an account (Art. 32).") for number in (1, 2)
        ),
        rights=(
            ("Rectification (Art. 16 GDPR)", "Write to privacy@example.org and say what is wrong."),
            ("Erasure (Art. 17 GDPR)", "Write to privacy@example.org."),
        ),
        authority="Berliner Beauftragte für Datenschutz und Informationsfreiheit",
        court="Art. 79 GDPR",
        never_sold=True,
    )


def plain_report(language: str = "en") -> AccessReport:
    """A short report that is complete and no draft: one record, nothing withheld, nothing left out."""
    full = report(language=language)
    one = replace(
        contacts(),
        findings=(person(1),),
        retention=(Retention(("*",), "3 years", (("crm/contacts/C1", "2028-11-03"),)),),
    )
    return replace(
        full, complete=True, drafts=(), collections=(one,), attachments=(), not_searched=(), held_back=(), withheld=()
    )
