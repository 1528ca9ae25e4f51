"""What plan.html says of the scripts that were run on a server of their own kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from dsar.renderers.plan_tables import shown, table
from dsar.renderers.plan_words import Words


class TextLike(Protocol):
    """What the rehearsal of one script saw; `erasure` hands over its own kind of it."""

    @property
    def target(self) -> str:
        """Name of the target in dsar.toml."""

    @property
    def dialect(self) -> str:
        """The target's dialect."""

    @property
    def server(self) -> str:
        """Name and version of the server; empty where there was none."""

    @property
    def statements(self) -> int:
        """Statements of the script."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it did not go as planned, without values."""

    @property
    def not_run(self) -> str:
        """Why it was not run; empty where it was."""

    @property
    def twice(self) -> bool:
        """Whether its guards were tried, too."""

    @property
    def passed(self) -> bool:
        """Whether it was run and did what the plan says."""


def failed_texts(texts: Sequence[TextLike], tell: Words) -> list[str]:
    """The scripts that failed, for the list of what nobody may overlook."""
    return [
        tell.html("look.text_failed", target=one.target, problems="; ".join(one.problems))
        for one in texts
        if one.problems
    ]


def rehearsed_texts(texts: Sequence[TextLike], tell: Words) -> Iterator[str]:
    """A table of the scripts that were run on a server, and of those for which there was none."""
    if not texts:
        return
    yield f"<p>{tell.html('rehearsal.text_intro')}</p>"
    columns = (("script", 26), ("server", 26), ("statements", 12), ("result", 36))
    rows = []
    for one in texts:
        result = tell.html("rehearsal.text_passed" if one.twice else "rehearsal.text_once")
        result = f'<span class="out">{result}</span>'
        if one.problems:
            result = f'<span class="bad">{tell.html("rehearsal.failed", problems="; ".join(one.problems))}</span>'
        elif one.not_run:
            result = tell.html("rehearsal.text_not_run", why=one.not_run)
        count = f'<span class="count">{one.statements}</span>'
        rows.append((shown(f"erase.{one.target}.sql"), shown(one.server or "\u2013"), count, result))
    head = [(tell.html(f"rehearsal.{name}"), width) for name, width in columns]
    yield from table(tell.html("rehearsal.text_caption"), head, rows)
