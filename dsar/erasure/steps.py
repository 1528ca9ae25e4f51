"""What people must do by hand beside the scripts of a plan, as a list to tick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dsar.config import Config
from dsar.erasure.calls import call_notice
from dsar.erasure.counted import counted
from dsar.model import ErasurePlan, ErasureStep

# A DELETE only marks a row; these are what removes its bytes (Art. 17 GDPR; the certificate names the method).
_AFTERWARDS = {
    "postgresql": "Run VACUUM on the tables of the script; WAL archives, replicas and base backups keep copies "
    "until they expire.",
    "mariadb": "Wait until InnoDB has purged its history list; binary logs, replicas and backups keep copies until "
    "they expire.",
    "mysql": "Wait until InnoDB has purged its history list; binary logs, replicas and backups keep copies until "
    "they expire.",
    "sqlite": "Run VACUUM on the database file: until then the deleted bytes are still in it.",
    "sqlserver": "Run sp_clean_db_free_space; log backups, replicas and backups keep copies until they expire.",
    "oracle": "Shrink or move the segment; redo archives, flashback and backups keep copies until they expire.",
    "snowflake": "Time Travel and Fail-safe keep copies until their retention ends.",
    "bigquery": "Time travel and snapshots keep copies until their retention ends.",
}


def steps_markdown(plan: ErasurePlan, config: Config) -> bytes:
    """Write what people must do by hand for a plan, in Markdown (Art. 5(2), 17, 19 GDPR).

    Manual sources, API calls, records to restrict by hand, what the databases still hold afterwards, backups with
    their last day, and the recipients to be told. No value of a record but its key, where a step needs it.
    """
    lines = [
        f"# Steps for people: request {plan.request_id}",
        "",
        f"Plan digest: `{plan.digest}`. This list holds record keys: keep it private and remove it when all is ticked.",
        "",
        *_section("Approve", ["Compare the digest above with the approved plan before anything is run."]),
        *_section("Run the scripts", list(_scripts(plan, config))),
        *_section("Replace the rewritten export files", list(_files(plan))),
        *_section("Call the vendors", list(_calls(plan))),
        *_section("Erase by hand", list(_by_hand(plan, "delete"))),
        *_section("Restrict by hand", list(_by_hand(plan, "restrict"))),
        *_section("What stays", list(_kept(plan))),
        *_section("Not reached by this plan", [f"{what}: {reason}" for what, reason in plan.out_of_scope]),
        *_section("Tell the recipients (Art. 19)", list(_recipients(plan))),
        *_section("A person must look at", list(plan.notes)),
        *_section("Afterwards", ["Renew the exports and search again: nothing that was deleted may be found."]),
    ]
    return "\n".join(lines).rstrip().encode("utf-8", "backslashreplace") + b"\n"


def _section(title: str, points: list[str]) -> list[str]:
    return [f"## {title}", "", *(f"- [ ] {_line(point)}" for point in points), ""] if points else []


def _line(text: str) -> str:
    """One line of plain Markdown: what comes from an export must not end the line or start a link or HTML."""
    shown = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
    return shown.replace("<", "&lt;").replace("](", "]\\(")


def _scripts(plan: ErasurePlan, config: Config) -> Iterator[str]:
    for name in dict.fromkeys(step.target for step in plan.steps if step.statement and step.target in config.target):
        if name is None:
            continue
        target = config.target[name]
        yield f"`erase.{name}.sql` on {target.title or name} ({target.dialect}), after a look at its head."
        yield f"{target.title or name}: {_AFTERWARDS[target.dialect]}"


def _files(plan: ErasurePlan) -> Iterator[str]:
    for made in plan.files:
        shared = f" It serves {made.requests} requests: approve all their plans first, and replace the file once."
        yield (
            f"{made.file}: put `{made.copy}` in its place, if its SHA-256 is still `{made.sha256_before}`; the copy has"
            f" `{made.sha256_after}` and {made.lines_after} of its {counted(made.lines_before, 'line')}."
            + (shared if made.requests > 1 else "")
        )
    written = {f"file:{made.file}" for made in plan.files}
    targets = [step.target for step in plan.steps if step.target and step.target.startswith("file:")]
    for target in dict.fromkeys(targets):
        if target not in written:
            file = target.removeprefix("file:")
            yield f"{file}: {counted(targets.count(target))} to be removed; no copy was written."


def _calls(plan: ErasurePlan) -> Iterator[str]:
    for name in dict.fromkeys(step.target for step in plan.steps if step.target and step.target.startswith("api:")):
        steps = [step for step in plan.steps if step.target == name]
        source = (name or "").removeprefix("api:")
        yield f"`erase.{source}.http`: {counted(len(steps))}, after a look at its head."
        yield from dict.fromkeys(notice for step in steps if (notice := call_notice(step.statement or "")))


def _by_hand(plan: ErasurePlan, outcome: str) -> Iterator[str]:
    """One line for what is done to a key; why it is done stands in plan.html."""
    steps = [step for step in plan.steps if step.outcome == outcome and step.target is None]
    usual = "Delete it." if outcome == "delete" else "Mark it, so that nobody uses it for anything else."
    for (place, key, what), count in Counter((_place(s), s.key, s.statement or usual) for s in steps).items():
        yield f"{place}, key `{key}`{f' ({counted(count)})' if count > 1 else ''}: {what}"


def _kept(plan: ErasurePlan) -> Iterator[str]:
    """One line for records of one collection that stay for one reason; use of them is limited to it (L-3)."""
    stays = Counter((_place(step), step.reason) for step in plan.steps if step.outcome in ("keep", "restrict"))
    for (place, reason), count in stays.items():
        law = f"{reason.ground}, {reason.statute}" if reason.statute else reason.ground
        until = f", until {reason.until}" if reason.until else ", no end date known"
        use = "Use it" if count == 1 else "Use them"
        yield f"{place}: {counted(count)}, {law}{until}: {reason.text} {use} for nothing else."


def _recipients(plan: ErasurePlan) -> Iterator[str]:
    for told in plan.recipients:
        yield f"{told.name} ({told.role}, {told.country}): {told.disclosed}."


def _place(step: ErasureStep) -> str:
    return f"{step.source}/{step.collection}"
