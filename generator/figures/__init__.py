"""Figures: corpus in; a finding in words, an accessible drawing and its data out.

Every function takes the corpus, a way to write addresses, and the record it is about, if any. All
show how things stood on `corpus.newest`, the newest date in the content, so that a new day
changes no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.corpus import Corpus
from generator.figures.meetings import (
    meetings,
    meetings_of,
    meetings_on,
    per_year,
    recent_meetings,
)
from generator.figures.shape import Figure, Href, Row
from generator.figures.status import status, status_on, status_since
from generator.figures.tables import pairs, topics
from generator.model import Briefing, Country, Person, Record, Topic

#: Figures of pages that gather records. A new one: a function, and its name here.
INDEX_FIGURES: dict[str, tuple[Callable[[Corpus, Href], Figure], ...]] = {
    "home": (recent_meetings,),
    "timeline": (meetings, per_year),
    "tracker": (status,),
    "countries": (pairs,),
    "topics": (topics,),
}
#: Figures of the pages of records; None where a record has too little to show.
RECORD_FIGURES: dict[type[Record], tuple[Callable[[Corpus, Href, Any], Figure | None], ...]] = {
    Country: (meetings_of,),
    Person: (meetings_of,),
    Topic: (status_on, meetings_on),
    Briefing: (status_since,),
}


def on_index(corpus: Corpus, name: str, href: Href) -> list[Figure]:
    """The figures of a page that gathers records."""
    return [figure(corpus, href) for figure in INDEX_FIGURES[name]]


def on_record(corpus: Corpus, record: Record, href: Href) -> list[Figure]:
    """The figures of the page of a record."""
    made = (figure(corpus, href, record) for figure in RECORD_FIGURES.get(type(record), ()))
    return [figure for figure in made if figure]


def on_indexes(corpus: Corpus) -> Iterator[Figure]:
    """Each figure of pages that gather records once, with addresses from the top of the site."""
    seen = set()
    for name in INDEX_FIGURES:
        for figure in on_index(corpus, name, str):
            if figure.id not in seen:
                yield figure
            seen.add(figure.id)


def every(corpus: Corpus) -> Iterator[Figure]:
    """Each figure of the site once, with addresses from the top of the site."""
    yield from on_indexes(corpus)
    for kind in RECORD_FIGURES:
        for record in corpus.all(kind):
            yield from on_record(corpus, record, str)


__all__ = [
    "INDEX_FIGURES",
    "RECORD_FIGURES",
    "Figure",
    "Href",
    "Row",
    "every",
    "on_index",
    "on_indexes",
    "on_record",
]
