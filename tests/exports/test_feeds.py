"""Feeds read by other programs' eyes: a feed parser, the rules of RFC 4287, those of JSON Feed."""

from __future__ import annotations

import datetime as dt
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import atoma
import lxml.etree
import pytest

from generator import shape
from generator.corpus import Corpus
from generator.exports import feeds
from generator.model import Country, Person, Takeaway, Topic
from tests.exports.conftest import HOSTILE, SITE, files

ATOM = "{http://www.w3.org/2005/Atom}"


def atoms(corpus: Corpus) -> dict[str, lxml.etree._Element]:
    written = files(feeds, corpus)
    return {p: lxml.etree.fromstring(d) for p, d in written.items() if p.endswith(".atom")}


def test_atom_keeps_the_rules(library_of: Corpus) -> None:
    """RFC 4287: one id, title and updated each; ids unique; an author; links that say what for."""
    for path, feed in atoms(library_of).items():
        assert feed.tag == f"{ATOM}feed"
        for element in (feed, *feed.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                assert len(element.findall(ATOM + name)) == 1
            assert element.findtext(f"{ATOM}id").startswith("urn:uuid:")
            moment = dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated"))
            assert moment.tzinfo is not None
            links = [a.get("rel", "alternate") for a in element.findall(f"{ATOM}link")]
            assert links.count("alternate") == 1
        assert feed.find(f"{ATOM}author") is not None
        ids = [e.findtext(f"{ATOM}id") for e in feed.findall(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids), path
        days = [e.findtext(f"{ATOM}updated") for e in feed.findall(f"{ATOM}entry")]
        assert days == sorted(days, reverse=True)


def test_a_feed_parser_reads_the_same(library_of: Corpus) -> None:
    """Titles, texts and addresses as a feed parser sees them are those of the records."""
    parsed = atoma.parse_atom_bytes(files(feeds, library_of)["feeds/site.atom"])
    expected = {e.id.urn: e for rows in feeds.entries_of(library_of).values() for e in rows}
    assert parsed.entries
    for entry in parsed.entries:
        ours = expected[entry.id_]
        assert entry.title.value == " ".join(ours.title.split())
        assert html.unescape(entry.content.value) == ours.text
        if library_of.site_url:
            assert entry.links[0].href == SITE + ours.path


def test_json_feed_says_the_same(library_of: Corpus) -> None:
    written = files(feeds, library_of)
    for path, tree in atoms(library_of).items():
        feed = json.loads(written[path.removesuffix(".atom") + ".json"])
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"] == tree.findtext(f"{ATOM}title")
        assert all({"id", "content_text"} <= set(item) for item in feed["items"])
        entries = tree.findall(f"{ATOM}entry")
        assert [i["id"] for i in feed["items"]] == [e.findtext(f"{ATOM}id") for e in entries]
        texts = [html.unescape(e.findtext(f"{ATOM}content")) for e in entries]
        assert [i["content_text"] for i in feed["items"]] == texts


def test_who_can_be_followed(library_of: Corpus) -> None:
    """The site, each country, person, topic, pair and tracked item."""
    written = set(files(feeds, library_of))
    expected = {"feeds/site"}
    for kind in (Country, Person, Topic):
        expected |= {f"feeds/{kind.folder}/{r.id}" for r in library_of.everything(kind)}
        expected |= {
            f"feeds/{kind.folder}/{old}"
            for r in library_of.everything(kind)
            for old in r.former_ids
        }
    expected |= {f"feeds/takeaways/{t.id}" for t in library_of.everything(Takeaway) if t.history}
    expected |= {f"feeds/pairs/{pair}" for pair in library_of.pairs}
    assert written == {f"{path}.{end}" for path in expected for end in ("atom", "json")}


def test_steps_and_revisions_are_entries(mini: Corpus) -> None:
    items = json.loads(files(feeds, mini)["feeds/takeaways/2025-08-25-investment-terms.json"])
    titles = [item["title"] for item in items["items"]]
    assert "Agreed: The terms of the investment are left open" in titles
    assert "Published: The investment is announced again" in titles
    task = json.loads(files(feeds, mini)["feeds/takeaways/2025-08-23-task-force.json"])
    assert "The deadline was added." in [item["content_text"] for item in task["items"]]


def test_ids_know_no_address_and_no_new_name(mini: Corpus) -> None:
    """The same ids with another address, and after a record was renamed."""
    there = Corpus(mini.records, mini.today, "https://other.example/")
    path = "feeds/topics/trade.json"
    here_ids = [i["id"] for i in json.loads(files(feeds, mini)[path])["items"]]
    assert [i["id"] for i in json.loads(files(feeds, there)[path])["items"]] == here_ids
    assert shape.uuid_of("trade", ("commerce",)) == shape.uuid_of("commerce")
    assert shape.uuid_of("trade").version == 5


def test_ids_are_these_for_ever() -> None:
    """Whoever subscribed would see everything as new if they changed."""
    assert str(shape.uuid_of("trade")) == "57f14ebf-40bb-5b6e-b23b-59d8585ecd16"
    assert str(shape.uuid_of("trade", (), "2025-11")) == "49c10455-2785-512e-8c7e-24bad756880a"


@pytest.mark.parametrize(("ages", "expected"), [([0] * 50, 50), ([400] * 50, 20), ([5] * 3, 3)])
def test_length(ages: list[int], expected: int) -> None:
    """The larger of twenty entries and thirty days, counted from the newest date."""
    newest = dt.date(2026, 1, 31)
    rows = [
        feeds.Entry(shape.uuid_of(str(n)), "", "", newest - dt.timedelta(days=age), "", ())
        for n, age in enumerate(ages)
    ]
    assert len(feeds.shown(rows, newest)) == expected


def test_links_without_an_address_are_relative(mini: Corpus) -> None:
    tree = atoms(mini)["feeds/countries/kr.atom"]
    own = "https://x.example/feeds/countries/kr.atom"
    links = {a.get("rel"): urljoin(own, a.get("href")) for a in tree.findall(f"{ATOM}link")}
    assert links == {"self": own, "alternate": "https://x.example/countries/kr/"}
    steps = [urljoin(own, e.find(f"{ATOM}link").get("href")) for e in tree.iter(f"{ATOM}entry")]
    assert "https://x.example/takeaways/2025-08-25-investment-terms/#2025-11" in steps


def test_former_ids_have_full_copies(mini: Corpus) -> None:
    written = files(feeds, mini)
    old, new = (json.loads(written[f"feeds/topics/{key}.json"]) for key in ("commerce", "trade"))
    assert old == new


def test_withdrawn_leaves_a_notice(mini: Corpus) -> None:
    feed = json.loads(files(feeds, mini)["feeds/topics/withdrawn-topic.json"])
    assert [item["content_text"] for item in feed["items"]] == ["It was the same as Trade."]


def test_hostile_text(hostile: Corpus) -> None:
    feed: Any = json.loads(files(feeds, hostile)["feeds/site.json"])
    assert f"Published: {HOSTILE}" in [item["title"] for item in feed["items"]]


def test_the_day_changes_nothing(mini: Corpus) -> None:
    assert files(feeds, Corpus(mini.records, dt.date(2031, 1, 1))) == files(feeds, mini)


def test_entries_are_not_older_than_their_record(corpus_with: Callable[..., Corpus]) -> None:
    """A step of 2025 in a record published in 2026 is news of 2026."""
    name = "takeaways/2025-08-25-investment-terms"
    corpus = corpus_with({name: "published: 2025-12-24"})
    entries = feeds.entries_of(corpus)["2025-08-25-investment-terms"]
    assert {entry.date for entry in entries} == {dt.date(2025, 12, 24)}


def test_days_are_known_beforehand(library_of: Corpus) -> None:
    """The days of the news of a record are had without the news, for a feed picks by them."""
    for key, record in library_of.records.items():
        news = [entry.date.isoformat() for entry in feeds.news_of(library_of, key)]
        assert list(feeds.days_of(record)) == news
