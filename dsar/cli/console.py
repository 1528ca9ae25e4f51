"""What people see: sentences, tables that fit 80 columns, and progress on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from dsar.cli.visible import show
from dsar.progress import SILENT, Progress

if TYPE_CHECKING:  # rich is loaded by what draws: `--json` draws nothing
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID
    from rich.text import Text

STYLES = {
    "held": "green",
    "confirmed": "green",
    "probable": "yellow",
    "possible": "dim",
    "failed": "bold red",
    "not searched": "red",
}


def result() -> Console:
    """Give the console of stdout; nothing in a text is markup, an emoji code or a link."""
    from rich.console import Console

    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False)


def say(*sentences: str, style: str = "") -> None:
    """Print sentences on stdout, wrapped, with an empty line after them."""
    from rich.text import Text

    console = result()
    for sentence in sentences:
        console.print(Text(show(sentence), style=style))
    console.print()


def complain(sentence: str) -> None:
    """Print one sentence on stderr: what went wrong while the rest went on."""
    sys.stderr.write(show(sentence) + "\n")


def points(title: str, lines: Iterable[str], *, most: int | None = None) -> None:
    """Print a title and a list under it, at `most` so many with a line that counts the rest; nothing if it is empty."""
    from rich.table import Table
    from rich.text import Text

    console = result()
    grid = Table.grid(padding=(0, 1))
    listed = list(lines)
    rest = len(listed) - most if most is not None and len(listed) > most else 0
    for line in listed[: len(listed) - rest]:
        grid.add_row(Text(" -"), Text(show(line), overflow="fold"))
    if rest:
        grid.add_row(Text(" -"), Text(f"and {rest} more; `dsar init` tells all of them"))
    if grid.row_count:
        console.print(Text(show(title), style="bold"))
        console.print(grid)
        console.print()


def tree(lines: Iterable[tuple[int, str]]) -> None:
    """Print sentences as a tree, each below the last one before it that is less deep."""
    from rich.text import Text
    from rich.tree import Tree

    console = result()
    branches: list[tuple[int, Tree]] = []
    roots: list[Tree] = []
    for depth, sentence in lines:
        text = Text(show(sentence), overflow="fold")
        while branches and branches[-1][0] >= depth:
            branches.pop()
        if branches:
            branches.append((depth, branches[-1][1].add(text)))
        else:
            branches.append((depth, root := Tree(text)))
            roots.append(root)
    for root in roots:
        console.print(root)


def follow(command: str, why: str = "") -> None:
    """Print the next command to type; a long one is continued by a backslash, so that it can still be copied."""
    from rich.text import Text

    console = result()
    if why:
        console.print(Text(show(why)))
    lines: list[str] = []
    for word in re.findall(r"(?:'[^']*'|\S)+", show(command)):  # a backslash inside quotes continues nothing
        if lines and len(lines[-1]) + 1 + len(word) <= console.width - 8:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    console.print(Text("Next: " + " \\\n      ".join(lines), style="bold cyan"), soft_wrap=True)


Side = Literal["left", "right"]


class Columns:
    """A table under way: text columns fold, columns of numbers stand right and stay on one line."""

    def __init__(self, *headings: str, numbers: Sequence[str] = ()) -> None:
        from rich import box
        from rich.table import Table

        self._table = Table(box=box.SIMPLE_HEAD, header_style="bold", show_edge=False, padding=(0, 1, 0, 0))
        for heading in headings:
            side: Side = "right" if heading in numbers else "left"
            self._table.add_column(heading, justify=side, no_wrap=heading in numbers, overflow="fold")

    def row(self, *cells: object) -> None:
        """Add a row; a cell may hold several lines, each of which is shown as data."""
        self._table.add_row(*(_cell(cell) for cell in cells))

    def print(self) -> None:
        """Print the table with an empty line after it; nothing if it has no rows."""
        if self._table.row_count:
            console = result()
            console.print(self._table)
            console.print()


def _cell(value: object) -> Text:
    from rich.text import Text

    lines = [show(line) for line in value] if isinstance(value, (list, tuple)) else [show(value)]
    text = Text(overflow="fold")
    for number, line in enumerate(lines):
        text.append(("\n" if number else "") + line, style=STYLES.get(line, "dim" if number else ""))
    return text


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """Give a Progress that draws bars with the time left, on stderr, if that is a terminal and not `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(20), TaskProgressColumn())
    console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    with Bars(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        yield _Drawn(bars)


class _Drawn:
    """The bar of the current step; a finished step makes room for the next one."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._current: TaskID | None = None

    def step(self, title: str, total: int | None = None) -> None:
        if self._current is not None:
            self._bars.remove_task(self._current)
        self._current = self._bars.add_task(show(title), total=total)

    def advance(self, units: int = 1) -> None:
        if self._current is not None:
            self._bars.advance(self._current, units)
