"""The pages that gather records: of each what it is called, what it lists, how new that is, and
into which pages it is cut where it is too long.

Templates, citations, the JSON API and `brief export` all ask here, so that they agree on what a
page has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from generator import cut
from generator import words as wording
from generator.corpus import Backlink, Change, Corpus
from generator.cut import DATES, NAMES, Order, Row, by_date, by_name
from generator.fields import When
from generator.indexes import DATED, INDEXES, Index, dated
from generator.model import (
    RECORD_TYPES,
    Organisation,
    Page,
    Person,
    Record,
    Takeaway,
)

# -- every page that gathers records --------------------------------------------------------------


class Part(NamedTuple):
    """One of the pages a long list is cut into: its name, its address, how many rows it has."""

    label: str
    url: str
    size: int


@dataclass(frozen=True)
class Gathered:
    """A page that gathers records: its address, its name, what it says of itself, the way to it
    from the home page, the day of the newest change among what it is about, and
    the ids of its records.

    Home, data, changes and the lists of groups name no records of their own. `rows` are what the
    page itself lists, in this order: ids, slugs of groups, or what `change` and `due` read. A list
    that is too long shows its newest rows and the `parts` it is cut into; each part is a page of
    the `whole` list and knows the pages it is `among`.
    """

    url: str
    title: str
    about: str
    genre: str  # a key of the interface words
    way: tuple[tuple[str, str], ...]
    updated: str
    ids: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    whole: str = ""
    among: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """Its name in paths: `summits/by-year/2025`."""
        return self.url.strip("/") or "home"


def gathered(corpus: Corpus) -> Mapping[str, Gathered]:
    """Every page that gathers records, by its address."""
    return corpus.derived("gathered", lambda: {page.url: page for page in _gathered(corpus)})


def leaves(corpus: Corpus, page: Gathered) -> Iterator[Gathered]:
    """The pages a list is cut into; those that are a list of their own are not among them."""
    for part in page.parts:
        leaf = gathered(corpus)[part.url]
        if leaf.whole == (page.whole or page.url):
            yield leaf
            yield from leaves(corpus, leaf)


@dataclass(frozen=True)
class _Listing:
    """The rows of a list in their order, and how it is cut where they are too many."""

    rows: Sequence[Row]
    order: Order
    name: str  # of the list, in the way to its parts
    most: int
    root: str = ""  # where its parts lie, if not below it
    stem: str = ""  # what their titles begin with, if not with its title
    level: int = 0  # how often it has been cut already
    label: str = ""  # what has been cut off
    own: bool = True  # whether its parts are pages of this list, or lists that are there anyway
    shown: Sequence[Row] = ()  # what it shows where it is cut, if not the newest


def _gathered(corpus: Corpus) -> Iterator[Gathered]:
    words = wording.WORDS
    whole = corpus.newest.isoformat()
    yield Gathered("", words["site"], words["tagline"], "genre_site", (), whole)
    yield Gathered("data/", words["data"], words["data_intro"], "genre_data", (), whole)
    yield from _changes(corpus)
    tracked = corpus.tracked_ids["takeaways"]
    yield _page(corpus, "tracker/", words["tracker"], words["tracker_intro"], (), tracked)
    yield from _deadlines(corpus)
    meetings = corpus.standing["summits"]
    yield from _of_records(corpus, "timeline/", words["timeline"], "", (), meetings)
    for kind in RECORD_TYPES:
        if kind is not Page:
            yield from _of_kind(corpus, kind)
    pairs = ((words["pairs"], "pairs/"),)
    among = dict.fromkeys(i for row in corpus.pair_rows.values() for ids in row for i in ids)
    yield _page(corpus, "pairs/", words["pairs"], words["pairs_intro"], (), among)
    for pair in corpus.pairs.values():
        title = " – ".join(country.name for country in pair.countries)
        found = [record.id for record in (*pair.summits, *pair.takeaways)]
        about = words["pairs_intro"]
        yield from _of_records(corpus, f"pairs/{pair.id}/", title, about, pairs, found)
    for index in INDEXES:
        yield from _of_index(corpus, index)
    for record in corpus.records.values():
        if needs_mentions(corpus, record):
            yield from _mentions(corpus, record)


def _of_kind(corpus: Corpus, kind: type[Record]) -> Iterator[Gathered]:
    """All records of a type; the years of those that stand in time have pages anyway."""
    url, title, ids = f"{kind.folder}/", wording.WORDS[kind.folder], corpus.standing[kind.folder]
    page = _page(corpus, url, title, "", (), ids)
    order = DATES if kind in DATED else NAMES
    root = f"{url}by-year/" if kind in DATED else f"{url}by-name/"
    rows = _rows(corpus, ids, order)
    listing = _Listing(rows, order, title, cut.MOST_ROWS, root, own=kind not in DATED)
    yield from _cut(corpus, page, listing)


def _of_index(corpus: Corpus, index: Index) -> Iterator[Gathered]:
    words = wording.WORDS
    groups = index.groups(corpus)
    folder = index.kind.folder
    way = ((words[folder], f"{folder}/"),)
    title = f"{words[folder]}, {words[index.title].lower()}"
    whole = replace(_page(corpus, index.url, title, "", way, corpus.standing[folder]), ids=())
    rows = [by_name(group.slug, group.label) for group in groups]
    name, root = words[index.title], f"{index.url}by-name/"
    yield from _cut(corpus, whole, _Listing(rows, NAMES, name, cut.MOST_LINES, root))
    steps = (*way, (name, index.url))
    for group in groups:
        title = f"{words[folder]}: {group.label}"
        page = _page(corpus, group.url, title, "", steps, group.ids)
        order = DATES if index.kind in DATED else NAMES
        listing = _Listing(_rows(corpus, group.ids, order), order, group.label, cut.MOST_ROWS)
        if index.facet == "year":
            listing = replace(listing, stem=words[folder], level=1)
        yield from _cut(corpus, page, listing)


def _of_records(
    corpus: Corpus,
    url: str,
    title: str,
    about: str,
    way: tuple[tuple[str, str], ...],
    ids: Sequence[str],
) -> Iterator[Gathered]:
    """A list of records in time."""
    rows = sorted(_rows(corpus, ids, DATES), key=lambda row: row.key)
    listing = _Listing(rows, DATES, title, cut.MOST_ROWS)
    yield from _cut(corpus, _page(corpus, url, title, about, way, ids), listing)


def _rows(corpus: Corpus, ids: Iterable[str], order: Order) -> list[Row]:
    """The rows of records; the same in every list of that order."""
    if order is DATES:
        rows = corpus.kept("rows by date", "", lambda: _all_rows(corpus, by_date, dated))
    else:
        rows = corpus.kept("rows by name", "", lambda: _all_rows(corpus, by_name, _name))
    return [rows[key] for key in ids]


def _all_rows(
    corpus: Corpus, row: Callable[[str, str, str], Row], key: Callable[[Corpus, Record], str]
) -> dict[str, Row]:
    return {r.id: row(r.id, key(corpus, r), r.id) for r in corpus.records.values()}


def _name(_: Corpus, record: Record) -> str:
    """The name a record stands under."""
    return (record.names.family if isinstance(record, Person) else None) or record.title_text


def _page(
    corpus: Corpus,
    url: str,
    title: str,
    about: str,
    way: tuple[tuple[str, str], ...],
    ids: Iterable[str],
) -> Gathered:
    found = tuple(ids)
    said = about or f"{title}: {wording.count(len(found), 'record', 'records')}."
    day = _newest(corpus, found) or corpus.newest.isoformat()
    return Gathered(url, title, said, "genre_list", way, day, found)


def _newest(corpus: Corpus, ids: Iterable[str]) -> str:
    """The newest day of some records."""
    days = corpus.kept("days", "", lambda: {r.id: _day(corpus, r) for r in corpus.records.values()})
    return max((days[key] for key in ids), default="")


def _day(corpus: Corpus, record: Record) -> str:
    """The newest editorial date of a record."""
    looked = record.checked if isinstance(record, Takeaway) else None
    return max(corpus.updated(record), looked.first.isoformat() if looked else "")


# -- long lists -----------------------------------------------------------------------------------


def _cut(corpus: Corpus, page: Gathered, listing: _Listing) -> Iterator[Gathered]:
    """The page of a list, and the pages it is cut into where it is too long, and those in turn."""
    newest_first = listing.order is DATES
    ordered = listing.rows[::-1] if newest_first else listing.rows
    if len(ordered) <= listing.most:
        yield replace(page, rows=tuple(row.name for row in ordered))
        return
    shelves = cut.shelves(listing.rows, listing.order, listing.level, listing.most, listing.label)
    root = listing.root or page.url
    if newest_first:
        shelves.reverse()
    parts = tuple(Part(s.label, f"{root}{s.step}/", len(s.rows)) for s in shelves)
    shown = listing.shown or (ordered[: cut.MOST_SHOWN] if newest_first else ())
    yield replace(page, rows=tuple(row.name for row in shown), parts=parts)
    if not listing.own:
        return
    stem = listing.stem or page.title
    in_order = parts[::-1] if newest_first else parts
    among = tuple((part.label, part.url) for part in in_order)
    for part, shelf in zip(parts, shelves, strict=True):
        way = (*page.way, (listing.name, page.url))
        leaf = replace(_leaf(corpus, page, f"{stem}, {part.label}", shelf.rows), way=way)
        leaf = replace(leaf, url=part.url, whole=page.whole or page.url, among=among)
        below = _Listing(shelf.rows, listing.order, part.label, listing.most, "", stem)
        below = replace(below, level=shelf.level, label=part.label)
        yield from _cut(corpus, leaf, below)


def _leaf(corpus: Corpus, page: Gathered, title: str, rows: Iterable[Row]) -> Gathered:
    """One of the pages a list is cut into: what it is about, how new that is."""
    found = list(dict.fromkeys(row.record for row in rows if row.record))
    about = f"{title}: {wording.count(len(found), 'record', 'records')}." if found else title
    day, ids = _newest(corpus, found) or page.updated, tuple(found) if page.ids else ()
    return Gathered(page.url, title, about, page.genre, page.way, day, ids)


# -- changes, deadlines, mentions -----------------------------------------------------------------


def _changes(corpus: Corpus) -> Iterator[Gathered]:
    """Every change, in the order `Corpus.changes` has them in."""
    words, whole = wording.WORDS, corpus.newest.isoformat()
    page = Gathered("changes/", words["changes"], words["changes_intro"], "genre_list", (), whole)
    turns = [
        (date, kind, record.id, n)
        for record in corpus.records.values()
        for n, (date, kind, _) in enumerate(corpus.turns(record))
    ]
    turns.sort(key=lambda turn: turn[:3], reverse=True)
    rows = [by_date(f"{key} {n}", date, key) for date, _, key, n in reversed(turns)]
    yield from _cut(corpus, page, _Listing(rows, DATES, words["changes"], cut.MOST_LINES))


def change(corpus: Corpus, name: str) -> Change:
    """The change a row of a page stands for."""
    record_id, _, number = name.partition(" ")
    return corpus.changes_of(corpus.records[record_id])[int(number)]


#: A date that is due: when, a key of the interface words, the takeaway, its words for it.
Due = tuple[When, str, Takeaway, str]


def due(corpus: Corpus, name: str) -> Due:
    """The deadline or review date a row of a page stands for."""
    takeaway_id, _, word = name.partition(" ")
    takeaway: Takeaway = corpus.those([takeaway_id])[0]
    if word == "due" and takeaway.deadline:
        return takeaway.deadline.date, word, takeaway, takeaway.deadline.text
    return takeaway.review or takeaway.published, word, takeaway, ""


def all_due(corpus: Corpus, ahead: bool) -> list[Due]:
    """Deadlines and review dates of open items.

    Those ahead of the newest date in the content, soonest first, or those that had passed by
    then, latest first. The current day plays no part: pages do not change with it.
    """
    names = [
        f"{takeaway.id} {word}"
        for takeaway in corpus.tracked()
        if corpus.is_open(takeaway)
        for word, known in (("due", takeaway.deadline), ("review_due", takeaway.review))
        if known
    ]
    return in_time(corpus, names, ahead)


def in_time(corpus: Corpus, names: Iterable[str], ahead: bool) -> list[Due]:
    """The rows that lie ahead or do not, in the order of `all_due`."""
    rows = (due(corpus, name) for name in names)
    found = [row for row in rows if (row[0].last > corpus.newest) is ahead]
    return sorted(found, key=lambda row: (row[0], row[2].id, row[1]), reverse=not ahead)


def _deadlines(corpus: Corpus) -> Iterator[Gathered]:
    """What is due soonest and what passed last stand on the first page, whatever the number."""
    words = wording.WORDS
    with_dates = [t.id for t in corpus.tracked() if t.deadline or t.review]
    about = words["deadlines_intro"]
    page = _page(corpus, "deadlines/", words["deadlines"], about, (), with_dates)
    both = (all_due(corpus, False), all_due(corpus, True))
    passed, ahead = ([by_date(f"{r[2].id} {r[1]}", str(r[0]), r[2].id) for r in s] for s in both)
    shown = (*passed[: cut.MOST_SHOWN], *ahead[: cut.MOST_SHOWN])
    rows = [*passed[::-1], *ahead]
    listing = _Listing(rows, DATES, words["deadlines"], cut.MOST_ROWS, shown=shown)
    yield from _cut(corpus, page, listing)


#: Fields whose references a page of that folder lists in a section of its own, so that "referred to
#: by" need not say them again.
LISTED_FIELDS: dict[str, frozenset[str]] = {
    "summits": frozenset({"summits"}),
    "takeaways": frozenset({"restates", "supersedes", "addresses"}),
    "people": frozenset({"participants", "by", "concerns", "attributed_to"}),
    "countries": frozenset({"by", "concerns", "country", "offices", "issuers", "members"}),
    "organisations": frozenset({"by", "concerns", "attributed_to"}),
    "topics": frozenset({"topics", "broader"}),
}


def backlinks(corpus: Corpus, record: Record) -> list[Backlink]:
    """Who refers to a record, without what its page lists anyway."""
    listed = LISTED_FIELDS.get(record.folder, frozenset())
    return [b for b in corpus.backlinks(record) if not listed & set(b.fields)]


def mentions_url(corpus: Corpus, record: Record) -> str:
    """Where all that refers to a record is listed, if its page cannot."""
    return f"{corpus.url(record)}mentions/"


def needs_mentions(corpus: Corpus, record: Record) -> bool:
    """Whether more refers to a record than its page shows, and no other list has it."""
    if record.withdrawn or len(corpus.referrers.get(record.id, ())) <= cut.MOST_SHOWN:
        return False
    taken = corpus.takeaways_with(record) if isinstance(record, Organisation) else ()
    listed = LISTED_FIELDS.get(record.folder, frozenset())
    links = [owner for owner in corpus.linking(record) if not listed & set(owner[1])]
    return max(len(taken), len(links)) > cut.MOST_SHOWN


def _mentions(corpus: Corpus, record: Record) -> Iterator[Gathered]:
    """All that refers to a record, in time."""
    words = wording.WORDS
    way = [(record.title_text, corpus.url(record))]
    if not isinstance(record, Page):
        way.insert(0, (words[record.folder], f"{record.folder}/"))
    title = f"{words['mentions']}: {record.title_text}"
    found = [link.record.id for link in corpus.backlinks(record)]
    yield from _of_records(corpus, mentions_url(corpus, record), title, "", tuple(way), found)
