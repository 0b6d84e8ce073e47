"""The data behind each figure: one CSV file for each, `data/figures/<id>.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial

from generator import figures
from generator.corpus import Corpus
from generator.ledger import Part
from generator.tables import guarded

TITLE = "Data of the figures"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """One file for each figure: all of its rows, and the page that each is about."""
    for part in parts(corpus):
        yield from part.make()


def parts(corpus: Corpus) -> Iterator[Part]:
    """The same: of all pages that gather records, then record by record."""
    yield Part("indexes", partial(_on_indexes, corpus), whole=True)
    for kind in figures.RECORD_FIGURES:
        for record in corpus.all(kind):
            yield Part(record.id, partial(_on_record, corpus, record.id))


def _on_indexes(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    for figure in figures.on_indexes(corpus):
        yield figure.path, as_csv(figure)


def _on_record(corpus: Corpus, key: str) -> Iterator[tuple[str, bytes]]:
    for figure in figures.on_record(corpus, corpus.records[key], str):
        yield figure.path, as_csv(figure)


def as_csv(figure: figures.Figure) -> bytes:
    """UTF-8 with a line of headings, lines ended as RFC 4180 wants."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*figure.columns, "Page"])
    for row in figure.rows:
        cells = (*row.cells, row.target)
        writer.writerow([guarded(c) if isinstance(c, str) else c for c in cells])
    return out.getvalue().encode()
