"""Do we hold data about these people: every source, every record, every reason."""

from __future__ import annotations

from collections.abc import Sequence

from dsar.errors import SourceError
from dsar.fulfilment.answers import make_answer, standing_notes
from dsar.fulfilment.numbering import Records
from dsar.fulfilment.workspace import Workspace
from dsar.identity.resolve import resolve
from dsar.identity.search import Settings
from dsar.model import Answer, Request
from dsar.normalise import phone
from dsar.progress import SILENT, Progress


def find(
    workspace: Workspace, requests: Sequence[Request], progress: Progress = SILENT, *, refused: bool = False
) -> list[Answer]:
    """Search every source for every request, in one pass; gives the answers in the order of the requests.

    `refused` adds the records that were reached and decided against, which are otherwise only counted.
    Raises SourceError (exit 2) if no source at all could be searched.
    """
    if not workspace.segments:
        failed = workspace.failures[0] if workspace.failures else None
        error = SourceError(
            f"No source could be searched.{f' {failed.file}: {failed.reason}' if failed else ''}",
            hint=failed.hint if failed and failed.hint else "Check `files` in dsar.toml, or run `dsar init`.",
        )
        error.exit_code = 2
        raise error
    controller = workspace.config.controller
    region = controller.phone_region
    phones = tuple(number for text in controller.own_phones if (number := phone(text, region)))
    settings = Settings(workspace.keys.identifiers, region, controller.own_domains, phones)
    with workspace.run() as run:
        resolutions, rows = resolve(run, requests, settings, progress)
        progress.step("numbering records")
        records = Records(run, rows, resolutions, refused=refused)
        standing = standing_notes(workspace)
        return [make_answer(workspace, resolution, records, standing) for resolution in resolutions]
