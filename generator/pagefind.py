"""The files of a Pagefind index: read as what they say, and several joined into one.

The form is that of Pagefind 1.5 (its `pagefind/src/index`): gzipped CBOR behind a signature. Of the
pages with a word the first is numbered from the beginning, each other from the one before it; so a
join sets one number for each word and index and copies the rest. What Pagefind leaves in the order
of a hash table (Pagefind/pagefind#638) is sorted.

Facets and the order of dates are in a file of our own. Pagefind counts for each search by looking
for each page of each value among all results, and looks each result up in the order one after the
other: seconds for ten thousand pages, half a minute for fifty thousand.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import cbor2

#: What a page may say of itself beside its words. An index numbers those it has; a joined one has
#: all, in this order.
FIELDS = ("date", "status", "summary", "title", "tone", "type")
#: What is a program in an index, and the same in all.
PROGRAMS = ("pagefind.js", "pagefind-worker.js", "wasm.en.pagefind", "wasm.unknown.pagefind")
#: So many places of words make a file, as in Pagefind.
CHUNK = 20_000
LANGUAGE = "en"
#: The name of a page is the language and so many hexadecimal digits.
SHORT = 7

_SIGNATURE = b"pagefind_dcd"
#: The byte of a gzip file that says on which system it was written, and what it says here.
_SYSTEM, _UNKNOWN = 9, 255


class Postings(NamedTuple):
    """The pages that have a word: how many, the numbers of the first and the last, all of them
    encoded but for the number of the first, and how many places there are in them."""

    pages: int
    first: int
    last: int
    rest: bytes
    places: int


@dataclass(frozen=True)
class Index:
    """An index; its pages are numbered from 0."""

    entry: dict[str, Any]  # the file that leads to the rest
    version: str
    pages: list[list[Any]]  # the name of its fragment, then what else there is
    words: dict[str, dict[str, Postings]]  # by word and form; "" is the form without accents
    filters: dict[str, dict[str, list[int]]]  # by facet and value
    orders: dict[str, list[int]]
    digests: dict[str, str]  # of its files


#: What gives the files that are joined as they are, by name: the fragments of an index, and the
#: programs.
Files = Callable[[str], bytes]


class File(NamedTuple):
    """A file of a joined index: its path, its name elsewhere in the index, the digest of what is in
    it, and what gives its bytes."""

    path: str
    name: str
    digest: str
    written: Callable[[], bytes]


# -- reading --------------------------------------------------------------------------------------


def read(files: Mapping[str, bytes]) -> tuple[Index, dict[str, bytes]]:
    """The index of which these are the files, and those of them that a join passes on. Raises
    `ValueError`, `LookupError`, `EOFError` or `OSError` if it is not of the form known here."""
    entry = json.loads(files["pagefind-entry.json"])
    about = entry["languages"][LANGUAGE]
    meta = _decoded(files, f"pagefind.{about['hash']}.pf_meta")
    version, pages, chunks, filters, orders, fields = meta
    own = [FIELDS.index(name) for name in fields]
    words: dict[str, dict[str, Postings]] = {}
    for *_, name in chunks:
        for word, plain, variants in _decoded(files, f"index/{name}.pf_index")[0]:
            forms = [("", plain), *variants]
            words[word] = {form: _postings(found, own) for form, found in forms if found}
    facets = [_decoded(files, f"filter/{name}.pf_filter") for _, name in filters]
    kept = {row[0]: files[f"fragment/{row[0]}.pf_fragment"] for row in pages}
    kept |= {name: files[name] for name in PROGRAMS}
    index = Index(
        entry,
        version,
        pages,
        words,
        {facet: dict(values) for facet, values in facets},
        dict(orders),
        {name: hashlib.sha256(data).hexdigest() for name, data in kept.items()},
    )
    return index, kept


def _decoded(files: Mapping[str, bytes], path: str) -> Any:
    data = gzip.decompress(files[path])
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{path} is not of the form this version of Pagefind writes")
    return cbor2.loads(data[len(_SIGNATURE) :])


def _postings(pages: list[list[Any]], own: Sequence[int]) -> Postings:
    """The pages with a word, their fields numbered as in `FIELDS`; `own` has the numbers there."""
    for page in pages:
        page[2] = [place if place >= 0 else -own[-place - 1] - 1 for place in page[2]]
    places = sum(len(page[1]) + len(page[2]) + 1 for page in pages)
    first = pages[0][0]
    head = len(_head(len(pages))) + 1 + len(cbor2.dumps(first))  # what stands before `rest`
    last = sum(page[0] for page in pages)
    return Postings(len(pages), first, last, cbor2.dumps(pages)[head:], places)


# -- joining --------------------------------------------------------------------------------------


def join(indexes: Sequence[Index], stores: Sequence[Files]) -> Iterator[File]:
    """The files of one index of all pages, those of the first index first; each index comes with
    its files.

    Where pages are put in order by a value, those of an earlier index have the smaller values.
    """
    starts = [sum(len(index.pages) for index in indexes[:n]) for n in range(len(indexes))]
    pages = []
    taken: dict[str, str] = {}
    for index, files in zip(indexes, stores, strict=True):
        for name, *rest in index.pages:
            digest, free = index.digests[name], name[: len(LANGUAGE) + 1 + SHORT]
            while taken.setdefault(free, digest) != digest:
                free = _next(free)  # two pages whose short digests are the same
            pages.append([free, *rest])
            yield File(f"fragment/{free}.pf_fragment", free, digest, partial(files, name))
    chunks = []
    for first, last, data in _chunks(indexes, starts):
        file = _named("index/{}.pf_index", data, 7)
        chunks.append([first, last, file.name])
        yield file
    for left, right in pairwise(chunks):
        left[1], right[0] = _apart(left[0], left[1], right[0])
    facets = _facets(indexes, starts, [name for name, *_ in pages]).encode()
    yield File("facets.json", "", hashlib.sha256(facets).hexdigest(), lambda: facets)
    head = indexes[0]
    meta = [head.version, pages, chunks, [], [], list(FIELDS)]
    file = _named("pagefind.{}.pf_meta", cbor2.dumps(meta), 10)
    yield file
    about = head.entry["languages"][LANGUAGE] | {"hash": file.name, "page_count": len(pages)}
    entry = json.dumps(head.entry | {"languages": {LANGUAGE: about}}, ensure_ascii=False)
    yield File("pagefind-entry.json", "", entry, entry.encode)
    for name in PROGRAMS:
        yield File(name, name, head.digests[name], partial(stores[0], name))


def _next(name: str) -> str:
    """The name after that of a page; it is as long, for the list of all names has nothing between
    them."""
    number = int(name[-SHORT:], 16) + 1
    return f"{LANGUAGE}_{number % 16**SHORT:0{SHORT}x}"


def _named(path: str, data: bytes, length: int) -> File:
    digest = hashlib.sha256(data).hexdigest()
    name = f"{LANGUAGE}_{digest[:length]}"
    return File(path.format(name), name, digest, partial(_packed, _SIGNATURE + data))


def _packed(data: bytes) -> bytes:
    """Packed without the system in the head, for versions of Python write another one there."""
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[_SYSTEM] = _UNKNOWN
    return bytes(packed)


def _chunks(indexes: Sequence[Index], starts: Sequence[int]) -> Iterator[tuple[str, str, bytes]]:
    """The words in files: the first and the last word of each, and the file."""
    words: dict[str, list[tuple[int, dict[str, Postings]]]] = defaultdict(list)
    for index, start in zip(indexes, starts, strict=True):
        for word, by_form in index.words.items():
            words[word].append((start, by_form))
    found: list[tuple[str, bytes]] = []
    size = 0
    for word in sorted(words):
        forms: dict[str, list[tuple[int, Postings]]] = defaultdict(list)
        for start, by_form in words[word]:
            for form, postings in by_form.items():
                forms[form].append((start, postings))
                size += postings.places + bool(form)
        plain = _pages(forms.pop("", []))
        variants = [b"\x82" + cbor2.dumps(form) + _pages(forms[form]) for form in sorted(forms)]
        data = b"\x83" + cbor2.dumps(word) + plain + _head(len(variants)) + b"".join(variants)
        found.append((word, data))
        if size >= CHUNK:
            yield _chunk(found)
            found, size = [], 0
    if found:
        yield _chunk(found)


def _chunk(words: Sequence[tuple[str, bytes]]) -> tuple[str, str, bytes]:
    data = b"\x81" + _head(len(words)) + b"".join(data for _, data in words)
    return words[0][0], words[-1][0], data


def _pages(found: Sequence[tuple[int, Postings]]) -> bytes:
    """One list of pages: each index's own, behind one another."""
    data, before = _head(sum(postings.pages for _, postings in found)), 0
    for start, postings in found:
        data += b"\x83" + cbor2.dumps(start + postings.first - before) + postings.rest
        before = start + postings.last
    return data


def _head(length: int) -> bytes:
    """How a list of that length begins."""
    number = bytearray(cbor2.dumps(length))
    number[0] |= 0x80
    return bytes(number)


def _apart(first: str, last: str, after: str) -> tuple[str, str]:
    """What is enough of the last word of a file and of the first of the next to tell them apart."""
    same = next((n for n, (a, b) in enumerate(zip(last, after, strict=False)) if a != b), None)
    length = (min(len(last), len(after)) if same is None else same) + 1
    return (last[:length] if last[:length] >= first else last), after[:length]


def _facets(indexes: Sequence[Index], starts: Sequence[int], names: Sequence[str]) -> str:
    """The names of all pages by date, one after the other; the values of each facet, the commonest
    first, with their pages: the place of the first in that order, and the steps to the others."""
    dated = [
        start + page
        for index, start in zip(indexes, starts, strict=True)
        for page in index.orders.get("date", [])
    ]
    order = [*sorted(set(range(len(names))).difference(dated)), *dated]
    places = {page: place for place, page in enumerate(order)}
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, start in zip(indexes, starts, strict=True):
        for facet, by_value in index.filters.items():
            for value, pages in by_value.items():
                found[facet, value] += [places[start + page] for page in pages]
    values = [
        [*key, [b - a for a, b in pairwise([0, *sorted(found[key])])]]
        for key in sorted(found, key=lambda key: (key[0], -len(found[key]), key[1]))
    ]
    said = {"pages": "".join(names[page][-SHORT:] for page in order), "values": values}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
