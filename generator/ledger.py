"""What was made and from which facts, so that only what a change touches is made anew."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from generator.files import write_new
from generator.parallel import spread
from generator.trace import Fact, Notebook, Snapshot, changed


class Part(NamedTuple):
    """Files that are made together from facts of the corpus, and from what they are given; with
    `whole`, from so many facts that any change is one of them."""

    key: str
    make: Callable[[], Iterable[tuple[str, bytes]]]
    given: str = ""
    whole: bool = False


class Piece(NamedTuple):
    """What a record adds to files about all: plain values by kind, kept for the next build."""

    key: str
    make: Callable[[], dict[str, Any]]


#: What pieces came to by key, each with the facts it was made from.
Pieces = dict[str, tuple[bytes, dict[str, Any]]]


class Entry(NamedTuple):
    """A part that was made: what it was given, its files with their digests, the facts read."""

    given: str
    files: tuple[tuple[str, str], ...]
    facts: bytes  # numbers of facts, as an array


@dataclass
class Ledger:
    """Everything that was made, and the facts as they were then."""

    facts: Snapshot = field(default_factory=dict)
    pages: dict[str, Entry] = field(default_factory=dict)
    data: dict[str, Entry] = field(default_factory=dict)
    search: dict[str, Entry] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)  # what search finds
    sums: dict[str, str] = field(default_factory=dict)  # of the finished files

    def stale(self, facts: Snapshot) -> frozenset[int]:
        """The numbers of the facts that have changed since."""
        return frozenset(map(_number, changed(self.facts, facts)))


@dataclass
class Made:
    """What came of making parts: the entries, the files that changed, and those that went."""

    entries: dict[str, Entry] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    parts: int = 0


def make(
    parts: Sequence[Part],
    before: Mapping[str, Entry],
    stale: frozenset[int],
    notes: Notebook,
    folder: Path,
    jobs: int = 1,
    others: Collection[str] = (),
) -> Made:
    """Make the parts that are new or read a stale fact; their files go below `folder`.

    The others stay as `before` has them; files of parts that are no more are removed, but those in
    the place of which `others` lie by now.
    """
    made = Made()
    due = []
    for part in parts:
        entry = before.get(part.key)
        if entry and entry.given == part.given and _holds(part, entry, stale):
            made.entries[part.key] = entry
        else:
            due.append(part)
    made.parts = len(due)
    due.sort(key=lambda part: not part.whole)  # those take longest, so they come first
    for part, entry in zip(
        due, spread(partial(_made, notes, folder, before), due, jobs), strict=True
    ):
        made.entries[part.key] = entry
        old = dict(before[part.key].files) if part.key in before else {}
        made.changed += [path for path, digest in entry.files if old.get(path) != digest]
    held = {path for entry in made.entries.values() for path, _ in entry.files}
    gone = {path for entry in before.values() for path, _ in entry.files} - held
    made.removed = sorted(gone.difference(others))
    for path in made.removed:
        (folder / path).unlink(missing_ok=True)
    return made


def _made(notes: Notebook, folder: Path, before: Mapping[str, Entry], part: Part) -> Entry:
    old = dict(before[part.key].files) if part.key in before else {}
    files = []
    facts: set[Fact] = set()
    with notes.closed() if part.whole else notes.reading() as read:
        for path, data in part.make():
            digest = hashlib.sha256(data).hexdigest()
            files.append((path, digest))
            if old.get(path) != digest:
                write_new(folder / _inside(path), data)
        facts |= read or set()
    return Entry(part.given, tuple(files), _packed(facts))


def _packed(facts: Iterable[Fact]) -> bytes:
    return array("I", sorted(map(_number, facts))).tobytes()


def _holds(part: Part, entry: Entry, stale: frozenset[int]) -> bool:
    """Whether what was made before is what would be made now."""
    return not stale or (not part.whole and stale.isdisjoint(array("I", entry.facts)))


def gather(
    pieces: Iterable[Piece],
    before: Pieces,
    stale: frozenset[int],
    notes: Notebook,
    jobs: int = 1,
) -> tuple[Pieces, set[str]]:
    """All pieces, and the keys of those that were made anew."""
    found: Pieces = {}
    due = []
    for piece in pieces:
        old = before.get(piece.key)
        if old and stale.isdisjoint(array("I", old[0])):
            found[piece.key] = old
        else:
            due.append(piece)
    for piece, made in zip(due, spread(partial(_gathered, notes), due, jobs), strict=True):
        found[piece.key] = made
    return found, {piece.key for piece in due}


def _gathered(notes: Notebook, piece: Piece) -> tuple[bytes, dict[str, Any]]:
    with notes.reading() as facts:
        value = piece.make()
    return _packed(facts), value


def _inside(path: str) -> str:
    """The path, if it leads nowhere but down; raises `ValueError`."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or str(pure) != path:
        raise ValueError(f"{path} leads out of its folder")
    return path


_NUMBERS: dict[Fact, int] = {}


def _number(fact: Fact) -> int:
    """A number that stands for a fact. Should two facts share one, too much is made anew."""
    number = _NUMBERS.get(fact)
    if number is None:
        number = _NUMBERS[fact] = zlib.crc32("\0".join(fact).encode())
    return number
