"""After a restore: who is on the suppression list and stands in the exports again, planned anew by the same road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.erasing.erase import ErasureFolder
from dsar.fulfilment.erasing.rights import fulfil_answers
from dsar.fulfilment.erasing.suppress import Hit, Return, erased, hits, told
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.workspace import Workspace
from dsar.model import Request
from dsar.progress import SILENT, Progress
from dsar.store import suppression
from dsar.store.suppression import Entry

RIGHTS = {"erasure": "erasure", "objection": "objection", "withdrawal": "withdrawal"}
"""The right that is carried out again, by the reason of an entry."""


@dataclass(frozen=True)
class Replayed:
    """What a replay saw and wrote."""

    looked_for: int
    """Requests of the list: verified erasures, objections and withdrawals."""
    back: tuple[Return, ...]
    """Where the people of these requests stand, with counts of rows."""
    folders: tuple[ErasureFolder, ...]


def replay(workspace: Workspace, out: Path, progress: Progress = SILENT) -> Replayed:
    """Carry out again, on exports of restored systems, what the suppression list says (E-52; Art. 17, 32(1)(c) GDPR).

    The list holds keyed hashes only, so people are known again by the rows that carry a value of the list, also when
    their case was purged; each is then planned as before, by the values of these rows: erasures with scripts and
    rehearsal, objections and withdrawals with their stop orders. A plan keeps the number of its first request, is
    approved anew and verified as any other. Raises as `plan_erasure` does.
    """
    entries = _entries(workspace)
    found = list(hits(workspace, entries))
    requests = _requests(found)
    folders = fulfil_answers(workspace, find(workspace, requests, progress), out, progress) if requests else []
    return Replayed(len({entry.request for entry in entries}), told(found), tuple(folders))


def _entries(workspace: Workspace) -> list[Entry]:
    """What is to be carried out again; an erasure that was never verified is still to be done, and not replayed."""
    done = erased(workspace)
    every = suppression.read(workspace.root)
    return [one for one in every if one.reason in RIGHTS and (one.reason != "erasure" or one.request in done)]


def _requests(found: Sequence[Hit]) -> list[Request]:
    """One request for each on the list whose person was found, by the values that their rows carry."""
    by_request: dict[str, list[Hit]] = {}
    for hit in found:
        by_request.setdefault(hit.entry.request, []).append(hit)
    requests = []
    for name, own in sorted(by_request.items()):
        right = RIGHTS[own[0].entry.reason]
        if any(RIGHTS[hit.entry.reason] != right for hit in own):
            raise RequestError(f"The suppression list has two rights for request {name}.", hint="`dsar doctor`.")
        scope = dict.fromkeys(f"{h.entry.scope}:{h.entry.channel}" for h in own) if right != "erasure" else ()
        values = sorted({hit.identifier for hit in own}, key=lambda one: (one.kind, one.value))
        requests.append(Request(name, tuple(values), right=right, scope=tuple(scope)))
    return requests
