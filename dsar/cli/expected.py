"""What a connector's expected.json says of its samples, and where the samples turn out otherwise."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.errors import ConnectorError, DsarError

if TYPE_CHECKING:
    from dsar.config import Config
    from dsar.sources.loader import Loaded
    from dsar.store.keys import Keys

NAME = "expected.json"
WHO = ("email", "phone", "name", "birth_date", "address", "postcode", "id")
GRADES = ("confirmed", "probable", "possible")
Document = dict[str, Any]


def read_expected(folder: Path) -> Document | None:
    """Read what a connector expects of its samples, None where it has no expected.json.

    Raises ConnectorError where the file is not as docs/connectors.md says.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    at = f"{folder.name}/{NAME}"
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        raise ConnectorError(f"{at} is not valid JSON.", hint="Correct it, or take it away.") from None
    sound = isinstance(document, dict) and document.keys() <= {"files", "find"}
    asks = document.get("find", []) if sound else None
    if not isinstance(asks, list) or not all(isinstance(ask, dict) and ask.keys() <= {*WHO, *GRADES} for ask in asks):
        known = ", ".join((*WHO, *GRADES))
        raise ConnectorError(f"{at} has unknown keys.", hint=f"It holds `files` and `find`, each with: {known}.")
    return dict(document)


def observed(loaded: Loaded, config: Config, keys: Keys, root: Path, asks: list[Document]) -> Document:
    """Give the document that would be true of these samples: what was read of each, and who is found in them."""
    return {"files": _files(loaded), "find": _found(loaded, config, keys, root, asks)}


def differences(expected: Document, seen: Document) -> Iterator[str]:
    """Say in words where the samples are not as expected; names files, collections and keys, never a value."""
    files: Mapping[str, Any] = expected.get("files", {})
    for name in sorted(files.keys() | seen["files"].keys()):
        wanted, found = files.get(name), seen["files"].get(name)
        if wanted != found:
            yield f"{name}: expected {_parts(wanted)}, read {_parts(found)}"
    for number, (ask, answer) in enumerate(zip(expected.get("find", []), seen["find"], strict=True), start=1):
        for grade in GRADES:
            wanted, found = set(ask.get(grade, ())), set(answer.get(grade, ()))
            if wanted - found:
                yield f"search {number}: not {grade}: {', '.join(sorted(wanted - found))}"
            if found - wanted:
                yield f"search {number}: {grade}, but not expected: {', '.join(sorted(found - wanted))}"


def _parts(parts: list[Document] | None) -> str:
    if not parts:
        return "nothing"
    return ", ".join(f"{part['collection']} {part['loaded']}+{part['unreadable']}" for part in parts)


def _files(loaded: Loaded) -> Document:
    files: Document = {}
    for segment in loaded.segments:
        contents = segment.contents
        files.setdefault(Path(segment.facts.path).name, []).append(
            {
                "collection": contents.collection,
                "read": contents.rows_read,
                "loaded": contents.rows_loaded,
                "unreadable": contents.rows_unreadable,
            }
        )
    return dict(sorted(files.items()))


def _found(loaded: Loaded, config: Config, keys: Keys, root: Path, asks: list[Document]) -> list[Document]:
    from dsar.fulfilment.finding.find import find
    from dsar.fulfilment.requests import request_of
    from dsar.fulfilment.workspace import Workspace
    from dsar.store.lock import hold

    if not asks or not loaded.segments:
        return asks
    now = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
    workspace = Workspace(config, now, root, keys, loaded, hold(root))
    try:
        who = [{kind: ask[kind] for kind in WHO if kind in ask} for ask in asks]
        answers = find(workspace, [request_of(**given) for given in who])
    except DsarError as error:
        raise ConnectorError(f"{NAME}: a search cannot be done: {error.message}", hint=error.hint) from None
    finally:
        workspace.close()
    return [given | _graded(answer) for given, answer in zip(who, answers, strict=True)]


def _graded(answer: Any) -> Document:
    """The records of each grade, as `collection/key`."""
    found: Document = {}
    for grade in GRADES:
        records = sorted(match.record.record.partition("/")[2] for match in answer.graded(grade))
        if records:
            found[grade] = records
    return found
