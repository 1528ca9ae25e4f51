"""What fails in a batch, alone: whose plan it is that all would fail over, and what may be told of the reason."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from dsar.errors import DsarError, Unreadable
from dsar.fulfilment.children import ChildDied
from dsar.fulfilment.erasing import rights as planning
from dsar.fulfilment.erasing.erase import ErasureFolder
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer
from dsar.progress import SILENT, Progress
from dsar.store.run import Run


class _Trial(Workspace):
    """A workspace whose register, cases and log are scratch; the segments are those of the real one."""

    def run(self) -> Run:
        """Open the sealed run over the segments where they lie."""
        return Run(self.segments, self.lock.root)


def plans_apart(
    workspace: Workspace, answers: Sequence[Answer], out: Path, progress: Progress
) -> Iterator[tuple[ErasureFolder | Exception, Answer]]:
    """Make all plans together, because they share the copies of rewritten files; one that cannot be made fails alone.

    Raises OSError: a full disk is full for all of them.
    """
    rest = list(answers)
    while rest:
        try:
            place = out if len(rest) > 1 else out / str(rest[0].request.request_id)
            done = planning.fulfil_answers(workspace, rest, place, progress)
        except OSError:
            raise
        except Exception as error:
            alone = _alone(workspace, rest, error)
            failed = alone or dict.fromkeys(range(len(rest)), error)  # where nobody fails alone, all of them do
            yield from ((failed[number], rest[number]) for number in failed)
            rest = [answer for number, answer in enumerate(rest) if number not in failed]
        else:
            yield from zip(done, rest, strict=True)
            return


def _alone(workspace: Workspace, answers: Sequence[Answer], error: Exception) -> dict[int, Exception]:
    """Whose plans cannot be made, by number; empty where it is nobody's alone."""
    if isinstance(error, Unreadable):
        return {}
    if isinstance(error, ChildDied) and error.work is not None:  # trying it here would end this process as well
        return {error.work: error}
    return _culprits(workspace, answers, error)


def _culprits(workspace: Workspace, answers: Sequence[Answer], error: Exception) -> dict[int, Exception]:
    """Find by halves whose plans cannot be made, by number; in a scratch workspace, so that nothing is noted twice."""
    if len(answers) == 1:
        return {0: error}
    found: dict[int, Exception] = {}
    middle = len(answers) // 2
    for start, part in ((0, answers[:middle]), (middle, answers[middle:])):
        with tempfile.TemporaryDirectory(dir=workspace.lock.scratch) as scratch:
            try:
                facts = {one.name: getattr(workspace, one.name) for one in fields(workspace)}
                trial = _Trial(**facts | {"root": Path(scratch) / "workspace"})
                names = [str(answer.request.request_id) for answer in part]
                place = Path(scratch) / "out"
                planning.fulfil_answers(trial, part, place if len(part) > 1 else place / names[0], SILENT)
            except OSError:
                raise
            except Exception as failed:
                found |= {start + number: why for number, why in _culprits(workspace, part, failed).items()}
    return found


def told(error: Exception) -> tuple[str, int]:
    """Say why something failed and with which exit code.

    Of a fault of ours its kind and where in our code it arose: what its message says may hold a value.
    """
    if isinstance(error, DsarError):
        return f"{error.message} {error.hint}".strip(), error.exit_code
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "dsar" in Path(one.filename).parts]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"This is a fault of dsar ({type(error).__name__}{where}), not of the request; please report it.", 3
