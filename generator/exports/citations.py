"""Citations as files: each record and each page that gathers records in BibTeX, RIS and CSL-JSON,
and all sources in one of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from generator import cite
from generator.corpus import Corpus
from generator.formats import BY_NAME, list_path, path_of
from generator.ledger import Part
from generator.lists import gathered
from generator.model import Record, Source

TITLE = "Citations"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Three files for each record, copies under its former ids, three for each page that gathers
    records, and three for all sources together."""
    for part in parts(corpus):
        yield from part.make()


def parts(corpus: Corpus) -> Iterator[Part]:
    """The same in parts: each record and each list by itself."""
    for key in corpus.records:
        yield Part(key, partial(_of_key, corpus, key))
    for url in gathered(corpus):
        yield Part(f"list {url}", partial(_of_list, corpus, url))
    yield Part("all sources", partial(_of_sources, corpus))


def _of_key(corpus: Corpus, key: str) -> Iterator[tuple[str, bytes]]:
    return of_record(corpus, corpus.records[key])


def of_record(corpus: Corpus, record: Record) -> Iterator[tuple[str, bytes]]:
    """Three files, with copies under former ids. Those of a withdrawn record say that it is."""
    for name, text in cite.cited(corpus, record).files:
        yield path_of(name, record), text.encode()
        for old in record.former_ids:
            yield BY_NAME[name].of(record.folder, old), text.encode()


def _of_list(corpus: Corpus, url: str) -> Iterator[tuple[str, bytes]]:
    page = gathered(corpus)[url]
    for name, text in cite.cited_page(corpus, page).files:
        yield list_path(name, page), text.encode()


def _of_sources(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    for name, text in cite.together(corpus, corpus.all(Source)):
        yield f"cite/sources.{BY_NAME[name].path.rpartition('.')[2]}", text.encode()
