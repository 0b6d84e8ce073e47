"""Facts that follow from the records and are typed nowhere: status, offices, pairs, backlinks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

from generator.corpus import QUIET_DAYS, Corpus, address
from generator.fields import When
from generator.model import (
    Country,
    Organisation,
    Page,
    Person,
    Record,
    Source,
    Summit,
    Takeaway,
    Term,
    Tier,
    Topic,
)
from tests.conftest import TODAY

Build = Callable[..., Corpus]

TERMS, AGAIN = "2025-08-25-investment-terms", "2025-08-25-terms-again"
TASK_FORCE, POSITION = "2025-08-23-task-force", "2025-08-23-shared-position"
OLD, NEW = "2025-08-25-old-promise", "2025-08-25-new-promise"
TOKYO, WASHINGTON = "2025-08-23-lee-ishiba-tokyo", "2025-08-25-lee-trump-washington"


def ids(records: Iterable[Record | None]) -> list[str | None]:
    return [record.id if record else None for record in records]


R = TypeVar("R", bound=Record)


def one(corpus: Corpus, record_id: str, kind: type[R]) -> R:
    record = corpus.get(record_id, kind)
    assert record is not None
    return record


def takeaway(corpus: Corpus, record_id: str) -> Takeaway:
    return one(corpus, record_id, Takeaway)


# -- status, overdue, quiet -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record_id", "status"),
    [
        (TASK_FORCE, "agreed"),
        (TERMS, "agreed"),
        (AGAIN, "agreed"),  # it restates the one before
        (OLD, "superseded"),
        (NEW, "under-way"),
        (POSITION, None),
    ],
)
def test_status(mini: Corpus, record_id: str, status: str | None) -> None:
    """Today's status is that of the last step; what restates another follows it."""
    found = mini.status(takeaway(mini, record_id))
    assert (str(found) if found else None) == status


def test_status_through_two_restatements(corpus_with: Build) -> None:
    """A takeaway that restates a restatement follows the first of them all."""
    corpus = corpus_with({f"takeaways/{POSITION}": f"restates:\n  - {AGAIN}"})
    assert corpus.followed(takeaway(corpus, POSITION)).id == TERMS
    assert ids(corpus.restated_by(takeaway(corpus, TERMS))) == [AGAIN]
    assert ids(corpus.restated_by(takeaway(corpus, AGAIN))) == [POSITION]


def test_what_replaces_and_addresses(mini: Corpus) -> None:
    """The other ends of supersedes and addresses."""
    assert ids(mini.superseded_by(takeaway(mini, OLD))) == [NEW]
    assert ids(mini.addressed_by(takeaway(mini, TASK_FORCE))) == [TERMS]
    assert mini.superseded_by(takeaway(mini, NEW)) == []


def test_tracked_means_a_history(mini: Corpus) -> None:
    """Tracked is what has a history of its own, in the order of its summits."""
    assert ids(mini.tracked()) == [TASK_FORCE, TERMS, NEW, OLD]
    assert [t.id for t in mini.tracked() if not mini.is_open(t)] == [OLD]


@pytest.mark.parametrize(
    ("deadline", "status", "today", "overdue"),
    [
        ("2025-10", "agreed", "2025-10-31", False),
        ("2025-10", "agreed", "2025-11-01", True),
        ("2025-10-15", "agreed", "2025-10-15", False),
        ("2025-10-15", "agreed", "2025-10-16", True),
        ("2025", "agreed", "2025-12-31", False),
        ("2025", "agreed", "2026-01-01", True),
        ("2025-10", "delivered", "2026-01-01", False),
        ("2025-10", "missed", "2026-01-01", False),
        ("2025-10", "stalled", "2026-01-01", True),
    ],
)
def test_overdue(corpus_with: Build, deadline: str, status: str, today: str, overdue: bool) -> None:
    """Overdue from the day after the last day the deadline may mean, while the matter is open."""
    fields = (
        f"deadline:\n  date: {deadline}\n  text: soon\n"
        f"history:\n  - date: 2025-08-23\n    status: {status}\n    note: A step.\n"
        "    sources:\n      - joint-text\nchecked: 2025-09-01\nrevisions:"
    )
    day = dt.date.fromisoformat(today)
    corpus = corpus_with({f"takeaways/{TASK_FORCE}": fields})
    later = Corpus(corpus.records, day)
    assert later.is_overdue(takeaway(later, TASK_FORCE)) is overdue


def test_quiet(mini: Corpus) -> None:
    """Quiet after 180 days without a step, counted from the last day the step may mean."""
    last = dt.date(2025, 8, 23)
    for days, quiet in [(0, False), (QUIET_DAYS, False), (QUIET_DAYS + 1, True)]:
        corpus = Corpus(mini.records, last + dt.timedelta(days=days))
        assert corpus.days_since_last_step(takeaway(corpus, TASK_FORCE)) == days
        assert corpus.is_quiet(takeaway(corpus, TASK_FORCE)) is quiet
    old = Corpus(mini.records, dt.date(2027, 1, 1))
    assert not old.is_quiet(takeaway(old, OLD))
    assert old.days_since_last_step(takeaway(old, TERMS)) == 397  # since 30 November 2025
    assert old.days_since_last_step(takeaway(old, POSITION)) is None
    assert not old.is_quiet(takeaway(old, POSITION))


def test_step_keys(corpus_with: Build) -> None:
    """A step is known by its date; a second on the same day by its date and -2."""
    step = "  - date: {}\n    status: open\n    note: A step.\n    sources:\n      - later-press\n"
    history = "history:\n" + "".join(
        step.format(d) for d in ("2025-11-01", "2025-11-01", "2025-11")
    )
    corpus = corpus_with({f"takeaways/{TERMS}": history})
    terms = takeaway(corpus, TERMS)
    keys = [corpus.step_key(terms, step) for step in terms.history]
    assert keys == ["2025-11-01", "2025-11-01-2", "2025-11"]


# -- what a claim rests on ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "basis"),
    [
        ("sources:\n  - joint-text\n  - press", "basis_agreed_text"),
        ("sources:\n  - readout-kr\n  - press", "basis_official"),
        ("sources:\n  - press\n  - digest", "basis_press"),
        ("sources:\n  - digest", "basis_analysis"),
        ("sources:\n  - joint-text\nattributed_to:\n  - csds", "basis_assessment"),
    ],
)
def test_basis(corpus_with: Build, fields: str, basis: str) -> None:
    """An assessment is somebody's; else the best of the sources decides, agreed texts first."""
    corpus = corpus_with({f"takeaways/{TERMS}": fields})
    assert corpus.basis(takeaway(corpus, TERMS)) == basis


def test_best_tier(mini: Corpus) -> None:
    """The best tier among citations."""
    assert mini.best_tier(takeaway(mini, TASK_FORCE).sources) is Tier.ONE
    assert mini.best_tier(takeaway(mini, TERMS).sources) is Tier.THREE
    assert mini.best_tier(()) is None


# -- people, countries, pairs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "day", "wanted", "office"),
    [
        ("lee-jae-myung", "2025-06-03", None, None),
        ("lee-jae-myung", "2025-06-04", None, "President"),
        ("lee-jae-myung", "2025-06", None, "President"),  # he may have held it
        ("donald-trump", "2021-01-20", None, "President"),
        ("donald-trump", "2021-01-21", None, None),
        ("donald-trump", "2025-01-19", None, None),
        ("ishiba-shigeru", "2025-08-23", None, "Party President"),
        ("ishiba-shigeru", "2025-08-23", "Prime Minister", "Prime Minister"),
        ("ishiba-shigeru", "2025-08-23", "prime minister", "Prime Minister"),
        ("ishiba-shigeru", "2025-08-23", "Foreign Minister", None),
        ("ishiba-shigeru", "2025-10-10", None, "Prime Minister"),
        ("pacheco-pardo", "2025-08-23", None, None),
    ],
)
def test_office_on(
    mini: Corpus, person: str, day: str, wanted: str | None, office: str | None
) -> None:
    """The office on a day, first and last day included; by name where two are held."""
    found = mini.office_on(one(mini, person, Person), When(day), wanted)
    assert (found.office if found else None) == office


def test_seats(mini: Corpus) -> None:
    """Participants with office and country that day, in the order of the record."""
    seats = mini.seats(one(mini, TOKYO, Summit))
    assert [(s.person.id, s.office and s.office.office, s.country and s.country.id)
            for s in seats] == [
        ("ishiba-shigeru", "Prime Minister", "jp"),
        ("lee-jae-myung", "President", "kr"),
    ]  # fmt: skip
    assert ids(mini.countries_at(one(mini, TOKYO, Summit))) == ["jp", "kr"]


@pytest.mark.parametrize(
    ("fields", "parties", "pairs"),
    [
        ("by:\n  - kr\nconcerns:\n  - us", ["kr", "us"], ["kr-us"]),
        ("by:\n  - kr\nconcerns:\n  - us\n  - jp", ["kr", "us", "jp"], ["jp-kr", "jp-us", "kr-us"]),
        ("by:\n  - kr\nconcerns:", ["kr"], ["kr-us"]),  # its summit was Korea and the US
        ("by:\n  - csds\nconcerns:", [], ["kr-us"]),
        ("by:\n  - lee-jae-myung\nconcerns:\n  - jp", ["kr", "jp"], ["jp-kr"]),
        ("by:\n  - shipyard\nconcerns:\n  - us", ["kr", "us"], ["kr-us"]),
        ("by:\n  - kr\nconcerns:\n  - shipyard\n  - lee-jae-myung", ["kr"], ["kr-us"]),
    ],
)
def test_parties_and_pairs(
    corpus_with: Build, fields: str, parties: list[str], pairs: list[str]
) -> None:
    """The countries a takeaway is by or about, and the pairs it belongs to."""
    corpus = corpus_with({f"takeaways/{TERMS}": fields})
    assert ids(corpus.parties(takeaway(corpus, TERMS))) == parties
    assert corpus.pair_ids_of(takeaway(corpus, TERMS)) == pairs


def test_pairs(mini: Corpus) -> None:
    """Every two countries that met, with their meetings and takeaways, under sorted codes."""
    found = {
        key: (ids(pair.countries), ids(pair.summits), ids(pair.takeaways))
        for key, pair in mini.pairs.items()
    }
    assert found == {
        "jp-kr": (["jp", "kr"], [TOKYO], [TASK_FORCE, POSITION]),
        "kr-us": (["kr", "us"], [WASHINGTON], [TERMS, NEW, OLD, AGAIN]),
    }


def test_multilateral_meetings_make_no_pairs(corpus_with: Build) -> None:
    """Who sat in one hall at a forum did not meet as a pair, nor count as met."""
    corpus = corpus_with({f"summits/{TOKYO}": "format: multilateral"})
    assert corpus.pairs["jp-kr"].summits == ()
    ishiba = one(corpus, "ishiba-shigeru", Person)
    assert corpus.met(ishiba) == []
    assert ids(corpus.summits_with(ishiba)) == [TOKYO]


def test_met(mini: Corpus) -> None:
    """Whom somebody met how often, the most frequent first."""
    lee = one(mini, "lee-jae-myung", Person)
    assert [(p.id, ids(s)) for p, s in mini.met(lee)] == [
        ("ishiba-shigeru", [TOKYO]),
        ("donald-trump", [WASHINGTON]),
    ]


def test_with(mini: Corpus) -> None:
    """The summits and takeaways of a person, a country, a topic, a body."""
    assert ids(mini.summits_with(one(mini, "kr", Country))) == [TOKYO, WASHINGTON]
    assert ids(mini.takeaways_with(one(mini, "ishiba-shigeru", Person))) == [TASK_FORCE]
    assert ids(mini.takeaways_with(one(mini, "investment", Topic))) == [TERMS, AGAIN]
    assert ids(mini.takeaways_with(one(mini, "shipyard", Organisation))) == [TERMS]
    assert ids(mini.takeaways_with(one(mini, "pacheco-pardo", Person))) == [POSITION]
    assert ids(mini.takeaways_with(one(mini, "jp", Country))) == [TASK_FORCE, POSITION]


# -- order, series, neighbours --------------------------------------------------------------------


def test_order(mini: Corpus) -> None:
    """Summits and sources in time, takeaways by their page, people by family name."""
    assert ids(mini.all(Summit)) == [TOKYO, WASHINGTON]
    assert ids(mini.all(Takeaway)) == [TASK_FORCE, POSITION, TERMS, NEW, OLD, AGAIN]
    assert ids(mini.all(Person)) == [
        "ishiba-shigeru", "lee-jae-myung", "pacheco-pardo", "donald-trump",
    ]  # fmt: skip
    assert ids(mini.all(Source))[:2] == ["joint-text", "press"]
    assert ids(mini.all(Topic)) == ["investment", "tariffs", "trade"]
    assert ids(mini.everything(Topic))[-1] == "withdrawn-topic"


def test_series_and_neighbours(corpus_with: Build) -> None:
    """Previous and next: for summits the same countries in the same format, for takeaways the
    same home, for all else the list of their type."""
    corpus = corpus_with({f"summits/{WASHINGTON}": (
        "participants:\n  - person: ishiba-shigeru\n  - person: lee-jae-myung"
    )})  # fmt: skip
    tokyo, washington = one(corpus, TOKYO, Summit), one(corpus, WASHINGTON, Summit)
    assert ids(corpus.series(tokyo)) == [TOKYO, WASHINGTON]
    assert ids(corpus.neighbours(tokyo)) == [None, WASHINGTON]
    assert ids(corpus.neighbours(washington)) == [TOKYO, None]
    assert ids(corpus.neighbours(takeaway(corpus, POSITION))) == [TASK_FORCE, None]
    assert ids(corpus.neighbours(takeaway(corpus, NEW))) == [TERMS, OLD]
    assert ids(corpus.neighbours(one(corpus, "tariffs", Topic))) == ["investment", "trade"]
    assert ids(corpus.neighbours(one(corpus, "withdrawn-topic", Topic))) == [None, None]


def test_different_countries_are_no_series(mini: Corpus) -> None:
    """Two bilateral meetings with different partners do not follow one another."""
    assert ids(mini.neighbours(one(mini, TOKYO, Summit))) == [None, None]


# -- references and backlinks ---------------------------------------------------------------------


def test_backlinks_with_sentences(mini: Corpus) -> None:
    """Who refers here, by which fields, and in which sentences."""
    found = [
        (link.record.id, link.fields, link.sentences)
        for link in mini.backlinks(one(mini, "ishiba-shigeru", Person))
    ]
    assert found == [
        (
            TOKYO,
            ("participants", "summary"),
            ("Lee Jae-myung met Ishiba Shigeru in Tokyo on 23 August 2025.",),
        ),
        (TASK_FORCE, ("concerns",), ()),
    ]
    sentences = {
        link.record.id: link.sentences for link in mini.backlinks(one(mini, "joint-text", Source))
    }
    assert sentences[TOKYO] == ("Lee Jae-myung met Ishiba Shigeru in Tokyo on 23 August 2025.",)
    assert sentences[TASK_FORCE] == (
        "Both sides will set up a body on shared problems.",
        "Both leaders announced it.",
    )


def test_withdrawn_records_link_nowhere(corpus_with: Build) -> None:
    """A withdrawn record is not among those that refer to others, nor in any list."""
    corpus = corpus_with({"terms/shuttle-diplomacy": (
        "withdrawn:\n  date: 2025-10-01\n  reason: It was wrong."
    )})  # fmt: skip
    assert "shuttle-diplomacy" not in ids(
        link.record for link in corpus.backlinks(one(corpus, "kr", Country))
    )
    assert corpus.all(Term) == []
    assert ids(corpus.everything(Term)) == ["shuttle-diplomacy"]


def test_references_know_their_place(mini: Corpus) -> None:
    """Each reference has the way to it; those in prose have the words they stand at."""
    found = {
        (r.field, r.target, r.words) for r in mini.references if r.owner == "shuttle-diplomacy"
    }
    assert found == {
        (("definition",), TOKYO, f"[[{TOKYO}"),
        (("see", 0), "kr", ""),
        (("see", 1), "jp", ""),
    }


def test_sources_of(mini: Corpus) -> None:
    """Every source records cite, in fields, steps and notes, each once."""
    assert ids(mini.sources_of([takeaway(mini, TASK_FORCE)])) == ["joint-text", "press"]


def test_former_ids(mini: Corpus) -> None:
    """An earlier id leads to the record."""
    assert mini.former["commerce"].id == "trade"
    assert "commerce" not in mini.records


# -- addresses, changes, dates --------------------------------------------------------------------


def test_addresses(mini: Corpus) -> None:
    """Records lie under their folder, pages of the site itself at the top."""
    assert mini.url(one(mini, "kr", Country)) == "countries/kr/"
    assert mini.url(one(mini, "about", Page)) == "about/"
    assert address("topics", "trade") == "topics/trade/"
    assert mini.absolute("about/") is None
    site = Corpus({}, TODAY, "https://example.org/")
    assert site.absolute("about/") == "https://example.org/about/"


def test_changes(mini: Corpus) -> None:
    """Publications, revisions, withdrawals and steps, the newest first."""
    rows = mini.changes()
    assert [row.date for row in rows] == sorted((row.date for row in rows), reverse=True)
    told = {(row.date, row.kind, row.record.id, row.text) for row in rows}
    assert ("2025-10-15", "revised", TASK_FORCE, "The deadline was added.") in told
    assert ("2025-10-01", "withdrawn", "withdrawn-topic", "It was the same as Trade.") in told
    assert ("2025-08-23", "step", TASK_FORCE, "Both leaders announced it.") in told
    assert ("2025-09-01", "published", "kr", "") in told
    steps = sum(len(t.history) for t in mini.all(Takeaway))
    assert sum(row.kind == "step" for row in rows) == steps
    assert sum(row.kind == "published" for row in rows) == len(mini.records)


def test_updated_and_newest(mini: Corpus) -> None:
    """The day of the last significant change of a record, and of all of them."""
    assert mini.updated(takeaway(mini, TASK_FORCE)) == "2025-10-15"
    assert mini.updated(one(mini, "withdrawn-topic", Topic)) == "2025-10-01"
    assert mini.updated(one(mini, "kr", Country)) == "2025-09-01"
    assert mini.newest == dt.date(2025, 12, 1)
    assert Corpus({}, TODAY).newest == dt.date(2000, 1, 1)


def test_today_counts_days_and_nothing_else(mini: Corpus) -> None:
    """On another day, the same facts but for counts of days."""
    later = Corpus(mini.records, TODAY + dt.timedelta(days=400))
    assert later.newest == mini.newest
    assert later.changes() == mini.changes()
    assert [mini.status(t) for t in mini.all(Takeaway)] == [
        later.status(t) for t in later.all(Takeaway)
    ]
