"""Three pictures of a report: its records over time, how they hang together, where the data went."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from dsar.model import AccessReport, Evidence
from dsar.renderers.blocks import Picture, Prose, Table
from dsar.renderers.drawing import WIDTH, Anchor, Curve, Dot, Drawing, Label, Shape, fitted
from dsar.renderers.law import in_country
from dsar.renderers.moments import short
from dsar.renderers.texts import Phrases

ROWS = 24
"""Most rows of one side of a picture; the table beside it has them all."""
_LEFT, _RIGHT, _STEP, _TALL = 196.0, 660.0, 24.0, 30.0
Edges = Mapping[tuple[str, str], int]


def timeline(report: AccessReport, say: Phrases) -> Picture | Prose:
    """Draw each source as a line of dots over time, their size by the number of records; undated ones are counted."""
    dated = [
        (part.title, sorted(f.when for f in part.findings if f.when), part.findings) for part in report.collections
    ]
    days = [when for _, times, _ in dated for when in times]
    if not days:
        return Prose(say("timeline.none"))
    rows = tuple(
        (title, str(len(found)), short(times[0] if times else ""), short(times[-1] if times else ""),
         str(len(found) - len(times)))
        for title, times, found in dated
    )  # fmt: skip
    head = tuple(say(f"timeline.{key}") for key in ("source", "records", "first", "last", "undated"))
    table = Table(say("timeline.caption"), head, rows, (36, 12, 20, 20, 12))
    start, end = _day(min(days)), _day(max(days))
    shown = dated[:ROWS]
    bottom = 14 + len(shown) * _STEP
    shapes: list[Shape] = list(_axis(start, end, bottom))
    for number, (title, times, found) in enumerate(shown):
        shapes.extend(_row(number, title, times, len(found), (start, end)))
    if len(dated) > ROWS:
        shapes.append(Label(0, bottom + 34, say("timeline.more", count=len(dated) - ROWS), "quiet", 11))
    return Picture(say("timeline.title"), Drawing(bottom + (40 if len(dated) > ROWS else 24), tuple(shapes)), table)


def _row(
    number: int, title: str, times: Sequence[str], count: int, span: tuple[datetime.date, datetime.date]
) -> Iterator[Shape]:
    y = 14 + number * _STEP
    yield Label(0, y + 4, fitted(title, _LEFT - 12), "ink")
    yield Curve(_LEFT, y, _RIGHT, y, "rule", 1)
    yield Label(WIDTH, y + 4, str(count), "quiet", 11, "end")
    bins: dict[int, int] = {}
    for when in times:
        place = round(_place(_day(when), span) / 8)
        bins[place] = bins.get(place, 0) + 1
    for place, records in bins.items():
        yield Dot(_LEFT + place * 8, y, min(8.0, 2.4 + records**0.5), "accent")


def _axis(start: datetime.date, end: datetime.date, bottom: float) -> Iterator[Shape]:
    """Years below the lines, or months where everything lies within two years; no label touches the next."""
    ticks = [datetime.date(year, 1, 1) for year in range(start.year, end.year + 2)]
    form = "%Y"
    if (end - start).days < 730:
        months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month + 1)
        ticks = [datetime.date(month // 12, month % 12 + 1, 1) for month in months if month // 12 < datetime.MAXYEAR]
        form = "%Y-%m"
    last = -100.0
    for tick in ticks:
        if start <= tick <= end:
            x = _LEFT + _place(tick, (start, end))
            yield Curve(x, 4, x, bottom, "soft", 1)
            if x - last >= 58:
                yield Label(x, bottom + 14, tick.strftime(form), "quiet", 11, "middle")
                last = x
    if last < 0:  # all within one month
        yield Label(_LEFT, bottom + 14, start.isoformat(), "quiet", 11)
        if end != start:
            yield Label(_RIGHT, bottom + 14, end.isoformat(), "quiet", 11, "end")


def _place(day: datetime.date, span: tuple[datetime.date, datetime.date]) -> float:
    start, end = span
    return (_RIGHT - _LEFT) * (day - start).days / max((end - start).days, 1)


def _day(when: str) -> datetime.date:
    return datetime.date.fromisoformat(when[:10])


def record_map(report: AccessReport, say: Phrases) -> Picture | Prose:
    """Draw by which identifiers the records of each source were found, and from where each was known (T-27)."""
    titles = {(part.source, part.collection): part.title for part in report.collections}
    edges: dict[tuple[str, str], int] = {}
    for part in report.collections:
        for finding in part.findings:
            for evidence in finding.match.evidence:
                pair = (_identifier(evidence, titles, say), part.title)
                edges[pair] = edges.get(pair, 0) + 1
    if not edges:
        return Prose(say("map.none"))
    rows = tuple((named.replace("\n", " – "), source, str(count)) for (named, source), count in edges.items())
    head = (say("map.identifier"), say("map.source"), say("map.records"))
    return Picture(say("map.title"), _linked(edges, head[:2], say), Table(say("map.caption"), head, rows, (50, 36, 14)))


def _identifier(evidence: Evidence, titles: Mapping[tuple[str, str], str], say: Phrases) -> str:
    if evidence.rule == "decided":
        return say("map.decided")
    if evidence.origin == "request":
        return f"{say.kind(evidence.kind)}\n{say('map.given')}"
    place = tuple(evidence.origin.split("/", 2)[:2])
    title = titles.get((place[0], place[-1]), evidence.origin.partition("/")[0])
    return f"{say.kind(evidence.kind)}\n{say('map.learned', title=title)}"


def flow(report: AccessReport, say: Phrases) -> Picture | Prose:
    """Draw from which source the data went to whom, and into which country (Art. 15(1)(c), 15(2))."""
    rows, edges = [], {}
    for part in report.collections:
        for recipient in part.recipients:
            country = in_country(recipient, report, say)
            rows.append((part.title, recipient.name, country))
            edges[(part.title, f"{recipient.name}\n{country}")] = 1
    if not rows:
        return Prose(say("flow.none"))
    head = (say("flow.source"), say("flow.recipient"), say("flow.country"))
    table = Table(say("flow.caption"), head, tuple(rows), (36, 36, 28))
    return Picture(say("flow.title"), _linked(edges, head[:2], say), table)


def _linked(edges: Edges, head: tuple[str, ...], say: Phrases) -> Drawing:
    """Two columns of labels and a curve for each pair, thicker the more records it stands for."""
    left = list(dict.fromkeys(pair[0] for pair in edges))
    right = list(dict.fromkeys(pair[1] for pair in edges))
    height = 30 + _TALL * max(min(len(left), ROWS + 1), min(len(right), ROWS + 1))
    places = [_spread(side, height, say) for side in (left, right)]
    shapes: list[Shape] = [Label(256, 12, head[0], "quiet", 11, "end"), Label(464, 12, head[1], "quiet", 11)]
    for (one, other), count in edges.items():
        if one in places[0] and other in places[1]:
            curve = (264.0, places[0][one], 456.0, places[1][other])
            shapes.append(Curve(*curve, "rule", min(7.0, 1.2 + count**0.5 * 0.6)))
    columns: tuple[tuple[float, Anchor, float], ...] = ((256.0, "end", 264.0), (464.0, "start", 456.0))
    for side, (x, anchor, dot) in zip(places, columns, strict=True):
        for text, y in side.items():
            name, _, more = text.partition("\n")
            shapes.append(Dot(dot, y, 3.5, "accent"))
            shapes.append(Label(x, y + (-1 if more else 4), fitted(name, 256), "ink", 12, anchor))
            if more:
                shapes.append(Label(x, y + 11, fitted(more, 256, 10), "quiet", 10, anchor))
    return Drawing(height, tuple(shapes))


def _spread(labels: Sequence[str], height: float, say: Phrases) -> dict[str, float]:
    """The height of each label, evenly spread; beyond `ROWS` the rest is counted in one."""
    shown = list(labels[:ROWS])
    if len(labels) > ROWS:
        shown.append(say("map.more", count=len(labels) - ROWS))
    step = (height - 26) / len(shown)
    return {text: 24 + step * (number + 0.5) for number, text in enumerate(shown)}
