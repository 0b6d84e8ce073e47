"""The pages that gather records: the grouped lists, and of every such page what it is called, what
it lists and how new that is.

Templates, citations, the JSON API and `brief export` all ask here, so that they agree on what a
page has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from generator import words as wording
from generator.corpus import Corpus
from generator.model import (
    RECORD_TYPES,
    Page,
    Person,
    Record,
    Source,
    Summit,
    Takeaway,
    Topic,
)

# -- grouped lists --------------------------------------------------------------------------------

Keys = Callable[[Corpus, Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Index:
    """A grouped list of one record type: each record belongs under the keys (slug and label)."""

    kind: type[Record]
    facet: str
    title: str
    keys: Keys
    newest_first: bool = False

    @property
    def url(self) -> str:
        return f"{self.kind.folder}/by-{self.facet}/"

    def groups(self, corpus: Corpus) -> list[Group]:
        """The values of the facet with their records, sorted; values without records are left
        out."""
        rows = corpus.derived("groups", lambda: {i.url: i.rows(corpus) for i in INDEXES})[self.url]
        return [Group(self, slug, label, ids, corpus) for slug, label, ids in rows]

    def rows(self, corpus: Corpus) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """The same as plain values: slug, label, ids."""
        labels: dict[str, str] = {}
        ids: dict[str, list[str]] = defaultdict(list)
        for record in corpus.all(self.kind):
            for slug, label in dict.fromkeys(self.keys(corpus, record)):
                labels[slug] = label
                ids[slug].append(record.id)
        slugs = sorted(labels, key=lambda s: (labels[s].casefold(), s), reverse=self.newest_first)
        return tuple((slug, labels[slug], tuple(ids[slug])) for slug in slugs)


@dataclass(frozen=True)
class Group:
    """One value of a facet and its records."""

    index: Index
    slug: str
    label: str
    ids: tuple[str, ...]
    corpus: Corpus = field(repr=False)

    @property
    def url(self) -> str:
        return f"{self.index.url}{self.slug}/"

    @property
    def records(self) -> list[Any]:
        return self.corpus.those(self.ids)


def slug(text: str) -> str:
    """A path segment for a label that is not an id itself."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "other"


def _labelled(records: Iterable[Record]) -> list[tuple[str, str]]:
    return [(record.id, record.title_text) for record in records]


def _topics(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    found = [t for i in takeaway.topics if (t := corpus.get(i, Topic))]
    broader = [b for t in found if t.broader and (b := corpus.get(t.broader, Topic))]
    return _labelled([*found, *broader])


def _people(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    home = corpus.home(takeaway)
    ids = [*takeaway.by, *takeaway.concerns, *takeaway.attributed_to]
    ids += [p.person for p in home.participants] if home else []
    return _labelled([p for i in ids if (p := corpus.get(i, Person))])


def _year_of(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    home = corpus.home(takeaway)
    return [(home.start[:4], home.start[:4])] if home else []


#: The grouped lists. A new one: a row.
INDEXES: tuple[Index, ...] = (
    Index(Summit, "year", "by_year", lambda c, s: [(s.start[:4], s.start[:4])], newest_first=True),
    Index(Summit, "country", "by_country", lambda c, s: _labelled(c.countries_at(s))),
    Index(Summit, "person", "by_person", lambda c, s: _labelled(x.person for x in c.seats(s))),
    Index(Summit, "format", "by_format", lambda c, s: [(str(s.format), s.format.label)]),
    Index(Takeaway, "kind", "by_kind", lambda c, t: [(str(t.kind), t.kind.label)]),
    Index(Takeaway, "topic", "by_topic", _topics),
    Index(Takeaway, "country", "by_country", lambda c, t: _labelled(c.parties(t))),
    Index(Takeaway, "person", "by_person", _people),
    Index(Takeaway, "year", "by_year", _year_of, newest_first=True),
    Index(
        Takeaway,
        "status",
        "by_status",
        lambda c, t: [(str(s), s.label)] if (s := c.status(t)) else [],
    ),
    Index(Source, "kind", "by_kind", lambda c, s: [(str(s.kind), s.kind.label)]),
    Index(Source, "tier", "by_tier", lambda c, s: [(f"tier-{s.tier}", f"{s.tier} {s.tier.label}")]),
    Index(Source, "publisher", "by_publisher", lambda c, s: [(slug(s.publisher), s.publisher)]),
    Index(
        Source, "year", "by_year", lambda c, s: [(s.issued[:4], s.issued[:4])], newest_first=True
    ),
    Index(
        Source,
        "language",
        "by_language",
        lambda c, s: [(s.language.lower(), wording.language(s.language))],
    ),
)

# -- every page that gathers records --------------------------------------------------------------


@dataclass(frozen=True)
class Gathered:
    """A page that gathers records: its address, its name, what it says of itself, the way to it
    from the home page, the day of the newest change among what it is about, and
    the ids of its records.

    Home, data, changes and the lists of groups name no records of their own.
    """

    url: str
    title: str
    about: str
    genre: str  # a key of the interface words
    way: tuple[tuple[str, str], ...]
    updated: str
    ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name in paths: `summits/by-year/2025`."""
        return self.url.strip("/") or "home"


def gathered(corpus: Corpus) -> Mapping[str, Gathered]:
    """Every page that gathers records, by its address."""
    return corpus.derived("gathered", lambda: {page.url: page for page in _gathered(corpus)})


def _gathered(corpus: Corpus) -> Iterator[Gathered]:
    words = wording.WORDS
    whole = corpus.newest.isoformat()
    yield Gathered("", words["site"], words["tagline"], "genre_site", (), whole)
    yield Gathered("data/", words["data"], words["data_intro"], "genre_data", (), whole)
    yield Gathered("changes/", words["changes"], words["changes_intro"], "genre_list", (), whole)
    for url, about, records in (
        ("tracker/", words["tracker_intro"], corpus.tracked()),
        ("deadlines/", words["deadlines_intro"], [t for t in corpus.tracked() if _due(t)]),
        ("timeline/", "", corpus.all(Summit)),
    ):
        yield _page(corpus, url, words[url.rstrip("/")], about, (), records)
    for kind in RECORD_TYPES:
        if kind is not Page:
            yield _page(corpus, f"{kind.folder}/", words[kind.folder], "", (), corpus.all(kind))
    pairs = ((words["pairs"], "pairs/"),)
    among = dict.fromkeys(i for row in corpus.pair_rows.values() for ids in row for i in ids)
    yield _page(corpus, "pairs/", words["pairs"], words["pairs_intro"], (), corpus.those(among))
    for pair in corpus.pairs.values():
        title = " – ".join(country.name for country in pair.countries)
        found = (*pair.summits, *pair.takeaways)
        yield _page(corpus, f"pairs/{pair.id}/", title, words["pairs_intro"], pairs, found)
    for index in INDEXES:
        yield from _of_index(corpus, index)


def _of_index(corpus: Corpus, index: Index) -> Iterator[Gathered]:
    words = wording.WORDS
    groups = index.groups(corpus)
    folder = index.kind.folder
    way = ((words[folder], f"{folder}/"),)
    title = f"{words[folder]}, {words[index.title].lower()}"
    whole = _page(corpus, index.url, title, "", way, corpus.all(index.kind))
    yield replace(whole, ids=())
    for group in groups:
        title = f"{words[folder]}: {group.label}"
        steps = (*way, (words[index.title], index.url))
        yield _page(corpus, group.url, title, "", steps, group.records)


def _page(
    corpus: Corpus,
    url: str,
    title: str,
    about: str,
    way: tuple[tuple[str, str], ...],
    records: Iterable[Record],
) -> Gathered:
    found = tuple(records)
    said = about or f"{title}: {wording.count(len(found), 'record', 'records')}."
    days = corpus.kept("days", "", lambda: {r.id: _day(corpus, r) for r in corpus.records.values()})
    day = max((days[record.id] for record in found), default=corpus.newest.isoformat())
    return Gathered(url, title, said, "genre_list", way, day, tuple(r.id for r in found))


def _day(corpus: Corpus, record: Record) -> str:
    """The newest editorial date of a record."""
    looked = record.checked if isinstance(record, Takeaway) else None
    return max(corpus.updated(record), looked.first.isoformat() if looked else "")


def _due(takeaway: Takeaway) -> bool:
    return bool(takeaway.deadline or takeaway.review)
