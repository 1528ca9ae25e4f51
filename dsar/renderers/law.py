"""What the law adds to a name: the country of a recipient, and the safeguard of a transfer (Art. 15(2) GDPR)."""

from __future__ import annotations

from dsar.model import AccessReport, Recipient
from dsar.renderers.texts import Phrases
from dsar.vocabulary.countries import country_name, third_country


def outside(recipient: Recipient, report: AccessReport) -> bool:
    """Whether a recipient sits in a third country; a country that is not stated, or told in words, is not judged."""
    return len(recipient.country.strip()) == 2 and third_country(recipient.country, report.regime)


def in_country(recipient: Recipient, report: AccessReport, say: Phrases) -> str:
    """Name the country of a recipient, and say that it is a third country where it is (A-8)."""
    if not recipient.country:
        return say("report.unknown")
    country = country_name(recipient.country, say.language)
    if not outside(recipient, report):
        return country
    key = "collection.third_country_uk" if report.regime == "UK" else "collection.third_country"
    return say(key, country=country)


def safeguard(recipient: Recipient, report: AccessReport, say: Phrases) -> str:
    """Name the safeguard of a transfer and where a copy of it can be had (Art. 15(2), A-14)."""
    if recipient.mechanism and recipient.copy_at:
        return say("collection.copy_at", mechanism=recipient.mechanism, contact=recipient.copy_at)
    if recipient.copy_at:
        return say("collection.copy_only", contact=recipient.copy_at)
    return recipient.mechanism or say(
        "collection.no_safeguard" if outside(recipient, report) else "collection.not_needed"
    )
