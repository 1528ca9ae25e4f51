"""The same verbs for notebooks and scripts: open, find, export, plan an erasure; answers as pandas frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.fulfilment.copies import export as exporting
from dsar.fulfilment.copies.export import Package
from dsar.fulfilment.erasing import erase as erasing
from dsar.fulfilment.erasing.erase import ErasureFolder
from dsar.fulfilment.finding import find as finding
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_folder, open_workspace
from dsar.model import Answer, Request

if TYPE_CHECKING:
    import pandas

__all__ = ["counts_frame", "export", "find", "open_folder", "open_workspace", "plan_erasure", "records_frame"]


def find(workspace: Workspace, request: Request | None = None, **who: str | Sequence[str]) -> Answer:
    """Search every source for one person.

    Give a Request, or what to find the person by: `email`, `phone`, `name`, `birth_date`, `address`, `postcode`, `id`
    (`"customer_no=C100"`), each one text or several. Raises RequestError and find's errors.
    """
    return finding.find(workspace, [_request(request, who)])[0]


def export(
    workspace: Workspace, out: Path | str, request: Request | None = None, **who: str | Sequence[str]
) -> Package:
    """Write the access package of one person into the folder `out` (Art. 15 GDPR); `who` as for `find`."""
    return exporting.export(workspace, [_request(request, who)], Path(out))[0]


def plan_erasure(
    workspace: Workspace, out: Path | str, request: Request | None = None, **who: str | Sequence[str]
) -> ErasureFolder:
    """Write the erasure plan and scripts of one person into the folder `out` (Art. 17 GDPR); deletes nothing."""
    return erasing.plan_erasure(workspace, [_request(request, who, right="erasure")], Path(out))[0]


def _request(request: Request | None, who: dict[str, Any], right: str = "access") -> Request:
    return request if request is not None else request_of(**who, right=right)


def records_frame(answer: Answer) -> pandas.DataFrame:
    """Give the records of an answer as a frame: one row a record and field.

    Columns: record, source, collection, file, line, grade, field, value; values of possible records are withheld.
    """
    import pandas

    columns = ["record", "source", "collection", "file", "line", "grade", "field", "value"]
    rows = [
        (r.record, r.source, r.collection, r.file, r.line, match.grade, name, _shown(match.grade, value))
        for match in answer.matches
        for r in [match.record]
        for name, value in r.fields
    ]
    return pandas.DataFrame(rows, columns=columns)


def _shown(grade: str, value: str | None) -> str | None:
    return None if grade == "possible" else value


def counts_frame(answer: Answer) -> pandas.DataFrame:
    """Give the sources of an answer as a frame: one row a collection with its result and counts, zeros included."""
    import pandas

    columns = ["source", "collection", "result", "confirmed", "probable", "possible", "refused"]
    return pandas.DataFrame([[getattr(source, name) for name in columns] for source in answer.sources], columns=columns)
