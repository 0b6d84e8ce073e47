"""Long lists: cut into pages by date or name, nothing lost, addresses that last.

The real records stand for a large library here, with limits set so low that every list is long.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from posixpath import normpath
from typing import Any

import lxml.etree
import pytest

from generator import cut, ledger, lists, pages, sitemap
from generator.corpus import Corpus
from generator.cut import DATES, NAMES, by_date, by_name
from generator.exports import calendar, feeds
from generator.formats import list_forms
from generator.load import load
from generator.model import Record, Source, Takeaway, Term
from generator.outputs import parts_of
from tests.conftest import MINI, ROOT, TODAY, newest_day
from tests.exports.conftest import SITE

ROWS, LINES, SHOWN = 15, 60, 8


@cache
def records() -> Mapping[str, Record]:
    """The real records."""
    return load(ROOT).records


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so low that the real lists are too long for a page."""
    for name, limit in (("MOST_ROWS", ROWS), ("MOST_LINES", LINES), ("MOST_SHOWN", SHOWN)):
        monkeypatch.setattr(cut, name, limit)


@cache
def corpus_of(without: str = "") -> Corpus:
    """The real records, linked, but one; for tests with low limits only, as it remembers lists."""
    kept = {key: record for key, record in records().items() if key != without}
    return Corpus(kept, newest_day(ROOT), SITE)


def whole_lists(corpus: Corpus) -> Iterator[lists.Gathered]:
    yield from (page for page in lists.gathered(corpus).values() if page.parts and not page.whole)


# -- cutting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "level", "keys", "expected"),
    [
        (DATES, 0, ["2024-05-01", "2025", "2025-02"], {"2024": 1, "2025": 2}),
        (DATES, 1, ["2025-02-03", "2025-02", "2025-11"], {"02": 2, "11": 1}),
        (DATES, 1, ["2025", "2025-02-03"], {"other": 1, "02": 1}),
        (DATES, 2, ["2025-02-03", "2025-02", "2025-02-03"], {"other": 1, "03": 2}),
        (DATES, 3, ["2025-02-03"] * 5, {"1": 2, "2": 2, "3": 1}),
        (NAMES, 0, ["Ärzte", "APEC", "이재명", "9/11"], {"a": 2, "9": 1, "other": 1}),
        (NAMES, 1, ["A", "Apec", "Aukus", "Asean"], {"other": 1, "ap": 1, "au": 1, "as": 1}),
        (NAMES, 3, ["Treaty"] * 3, {"1": 2, "2": 1}),
    ],
)  # fmt: skip
def test_where_a_row_stands(
    order: cut.Order, level: int, keys: list[str], expected: dict[str, int]
) -> None:
    """By year, month and day, or by letters; what says no more stands apart or is counted out."""
    make = by_date if order is DATES else by_name
    rows = [make(str(n), key) for n, key in enumerate(keys)]
    shelves = cut.shelves(rows, order, level, 2, "x")
    assert {shelf.step: len(shelf.rows) for shelf in shelves} == expected
    assert len({shelf.label for shelf in shelves}) == len(shelves)
    assert sorted(row for shelf in shelves for row in shelf.rows) == sorted(rows)


# -- every list -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("low")
def test_no_page_lists_too_much() -> None:
    """No page has more rows than the limit; what a list has stands on its parts, each row once."""
    corpus = corpus_of()
    seen = 0
    for page in lists.gathered(corpus).values():
        two = page.url == "deadlines/"  # what lies ahead, and what has passed
        assert len(page.rows) <= (2 * SHOWN if two else ROWS if page.ids else LINES), page.url
    for whole in whole_lists(corpus):
        ends = [leaf for leaf in lists.leaves(corpus, whole) if not leaf.parts]
        rows = Counter(row for leaf in ends for row in leaf.rows)
        if ends and whole.ids and not whole.url.startswith(("deadlines/", "pairs/")):
            assert rows == Counter(whole.ids), whole.url
        assert set(rows.values()) <= {1}, whole.url
        assert sum(part.size for part in whole.parts) >= len(rows)
        seen += 1
    assert seen > 50


@pytest.mark.usefixtures("low")
def test_written_pages_keep_the_limit() -> None:
    """What the templates make of it: no more rows than that, titles told apart, all reachable."""
    corpus = corpus_of()
    written = {part.key: b"".join(data for _, data in part.make()) for part in pages.parts(corpus)}
    texts = {url: data.decode() for url, data in written.items()}
    gathered = lists.gathered(corpus)
    for url, page in gathered.items():
        if re.match(r"\w+/by-\w+/[^/]+/", url) and "by-name" not in url:
            assert texts[url].count('<li class="row">') == len(page.rows)
    titles = Counter((page.whole, page.title) for page in gathered.values() if page.whole)
    assert [title for title, n in titles.items() if n > 1] == []
    ahead = ["", "changes/"]  # the head and the foot of every page lead to these
    reached = set(ahead)
    while ahead:
        url = ahead.pop()
        for href in re.findall(r'href="([^":#]*)', texts[url]):
            target = normpath(f"/{url}{href}").strip("/")
            target = f"{target}/" if target else ""
            if target in texts.keys() - reached:
                reached.add(target)
                ahead.append(target)
    about = {corpus.url(r) for r in corpus.records.values() if r.folder == "pages"}
    about |= {url for url in texts if url.startswith(("fields/", "rules/", "search/"))}
    assert texts.keys() - reached - about == set()


@pytest.mark.usefixtures("low")
def test_all_that_refers_is_listed() -> None:
    """Of a record that more refers to than its page shows, another page has it all."""
    corpus = corpus_of()
    found = 0
    for record in corpus.records.values():
        links = corpus.backlinks(record)
        page = lists.gathered(corpus).get(lists.mentions_url(corpus, record))
        if len(lists.backlinks(corpus, record)) > SHOWN:
            assert page is not None
            assert set(page.ids) == {link.record.id for link in links}
            found += 1
    assert found > 10


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize(
    ("kind", "place"), [(Takeaway, 5), (Takeaway, -1), (Source, 60), (Term, 7)]
)
def test_a_record_more_moves_no_other(kind: type[Record], place: int) -> None:
    """With one more record the pages of a list that change are those it stands on; those besides
    that are counted out, because their rows are of one day."""
    corpus = corpus_of()
    free = [r for r in corpus.all(kind) if not corpus.restated_by(r)] if kind is Takeaway else []
    added = (free or corpus.all(kind))[place].id
    before, after = lists.gathered(corpus_of(without=added)), lists.gathered(corpus)
    moved, standing = [], 0
    for url, page in after.items():
        old = before.get(url)
        if page.whole and not page.parts and old and old.rows != page.rows:
            if any(row.split()[0] == added for row in page.rows):
                standing += 1
            elif ", page " not in page.title:
                moved.append(url)
    assert standing > 0
    assert moved == []


@pytest.mark.usefixtures("low")
def test_an_edit_writes_few_pages(tmp_path: Path) -> None:
    """After an edit of one record, of a long list only the pages that show it are made anew."""
    corpus = corpus_of()
    edited = next(t for t in corpus.all(Takeaway) if corpus.status(t) and t.topics)
    other = Corpus(
        {**records(), edited.id: edited.model_copy(update={"headline": "Another headline"})},
        newest_day(ROOT),
        SITE,
    )
    digests = dict.fromkeys(records(), "same")
    made = []
    for state, own in ((corpus, "same"), (other, "other")):
        due = list(pages.parts(state))
        list(parts_of(state))
        facts = state.snapshot({**digests, edited.id: own})
        last: Any = made[-1] if made else (ledger.Ledger(), ledger.Made())
        known = ledger.Ledger(facts=last[0].facts)
        done = ledger.make(due, last[1].entries, known.stale(facts), state.notes, tmp_path / "docs")
        made.append((ledger.Ledger(facts), done))
    gathered = lists.gathered(other)
    changed = {
        f"{path.removesuffix('index.md').removesuffix('.md')}" for path in made[1][1].changed
    }
    parts = {url for url, page in gathered.items() if page.whole}
    parts_changed = {url for url in parts if url in changed or url.rstrip("/") in changed}
    assert 0 < len(parts_changed) < len(parts) / 8
    for url in parts_changed:
        about = {row.split()[0] for row in gathered[url].rows}
        assert edited.id in about or any(
            edited.id in other.referrers.get(key, ()) or key in other.referrers.get(edited.id, ())
            for key in about
        ), url
    clean = dict(pages.write(other))
    assert {p: (tmp_path / "docs" / p).read_bytes() for p in clean} == clean


@pytest.mark.usefixtures("low")
def test_a_part_names_the_forms_of_the_whole() -> None:
    """A part has a citation of its own; its other forms are those of the list it is a part of."""
    corpus = corpus_of()
    gathered = lists.gathered(corpus)
    written = {path for part in parts_of(corpus) if "list" in part.key or "rest" in part.key or
               "pair" in part.key for path, _ in part.make()}  # fmt: skip
    for page in gathered.values():
        if page.whole:
            own, whole = list_forms(page), list_forms(gathered[page.whole])
            assert own[:-3] == whole[:-3]
            assert set(own[-3:]).isdisjoint(whole[-3:])
            assert {path for _, _, path in own[-3:]} <= written, page.url
            assert (
                page.way[-1][1]
                == page.url.rstrip("/").rpartition("/")[0].removesuffix("by-name").rstrip("/") + "/"
            )


# -- other long things ----------------------------------------------------------------------------


def test_small_libraries_are_not_cut(mini: Corpus) -> None:
    """As long as a list fits on a page it has one."""
    assert [page.url for page in lists.gathered(mini).values() if page.parts or page.whole] == []


def test_a_long_sitemap_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit of its format `sitemap.xml` names pieces that together have every page."""
    corpus = Corpus(load(MINI).records, TODAY, SITE)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

    def located(data: bytes) -> list[str]:
        return [str(loc.text) for loc in lxml.etree.fromstring(data).iter(f"{space}loc")]

    whole = dict(sitemap.write(corpus))
    assert list(whole) == ["sitemap.xml"]
    monkeypatch.setattr(sitemap, "MOST", 40)
    cut_up = dict(sitemap.write(corpus))
    pieces = [name.removeprefix(SITE) for name in located(cut_up["sitemap.xml"])]
    assert {*pieces, "sitemap.xml"} == cut_up.keys()
    assert all(len(located(cut_up[name])) <= 40 for name in pieces)
    assert [u for name in pieces for u in located(cut_up[name])] == located(whole["sitemap.xml"])


def test_feeds_end_somewhere(mini: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is new, a feed has no more entries than its limit, the newest."""
    entries = [entry for rows in feeds.entries_of(mini).values() for entry in rows]
    longest = feeds.shown(entries, mini.newest)
    monkeypatch.setattr(feeds, "MOST", 3)
    assert feeds.shown(entries, mini.newest) == longest[:3]


def test_calendars_end_somewhere(mini: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many events a calendar has those that lie ahead or passed last."""
    events = list(calendar.events_of(mini))
    monkeypatch.setattr(calendar, "MOST", 2)
    latest = sorted(events, key=lambda dated: dated.day)[-2:]
    text = calendar.as_ics("x", events)
    assert text.count(b"BEGIN:VEVENT") == 2
    assert all(dated.written in text for dated in latest)


# -- weight ---------------------------------------------------------------------------------------

#: What the page around the text, style sheets and scripts weigh, of the 130 KB of a first view.
FIRST_VIEW, AROUND = 130 * 1024, 45 * 1024


@pytest.mark.full
def test_no_page_of_a_large_library_is_heavy(tmp_path: Path) -> None:
    """With thousands of records no page weighs more than a first view may."""
    script = ROOT / "tests" / "bench" / "make_library.py"
    subprocess.run([sys.executable, script, "3000", tmp_path / "large"], check=True)
    corpus = Corpus(load(tmp_path / "large").records, TODAY, SITE)
    heavy = {}
    for path, data in pages.write(corpus):
        weight = len(gzip.compress(data, mtime=0)) if len(data) > FIRST_VIEW - AROUND else 0
        if weight > FIRST_VIEW - AROUND:
            heavy[path] = weight
    assert heavy == {}
    assert sum(1 for _ in whole_lists(corpus)) > 5
