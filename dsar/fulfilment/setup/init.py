"""What `dsar init` does: look at every file of a folder and draft dsar.toml."""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.config import Config, Source, load_config, parse, plain
from dsar.errors import ConfigError, Unreadable
from dsar.fulfilment.setup.init_sources import DraftedSource, draft_sources
from dsar.fulfilment.setup.init_text import header_text, source_text
from dsar.sources.archive import MARK
from dsar.sources.draft import columns
from dsar.sources.exports import Export, exports_of, unpacked
from dsar.sources.recognise import Recognition, Refused, recognise_all
from dsar.sources.registry import TABLE, connectors
from dsar.sources.spec import CollectionDeclaration, Connector
from dsar.store.files import write_private

OWN_OUTPUTS = ("manifest.json", "plan.json", "summary.json")
SCRATCH = "dsar-init-"
REQUESTS = {"request_id", "right"}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft of dsar.toml; every file of the folder is in a source, in `attachments`, `refused` or `skipped`."""

    base: Path
    """The folder that dsar.toml is for: its paths start there."""
    known: Mapping[str, Connector]
    sources: tuple[DraftedSource, ...]
    recognitions: tuple[Recognition, ...]
    attachments: tuple[Path, ...]
    """Files that records name, such as CVs."""
    refused: tuple[Refused, ...]
    skipped: tuple[Refused, ...]
    """Hidden files, our own outputs and inputs."""
    scratch: tempfile.TemporaryDirectory[str]
    """Holds what was unpacked of archives, as long as the draft is used."""

    @property
    def text(self) -> str:
        """The whole dsar.toml."""
        return header_text() + "".join(source_text(source.document) for source in self.sources)

    @property
    def guesses(self) -> tuple[str, ...]:
        """One sentence a drafted file, for those who search without a config."""
        return tuple(f"{found.path}: {told(found)}" for found in self.recognitions if found.connector == TABLE)


def told(found: Recognition) -> str:
    """Say why a file was taken for what it is; of a draft in few words, since it stands behind many files."""
    return "drafted from headings and values" if found.how == "drafted" else found.reason


def draft_config(folder: Path, base: Path, known: Mapping[str, Connector]) -> Drafted:
    """Recognise every file below `folder` and draft the sources of a dsar.toml that lies in `base`.

    Nothing is raised for what is in a file: what cannot be read is in `refused`, with the reason.
    """
    paths, skipped = walk(folder)
    scratch = tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True)
    found = [item for path in paths for item in recognise_all(path, known, Path(scratch.name))]
    recognitions = [item for item in found if isinstance(item, Recognition)]
    refused = [item for item in found if isinstance(item, Refused)]
    refused += [item for item in skipped if item.reason == CLOSED]
    ours = {item.path: reason for item in recognitions if (reason := own_input(item))}
    recognitions = [item for item in recognitions if item.path not in ours]
    attached = _attachments(recognitions, refused, known)
    recognitions = [item for item in recognitions if item.path not in attached]
    refused = [item for item in refused if item.path not in attached]
    recognitions = [replace(item, files=_beside(item, attached)) for item in recognitions]
    refused += [Refused(item.path, problem) for item in recognitions for problem in item.problems]
    return Drafted(
        base=base,
        known=known,
        sources=draft_sources(recognitions, recognitions, known, base),
        recognitions=tuple(recognitions),
        attachments=tuple(sorted(attached)),
        refused=tuple(sorted(refused, key=lambda item: item.path)),
        skipped=(
            *(one for one in skipped if one.reason != CLOSED),
            *(Refused(path, reason) for path, reason in ours.items()),
        ),
        scratch=scratch,
    )


def draft_in_memory(folder: Path) -> tuple[Config, Drafted]:
    """Draft a config for the files in `folder` without writing one: for `--in DIR`."""
    drafted = draft_config(folder, folder, connectors())
    config = parse(Config, tomllib.loads(drafted.text), where="the drafted config")
    return config.model_copy(update={"folder": folder.resolve()}), drafted


def write_config(drafted: Drafted, path: Path, add: bool) -> tuple[DraftedSource, ...]:
    """Write the draft to `path`, or with `add` append the sources of files that no source there covers yet.

    What stands in the file stays as it is, byte by byte. Gives the sources that were written. Raises ConfigError
    if the file exists and `add` is not set, or if it cannot be read.
    """
    if not path.exists():
        write_private(path, _checked(drafted.text, path).encode())
        return drafted.sources
    if not add:
        raise ConfigError(
            f"There is a {path.name} already.", hint="Run `dsar init DIR --add` to add new sources to it."
        )
    config = load_config(path)
    covered = {export.place.resolve() for source in config.source for export in _exports(config, source)}
    new = [item for item in drafted.recognitions if item.path.resolve() not in covered]
    taken = {source.name for source in config.source}
    sources = draft_sources(new, drafted.recognitions, drafted.known, drafted.base, taken)
    if sources:
        text = path.read_bytes().decode("utf-8-sig")
        added = "".join(source_text(source.document) for source in sources)
        write_private(path, _checked(text + ("" if text.endswith("\n") else "\n") + added, path).encode())
    return sources


def _exports(config: Config, source: Source) -> Iterator[Export]:
    """The exports of a source; an archive that cannot be opened is told where it is loaded."""
    for name in source.files:
        for path, members in exports_of(config.folder, name):
            with suppress(Unreadable):
                yield from unpacked(path, members)


def _checked(text: str, path: Path) -> str:
    """The text, if it is a config that loads: a draft that does not would be our fault, or that of the file there."""
    try:
        parse(Config, tomllib.loads(text), where=path.name)
    except tomllib.TOMLDecodeError:
        raise ConfigError(
            f"Nothing can be added to {path.name}: its sources are not written as [[source]].",
            hint="Write them as [[source]] tables and run again.",
        ) from None
    return text


CLOSED = "It cannot be read: the user who runs dsar may not look into it."
"""Why the files of a folder are not known."""


def walk(folder: Path) -> tuple[list[Path], list[Refused]]:
    """Give every file below a folder in the order of the names, and what is passed over, with the reason."""
    paths: list[Path] = []
    skipped: list[Refused] = []
    try:
        inside = sorted(folder.iterdir())
    except PermissionError:
        return [], [Refused(folder, CLOSED)]
    for path in inside:
        name = path.name
        if name.startswith(".") or name == "dsar.toml":
            skipped.append(Refused(path, "It is hidden." if name.startswith(".") else "It is our own config."))
        elif path.is_dir():
            if path.is_symlink() or _is_own_output(path):
                why = "It is a link to a folder." if path.is_symlink() else "It is our own output."
                skipped.append(Refused(path, why))
            else:
                inner, passed = walk(path)
                paths += inner
                skipped += passed
        elif path.is_file():
            paths.append(path)
        else:
            skipped.append(Refused(path, "It is no regular file, or a link to nothing."))
    return paths, skipped


def _is_own_output(folder: Path) -> bool:
    for name in OWN_OUTPUTS:
        try:
            document = json.loads((folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(document, dict) and str(document.get("schema", "")).startswith("dsar-"):
            return True
    return False


def own_input(found: Recognition) -> str | None:
    """Say why a file that could be an export is our own input or output; None if it is neither."""
    if {plain(heading) for heading in found.sniffed.headings} >= REQUESTS:
        return "It is a list of requests, not an export."
    schema = found.sniffed.objects[0].get("schema", "") if found.sniffed.objects else ""
    return "It is our own output." if isinstance(schema, str) and schema.startswith("dsar-") else None


def _attachments(found: Sequence[Recognition], refused: Sequence[Refused], known: Mapping[str, Connector]) -> set[Path]:
    """Files that belong to records: in the folder that a connector declares, or named by a record beside them."""
    folders = {
        item.export.beside(declared.attachments.folder)
        for item in found
        for declared in _declarations(item, known)
        if declared.attachments
    }
    named: dict[Path, set[str]] = {}
    for item in found:
        names = named.setdefault(item.path.parent, set())
        names.update(re.split(r"[/\\]", value)[-1] for values in columns(item.sniffed).values() for value in values)
    paths = [*(item.path for item in found), *(item.path for item in refused)]
    inside = {path for path in paths if folders & set(path.parents)}
    loose = {item.path for item in refused if _is_named(item.path, named)}
    return inside | loose


def _beside(found: Recognition, attached: set[Path]) -> tuple[Path, ...]:
    """The files of records in the folder of an export, or in one below it."""
    return tuple(path for path in sorted(attached) if found.path.parent in (path.parent, path.parent.parent))


def _is_named(path: Path, named: Mapping[Path, set[str]]) -> bool:
    """Whether a record in its folder, or in the one above, names this file."""
    name = path.name.rpartition(MARK)[2]
    return any(name in named.get(folder, ()) for folder in (path.parent, path.parent.parent))


def _declarations(found: Recognition, known: Mapping[str, Connector]) -> Iterator[CollectionDeclaration]:
    if found.connector != TABLE:
        names = dict.fromkeys([name for _, name in found.sheets] or [found.collection])
        yield from (known[found.connector].collections[name] for name in names)
