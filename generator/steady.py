"""Puts Pagefind's search index in order, so that the same pages give the same bytes.

Pagefind 1.5 writes the values of each filter, and the list of filters, in the order of a hash
table, another one in every run (Pagefind/pagefind#638). The files are gzipped CBOR behind a
signature, made of lists, texts and whole numbers only; names of files follow from what is in them
before it is gzipped, so that another zlib does not name them otherwise.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_SIGNATURE = b"pagefind_dcd"
#: Places of the lists in the index of a language.
_FILTERS = 3
#: The byte of a gzip file that says on which system it was written, and what it says here.
_SYSTEM, _UNKNOWN = 9, 255


def put_in_order(index: Path) -> None:
    """Sort the filters of the index in the folder `index` and rename its files accordingly."""
    entry_path = index / "pagefind-entry.json"
    entry = json.loads(entry_path.read_text(encoding="utf-8"))
    for language, about in sorted(entry["languages"].items()):
        path = index / f"pagefind.{about['hash']}.pf_meta"
        meta = _read(path)
        for row in meta[_FILTERS]:
            row[1] = _filter_in_order(index / "filter", row[1], language)
        meta[_FILTERS].sort()
        data = _SIGNATURE + _encoded(meta)
        about["hash"] = _name(language, data, 10)
        path.unlink()
        (index / f"pagefind.{about['hash']}.pf_meta").write_bytes(_packed(data))
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    entry_path.write_text(text, encoding="utf-8", newline="\n")


def _filter_in_order(folder: Path, name: str, language: str) -> str:
    path = folder / f"{name}.pf_filter"
    facet, values = _read(path)
    data = _SIGNATURE + _encoded([facet, sorted(values)])
    new = _name(language, data, 7)
    path.unlink()
    (folder / f"{new}.pf_filter").write_bytes(_packed(data))
    return new


def _name(language: str, data: bytes, length: int) -> str:
    return f"{language}_{hashlib.sha256(data).hexdigest()[:length]}"


def _read(path: Path) -> Any:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{path.name} is not of the form this version of Pagefind writes")
    value, _ = _decoded(data, len(_SIGNATURE))
    return value


def _packed(data: bytes) -> bytes:
    """Gzipped, without the system in the head: versions of Python write another one there."""
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[_SYSTEM] = _UNKNOWN
    return bytes(packed)


# -- the part of CBOR that the index uses ---------------------------------------------------------

_NUMBER, _TEXT, _LIST = 0, 3, 4


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where the next one does."""
    kind, size = data[at] >> 5, data[at] & 31
    at += 1
    if size >= 24:  # the number follows, in 1, 2, 4 or 8 bytes
        width = 1 << (size - 24)
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind == _NUMBER:
        return size, at
    if kind == _TEXT:
        return data[at : at + size].decode(), at + size
    if kind != _LIST:
        raise ValueError(f"a value of kind {kind} in the search index")
    items = []
    for _ in range(size):
        item, at = _decoded(data, at)
        items.append(item)
    return items, at


def _encoded(value: Any) -> bytes:
    if isinstance(value, int):
        return _head(_NUMBER, value)
    if isinstance(value, str):
        return _head(_TEXT, len(value.encode())) + value.encode()
    return _head(_LIST, len(value)) + b"".join(_encoded(item) for item in value)


def _head(kind: int, size: int) -> bytes:
    if size < 24:
        return bytes([kind << 5 | size])
    power = next(n for n in range(4) if size < 1 << (8 << n))
    return bytes([kind << 5 | 24 + power]) + size.to_bytes(1 << power, "big")
