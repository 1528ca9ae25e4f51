"""What happens to one confirmed record: exactly one outcome, with its ground, reason, statute and end date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from dsar import vocabulary
from dsar.config import CollectionSpec, Erase
from dsar.erasure.bounds import Uncoarsened, broken_bound, limits_of, new_value, still_exact, still_telling
from dsar.erasure.calls import call_for, call_notice
from dsar.erasure.check import check
from dsar.erasure.dialects import UnwritableValue, dialect
from dsar.erasure.hold import Hold, Stay, column_of, free_settings, hold_on, stay_of
from dsar.erasure.lines import lines_text, made_of_lines, places
from dsar.erasure.schema import Shapes, TableShape
from dsar.erasure.statement import RowChange, statement
from dsar.model import Outcome, Reason, Record
from dsar.retention import field_of, value_of

STAYS = "Art. 12(4)"
"""The ground of a record that stays although nothing in Art. 17(3) says so: the person must be told why."""


STORED = Reason("Art. 18(1)(b)", "The person asked for storage instead of deletion.")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a decision depends on beside the record: the day, the request and the databases that scripts are for."""

    today: date
    store: bool
    """The person wants storage instead of deletion (Art. 18(1)(b)-(c) GDPR)."""
    objected: bool
    dialects: Mapping[str, str]
    stays: tuple[Stay, ...] = ()
    """What keeps everything of this person: an open access request, a legal hold."""
    restriction: Reason = STORED
    """Why it is only stored, where `store` says so."""
    schemas: Mapping[str, Shapes] = field(default_factory=dict)
    """Target → the tables of its DDL file."""

    def shape_of(self, erase: Erase) -> TableShape | None:
        """The shape of the table that `erase` names, where the target has a DDL file that shows it."""
        return self.schemas.get(erase.target or "", {}).get(erase.table or "")


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one record, and the row of a database or the lines of a file that it touches."""

    outcome: Outcome
    reason: Reason
    target: str | None = None
    statement: str | None = None
    fields: tuple[tuple[str, Outcome], ...] = ()
    notes: tuple[str, ...] = ()
    """What a person must look at; no value, no key."""


def decide(record: Record, spec: CollectionSpec, setting: Setting) -> Decision:
    """Decide what happens to one confirmed record (Art. 17(1), 17(3), 18(1) GDPR).

    Storage instead of deletion comes first, then retention by statute or hold, then the configured method. A
    statement that cannot be written safely never becomes a weaker one: the record is kept and the plan says so.
    Raises ConfigError where `erase` names a table or column that cannot be quoted.
    """
    erase = spec.erase
    if setting.store:
        stored = Decision("restrict", setting.restriction)
        return _restricted(record, spec, stored, setting)
    stay = stay_of(record.source, setting.stays)
    if stay is not None:
        return Decision("keep", stay.reason)
    hold = hold_on(record, spec, setting.today)
    if hold is not None:
        return _held(record, spec, hold, setting)
    if erase is None:
        return _stays("No erase method is configured.", "no erase method is configured")
    return _by_method(record, spec, erase, ground_of(spec, objected=setting.objected), setting)


def ground_of(spec: CollectionSpec, *, objected: bool = False) -> Reason:
    """Name the ground of an erasure by the legal bases of the collection's purposes (Art. 17(1)(a)-(c) GDPR).

    Ground (c) is for a person who objected: a request for erasure alone is no objection, not even to marketing.
    """
    letters = {vocabulary.basis(purpose.basis).letter for purpose in spec.purposes}
    asked = "objection" if objected else "erasure request"
    if letters == {"a"}:
        text = f"Consent is the only legal basis, and the {asked} is taken as its withdrawal."
        return Reason("Art. 17(1)(b)", text)
    if objected:
        return Reason("Art. 17(1)(c)", "The person objects to the processing.")
    return Reason("Art. 17(1)(a)", "No longer needed for its purpose, and the person asks for erasure.")


def _by_method(record: Record, spec: CollectionSpec, erase: Erase, ground: Reason, setting: Setting) -> Decision:
    match erase.method:
        case "delete":
            return _changed(record, spec, Decision("delete", ground), {}, setting)
        case "anonymise":
            return _anonymised(record, spec, erase, ground, setting)
        case "restrict":
            reason = Reason("Art. 18(1)", erase.text or "The configured method is to restrict it.")
            note = "the configured method only restricts, although no retention duty applies today"
            return _noted(_restricted(record, spec, Decision("restrict", reason), setting), note)
        case "keep":
            note = "the configured method keeps the record, without a statute and an end date"
            return _stays(erase.text or "The configured method is to keep it.", note)
        case "rewrite":
            return _rewritten(record, ground)
        case "api":
            return _called(record, erase, ground)
        case "manual":
            return Decision("delete", ground, statement=erase.text or "Delete it in the system.")


def _held(record: Record, spec: CollectionSpec, hold: Hold, setting: Setting) -> Decision:
    """Keep what the law makes us keep and only that: other fields go where `set` can erase them (Art. 17(3))."""
    erase = spec.erase
    notes = [f"the end of the retention cannot be computed: {hold.unknown}"] if hold.unknown else []
    decision = Decision("keep", hold.reason)
    free = free_settings(record, spec, hold) if erase and erase.method in ("delete", "anonymise") else {}
    if erase is not None and erase.method == "restrict":
        decision = _restricted(record, spec, Decision("restrict", hold.reason), setting)
    elif erase is not None and free:
        gone = tuple(
            (heading, _GONE) for heading, value in record.fields if value and column_of(erase, heading) in free
        )
        decision = _changed(record, spec, Decision("restrict", hold.reason, fields=gone), free, setting)
    elif erase is not None and erase.method == "anonymise":
        decision = Decision("restrict", hold.reason)
    outside = [heading for heading, value in record.fields if value and heading not in hold.headings]
    if len(outside) > len(decision.fields):
        notes.append("fields outside the retention duty stay with the record: `set` names no column for them")
    return _noted(decision, *notes)


_GONE: Outcome = "anonymise"


def _anonymised(record: Record, spec: CollectionSpec, erase: Erase, ground: Reason, setting: Setting) -> Decision:
    """Anonymise, and tell what would still point to the person: then it is pseudonymised only (Recital 26, E-7)."""
    if not erase.set:
        return _stays("It cannot be anonymised.", "`erase` says anonymise but sets no column")
    decision = _changed(record, spec, Decision("anonymise", ground), erase.set, setting)
    left = still_telling(record, spec, erase.set)
    if decision.outcome != "anonymise":
        return decision
    if exact := still_exact(record, spec, erase.set):
        how = "exact dates or places stay; `set` makes them coarser by {year} or {first:2}"
        decision = _noted(decision, f"{', '.join(sorted(exact))}: {how}")
    if not left:
        return decision
    return _noted(decision, f"only pseudonymised, which is no erasure: `set` leaves {', '.join(sorted(left))}")


def _restricted(record: Record, spec: CollectionSpec, wanted: Decision, setting: Setting) -> Decision:
    """Restrict by script only where the method says so; otherwise it is a step for people."""
    erase = spec.erase
    if erase is None or erase.method != "restrict" or not erase.set or erase.target is None:
        return wanted
    return _changed(record, spec, wanted, erase.set, setting)


def _changed(
    record: Record, spec: CollectionSpec, wanted: Decision, settings: Mapping[str, str], setting: Setting
) -> Decision:
    """Give the decision its one statement, or keep the record where no safe statement can be written."""
    erase = spec.erase
    if erase is None or not (erase.target and erase.table and erase.key):
        problem = "`erase` does not name target, table and key, so no statement can be written"
        return _unwritten(wanted, problem)
    values = dict(record.fields)
    key = [(column, value_of(values, heading) or "") for heading, column in erase.key.items()]
    if not all(value for _, value in key):
        return _unwritten(wanted, "a key column is empty or missing, so no statement can name the row")
    taken = {column for column, _ in key}
    lock = [(column, value_of(values, heading) or "") for heading, column in erase.lock.items() if column not in taken]
    own_key = "-".join(value for _, value in key)
    try:
        news = tuple(_news(record, spec, settings, own_key))
    except Uncoarsened:
        return _unwritten(wanted, "`set` wants the year of a column that holds no date")
    if broken := broken_bound(dict(news), settings, limits_of(spec, setting.shape_of(erase))):
        return _unwritten(wanted, broken)
    change = RowChange(erase.table, (*key, *lock), news)
    spoken = dialect(setting.dialects[erase.target])
    try:
        text = statement(change, spoken)
    except UnwritableValue:
        return _unwritten(wanted, "a key or lock value cannot stand in that database, so no statement can be written")
    check(text, change, spoken)
    return replace(wanted, target=erase.target, statement=text)


def _news(
    record: Record, spec: CollectionSpec, settings: Mapping[str, str], key: str
) -> Iterator[tuple[str, str | None]]:
    by_column = {column_of(spec.erase, heading): heading for heading, _ in record.fields} if spec.erase else {}
    values = dict(record.fields)
    for column, template in settings.items():
        heading = by_column.get(column, column)
        yield column, new_value(template, key, values.get(heading), field_of(spec.fields, heading))


def _unwritten(wanted: Decision, problem: str) -> Decision:
    reason = wanted.reason
    if wanted.outcome in ("delete", "anonymise"):
        reason = Reason(STAYS, f"It cannot be erased by script: {problem}.")
    return Decision("keep", reason, notes=(problem,))


def _called(record: Record, erase: Erase, ground: Reason) -> Decision:
    request = call_for(record, erase.call)
    notes = (erase.text.rstrip("."),) if erase.text else ()
    if request is None:
        call = erase.call if isinstance(erase.call, str) else ", then ".join(erase.call or ())
        text = f"By API call: {call or 'see the vendor'}. {call_notice(erase.call or '')}".rstrip()
        return Decision("delete", ground, statement=text, notes=notes)
    return Decision("delete", ground, f"api:{record.source}", request, notes=notes)


def _rewritten(record: Record, ground: Reason) -> Decision:
    """Cut the record out of every file in which it stands; what has no lines to cut is for people."""
    standing = places(record)
    cut = [place for place in standing if made_of_lines(place[0])]
    note = "the export file is not made of lines, so the record must be removed from it by hand"
    notes = () if len(cut) == len(standing) else (note,)
    if not cut:
        files = ", ".join(dict.fromkeys(PurePath(file).name for file, _, _ in standing))
        return Decision("delete", ground, statement=f"Remove it from {files}.", notes=notes)
    return Decision("delete", ground, f"file:{cut[0][0]}", f"remove {lines_text(cut)}", notes=notes)


def _stays(text: str, note: str) -> Decision:
    return Decision("keep", Reason(STAYS, text), notes=(note,))


def _noted(decision: Decision, *notes: str) -> Decision:
    return replace(decision, notes=(*decision.notes, *notes))
