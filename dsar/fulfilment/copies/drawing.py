"""The files of a package, drawn from its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dsar.model import AccessReport

MANY = 8
"""Reports from which on a child saves more than its start costs."""


def drawn(report: AccessReport) -> Iterator[tuple[str, bytes]]:
    """Draw every form of a report, one by one; the same report gives the same bytes in whatever process."""
    from dsar.renderers.as_html import render_html
    from dsar.renderers.as_json import render_json
    from dsar.renderers.as_pdf import render_pdf
    from dsar.renderers.as_portability import FILE, SCHEMA_FILE, render_portability, schema
    from dsar.renderers.as_xlsx import render_xlsx

    renderers: dict[str, Callable[[AccessReport], bytes]] = {
        "report.html": render_html, "report.pdf": render_pdf, "data.xlsx": render_xlsx, "data.json": render_json,
    }  # fmt: skip
    if report.request.right == "portability":
        renderers = {FILE: render_portability, SCHEMA_FILE: lambda _: schema()}
    for name, render in renderers.items():
        yield name, render(report)


def draw(common: None, report: AccessReport) -> list[tuple[str, bytes]]:
    """Draw every form of a report, as a task for a child."""
    return list(drawn(report))
