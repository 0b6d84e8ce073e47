"""Everything that comes out of the corpus, in one list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

from generator import pages, sitemap
from generator.corpus import Corpus
from generator.exports import (
    api,
    calendar,
    citations,
    csvs,
    database,
    feeds,
    figures,
    headers,
    markdown,
    redirects,
)
from generator.ledger import Part, Piece


class Output(Protocol):
    """A module that writes one form of the corpus."""

    TITLE: str

    def write(self, corpus: Corpus) -> Iterator[tuple[str, bytes]]:
        """Paths relative to the folder of Markdown, and the bytes of each file."""


#: What comes out. To add one: write `exports/<name>.py` with `TITLE` and `write(corpus)`, and add
#: it here; pages are just one output.
OUTPUTS: dict[str, Output] = {
    "pages": pages,
    "api": api,
    "citations": citations,
    "feeds": feeds,
    "calendar": calendar,
    "csv": csvs,
    "database": database,
    "markdown": markdown,
    "redirects": redirects,
    "headers": headers,
    "figures": figures,
    "sitemap": sitemap,
}


def pieces_of(corpus: Corpus) -> Iterator[Piece]:
    """What each record adds to files about all records."""
    kinds = {
        what: make
        for output in OUTPUTS.values()
        for what, make in getattr(output, "PIECES", {}).items()
    }

    def made(key: str) -> dict[str, Any]:
        return {what: make(corpus, key) for what, make in kinds.items()}

    for key in corpus.records:
        yield Piece(key, partial(made, key))


def parts_of(corpus: Corpus) -> Iterator[Part]:
    """Everything but the pages, in the parts it is made in."""
    for name, output in OUTPUTS.items():
        if output is pages:
            continue
        if own := getattr(output, "parts", None):
            yield from (part._replace(key=f"{name} {part.key}") for part in own(corpus))
        else:
            yield Part(name, partial(output.write, corpus), whole=True)
