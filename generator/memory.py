"""What was read before: records and what follows from them, by the digest of their file.

It lies in `.build/cache` as pickles, each behind the digest of its bytes: what is damaged, or was
written by another version of the generator, counts as forgotten.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import pickle
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from generator.files import write_atomic
from generator.linked import Linked, linked
from generator.load import Library, load
from generator.model import Record
from generator.parallel import spread

#: A change of one record writes one of so many files.
BUCKETS = 64
HERE = Path(__file__).resolve().parent

Known = dict[str, "Row"]  # by the path of the file
Row = tuple[str, Record, Linked]  # the digest of the file, what was read, what follows from it


def recall(path: Path, version: str) -> Any:
    """What `keep` put there; None if that was another version, is damaged or is not there."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, payload = data[:64], data[64:]
    if head != _seal(payload, version):
        return None
    with lasting():
        return pickle.loads(payload)  # noqa: S301 - our own, as the digest shows


@contextlib.contextmanager
def lasting() -> Iterator[None]:
    """Much of what comes to life inside lasts, and it is not searched for garbage again and again,
    inside or later. Who lives on calls `tidy` when there is time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.freeze()
            gc.enable()


def tidy() -> None:
    """Let go of what is garbage after all."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def keep(path: Path, version: str, value: Any) -> None:
    """Put a value there for `recall`."""
    payload = pickle.dumps(value, 5)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, _seal(payload, version) + payload, sync=False)


def _seal(payload: bytes, version: str) -> bytes:
    return hashlib.sha256(version.encode() + payload).hexdigest().encode()


@cache
def version_of_code() -> str:
    """Changes with the generator and with the Python it runs on."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(HERE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lasting()
def read(
    root: Path, store: Path, jobs: int = 1, known: Known | None = None
) -> tuple[Library, dict[str, Linked]]:
    """Everything under `root`/content and what follows from each record, as far as it can be
    recalled from the folder `store`, where it is kept for the next time.

    Who reads again and again passes the same `known` each time: it has the rows by the path of
    their file, as they were read last.
    """
    version = version_of_code()
    held, known = known, known or recall_rows(store, version)
    library = load(root, {path: (row[0], row[1]) for path, row in known.items()}, jobs)
    paths = {i: library.paths[i] for i in library.records}
    same = {
        i for i, path in paths.items() if path in known and known[path][0] == library.digests[i]
    }
    fresh = [record for i, record in library.records.items() if i not in same]
    links = {i: known[paths[i]][2] for i in same}
    links |= zip((r.id for r in fresh), spread(linked, fresh, jobs), strict=True)
    rows = {path: (library.digests[i], library.records[i], links[i]) for i, path in paths.items()}
    touched = {paths[record.id] for record in fresh} | (known.keys() - rows.keys())
    with contextlib.suppress(OSError):  # where nothing can be kept, all is read again next time
        keep_rows(store, version, rows, touched)
    if held is not None:
        held.clear()
        held.update(rows)
    return library, links


# -- rows by key ----------------------------------------------------------------------------------


def recall_rows(store: Path, version: str) -> dict[str, Any]:
    """The rows `keep_rows` put into a folder, as far as they are whole."""
    known: dict[str, Any] = {}
    for number in range(BUCKETS):
        known |= recall(_bucket(store, number), version) or {}
    return known


def keep_rows(store: Path, version: str, rows: Mapping[str, Any], touched: Iterable[str]) -> None:
    """Keep all rows. Written are those that were `touched`, removed ones too, with neighbours."""
    numbers = set(map(_number, touched))
    groups: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, row in rows.items():
        if (number := _number(key)) in numbers:
            groups[number][key] = row
    for number in numbers:
        keep(_bucket(store, number), version, groups[number])


def _number(key: str) -> int:
    return zlib.crc32(key.encode()) % BUCKETS


def _bucket(store: Path, number: int) -> Path:
    return store / f"rows-{number:02}.pickle"
