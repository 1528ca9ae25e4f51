"""From requests to the rows that are theirs: hop by hop, all subjects of a run at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsar.identity import descriptions
from dsar.identity.clicks import follow_links, visits_by_links
from dsar.identity.decided import DECIDED, Decided, accepted_rows
from dsar.identity.descriptions import DELIVERED, OPEN
from dsar.identity.devices import meet_devices, met
from dsar.identity.facets import OWN_ROLES, Facets, Ref
from dsar.identity.found import Graded, Known, Value
from dsar.identity.kinds import lookups
from dsar.identity.leads import follow_leads
from dsar.identity.literal import unread
from dsar.identity.rules import Verdict, judge, judge_description, ranked
from dsar.identity.score import possible, score
from dsar.identity.search import Search, Settings
from dsar.identity.sharing import alone_on, link_of, met_clicks, opened, undecided
from dsar.identity.spelt import find_spelt, graded_spelt
from dsar.identity.subject import Subject
from dsar.identity.weak import by_way, count_passed, is_weak, links_of, recalled, worth_reading
from dsar.model import Evidence, Request
from dsar.progress import SILENT, Progress
from dsar.store.run import Run

MAX_HOPS = 6


@dataclass(frozen=True)
class Resolution:
    """What was found for one request: every graded row, everything known of the person, what a person must look at."""

    request: Request
    values: Mapping[Value, Known]
    graded: tuple[Graded, ...]
    split: bool
    skipped: tuple[tuple[str, int], ...]
    """(kind, rows) of values that too many rows carry."""
    bounded: bool
    """Whether the search stopped at its bound of hops with values left."""
    unused: tuple[str, ...] = ()
    """Kinds of which the request gave a value that identifies nobody."""
    passed: int = 0
    """Rows that share one key with the person that too many share, and were not read for it."""
    described: bool = False
    """Whether names with birth dates or postcodes were looked up too."""


def resolve(
    run: Run,
    requests: Sequence[Request],
    settings: Settings,
    progress: Progress = SILENT,
    decided: Sequence[Decided] = (),
) -> tuple[list[Resolution], dict[Ref, Mapping[str, Any]]]:
    """Find the rows of every request; gives the resolutions in the order of the requests, and the rows they name.

    Only confirmed rows lend identifiers to the next hop. All questions of a hop, of all subjects, are asked at once.
    `decided` is what people decided before, for each request; a row they accepted is confirmed, one they rejected is
    refused, whatever the rules say.
    """
    search = Search(run, settings)
    subjects = _started(run, requests, settings, decided)
    hop = 0
    while hop < MAX_HOPS:
        taken = [_taken(subject) for subject in subjects]
        if not any(taken):
            break
        hop += 1
        progress.step(f"searching, hop {hop}")
        search.look_up(value for values in taken for value in values)
        for subject, values in zip(subjects, taken, strict=True):
            _admit(search, subject, values, hop)
        asking = [subject for subject, values in zip(subjects, taken, strict=True) if values]
        search.read(ref for subject in asking for ref in subject.candidates)
        search.look_up(click for subject in asking for click in met_clicks(search, subject))
        follow_links(search, subjects)
        for subject in asking:
            _confirm(search, subject, hop)
    progress.step("looking for what was mistyped")
    follow_leads(search, subjects)
    find_spelt(search, subjects)
    meet_devices(search, subjects)
    search.unreadable()
    return [_result(search, subject) for subject in subjects], search.rows


def _started(run: Run, requests: Sequence[Request], settings: Settings, decided: Sequence[Decided]) -> list[Subject]:
    """Begin with what the requests give, and with the rows that people accepted before."""
    subjects = [
        Subject(request, settings.phone_region, settings.own_domains, settings.own_phones, before)
        for request, before in zip(requests, decided or [Decided()] * len(requests), strict=True)
    ]
    for subject in subjects:
        subject.start()
        subject.candidates.update({ref: {(DECIDED, "subject", ""): 1} for ref in accepted_rows(run, subject.decided)})
    return subjects


def _taken(subject: Subject) -> list[Value]:
    """Everything that is new in a profile since it was last looked up: values under all their kinds, descriptions."""
    if subject.full:
        return []
    found = [found for value in subject.take_frontier() for found in lookups(*value)]
    for value, origin in descriptions.lookups(subject) if subject.describes_more() else ():
        if value not in subject.described:
            subject.described[value] = origin
            found.append(value)
    return found


def _admit(search: Search, subject: Subject, values: Sequence[Value], hop: int) -> None:
    """Make candidates of the rows that carry the values, and of those under weak keys that are worth reading."""
    strong = links_of(by_way((value for value in values if not is_weak(value[0])), search.carriers))
    weak = by_way((value for value in values if is_weak(value[0])), search.carriers)
    for found in (strong, recalled(subject, strong)):
        _add(subject, found, hop)
    _add(subject, worth_reading(subject, weak), hop)


def _add(subject: Subject, found: Mapping[Ref, Iterable[tuple[str, str, str]]], hop: int) -> None:
    for ref, links in found.items():
        reached = subject.candidates.setdefault(ref, {})
        for link in links:
            reached.setdefault(link, hop)


def _confirm(search: Search, subject: Subject, hop: int) -> None:
    """Confirm what the profile as it stands confirms, until nothing more follows; then let it lend identifiers."""
    while True:
        subject.meet_namesakes(search.facets)
        turns: tuple[list[Graded], ...] = [], [], []
        for ref in sorted(subject.candidates.keys() - subject.confirmed.keys()):
            verdicts = _verdicts(search, subject, ref)
            if verdicts and not subject.decided.by_mark and not any(v.grade == "confirmed" for v in verdicts):
                continue  # most of what waits, told without more ado
            graded = _decided(search, subject, _graded(ref, hop, verdicts)) if verdicts else _alone(subject, ref)
            if graded and graded.grade == "confirmed":
                turns[_turn(graded, verdicts)].append(graded)
        fresh = next(filter(None, turns), [])
        if not fresh:
            return
        open_to_doubt = [graded.ref for graded in fresh if not graded.settled]
        if subject.separates(search.facets[ref].person(_role(subject, ref)) for ref in open_to_doubt):
            subject.split = True
            return
        for graded in fresh:
            subject.learn(search.facets[graded.ref], graded)


def _alone(subject: Subject, ref: Ref) -> Graded | None:
    """Confirm a row that a person accepted, and to which nothing else leads."""
    if (DECIDED, "subject", "") not in subject.candidates[ref]:
        return None
    return Graded(ref, "confirmed", 1, (Evidence(DECIDED, "decision", "request"),), _ACCEPTED)


def _turn(graded: Graded, verdicts: Iterable[Verdict]) -> int:
    """Order rows: by number or mailbox first, then by birth date, then by address; each may keep a namesake out."""
    confirming = [verdict.evidence for verdict in verdicts if verdict.grade == "confirmed"]
    if graded.evidence[0].rule == DECIDED or any(evidence.kind != "name" for evidence in confirming):
        return 0
    return 1 if any("birth_date" in evidence.agrees for evidence in confirming) else 2


def _decided(search: Search, subject: Subject, graded: Graded) -> Graded:
    """Let what a person decided about a row stand above the rules."""
    decision = subject.decided.of(search.run.segments[graded.ref[0]], search.rows[graded.ref])
    if decision is None:
        return graded
    evidence = (Evidence(DECIDED, "decision", "request"), *graded.evidence)
    if decision.verdict == "accept":
        return graded._replace(grade="confirmed", evidence=evidence, reason=_ACCEPTED)
    return graded._replace(grade="refused", evidence=evidence, reason="A person decided that it is not theirs.")


_ACCEPTED = "A person decided that it is theirs."
_TWO_PEOPLE = "The search leads to two people who cannot be one."


def _graded(ref: Ref, hop: int, verdicts: Iterable[Verdict]) -> Graded:
    found = ranked(verdicts)
    evidence = tuple(dict.fromkeys([verdict.evidence for verdict in found]))
    return Graded(ref, found[0].grade, hop, evidence, found[0].reason, found[0].rivals)


_OF_SUBJECT = ("", "subject", "")


def _role(subject: Subject, ref: Ref) -> str:
    return min((link for link in subject.candidates[ref] if link[1] in OWN_ROLES), default=_OF_SUBJECT)[1]


def _verdicts(search: Search, subject: Subject, ref: Ref) -> Sequence[Verdict]:
    """Judge every way that led to a row; once for as long as the profile and the ways are the same."""
    state = len(subject.confirmed), len(subject.candidates[ref]), subject.namesakes
    before = subject.judged.get(ref)
    if before is None or before[0] != state:
        before = subject.judged[ref] = state, _of_themselves(_judged(search, subject, ref))
    return before[1]


def _of_themselves(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Leave out that a row is somebody else's delivery, where anything says that it is the subject's own."""
    found = tuple(verdicts)
    own = tuple(v for v in found if v.evidence.rule != _DELIVERED)
    return own or found


_DELIVERED = DELIVERED.replace("_", "-")


def _judged(search: Search, subject: Subject, ref: Ref) -> Iterator[Verdict]:
    facets = search.facets[ref]
    described: set[tuple[str, bool]] = set()
    for link in sorted(subject.candidates[ref]):
        if link[0] == DECIDED:
            continue
        verdict: Verdict | None
        if is_weak(link[0]):  # whatever key led here, the description is judged once a role
            way = (link[1], link[0] == "mail_name")
            if way in described:
                continue
            described.add(way)
            alone = link[0] != "mail_name" or alone_on(search, subject, ref, link)
            verdict = judge_description(subject, facets, link, alone=alone)
        else:
            verdict = judge(subject, facets, link_of(search, subject, ref, link))
        if verdict:
            yield verdict


def _result(search: Search, subject: Subject) -> Resolution:
    """Grade everything that was not confirmed against the whole profile as it is in the end."""
    subject.meet_namesakes(search.facets)
    found = {ref: g for ref, g in subject.confirmed.items() if not subject.split or g.evidence[0].rule == DECIDED}
    for ref, links in sorted(subject.candidates.items()):
        if ref not in found:
            verdicts = _verdicts(search, subject, ref)
            if not verdicts:
                subject.leads[ref] = min((kind, role) for kind, role, _ in links)
                continue
            graded = _weighed(search, subject, _graded(ref, min(links.values()), verdicts))
            if graded.grade == "confirmed":  # only where the search led to two people
                graded = graded._replace(grade="possible", reason=_TWO_PEOPLE)
            found[ref] = _decided(search, subject, graded)
    _offer(search, subject, found)
    for ref, (kind, role) in sorted(subject.leads.items()):
        lead = _by_score(subject, search.facets[ref], kind, role) if ref not in found else None
        if lead:
            found[ref] = _decided(search, subject, lead)
    for graded in unread(search, subject):
        found.setdefault(graded.ref, _decided(search, subject, graded))
    skipped = sorted({(v[0], search.crowded[f]) for v in subject.values for f in lookups(*v) if f in search.crowded})
    return Resolution(
        subject.request,
        dict(subject.values),
        tuple(found.values()),
        subject.split or undecided(search, subject),
        tuple(skipped),
        bool(subject.frontier),
        tuple(subject.unused),
        count_passed(subject),
        bool(subject.described),
    )


def _offer(search: Search, subject: Subject, found: dict[Ref, Graded]) -> None:
    """Add what devices, links and the names of mailboxes lead to; only where nothing surer leads there."""
    for offers in (opened, visits_by_links, graded_spelt, met):
        for graded in list(offers(search, subject, found)):
            found[graded.ref] = _decided(search, subject, graded)


def _weighed(search: Search, subject: Subject, graded: Graded) -> Graded:
    """Give a row that waits for a decision its place in the queue; a possible one without conflict may move up."""
    if graded.grade not in ("probable", "possible"):
        return graded
    weight = score(subject, search.facets[graded.ref], _role(subject, graded.ref))
    if graded.evidence[0].rule in OPEN and weight.probable:
        return graded._replace(grade="probable", bits=weight.bits)
    return graded._replace(bits=weight.bits)


def _by_score(subject: Subject, facets: Facets, kind: str, role: str) -> Graded | None:
    """Admit a row to the queue by its score alone, if it is high enough."""
    weight = possible(subject, facets, role) if role in OWN_ROLES else None
    if weight is None:
        return None
    evidence = Evidence("score", kind, "request", weight.agrees, weight.conflicts)
    reason = "Much agrees, but something was perhaps typed wrongly."
    return Graded(facets.ref, "probable" if weight.probable else "possible", 1, (evidence,), reason, bits=weight.bits)
