"""Search: Pagefind over the pages of some months at a time, and its indexes as one.

Pagefind indexes all it is given or nothing, and twice as many pages take it more than twice as
long. So pages stand on shelves by month, a shelf is indexed again only when a page on it has other
words, and the indexes of all shelves are joined.
"""

from __future__ import annotations

import hashlib
import html as markup
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from generator import host, pagefind
from generator.files import files_below, remove_all_but, write_new
from generator.ledger import Part
from generator.memory import keep, recall
from generator.parallel import spread
from generator.running import HostError

#: A shelf holds whole months, and so many pages or more.
LEAST = 100
#: Where the index lies in the site.
FOLDER = "pagefind"
#: So much of a day is its month.
_MONTH = len("2025-08")

_BODY = b"<div data-pagefind-body"
_END = b"</article>"
_DAY = re.compile(rb'data-pagefind-sort="date\[data-v\]" data-v="([^"]*)"')
_PAGE = '<!doctype html><html lang="en"><title>.</title>%s</html>'


class Document(NamedTuple):
    """A page that can be found: the day it is sorted by, the digest of what search reads of it."""

    day: str
    digest: str


Documents = Mapping[str, Document]  # by the path of the page


def update(before: Documents, html: Path, changed: Iterable[str]) -> dict[str, Document]:
    """The documents after the files `changed` were written or removed."""
    now = dict(before)
    for name in changed:
        now.pop(name, None)
        if name.endswith(".html") and (words := _words(html / name)):
            day = _DAY.search(words)
            text = markup.unescape(day[1].decode()) if day else ""
            now[name] = Document(text, hashlib.sha256(words).hexdigest())
    return now


def _words(path: Path) -> bytes:
    """The part of a finished page that search reads; nothing if it is not to be found."""
    page = path.read_bytes() if path.exists() else b""
    begin = page.find(_BODY)
    return page[begin : page.find(_END, begin)] if begin >= 0 else b""


def shelves(documents: Documents) -> list[list[str]]:
    """The pages of each shelf, the oldest first.

    Pages of a month stand on one shelf, as do those of a year of which the month is not known.
    Where many pages have the same day, as those of people and topics that came out together, some
    names begin a new shelf, the same whatever the others are. Shelves are in the order of days, and
    of names where those are the same.
    """
    sizes = Counter(document.day for document in documents.values())
    crowds = {day: 0 for day, size in sizes.items() if size >= 2 * LEAST}
    crowded = {day[:_MONTH] for day in crowds}
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name in sorted(documents):
        day = documents[name].day
        if day in crowds and zlib.crc32(name.encode()) % LEAST == 0:
            crowds[day] += 1
        span = day if day[:_MONTH] in crowded else day[:_MONTH]
        groups[span, crowds.get(day, 0)].append(name)
    found: list[list[str]] = []
    for key in sorted(groups):
        if not found or len(found[-1]) >= LEAST:
            found.append([])
        found[-1] += groups[key]
    return found


def ahead(documents: Documents, html: Path, store: Path, version: str) -> Iterator[Part]:
    """The shelves as parts of a build, to be indexed beside other things; `parts` finds them in the
    `store` then."""
    for key, names in _groups(documents).items():
        yield Part(f"shelf {key}", partial(_put, html, names, store / key, version))


def parts(
    documents: Documents, html: Path, store: Path, version: str, jobs: int = 1
) -> Iterator[Part]:
    """The files of the index, as parts of the site.

    `store` keeps the index of each shelf by the digest of what is on it; those of which it has none
    are made from the pages in `html`, `jobs` at once.
    """
    groups = _groups(documents)

    def index(key: str) -> None:
        _put(html, groups[key], store / key, version)

    known = {key: recall(store / key / "index", version) for key in groups}
    due = [key for key, found in known.items() if found is None]
    for key, _ in zip(due, spread(index, due, jobs, least=2), strict=True):
        known[key] = recall(store / key / "index", version)
    if store.exists():
        remove_all_but(store, {f"{key}/{name}" for key in groups for name in ("index", "files")})
    if groups:
        shelved = [_files(store / key, version, partial(index, key)) for key in groups]
        for file in pagefind.join(list(known.values()), shelved):
            made = partial(_file, file)
            yield Part(f"{FOLDER}/{file.path}", made, file.digest)


def _groups(documents: Documents) -> dict[str, list[str]]:
    """The pages of each shelf, by the digest of what is on it."""
    return {_key(documents, names): names for names in shelves(documents)}


def _put(html: Path, names: Iterable[str], place: Path, version: str) -> tuple[()]:
    """Have the index of some pages in its place, if it is not there."""
    if recall(place / "index", version) is None or not (place / "files").exists():
        index, files = _indexed(html, names)
        keep(place / "files", version, files)
        keep(place / "index", version, index)
    return ()


def _files(place: Path, version: str, again: Callable[[], None]) -> pagefind.Files:
    """The files of a shelf, read when one is asked for; indexed again if they are not there."""

    @cache
    def held() -> dict[str, bytes]:
        if (files := recall(place / "files", version)) is None:
            (place / "files").unlink(missing_ok=True)
            again()
            files = recall(place / "files", version)
        return files  # type: ignore[no-any-return]

    return lambda name: held()[name]


def _file(file: pagefind.File) -> Iterator[tuple[str, bytes]]:
    yield f"{FOLDER}/{file.path}", file.written()


def write(html: Path, jobs: int = 1) -> int:
    """Index a finished site from nothing; the number of pages that can be found."""
    documents = update({}, html, list(files_below(html)))
    with TemporaryDirectory(prefix="shelves-") as store:
        for part in parts(documents, html, Path(store), "", jobs):
            for path, data in part.make():
                write_new(html / path, data)
    return len(documents)


def _key(documents: Documents, names: Iterable[str]) -> str:
    rows = "\n".join(f"{name} {documents[name].digest}" for name in names)
    return hashlib.sha256(rows.encode()).hexdigest()


def _indexed(html: Path, names: Iterable[str]) -> tuple[pagefind.Index, dict[str, bytes]]:
    """The index of some pages, and its files."""
    pages = {name: _PAGE % _words(html / name).decode() for name in names}
    files = host.run_pagefind(pages, html, pagefind.LANGUAGE)
    try:
        return pagefind.read(files)
    except (ValueError, LookupError, EOFError, OSError) as error:
        raise HostError(f"pagefind made an index that cannot be read: {error}") from None
