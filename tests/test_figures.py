"""Figures: what they say, what they draw, and that nothing in them depends on chance or the day.

`goldens/figures` holds every figure of the small library and of a busy one made here, with its
CSV file; write them anew with `pytest tests/test_figures.py --update-goldens`, then look at them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import figures, pages
from generator.accounts import side_by_side
from generator.corpus import Corpus
from generator.exports import figures as export
from generator.figures.bars import LETTERS, TEXTURES
from generator.figures.lanes import SLOT, TIERS, bands, positions, tiers
from generator.figures.status import FIRST_BARS, MOST_BARS, Window
from generator.load import load
from generator.model import Country, Person, Record, Status, Summit, Takeaway, Topic
from tests.conftest import ROOT, TODAY

GOLDENS = ROOT / "tests" / "goldens" / "figures"
DAY = "2026-01-01"
HOSTILE = """A <b> & "c" 'd' </svg></figure><script>alert(1)</script> {{ e }} =1+1"""

# -- libraries made here --------------------------------------------------------------------------


def library(*records: Record) -> Corpus:
    """These records, linked; the newest date in them is 1 January 2026."""
    return Corpus({record.id: record for record in records}, TODAY)


def country(code: str, name: str) -> Country:
    return Country.model_validate({"id": code, "name": name, "iso3": "ABC", "published": DAY})


def leader(of: str) -> Person:
    return Person.model_validate(
        {"id": f"p-{of}", "names": {"display": f"Leader {of}"}, "country": of, "published": DAY}
    )


def meeting(day: str, *sides: str, **more: Any) -> Summit:
    fields = {
        "id": f"{day.lower()}-{'-'.join(sides)}",
        "title": f"Meeting of {', '.join(sides)}",
        "start": day,
        "timezone": "UTC",
        "city": f"City of {sides[0]}",
        "country": sides[0],
        "format": "bilateral" if len(sides) == 2 else "trilateral",
        "setting": "standalone",
        "visit": "none",
        "state": "held",
        "participants": [{"person": f"p-{side}"} for side in sides],
        "bottom_line": "They met.",
        "summary": "They met.",
        "published": DAY,
    }
    return Summit.model_validate(fields | more)


def item(name: str, *history: tuple[str, str], **more: Any) -> Takeaway:
    """A tracked item with steps of date and status."""
    fields = {
        "id": name,
        "summits": ["2025-01-10-kr-us"],
        "headline": f"The promise {name}",
        "kind": "commitment",
        "body": "A promise.",
        "by": ["kr"],
        "topics": ["trade"],
        "history": [
            {"date": date, "status": status, "note": "A step.", "sources": ["s"]}
            for date, status in history
        ],
        "sources": ["s"],
        "published": DAY,
    }
    return Takeaway.model_validate(fields | more)


TRADE = Topic.model_validate(
    {"id": "trade", "name": "Trade", "definition": "Trade.", "published": DAY}
)
NAMES = {"kr": "South Korea", "us": "United States", "jp": "Japan", "cn": "China"}
SIDES = [record for code, name in NAMES.items() for record in (country(code, name), leader(code))]


def busy() -> Corpus:
    """What the small library lacks: long gaps, crowds, plans, failures, and every status."""
    return library(
        *SIDES,
        TRADE,
        meeting("2008-04-21", "kr", "jp"),
        meeting("2018-06", "us", "cn", city="Somewhere (city not named in the source)"),
        meeting("2025-01-10", "kr", "us"),
        meeting("2025-01-11", "kr", "us", "jp"),
        meeting("2025-01-12", "us", "cn", state="cancelled"),
        meeting("2025-01-13", "kr", "us", "jp", "cn", format="multilateral"),
        meeting("2025-12-31", "jp", "cn", state="cut-short", setting="phone-call"),
        meeting("2026-11-01", "kr", "us", state="scheduled"),
        meeting("2026-12", "jp", "us", state="proposed"),
        item("a-long-one", ("2008-04-21", "open"), ("2025-06", "open"), ("2025-12", "dropped")),
        item("b-one-day", ("2026-01-01", "agreed"), deadline={"date": "2026", "text": "in 2026"}),
        *(
            item(f"c-{status}", ("2025-01-10", "agreed"), ("2025-07-01", str(status)))
            for status in Status
        ),
    )


def bare(corpus: Corpus) -> dict[str, figures.Figure]:
    """Every figure of a library, by its id."""
    made = list(figures.every(corpus))
    assert len({figure.id for figure in made}) == len(made)
    return {figure.id: figure for figure in made}


def said(corpus: Corpus, figure: str) -> str:
    found = bare(corpus)[figure]
    return " ".join(filter(None, [found.finding, found.besides]))


# -- whole figures --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mini", "busy"])
def test_goldens(name: str, mini: Corpus, golden: Callable[[Path, str], None]) -> None:
    """Each figure is drawn exactly as it stands in its golden."""
    corpus = mini if name == "mini" else busy()
    for figure in figures.every(corpus):
        text = [figure.title, figure.finding, figure.besides, *figure.notes, str(figure.body)]
        golden(GOLDENS / name / f"{figure.id}.html", "\n".join(filter(None, text)) + "\n")
        data = export.as_csv(figure).decode()
        assert data.count("\r\n") == data.count("\n")
        golden(GOLDENS / name / f"{figure.id}.csv", data.replace("\r\n", "\n"))


@pytest.fixture(params=["mini", "busy", "real", "hostile"])
def corpus(request: pytest.FixtureRequest, corpus_with: Callable[..., Corpus]) -> Corpus:
    """Each library in turn."""
    if request.param == "hostile":
        quoted = "'" + HOSTILE.replace("'", "''") + "'"
        return corpus_with(
            {
                "summits/2025-08-23-lee-ishiba-tokyo": f"title: {quoted}\ncity: {quoted}\n",
                "takeaways/2025-08-25-investment-terms": f"headline: {quoted}\n",
                "topics/trade": f"name: {quoted}\n",
            }
        )
    if request.param == "real":
        return Corpus(load(ROOT).records, TODAY)
    return busy() if request.param == "busy" else request.getfixturevalue("mini")


def test_drawings_are_sound(corpus: Corpus) -> None:
    """Well-formed, with unique ids of its own, no style, no script, a name for every picture."""
    for figure in figures.every(corpus):
        tree = ET.fromstring(f"<figure>{figure.body}</figure>".replace("&nbsp;", " "))
        ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
        assert len(ids) == len(set(ids))
        assert all(i.startswith(f"fig-{figure.id}-") for i in ids)
        for element in tree.iter():
            assert element.tag not in ("style", "script", "foreignObject", "image", "use")
            assert not any(name == "style" or name.startswith("on") for name in element.attrib)
            for reference in re.findall(r"url\(#([^)]+)\)", str(element.attrib)):
                assert reference in ids
            if element.tag == "svg":
                named = {"aria-label", "aria-labelledby", "aria-hidden"} & element.attrib.keys()
                assert named
            if element.tag == "a":
                assert "".join(element.itertext()).strip()


def test_drawings_are_light(corpus: Corpus) -> None:
    """No drawing is larger than 25 KB."""
    for figure in figures.every(corpus):
        for drawing in re.findall(r"<svg.*?</svg>", str(figure.body), re.DOTALL):
            assert len(drawing.encode()) <= 25_000, figure.id


def test_what_is_shown_is_in_the_file(corpus: Corpus) -> None:
    """The table shows rows of the file; every row has as many cells as there are headings."""
    for figure in figures.every(corpus):
        assert set(figure.shown) <= set(figure.rows)
        assert all(len(row.cells) == len(figure.columns) for row in figure.rows)
        assert bool(figure.rows) == bool(figure.body)


def test_nothing_depends_on_order_or_day(corpus: Corpus) -> None:
    """The same records in another order, on another day, give the same figures."""
    names = list(corpus.records)
    random.Random(1).shuffle(names)
    other = Corpus({name: corpus.records[name] for name in names}, dt.date(2031, 5, 5))
    assert list(figures.every(other)) == list(figures.every(corpus))


# -- what they say --------------------------------------------------------------------------------

A, B, C, D = (
    meeting("2024-01-01", "kr", "jp"),
    meeting("2025-01-10", "kr", "us"),
    meeting("2025-01-20", "us", "jp"),
    meeting("2025-02-03", "kr", "us"),
)
PLANNED = meeting("2026-05-01", "kr", "us", state="scheduled")
OFF = meeting("2025-05-01", "kr", "us", state="cancelled")
OPEN, DONE = (("2026-01-01", "agreed"),), (("2025-01-10", "open"), ("2025-12-01", "delivered"))


@pytest.mark.parametrize(
    ("figure", "records", "sentence"),
    [
        ("meetings", [], "No meeting has taken place yet."),
        ("meetings", [PLANNED], "No meeting has taken place yet. One more is planned."),
        ("meetings", [A], "One meeting took place, in January 2024."),
        ("meetings", [A, OFF], "One meeting took place, in January 2024. One was called off."),
        (
            "meetings",
            [B, C],
            "Two meetings took place in January 2025. Most often present: United States, at two.",
        ),
        (
            "meetings",
            [B, D],
            (
                "Two meetings took place between January 2025 and February 2025. "
                "Most often present: South Korea and United States, at two each."
            ),
        ),
        (
            "meetings",
            [A, B, D],
            (
                "Three meetings took place between January 2024 and February 2025, two of them in "
                "2025. Most often present: South Korea, at three."
            ),
        ),
        (
            "countries-us-meetings",
            [B, C, D],
            (
                "Three meetings took place between January 2025 and February 2025. "
                "Commonest counterpart: South Korea, twice."
            ),
        ),
        (
            "people-p-kr-meetings",
            [A, B],
            "Two meetings took place between January 2024 and January 2025.",
        ),
        ("meetings-by-year", [], "No meeting has taken place yet."),
        ("meetings-by-year", [B], "One meeting took place, in 2025."),
        ("meetings-by-year", [B, D], "Two meetings took place, all in 2025."),
        (
            "meetings-by-year",
            [A, B],
            "The busiest years were 2024 and 2025, with one meeting in each.",
        ),
        ("meetings-by-year", [A, B, D], "The busiest year was 2025, with two meetings."),
        ("meetings-by-pair", [], "No two countries have met yet."),
        ("meetings-by-pair", [A], "Japan and South Korea met most often: once, last in 2024."),
        ("meetings-by-pair", [A, B], "Two pairs of countries met, once each."),
        (
            "meetings-by-pair",
            [A, B, D],
            "South Korea and United States met most often: twice, last in 2025.",
        ),
        ("status", [], "Nothing is tracked yet."),
        ("status", [item("x", *OPEN)], "The one item tracked is still open, at “Agreed”."),
        ("status", [item("x", *DONE)], "The one item tracked is closed, as “Delivered”."),
        (
            "status",
            [item("x", *OPEN), item("y", *DONE)],
            "One of the two items tracked is closed.",
        ),
        (
            "status",
            [item("x", *DONE), item("y", *DONE)],
            "Both items tracked are closed. Both stand at “Delivered”.",
        ),
        (
            "status",
            [item("x", ("2025-01-10", "open")), item("y", *OPEN)],
            (
                "Neither of the two items tracked is closed. One that is open has seen no new step "
                "for more than 180 days."
            ),
        ),
        (
            "status",
            [item("x", *OPEN), item("y", *OPEN), item("z", *DONE)],
            "One of the three items tracked is closed. Most stand at “Agreed”: two.",
        ),
        ("takeaways-by-topic", [], "No takeaway has a topic yet."),
        (
            "takeaways-by-topic",
            [B, TRADE, item("x", *OPEN)],
            "Trade comes up most often: in one takeaway from one meeting.",
        ),
    ],
)
def test_findings(figure: str, records: list[Record], sentence: str) -> None:
    """Each finding is a sentence that is right for one, for several and for none."""
    assert said(library(*SIDES, *records), figure) == sentence


def test_ties_are_said() -> None:
    """Nothing is called the commonest that is as common as something else."""
    other = Topic.model_validate(
        {"id": "energy", "name": "Energy", "definition": "Energy.", "published": DAY}
    )
    both = [item("x", *OPEN, topics=["trade", "energy"]), meeting("2025-01-10", "kr", "us")]
    assert "Two topics come up, in one takeaway each." in said(
        library(*SIDES, TRADE, other, *both), "takeaways-by-topic"
    )


def test_empty_library() -> None:
    """Without records every figure of a list says so, and there is no other."""
    made = bare(library())
    assert made.keys() == {
        "meetings",
        "meetings-by-year",
        "meetings-by-pair",
        "takeaways-by-topic",
        "status",
    }
    assert all(figure.finding.endswith(" yet.") and not figure.body for figure in made.values())


# -- many -----------------------------------------------------------------------------------------


def crowd() -> Corpus:
    """Twenty countries, 400 meetings over 200 years, 300 tracked items."""
    codes = [f"{a}{b}" for a in "abcd" for b in "vwxyz"]
    sides = [r for c in codes for r in (country(c, f"Country {c}"), leader(c))]
    rng = random.Random(7)
    meetings = {
        m.id: m
        for _ in range(400)
        for m in [
            meeting(
                f"{rng.randint(1826, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
                *rng.sample(codes, rng.choice([2, 2, 3])),
            )
        ]
    }
    items = [
        item(
            f"i-{n}",
            (f"{rng.randint(2000, 2025)}-01-01", "open"),
            summits=[rng.choice([*meetings])],
        )
        for n in range(300)
    ]
    return library(*sides, TRADE, *meetings.values(), *items)


def test_many() -> None:
    """Large libraries are folded, the figures say so, and the files have everything."""
    corpus = crowd()
    made = bare(corpus)
    meetings = corpus.all(Summit)
    for key in ("meetings", "status", "meetings-by-pair", "meetings-by-year", "takeaways-by-topic"):
        assert len(str(made[key].body).encode()) < 110_000
        assert made[key].notes
    assert len(made["meetings"].rows) == len(meetings)
    assert len(made["meetings"].shown) == 16
    assert made["meetings"].notes[0].startswith("Shown: the latest sixteen of ")
    assert (
        figures.on_index(corpus, "timeline", str)[0]
        .notes[0]
        .startswith("Shown: the latest forty of ")
    )
    assert len(made["status"].rows) == 300
    assert str(made["status"].body).count("<li><a ") == MOST_BARS
    assert MOST_BARS - FIRST_BARS == 60
    assert "Show sixty more" in made["status"].body
    assert "Shown: the eighty with the latest steps, of 300." in made["status"].notes
    assert (
        "Shown: the twelve countries that met most often, of twenty."
        in made["meetings-by-pair"].notes
    )
    assert str(made["countries-av-meetings"].body).count("Others</text>") == 1


# -- geometry -------------------------------------------------------------------------------------

days = st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)), min_size=1, max_size=40)


@given(days, st.floats(0, 1500))
def test_events_keep_their_distance_and_order(found: list[dt.date], room: float) -> None:
    """Events stand in time, inside their year, a finger apart; years follow on each other."""
    found.sort()
    years = bands(found, room)
    places = positions(found, years)
    assert all(b - a >= SLOT - 0.01 for a, b in pairwise(places))
    for day, place in zip(found, places, strict=True):
        band = next(b for b in years if b.first <= day.year <= b.last)
        assert band.start < place < band.end
        assert not band.empty
    assert all(a.end == b.start and a.last + 1 == b.first for a, b in pairwise(years))
    assert years[-1].end >= room - 0.01


@given(st.lists(st.floats(24, 200), min_size=1, max_size=30), st.data())
def test_labels_touch_nothing(steps: list[float], data: st.DataObject) -> None:
    """No label covers another one, or the line that leads down from one that stands higher."""
    places = [sum(steps[: n + 1]) for n in range(len(steps))]
    widths = [data.draw(st.sampled_from([0, 30, 60, 120, 300])) for _ in places]
    heights = tiers(places, widths)
    for n, height in enumerate(heights):
        if height is None:
            continue
        assert 0 <= height < TIERS
        assert widths[n]
        for m in range(n + 1, len(places)):
            if heights[m] is not None and places[m] < places[n] + widths[n]:
                assert heights[m] < height


def test_every_status_has_a_look_of_its_own() -> None:
    """A texture and a letter for each status, no two alike."""
    names = {str(status) for status in Status}
    assert TEXTURES.keys() == LETTERS.keys() == names
    assert len(set(TEXTURES.values())) == len(set(LETTERS.values())) == len(names)


def steps(*dates: str) -> Any:
    return item("x", *((date, "open") for date in dates)).history


@pytest.mark.parametrize(
    ("histories", "start", "cut"),
    [
        ([steps("2025-11-20")], "2025-10-01", False),
        ([steps("2024-02-01")], "2024-01-01", False),
        ([steps("2008-04-21")], "2008-01-01", False),
        ([steps("2008"), *[steps("2023-05-01")] * 9], "2023-01-01", True),
        ([steps("2008"), *[steps("2025-05-01")] * 9], "2025-04-01", True),
    ],
)
def test_window_of_bars(histories: list[Any], start: str, cut: bool) -> None:
    """Bars begin with the year or quarter in which four of five have begun."""
    window = Window.of(histories, dt.date(2026, 1, 1))
    assert (str(window.start), window.cut) == (start, cut)
    assert all(0 <= x < 100 for x, _ in window.ticks)


# -- on pages and in files ------------------------------------------------------------------------


def linked(texts: Iterable[str]) -> set[str]:
    return {
        name for text in texts for name in re.findall(r'href="[./]*(data/figures/[^"]+)"', text)
    }


def test_files_and_links_agree(mini: Corpus) -> None:
    """Every figure has a file, every file is linked from a page, every link leads to a file."""
    written = dict(export.write(mini))
    assert written.keys() == {figure.path for figure in figures.every(mini)}
    texts = [data.decode() for path, data in pages.write(mini) if path.endswith(".md")]
    assert linked(texts) == written.keys()


def test_files_are_safe_in_a_spreadsheet(corpus_with: Callable[..., Corpus]) -> None:
    """No cell begins like a formula; the rest is left as it is."""
    corpus = corpus_with({"topics/trade": "name: '=HYPERLINK(1)'\n"})
    rows = list(
        csv.reader(
            io.StringIO(dict(export.write(corpus))["data/figures/takeaways-by-topic.csv"].decode())
        )
    )
    assert rows[0] == ["Topic", "Meeting", "Date", "Takeaways", "Page"]
    assert {row[0] for row in rows[1:]} == {"'=HYPERLINK(1)", "Investment"}


def test_hostile_text_stays_text(corpus_with: Callable[..., Corpus]) -> None:
    """Whatever a title says, it is text in a drawing."""
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    corpus = corpus_with({"summits/2025-08-23-lee-ishiba-tokyo": f"title: {quoted}\n"})
    body = str(bare(corpus)["meetings"].body)
    assert "<script" not in body
    assert body.count("</svg>") == body.count("<svg")
    tree = ET.fromstring(f"<figure>{body}</figure>")
    assert any(HOSTILE in (e.text or "") for e in tree.iter("title"))


# -- texts side by side ---------------------------------------------------------------------------

ACCOUNTS = """accounts:
  - says: It is agreed.
    sources:
      - joint-text
      - press
  - says: It is welcome.
    quote: the exact words
    sources:
      - source: readout-kr
        locator: p. 2
  - silent: true
    sources:
      - digest
"""


def test_side_by_side(corpus_with: Callable[..., Corpus]) -> None:
    """Columns are the kinds of text there are; a cell without an entry says so, and not more."""
    corpus = corpus_with(
        {
            "takeaways/2025-08-25-investment-terms": ACCOUNTS,
            "sources/digest": "read: whole\n",
        }
    )
    summit = corpus.get("2025-08-25-lee-trump-washington", Summit)
    assert summit
    table = side_by_side(corpus, summit)
    assert table
    assert table.columns == (
        "Joint text",
        "South Korea: own text",
        "Press and others",
        "Analysis",
    )
    assert [line.takeaway.id for line in table.lines] == ["2025-08-25-investment-terms"]
    joint, own, press, analysis = table.lines[0].cells
    assert [s.id for entry in joint for s in entry.sources] == ["joint-text"]
    assert [s.id for entry in press for s in entry.sources] == ["press"]
    assert own[0].account.quote == "the exact words"
    assert analysis[0].account.silent

    page = pages.record_page(corpus, summit)[1].decode()
    assert "<em>Silent</em>" in page
    assert "<q>the exact words</q>" in page


def test_side_by_side_needs_two_kinds(mini: Corpus) -> None:
    """Where only one kind of text is recorded there is nothing to compare."""
    tables = [side_by_side(mini, summit) for summit in mini.all(Summit)]
    assert all(len(table.columns) > 1 for table in tables if table)
