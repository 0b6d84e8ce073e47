"""Feeds, as Atom and as JSON Feed: of the site, and of what a reader may want to follow.

An entry stands for a new record, a step, a revision or a withdrawal. Its id derives from the
record's id alone. Steps become public with their record, so none is dated before it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from feedgenerator import Atom1Feed  # type: ignore[import-untyped]
from feedgenerator.django.utils.xmlutils import (  # type: ignore[import-untyped]
    SimplerXMLGenerator,
)
from pydantic_core import to_json

from generator import shape
from generator import words as wording
from generator.corpus import Change, Corpus
from generator.formats import BY_NAME
from generator.ledger import Part
from generator.model import Briefing, Country, Person, Record, Summit, Takeaway, Topic

TITLE = "Feeds"
#: A feed has this many entries, or those of this many days, whichever is more; but at most so many.
LEAST, DAYS, MOST = 20, 30, 200


@dataclass(frozen=True)
class Entry:
    """One line of news."""

    id: UUID
    title: str
    text: str
    date: dt.date
    path: str
    tags: tuple[str, ...]

    @cached_property
    def rank(self) -> tuple[dt.date, str]:
        """Its place among others."""
        return (self.date, str(self.id))


@dataclass(frozen=True)
class Feed:
    """What a reader can follow: its title, its page, the records it is about."""

    folder: str
    id: str
    title: str
    path: str
    records: tuple[str, ...]
    former_ids: tuple[str, ...] = ()

    def file(self, form: str, own_id: str = "") -> str:
        if not self.folder:
            return f"feeds/{self.id}.{'atom' if form == 'atom' else 'json'}"
        return BY_NAME[form].of(self.folder, own_id or self.id)


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Two files for each feed, and full copies of both under every former id."""
    for part in parts(corpus):
        yield from part.make()


def parts(corpus: Corpus) -> Iterator[Part]:
    """The same feed by feed; each depends on its own records and the newest date of all."""
    _days(corpus)
    site = Feed("", "site", wording.WORDS["site"], "", tuple(corpus.records))
    yield Part("site", partial(_of_feed, corpus, site), whole=True)
    for feed in feeds_of(corpus):
        given = hashlib.sha256(repr(feed).encode()).hexdigest()
        yield Part(f"{feed.folder} {feed.id}", partial(_of_feed, corpus, feed), given)


def _of_feed(corpus: Corpus, feed: Feed) -> Iterator[tuple[str, bytes]]:
    days, keys = _days(corpus), dict.fromkeys(feed.records)
    all_days = sorted((day for key in keys for day in days[key]), reverse=True)
    recent = (corpus.newest - dt.timedelta(days=DAYS)).isoformat()
    first = min([*all_days[:LEAST][-1:], recent])  # none before it is shown
    kept = [key for key in keys if any(day >= first for day in days[key])]
    yield from _files(corpus, feed, [entry for key in kept for entry in news_of(corpus, key)])


def _days(corpus: Corpus) -> Mapping[str, tuple[str, ...]]:
    """The days of the news of each record."""
    return corpus.derived(
        "news days",
        lambda: {key: tuple(days_of(record)) for key, record in corpus.records.items()},
    )


def days_of(record: Record) -> Iterator[str]:
    """The day of each entry that `news_of` has, in its order, without the work of making it."""
    if record.withdrawn:
        yield str(record.withdrawn.date)
        return
    yield str(record.published)
    yield from (str(revision.date) for revision in record.revisions)
    for step in record.history if isinstance(record, Takeaway) else ():
        yield max(step.date.first.isoformat(), str(record.published))


def feeds_of(corpus: Corpus) -> Iterator[Feed]:
    """A feed for each country, person, topic, pair and tracked item."""
    briefings: dict[str, list[str]] = defaultdict(list)
    for briefing in corpus.all(Briefing):
        for key in (*briefing.summits, *briefing.authors):
            briefings[key].append(briefing.id)
    for country in corpus.everything(Country):
        summits = [s.id for s in corpus.summits_with(country)]
        about = [b for s in summits for b in briefings[s]]
        takeaways = [t.id for t in corpus.takeaways_with(country)]
        yield _feed(corpus, country, [*summits, *about, *takeaways])
    for person in corpus.everything(Person):
        summits = [s.id for s in corpus.summits_with(person)]
        about = [b for s in (*summits, person.id) for b in briefings[s]]
        takeaways = [t.id for t in corpus.takeaways_with(person)]
        yield _feed(corpus, person, [*summits, *about, *takeaways])
    narrower: dict[str, list[Topic]] = defaultdict(list)
    for topic in corpus.all(Topic):
        if topic.broader:
            narrower[topic.broader].append(topic)
    for topic in corpus.everything(Topic):
        both = [topic, *narrower[topic.id]]
        yield _feed(corpus, topic, [t.id for one in both for t in corpus.takeaways_with(one)])
    for pair in corpus.pairs.values():
        title = " – ".join(country.name for country in pair.countries)
        records = tuple(r.id for r in (*pair.summits, *pair.takeaways))
        yield Feed("pairs", pair.id, title, shape.pair_path(pair), records)
    for takeaway in corpus.everything(Takeaway):
        if takeaway.history:
            later = (
                *corpus.restated_by(takeaway),
                *corpus.superseded_by(takeaway),
                *corpus.addressed_by(takeaway),
            )
            yield _feed(corpus, takeaway, [r.id for r in later])


def _feed(corpus: Corpus, record: Record, about: Iterable[str]) -> Feed:
    others = () if record.withdrawn else tuple(about)
    return Feed(
        record.folder,
        record.id,
        record.title_text,
        corpus.url(record),
        (record.id, *others),
        record.former_ids,
    )


# -- entries --------------------------------------------------------------------------------------


def entries_of(corpus: Corpus) -> dict[str, list[Entry]]:
    """The news of each record. Of a withdrawn one only that it was withdrawn."""
    return {key: news_of(corpus, key) for key in corpus.records}


def news_of(corpus: Corpus, record_id: str) -> list[Entry]:
    """The news of one record."""
    return corpus.kept("news", record_id, lambda: _news(corpus, corpus.records[record_id]))


def _news(corpus: Corpus, record: Record) -> list[Entry]:
    return [_entry(corpus, part, path, change) for part, path, change in _changes(corpus, record)]


def _changes(corpus: Corpus, record: Record) -> Iterator[tuple[str, str, Change]]:
    """Each change of a record with the part of its identifier and where it can be read."""
    path = corpus.url(record)
    if record.withdrawn:
        gone = record.withdrawn
        yield "withdrawn", path, Change(str(gone.date), "withdrawn", record, gone.reason)
        return
    yield "", path, Change(str(record.published), "published", record, _gist(corpus, record))
    for n, revision in enumerate(record.revisions):
        change = Change(str(revision.date), "revised", record, revision.note)
        yield f"revision-{n + 1}", f"{path}#revisions", change
    if isinstance(record, Takeaway):
        for step in record.history:
            key = corpus.step_key(record, step)
            day = max(step.date.first.isoformat(), str(record.published))
            text = corpus.plain(step.note)
            yield key, f"{path}#{key}", Change(day, "step", record, text, step.status)


def _entry(corpus: Corpus, part: str, path: str, change: Change) -> Entry:
    record = change.record
    label = change.status.label if change.status else wording.WORDS[f"change_{change.kind}"]
    return Entry(
        id=shape.uuid_of(record.id, record.former_ids, part),
        title=f"{label}: {record.title_text}",
        text=change.text or record.title_text,
        date=dt.date.fromisoformat(change.date),
        path=path,
        tags=(record.noun, wording.WORDS[f"change_{change.kind}"]),
    )


def _gist(corpus: Corpus, record: Record) -> str:
    match record:
        case Summit() | Briefing():
            return record.bottom_line
        case Takeaway():
            return corpus.plain(record.body)
    return record.title_text


def shown(entries: Iterable[Entry], newest: dt.date) -> list[Entry]:
    """The newest entries: at least `LEAST`, all of the last `DAYS` days before `newest`, and never
    more than `MOST`."""
    ordered = sorted(entries, key=lambda e: e.rank, reverse=True)
    recent = newest - dt.timedelta(days=DAYS)
    return [e for n, e in enumerate(ordered[:MOST]) if n < LEAST or e.date >= recent]


# -- files ----------------------------------------------------------------------------------------


def _files(corpus: Corpus, feed: Feed, entries: list[Entry]) -> Iterator[tuple[str, bytes]]:
    rows = shown(entries, corpus.newest)
    for own_id in (feed.id, *feed.former_ids):
        for form, make in (("atom", as_atom), ("feed", as_json)):
            path = feed.file(form, own_id)
            yield path, make(corpus, feed, rows, path)


def _href(corpus: Corpus, target: str, own: str) -> str:
    """The full address of `target`; while the site has none, relative to the file `own`."""
    page, hash_, fragment = target.partition("#")
    relative = posixpath.relpath(page or ".", posixpath.dirname(own))
    relative = relative if page and not page.endswith("/") else f"{relative}/"
    return corpus.absolute(target) or relative + hash_ + fragment


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _updated(corpus: Corpus, rows: list[Entry]) -> dt.date:
    return rows[0].date if rows else corpus.newest


def _title(feed: Feed) -> str:
    site = wording.WORDS["site"]
    return f"{feed.title} | {site}" if feed.folder else site


class _Atom(Atom1Feed):  # type: ignore[misc]
    """Takes entries that are written already, because each stands in several feeds."""

    def __init__(self, entries: list[str], **values: Any) -> None:
        super().__init__(**values)
        self._entries = entries

    def write_items(self, handler: Any) -> None:
        for text in self._entries:
            handler.ignorableWhitespace(text)  # passes finished XML through


def as_atom(corpus: Corpus, feed: Feed, rows: list[Entry], path: str) -> bytes:
    """The feed as Atom (RFC 4287)."""
    part = f"feed/{feed.folder}" if feed.folder else "feed"
    atom = _Atom(
        [_atom_entry(corpus, row, path) for row in rows],
        title=_title(feed),
        link=_href(corpus, feed.path, path),
        description=wording.WORDS["tagline"],
        language="en",
        author_name=wording.WORDS["site"],
        feed_url=_href(corpus, path, path),
        feed_copyright=wording.WORDS["rights"],
        feed_guid=shape.uuid_of(feed.id, feed.former_ids, part).urn,
    )
    atom.latest_post_date = lambda: _moment(_updated(corpus, rows))  # never the clock
    return str(atom.writeString("utf-8")).encode()


def _atom_entry(corpus: Corpus, row: Entry, path: str) -> str:
    """An entry as XML. Its link is the same in all feeds of a folder, with an address in all."""
    folder = "" if corpus.site_url else posixpath.dirname(path)

    def make() -> str:
        atom = Atom1Feed(title="", link="", description="")
        atom.add_item(
            title=row.title,
            link=_href(corpus, row.path, path),
            description=None,
            content=html.escape(row.text),
            unique_id=row.id.urn,
            pubdate=_moment(row.date),
            updateddate=_moment(row.date),
            categories=row.tags,
        )
        out = io.StringIO()
        atom.write_items(SimplerXMLGenerator(out, "utf-8", short_empty_elements=True))
        return out.getvalue()

    return corpus.kept(f"atom entry {folder}", row.id.hex, make)


def as_json(corpus: Corpus, feed: Feed, rows: list[Entry], path: str) -> bytes:
    """The feed as JSON Feed 1.1; addresses are left out while the site has none."""
    whole: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(feed),
        "home_page_url": corpus.absolute(feed.path),
        "feed_url": corpus.absolute(path),
        "description": wording.WORDS["tagline"],
        "language": "en",
        "authors": [{"name": wording.WORDS["site"]}],
        "items": [
            corpus.kept("json entry", row.id.hex, partial(_json_entry, corpus, row)) for row in rows
        ],
    }
    return to_json(_present(**whole), indent=1) + b"\n"


def _json_entry(corpus: Corpus, row: Entry) -> dict[str, Any]:
    return _present(
        id=row.id.urn,
        url=corpus.absolute(row.path),
        title=row.title,
        content_text=row.text,
        date_published=_moment(row.date).isoformat(),
        tags=row.tags,
    )


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
