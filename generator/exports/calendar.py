"""Calendars: summits, deadlines and days to look again; all together, by country and by topic.

A day without an hour is a whole day. Of a deadline that names a month or a year, the last day
counts; a summit known by its month alone takes up the month and is tentative.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from icalendar import Calendar, Event, Journal, Timezone

from generator import shape
from generator import words as wording
from generator.corpus import Corpus
from generator.fields import When, time_zone
from generator.formats import path_of
from generator.model import Country, Record, Summit, SummitState, Takeaway, Topic

TITLE = "Calendars"
ALL = "calendar/all.ics"
#: A calendar has at most so many events, those that lie ahead or passed last: programs that follow
#: one refuse files of more than about a megabyte. The data files have all.
MOST = 1000

_STATES = {
    SummitState.PROPOSED: "TENTATIVE",
    SummitState.POSTPONED: "TENTATIVE",
    SummitState.CANCELLED: "CANCELLED",
}


class Dated(NamedTuple):
    """An event as it stands in every calendar that has it, the record it stands for, the countries
    and topics whose calendars have it, the time zones its hours are given in, the day it begins."""

    written: bytes
    record: str
    keys: frozenset[str]
    zones: frozenset[str]
    day: dt.date


def _dated(event: Event | Journal, record: str, keys: Iterable[str] = ()) -> Dated:
    values = (event.get(name) for name in ("dtstart", "dtend"))
    zones = {zone for v in values if v and (zone := v.params.get("TZID"))} - {"UTC"}
    start = event.get("dtstart")
    day = start.dt if start else dt.date.min
    day = day.date() if isinstance(day, dt.datetime) else day
    return Dated(bytes(event.to_ical()), record, frozenset(keys), frozenset(zones), day)


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """The calendar of everything, one for each country and topic, copies under former ids."""
    events = list(events_of(corpus))
    yield ALL, as_ics(wording.WORDS["site"], events)
    by_key: dict[str, list[Dated]] = defaultdict(list)
    for dated in events:
        for key in dated.keys:
            by_key[key].append(dated)
    owners: list[Record] = [*corpus.everything(Country), *corpus.everything(Topic)]
    for owner in owners:
        title = f"{owner.title_text} | {wording.WORDS['site']}"
        events_ = [_gone(corpus, owner)] if owner.withdrawn else by_key[owner.id]
        data = as_ics(title, events_ or [_nothing(corpus, owner)])
        path = path_of("calendar", owner)
        yield path, data
        for old in owner.former_ids:
            yield path.replace(f"/{owner.id}.ics", f"/{old}.ics"), data


_END = b"END:VCALENDAR\r\n"


def as_ics(name: str, events: list[Dated]) -> bytes:
    """A calendar with the time zones its events use; of very many events the latest."""
    if len(events) > MOST:
        latest = sorted(range(len(events)), key=lambda n: (events[n].day, n))[-MOST:]
        events = [events[n] for n in sorted(latest)]
    calendar = Calendar()
    calendar.add("prodid", "-//Summit Briefings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for zone in sorted({zone for dated in events for zone in dated.zones}):
        calendar.add_component(_zone(zone))
    frame = bytes(calendar.to_ical()).removesuffix(_END)
    return b"".join((frame, *(dated.written for dated in events), _END))


@lru_cache
def _zone(name: str) -> Timezone:
    """The rules of a time zone."""
    return Timezone.from_tzid(name)


# -- events ---------------------------------------------------------------------------------------


def events_of(corpus: Corpus) -> Iterator[Dated]:
    """Every event in the order of records; a withdrawn record's are cancelled."""
    for record in (*corpus.everything(Summit), *corpus.everything(Takeaway)):
        yield from corpus.piece("events", record.id, partial(_events, corpus, record.id))


def _events(corpus: Corpus, key: str) -> list[Dated]:
    match corpus.records[key]:
        case Summit() as summit:
            return [_of_summit(corpus, summit)]
        case Takeaway() as takeaway:
            return list(_of_takeaway(corpus, takeaway))
    return []


#: What each record adds to files about all.
PIECES = {"events": _events}


def _of_summit(corpus: Corpus, summit: Summit) -> Dated:
    topics = {t for takeaway in corpus.takeaways_of(summit) for t in takeaway.topics}
    countries = {country.id for country in corpus.countries_at(summit)}
    keys = _with_broader(corpus, topics) | countries
    return _dated(_summit(corpus, summit), summit.id, keys)


def _of_takeaway(corpus: Corpus, takeaway: Takeaway) -> Iterator[Dated]:
    countries = {country.id for country in corpus.parties(takeaway)}
    keys = _with_broader(corpus, set(takeaway.topics)) | countries
    if takeaway.deadline:
        text = f"{takeaway.deadline.text}\n{corpus.plain(takeaway.body)}"
        event = _event(corpus, takeaway, "deadline", wording.WORDS["due"], text)
        _whole_days(event, takeaway.deadline.date.last)
        yield _dated(event, takeaway.id, keys)
    if takeaway.review:
        text = corpus.plain(takeaway.body)
        event = _event(corpus, takeaway, "review", wording.WORDS["review_due"], text)
        _whole_days(event, takeaway.review.first)
        yield _dated(event, takeaway.id, keys)


def _gone(corpus: Corpus, owner: Record) -> Dated:
    """What a withdrawn country or topic leaves in its calendar: why it is gone, on that day."""
    event = _event(corpus, owner, "withdrawn", wording.WORDS["withdrawn"], "")
    if owner.withdrawn:
        _whole_days(event, owner.withdrawn.date.first)
    return _dated(event, owner.id)


def _nothing(corpus: Corpus, owner: Record) -> Dated:
    """A calendar must hold something, so that one without events holds a note of that."""
    journal = Journal()
    journal.add("uid", str(shape.uuid_of(owner.id, owner.former_ids, "nothing")))
    journal.add("dtstamp", _stamp(corpus, owner))
    journal.add("summary", wording.WORDS["nothing_yet"])
    return _dated(journal, owner.id)


def _stamp(corpus: Corpus, record: Record) -> dt.datetime:
    return dt.datetime.fromisoformat(corpus.updated(record)).replace(tzinfo=dt.UTC)


def _with_broader(corpus: Corpus, topics: set[str]) -> frozenset[str]:
    found = [topic for key in topics if (topic := corpus.get(key, Topic))]
    return frozenset({*topics, *(topic.broader for topic in found if topic.broader)})


def _event(corpus: Corpus, record: Record, part: str, word: str, text: str) -> Event:
    """An event with everything but its time."""
    stamp = _stamp(corpus, record)
    gone = record.withdrawn
    event = Event()
    event.add("uid", str(shape.uuid_of(record.id, record.former_ids, part)))
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", len(record.revisions) + bool(gone))
    event.add("summary", f"{word}: {record.title_text}" if word else record.title_text)
    event.add("description", gone.reason if gone else text)
    event.add("categories", [word or wording.WORDS["summits"]])
    event.add("transp", "TRANSPARENT")
    if gone:
        event.add("status", "CANCELLED")
    if url := corpus.absolute(corpus.url(record)):
        event.add("url", url)
    return event


def _summit(corpus: Corpus, summit: Summit) -> Event:
    event = _event(corpus, summit, "meeting", "", summit.bottom_line)
    host = corpus.host(summit)
    places = (summit.venue, summit.city, host.name if host else None)
    event.add("location", ", ".join(place for place in places if place))
    if not summit.withdrawn:
        unsure = None if summit.start.day else "TENTATIVE"
        event.add("status", _STATES.get(summit.state) or unsure or "CONFIRMED")
    _when(event, summit)
    return event


def _when(event: Event, summit: Summit) -> None:
    """Its hours in the zone of the place, where they are known; else its days."""
    start, end = summit.start, summit.end
    last = end.last if end else start.last
    if start.time and last == start.first:
        begin = _hour(start, summit.timezone)
        event.add("dtstart", begin)
        if end and end.time:
            event.add("dtend", _hour(end, summit.timezone))
        elif summit.minutes:
            event.add("dtend", begin + dt.timedelta(minutes=summit.minutes))
        return
    _whole_days(event, start.first, last)


def _hour(when: When, zone: str) -> dt.datetime:
    return when.moment(time_zone(when.zone or zone))


def _whole_days(event: Event, first: dt.date, last: dt.date | None = None) -> None:
    """From the first to the last day, both included; the format wants the day after."""
    event.add("dtstart", first)
    event.add("dtend", (last or first) + dt.timedelta(days=1))
