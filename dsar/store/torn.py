"""The last line of a journal that was torn while it was written: told from one that somebody cut, and set aside.

An event is acted upon only once its whole line is on the disk. So what a power cut leaves is the beginning of exactly
one line, after lines that are all whole, and nothing was done because of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsar.store.files import private_folder, write_private

KEPT = "journal.torn-"
"""How the files are called in which torn ends are kept, beside the journal."""
CHAIN, STEP = "(journal)", "torn"
"""The chain of events about the journal itself, which no request can be called, and its step."""
_WORD = r'"(?:[^"\\\x00-\x1f\x7f-\xff]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"'
_PART = r'"(?:[^"\\\x00-\x1f\x7f-\xff]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*(?:\\(?:u[0-9a-f]{0,3})?)?'
_HASH, _HASH_PART = r'"[0-9a-f]{64}"', r'"[0-9a-f]{0,64}'
_VALUE = rf"(?:{_WORD}|-?\d+|true|false)"
_FACTS = rf"\{{(?:{_WORD}: {_VALUE}(?:, {_WORD}: {_VALUE})*)?\}}"
_FACTS_PART = rf"\{{(?:{_WORD}: {_VALUE}, )*(?:{_PART}|{_WORD}:? ?|{_WORD}: (?:{_PART}|-?\d*|[a-z]{{1,5}}|{_WORD}),?)?"


@dataclass(frozen=True, slots=True)
class Torn:
    """A torn end that was set aside."""

    bytes: int
    sha256: str
    kept: Path

    @property
    def step(self) -> str:
        """The step by which the journal knows it."""
        return f"{STEP}:{self.sha256[:16]}"

    @property
    def facts(self) -> Mapping[str, int | str | bool]:
        """What the journal says of it."""
        return {"bytes": self.bytes, "sha256": self.sha256}


def begins_a_line(tail: bytes, number: int, before: str) -> bool:
    """Whether a tail without a line end can be the beginning of the `number`-th line, after one sealed with `before`.

    Some file systems fill what was not written with zeros, so these may follow. Whoever cuts the last line in two
    makes such a tail as well: it is set aside, kept and told, and a head that was printed before it is missed.
    """
    text = tail.rstrip(b"\0").decode("ascii", "replace")
    at = 0
    for whole, part in _pieces(number, before):
        found = re.compile(whole).match(text, at)
        if found is None:
            return re.compile(part).fullmatch(text, at) is not None
        at = found.end()
        if at == len(text):
            return True
    return False


def _pieces(number: int, before: str) -> Iterator[tuple[str, str]]:
    """What a line is made of, one after another, each whole and in part; its keys are in the order of the alphabet."""
    values = {
        "at": (_WORD, _PART),
        "chain": (_HASH, _HASH_PART),
        "facts": (_FACTS, _FACTS_PART),
        "n": (rf"{number}(?=,)", _beginning(str(number))),
        "prev": (f'"{before}"', _beginning(f'"{before}"')),
        "request": (_WORD, _PART),
        "seal": (_HASH, _HASH_PART),
        "step": (_WORD, _PART),
    }
    opening = "{"
    for name, value in values.items():
        literal = f'{opening}"{name}": '
        yield re.escape(literal), _beginning(literal)
        yield value
        opening = ", "
    yield "}", _beginning("}")


def _beginning(text: str) -> str:
    """A pattern for the beginnings of a text, the empty one and the whole included."""
    return "|".join(re.escape(text[:length]) for length in range(len(text), -1, -1))


def keep(folder: Path, tail: bytes) -> Torn:
    """Keep a torn end as a file beside the journal, made to last."""
    sha256 = hashlib.sha256(tail).hexdigest()
    private_folder(folder)
    path = folder / f"{KEPT}{sha256[:16]}"
    write_private(path, tail)
    return Torn(len(tail), sha256, path)


def kept_in(folder: Path) -> Iterator[Torn]:
    """Give every torn end that was kept, in the order of their names."""
    for path in sorted(folder.glob(f"{KEPT}*")):
        data = path.read_bytes()
        yield Torn(len(data), hashlib.sha256(data).hexdigest(), path)
