"""What a copy says of other people, as a table for whoever decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsar.cli import console

if TYPE_CHECKING:
    from dsar.fulfilment.finding.others import Cleared
    from dsar.model import Mention

_MOST = 40
WHY = {
    "other": "names somebody else",
    "supplied": "the person named them",
    "other_side": "the other side of it",
    "special": "a word that asks for a look",
    "reference": "given in confidence?",
    "unread": "nobody could read it",
    "metadata": "who made the file",
}


def print_others(clear: Cleared) -> None:
    """Print what waits for a decision, and count what is decided or needs none."""
    from dsar.fulfilment.finding.review_others import open_mentions

    waiting = open_mentions(clear.mentions)
    if waiting:
        console.say("Other people in the copy, to be decided:", style="bold")
        table = console.Columns("Finding", "Where", "What it says", "Proposed")
        for mention in waiting[:_MOST]:
            proposed = [mention.proposed, WHY.get(mention.ground, "")]
            table.row(mention.finding, [mention.record, mention.field], _what(mention), proposed)
        table.print()
        if len(waiting) > _MOST:
            console.say(f"and {len(waiting) - _MOST} more; they follow as these are decided.")
    decided = [mention for mention in clear.mentions if mention.verdict]
    automatic = [mention for mention in clear.mentions if mention.outcome == "redact" and not mention.verdict]
    if decided:
        redacted = sum(mention.verdict == "redact" for mention in decided)
        console.say(f"Decided: {redacted} to be redacted, {len(decided) - redacted} kept.")
    if automatic:
        lines = (f"{m.finding}  {m.kind}  {m.record} {m.field}" for m in automatic[:_MOST])
        console.points("Stand as labels in what is released, without a decision (`--keep FINDING` shows one):", lines)
        if len(automatic) > _MOST:
            console.say(f"and {len(automatic) - _MOST} more.")


def _what(mention: Mention) -> list[str]:
    known = ", known to a source" if mention.known else ""
    if mention.kind == "unread":
        return [f"{mention.field.rpartition('/')[2]}: {mention.note}", "read it yourself"]
    if not mention.text:
        return [mention.note or "the whole text", mention.kind]
    return [mention.text[:80], f"{mention.kind} of {mention.label}{known}"]
