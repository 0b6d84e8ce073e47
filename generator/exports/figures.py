"""The data behind each figure: one CSV file for each, `data/figures/<id>.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from generator import figures
from generator.corpus import Corpus
from generator.tables import guarded

TITLE = "Data of the figures"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """One file for each figure: all of its rows, and the page that each is about."""
    for figure in figures.every(corpus):
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
