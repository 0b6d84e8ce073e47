"""Citations as files: each record in BibTeX, RIS and CSL-JSON, and all sources in one of each."""

from __future__ import annotations

from collections.abc import Iterator

from generator import cite
from generator.corpus import Corpus
from generator.formats import BY_NAME, path_of
from generator.model import Source

TITLE = "Citations"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Three files for each record that is not withdrawn, copies under its former ids, and three for
    all sources together."""
    for record in corpus.records.values():
        if record.withdrawn:
            continue
        for name, text in cite.cited(corpus, record).files:
            yield path_of(name, record), text.encode()
            for old in record.former_ids:
                yield BY_NAME[name].of(record.folder, old), text.encode()
    sources = [cite.source_reference(corpus, source) for source in corpus.all(Source)]
    names = corpus.proper_names
    yield "cite/sources.bib", cite.as_bibtex(sources, names).encode()
    yield "cite/sources.ris", cite.as_ris(sources).encode()
    yield "cite/sources.json", cite.as_csl(sources, names).encode()
