"""The grouped lists: records of a type by year, by country, by status and so on."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from generator import words as wording
from generator.corpus import Corpus
from generator.fields import MAX_ID
from generator.model import Person, Record, Source, Summit, Takeaway, Topic

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
    """A path segment for a label that is not an id itself; a short one, whatever the label."""
    name = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if name and len(name) <= MAX_ID:
        return name
    return f"{name[:40].strip('-') or 'other'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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


def _tier(source: Source) -> str:
    return f"Tier {source.tier} ({source.tier.label.lower()})"


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
    Index(Source, "tier", "by_tier", lambda c, s: [(f"tier-{s.tier}", _tier(s))]),
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

#: The types whose lists stand in time.
DATED = frozenset(index.kind for index in INDEXES if index.facet == "year")


def dated(corpus: Corpus, record: Record) -> str:
    """The date lists and search have a record under."""
    match record:
        case Summit():
            return str(record.start)
        case Takeaway():
            home = corpus.home(record)
            return str(home.start) if home else str(record.published)
        case Source():
            return str(record.issued)
    return str(record.published)
