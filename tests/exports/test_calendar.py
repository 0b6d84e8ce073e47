"""Calendars read by two libraries, one of them not the one that wrote them."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Callable

import icalendar
import pytest
from dateutil.tz import tzical

from generator import shape
from generator.corpus import Corpus
from generator.exports import calendar
from generator.model import Country, Summit, Takeaway, Topic
from tests.exports.conftest import HOSTILE, files

TOKYO = "2025-08-23-lee-ishiba-tokyo"


def events(data: bytes) -> dict[str, icalendar.Event]:
    found = icalendar.Calendar.from_ical(data).events
    assert len({str(e["uid"]) for e in found}) == len(found)
    return {str(event["uid"]): event for event in found}


def uid(corpus: Corpus, key: str, part: str) -> str:
    return str(shape.uuid_of(key, corpus.records[key].former_ids, part))


def test_everything_dated_is_there(library_of: Corpus) -> None:
    found = events(files(calendar, library_of)[calendar.ALL])
    summits = {uid(library_of, s.id, "meeting") for s in library_of.everything(Summit)}
    takeaways = library_of.everything(Takeaway)
    due = {uid(library_of, t.id, "deadline") for t in takeaways if t.deadline}
    again = {uid(library_of, t.id, "review") for t in takeaways if t.review}
    assert set(found) == summits | due | again
    for summit in library_of.all(Summit):
        event = found[uid(library_of, summit.id, "meeting")]
        assert str(event["summary"]) == summit.title
        assert str(event["description"]) == summit.bottom_line
        assert int(event["sequence"]) == len(summit.revisions)


def test_a_second_library_reads_the_same(library_of: Corpus) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vobject = pytest.importorskip("vobject", reason="vobject is not installed")
        data = files(calendar, library_of)[calendar.ALL]
        parsed = vobject.readOne(data.decode())
    ours = events(data)
    assert len(parsed.vevent_list) == len(ours)
    for event in parsed.vevent_list:
        own = ours[event.uid.value]
        assert event.summary.value == str(own["summary"])
        assert event.description.value == str(own["description"])
        start = own["dtstart"].dt
        if isinstance(start, dt.datetime):  # it reads the rules of zones wrongly; see the next test
            assert event.dtstart.value.replace(tzinfo=None) == start.replace(tzinfo=None)
        else:
            assert event.dtstart.value == start


def test_the_rules_of_zones_are_right(real: Corpus) -> None:
    """The offsets that a third reader finds in the file are those of the time zone database."""
    data = files(calendar, real)[calendar.ALL]
    zones = tzical(io.StringIO(data.decode()))
    hours = [
        e["dtstart"] for e in events(data).values() if isinstance(e["dtstart"].dt, dt.datetime)
    ]
    assert hours
    for start in hours:
        naive = start.dt.replace(tzinfo=None)
        read = naive.replace(tzinfo=zones.get(start.params["TZID"]))
        assert read.utcoffset() == start.dt.utcoffset()


def test_form(library_of: Corpus) -> None:
    """Lines end in CR LF and have at most 75 octets; nothing but the library wrote them."""
    for data in files(calendar, library_of).values():
        assert data.endswith(b"\r\n")
        assert not re.search(rb"(?<!\r)\n", data)
        assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_hours_are_those_of_the_place(corpus_with: Callable[..., Corpus]) -> None:
    corpus = corpus_with({f"summits/{TOKYO}": "end:\n"})
    data = files(calendar, corpus)[calendar.ALL]
    event = events(data)[uid(corpus, TOKYO, "meeting")]
    start = event["dtstart"].dt
    assert start.isoformat() == "2025-08-23T16:55:00+09:00"
    assert event["dtstart"].params["TZID"] == "Asia/Tokyo"
    assert event["dtend"].dt - start == dt.timedelta(minutes=113)
    assert b"BEGIN:VTIMEZONE" in data


def test_days_are_whole_days(mini: Corpus) -> None:
    """Two days end the day after the second; a deadline of a month is its last day."""
    found = events(files(calendar, mini)[calendar.ALL])
    tokyo = found[uid(mini, TOKYO, "meeting")]
    assert (tokyo["dtstart"].dt, tokyo["dtend"].dt) == (dt.date(2025, 8, 23), dt.date(2025, 8, 25))
    due = found[uid(mini, "2025-08-23-task-force", "deadline")]
    assert due["dtstart"].dt == dt.date(2025, 10, 31)
    assert int(due["sequence"]) == 1


def test_states(corpus_with: Callable[..., Corpus]) -> None:
    corpus = corpus_with(
        {"summits/2025-08-25-lee-trump-washington": "state: cancelled", f"summits/{TOKYO}": ""}
    )
    found = events(files(calendar, corpus)[calendar.ALL])
    washington = found[uid(corpus, "2025-08-25-lee-trump-washington", "meeting")]
    assert str(washington["status"]) == "CANCELLED"


def test_one_for_each_country_and_topic(library_of: Corpus) -> None:
    written = files(calendar, library_of)
    expected = {calendar.ALL}
    for kind in (Country, Topic):
        for record in library_of.everything(kind):
            expected |= {
                f"calendar/{kind.folder}/{key}.ics" for key in (record.id, *record.former_ids)
            }
    assert set(written) == expected


def test_by_country(mini: Corpus) -> None:
    japan = events(files(calendar, mini)["calendar/countries/jp.ics"])
    assert uid(mini, TOKYO, "meeting") in japan
    assert uid(mini, "2025-08-25-lee-trump-washington", "meeting") not in japan


def test_former_ids_have_full_copies(mini: Corpus) -> None:
    written = files(calendar, mini)
    assert written["calendar/topics/commerce.ics"] == written["calendar/topics/trade.ics"]


def test_hostile_text(hostile: Corpus) -> None:
    event = events(files(calendar, hostile)[calendar.ALL])[uid(hostile, TOKYO, "meeting")]
    assert str(event["summary"]) == HOSTILE
    assert str(event["location"]) == f"{HOSTILE}, Tokyo, Japan"


def test_the_day_changes_nothing(mini: Corpus) -> None:
    later = Corpus(mini.records, dt.date(2031, 1, 1))
    assert files(calendar, later) == files(calendar, mini)
