"""What the page of a record must say: every text of the record, as a reader is to read it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from generator.corpus import Corpus
from generator.fields import ProseMark, Ref
from generator.model import Record, marks_in
from generator.prose import paragraphs

#: Fields that a page puts into other words, or does not print: `JPY` is shown as ¥, `ko` as Korean.
REWORDED = frozenset("id former_ids notes timezone lang language unit per".split())


def texts_of(corpus: Corpus, record: Record) -> list[str]:
    """Every text of a record as plain text, prose paragraph by paragraph without its notes."""
    shape: BaseModel = record.withdrawn or record
    return [text for name, text in _texts(corpus, shape) if name not in REWORDED]


def by_page(corpus: Corpus) -> dict[str, list[str]]:
    """The texts of every record under the file of its page, relative to the top of the site."""
    return {f"{corpus.url(r)}index.html": texts_of(corpus, r) for r in corpus.records.values()}


def _texts(corpus: Corpus, shape: BaseModel) -> Iterator[tuple[str, str]]:
    kind = type(shape)
    for name in kind.model_fields:
        value = getattr(shape, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _texts(corpus, item)
            elif type(item) is str:  # dates and vocabularies are kinds of their own
                mark = next(iter(marks_in(kind, name)), None)
                if isinstance(mark, ProseMark):
                    prose = corpus.parsed(item, mark.rich)
                    yield from ((name, text) for text in paragraphs(prose, corpus.title))
                elif not isinstance(mark, Ref):
                    yield name, item
