"""Letters to the person from templates that a company can change: five languages, filled from the register."""

from __future__ import annotations

import datetime
import html
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dsar.errors import ConfigError, RequestError

KINDS = ("acknowledgement", "identity", "clarification", "extension", "refusal", "nothing_held")
SLOTS = (
    "request_id", "name", "received", "due", "new_due", "right", "reason", "ground", "question", "sources",
    "controller", "contact", "authority", "court",
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A letter in one language."""

    language: str
    subject: str
    text: str
    missing: tuple[str, ...]
    """Slots that nobody has filled; they stand in the text as such."""


@dataclass(frozen=True)
class Templates:
    """The texts of one language: those that ship, with the company's own in their place."""

    language: str
    document: Mapping[str, Any]

    def day(self, day: datetime.date) -> str:
        """Write a date as this language does."""
        month = self.document["months"][day.month - 1]
        return str(self.document["date"].format(day=day.day, month=month, year=day.year))

    def word(self, key: str) -> str:
        """Give the words for a code of ours, e.g. of a right or of a reason; the code itself where there are none."""
        return str(self.document["words"].get(key, key))

    def write(self, kind: str, values: Mapping[str, str]) -> Letter:
        """Fill a letter; a slot without a value stands in the text as one that must be filled in.

        Raises RequestError for an unknown kind, ConfigError for a template that names an unknown slot.
        """
        if kind not in KINDS:
            raise RequestError("There is no such letter.", hint=f"One of: {', '.join(KINDS)}.")
        subject, text = str(self.document[kind]["subject"]), str(self.document[kind]["text"]).strip()
        used = [name for _, name, _, _ in string.Formatter().parse(f"{subject}\n{text}") if name is not None]
        if unknown := [name for name in used if name not in SLOTS]:
            raise ConfigError(
                f"The letter `{kind}` ({self.language}) names an unknown slot: {unknown[0]}.",
                hint=f"Slots there are: {', '.join(SLOTS)}.",
            )
        missing = tuple(dict.fromkeys(name for name in used if not values.get(name) and name != "name"))
        filled = {name: values.get(name) or self._gap(name) for name in SLOTS}
        lines = text.format_map({**filled, "name": values.get("name", "")}).replace(" ,", ",").replace(" :\n", ":\n")
        return Letter(self.language, subject.format_map(filled), lines, missing)

    def _gap(self, name: str) -> str:
        return str(self.document["fill"].format(what=self.word(name)))


def templates(language: str, own: Path | None = None) -> Templates:
    """Give the templates of a language; `own` is a folder with the company's, which stand above those that ship.

    Raises RequestError for a language without letters, ConfigError for a file that is not as ours.
    """
    shipped = files("dsar.register") / "letters" / f"{language}.toml"
    if not language.isalpha() or not shipped.is_file():
        known = sorted(path.name[:2] for path in (files("dsar.register") / "letters").iterdir())
        raise RequestError("There are no letters in that language.", hint=f"Languages: {', '.join(known)}.")
    document: dict[str, Any] = tomllib.loads(shipped.read_text(encoding="utf-8"))
    path = own / f"{language}.toml" if own else None
    if path is not None and path.is_file():
        try:
            changed = tomllib.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(
                f"letters/{path.name} cannot be read: {type(error).__name__}.", hint="Correct it."
            ) from None
        for key, value in changed.items():
            if key not in document or not isinstance(value, type(document[key])):
                raise ConfigError(f"letters/{path.name}: `{key}` is not a part of it.", hint="See the shipped file.")
            document[key] = {**document[key], **value} if isinstance(value, dict) else value
    return Templates(language, document)


def as_page(letter: Letter, sender: str) -> bytes:
    """Write a letter as one self-contained HTML document, ready to be printed."""
    paragraphs = "\n".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in letter.text.split("\n\n"))
    return (
        f'<!DOCTYPE html>\n<html lang="{letter.language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(letter.subject)}</title>\n<style>\n"
        "body { font: 12pt/1.55 Georgia, 'Times New Roman', serif; color: #1c242b; max-width: 40rem; "
        "margin: 3rem auto; padding: 0 1.5rem; }\n"
        "h1 { font-size: 1.1rem; margin: 2.5rem 0 1.5rem; }\naddress { font-style: normal; color: #47535d; }\n"
        "p { margin: 0 0 1rem; overflow-wrap: anywhere; }\n@page { size: A4; margin: 25mm; }\n"
        "@media print { body { margin: 0; padding: 0; max-width: none; } }\n</style>\n</head>\n<body>\n"
        f"<address>{html.escape(sender)}</address>\n<h1>{html.escape(letter.subject)}</h1>\n{paragraphs}\n"
        "</body>\n</html>\n"
    ).encode("utf-8", "backslashreplace")


def as_text(letter: Letter) -> bytes:
    """Write a letter as plain text, its subject first."""
    return f"{letter.subject}\n\n{letter.text}\n".encode("utf-8", "backslashreplace")
