"""Citations as files: each record and each page that gathers records in BibTeX, RIS and CSL-JSON,
and all sources in one of each."""

from __future__ import annotations

from collections.abc import Iterator

from generator import cite
from generator.corpus import Corpus
from generator.formats import BY_NAME, list_path, path_of
from generator.lists import gathered
from generator.model import Record, Source

TITLE = "Citations"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Three files for each record, copies under its former ids, three for each page that gathers
    records, and three for all sources together."""
    for record in corpus.records.values():
        yield from of_record(corpus, record)
    yield from of_library(corpus)


def of_record(corpus: Corpus, record: Record) -> Iterator[tuple[str, bytes]]:
    """Three files, with copies under former ids. Those of a withdrawn record say that it is."""
    for name, text in cite.cited(corpus, record).files:
        yield path_of(name, record), text.encode()
        for old in record.former_ids:
            yield BY_NAME[name].of(record.folder, old), text.encode()


def of_library(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Pages that gather records, and all sources together."""
    for page in gathered(corpus).values():
        for name, text in cite.cited_page(corpus, page).files:
            yield list_path(name, page), text.encode()
    for name, text in cite.together(corpus, corpus.all(Source)):
        yield f"cite/sources.{BY_NAME[name].path.rpartition('.')[2]}", text.encode()
