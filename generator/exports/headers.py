"""`_headers`: what hosts that read it say with every file, the Content-Security-Policy first."""

from __future__ import annotations

from collections.abc import Iterator

from generator import seal
from generator.corpus import Corpus

TITLE = "Headers"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """The one file, the same for every corpus."""
    yield "_headers", seal.headers()
