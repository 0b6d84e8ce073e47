"""What somebody who writes sees first: the page of the record just edited, before all the others.

It is made alone, from the records as the last build read them and the file as it is now. Whatever
else the edit touches, and every rule, waits for the build that follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import host, pages
from generator.corpus import Corpus
from generator.files import read_plain
from generator.linked import linked
from generator.load import record_from
from generator.memory import Row, lasting
from generator.model import Record
from generator.site import read as read_site


@lasting()
def preview(
    root: Path, paths: Iterable[str], known: Mapping[str, Row], today: dt.date, target: Path
) -> list[str]:
    """The pages of the records in the files `paths` below `root`, built into `target`: their names.

    `known` are the records by the path of their file. A file that is no record, or refers to what
    is not there, has no page yet: the build will say why.
    """
    records = {row[1].id: row[1] for row in known.values()}
    links = {row[1].id: row[2] for row in known.values()}
    edited = list(_read(root, paths))
    records |= {record.id: record for record in edited}
    links |= {record.id: linked(record) for record in edited}
    corpus = Corpus(records, today, read_site(root).url, links)
    names = []
    with TemporaryDirectory(prefix="pages-", dir=root / ".build") as folder:
        docs = Path(folder)
        for record in edited:
            if links[record.id].faults or any(
                corpus.get(reference.target, Record) is None
                for reference in links[record.id].references
            ):
                continue
            name, data = pages.record_page(corpus, record)
            (docs / name).parent.mkdir(parents=True, exist_ok=True)
            (docs / name).write_bytes(data)
            names.append(name)
        if names:
            with host.building_pages(root, docs, target, names, corpus.newest, inside=True):
                pass
    return [host.page_of(name) for name in names]


def _read(root: Path, paths: Iterable[str]) -> Iterator[Record]:
    for path in paths:
        if path.count("/") == 2 and path.startswith("content/") and path.endswith(".yml"):
            try:
                record, problems = record_from(read_plain(root / path), path)
            except (OSError, KeyError):
                continue
            if record and not problems:
                yield record
