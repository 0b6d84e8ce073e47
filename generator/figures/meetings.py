"""Meetings in time: lanes for countries, counterparts or a topic; and meetings by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from generator import words as wording
from generator.corpus import Corpus
from generator.fields import When
from generator.figures.bars import plain_bar
from generator.figures.lanes import Event, draw_lanes, lane_key
from generator.figures.shape import Figure, Href, Row, by_number, counted, headings, link, listed
from generator.model import (
    Country,
    Person,
    Record,
    Summit,
    SummitFormat,
    SummitState,
    Topic,
)
from generator.words import WORDS, sentence, spoken_day

#: The most that is drawn: meetings, meetings on the home page, lanes, years; and the most that is
#: named in a sentence.
MOST_EVENTS, MOST_RECENT, MOST_LANES, MOST_YEARS, MOST_NAMES = 40, 16, 8, 24, 3

_LOOKS = {
    SummitState.PROPOSED: "planned",
    SummitState.SCHEDULED: "planned",
    SummitState.POSTPONED: "planned",
    SummitState.CANCELLED: "off",
}
#: What marks mean: how an event looks, whether it is a large one, the key of the words.
_KEY = (
    ("held", False, "took_part"),
    ("held", True, "look_many"),
    ("planned", False, "look_planned"),
    ("off", False, "look_off"),
)


@dataclass(frozen=True)
class _Lanes:
    """What one figure of meetings is about. `title` is a key of the words, and so are
    `found_<found>_many` and `common_<commonest>_one`, with other endings."""

    id: str
    title: str
    found: str
    commonest: str
    summits: Sequence[Summit]
    on: Callable[[Summit], Sequence[Record]]  # who has a lane at a meeting
    most: int = MOST_EVENTS


def meetings(corpus: Corpus, href: Href) -> Figure:
    """Every meeting, one lane for each country."""
    return _draw(corpus, href, _all(corpus, MOST_EVENTS))


def recent_meetings(corpus: Corpus, href: Href) -> Figure:
    """The latest of them; the data is the same."""
    return _draw(corpus, href, _all(corpus, MOST_RECENT))


def _all(corpus: Corpus, most: int) -> _Lanes:
    return _Lanes(
        "meetings",
        "figure_meetings",
        "meetings",
        "present",
        corpus.all(Summit),
        corpus.countries_at,
        most,
    )


def meetings_of(corpus: Corpus, href: Href, record: Country | Person) -> Figure | None:
    """The meetings of a country or a person, one lane for each counterpart."""

    def counterparts(summit: Summit) -> list[Record]:
        if isinstance(record, Person):
            return [s.person for s in corpus.seats(summit) if s.person.id != record.id]
        return [c for c in corpus.countries_at(summit) if c.id != record.id]

    about = _Lanes(
        f"{record.folder}-{record.id}-meetings",
        "figure_meetings_with",
        "meetings",
        "counterpart",
        corpus.summits_with(record),
        counterparts,
    )
    return _draw(corpus, href, about) if len(about.summits) > 1 else None


def meetings_on(corpus: Corpus, href: Href, topic: Topic) -> Figure | None:
    """The meetings whose takeaways are on a topic, one lane for each country."""
    ids = {s for takeaway in corpus.takeaways_with(topic) for s in takeaway.summits}
    about = _Lanes(
        f"topics-{topic.id}-meetings",
        "figure_meetings",
        "topic",
        "present",
        [s for s in corpus.all(Summit) if s.id in ids],
        corpus.countries_at,
    )
    return _draw(corpus, href, about) if len(about.summits) > 2 else None


def _draw(corpus: Corpus, href: Href, about: _Lanes) -> Figure:
    title, summits = WORDS[about.title], about.summits
    columns = headings("meeting", "date", "place", "participants", "state")
    if not summits:
        return Figure(about.id, title, columns, sentence(f"found_{about.found}_none"))
    drawn = summits[-about.most :]
    held = Counter(r.id for s in summits if s.took_place for r in about.on(s))
    names = {r.id: r.title_text for s in summits for r in about.on(s)}
    ranked = sorted(names, key=lambda i: (-held[i], names[i], i))
    labels, place = _lanes(about, drawn, ranked, names)
    events = [
        Event(
            s.start.first,
            place_words(s),
            _meeting_words(corpus, s),
            href(corpus.url(s)),
            tuple(sorted({place[r.id] for r in about.on(s)})),
            _LOOKS.get(s.state, "held"),
            s.format is SummitFormat.MULTILATERAL,
        )
        for s in drawn
    ]
    finding, besides = _finding(about.found, summits)
    besides += _commonest(about.commonest, [(names[i], held[i]) for i in ranked])
    body = draw_lanes(f"fig-{about.id}", title, " ".join([finding, *besides]), labels, events)
    used = [
        (look, many, WORDS[words])
        for look, many, words in _KEY
        if any(e.look == look and (e.many or not many) for e in events)
    ]
    if len(used) > 1:
        body += Markup("\n") + lane_key(used)
    rows = tuple(_row(corpus, summit) for summit in reversed(summits))
    return Figure(
        about.id,
        title,
        columns,
        finding,
        " ".join(besides),
        body,
        rows,
        rows[: len(drawn)],
        tuple(_notes(drawn, summits)),
    )


def _lanes(
    about: _Lanes, drawn: Sequence[Summit], ranked: Sequence[str], names: dict[str, str]
) -> tuple[list[str], dict[str, int]]:
    """The labels of the lanes, the commonest first, and the lane of each record."""
    here = {r.id for s in drawn for r in about.on(s)}
    order = [i for i in ranked if i in here]
    kept = order if len(order) <= MOST_LANES else order[: MOST_LANES - 1]
    labels = [names[i] for i in kept] + ([WORDS["others"]] if kept != order else [])
    return labels, {i: min(n, len(labels) - 1) for n, i in enumerate(order)}


def _notes(drawn: Sequence[Summit], summits: Sequence[Summit]) -> list[str]:
    notes = []
    if len(drawn) < len(summits):
        notes.append(sentence("note_latest", shown=len(drawn), total=len(summits)))
    years = sorted({int(s.start[:4]) for s in drawn})
    if years[-1] - years[0] >= len(years):
        notes.append(WORDS["note_scale_gaps"])
    elif len(years) > 1:
        notes.append(WORDS["note_scale"])
    return notes


def place_words(summit: Summit) -> str:
    """The city in as few words as will do for a label."""
    return summit.city.partition(" (")[0].partition(",")[0]


def _meeting_words(corpus: Corpus, summit: Summit) -> str:
    day = wording.spoken_range(summit.start, summit.end)
    who = ", ".join(seat.person.title_text for seat in corpus.seats(summit))
    state = "" if summit.took_place else f"; {summit.state.label.lower()}"
    # Whoever speaks to the page says the label, so the name has it.
    place = place_words(summit)
    title = summit.title if place in summit.title else f"{summit.title}, {place}"
    return f"{day}: {title} ({who}{state})"


def _row(corpus: Corpus, summit: Summit) -> Row:
    people = [
        seat.person.title_text + (f" ({seat.country.name})" if seat.country else "")
        for seat in corpus.seats(summit)
    ]
    date, who = str(summit.start)[:10], "; ".join(people)
    return Row((summit.title, date, summit.city, who, summit.state.label), corpus.url(summit))


def _finding(key: str, summits: Sequence[Summit]) -> tuple[str, list[str]]:
    """The sentence on what took place, and those on what did not."""
    held = [s for s in summits if s.took_place]
    if not held:
        finding = sentence(f"found_{key}_none")
    elif len(held) == 1:
        finding = sentence(f"found_{key}_one", first=_month(held[0].start))
    else:
        years = Counter(s.start[:4] for s in held)
        year, most = max(years.items(), key=lambda item: (item[1], item[0]))
        first, last = _month(held[0].start), _month(held[-1].start)
        which = "month" if first == last else "year" if 1 < most < len(held) else "many"
        finding = sentence(
            f"found_{key}_{which}", number=len(held), first=first, last=last, most=most, year=year
        )
    besides = []
    for look in ("planned", "off"):
        number = sum(_LOOKS.get(s.state) == look for s in summits)
        if number:
            besides.append(by_number(look, number))
    return finding, besides


def _commonest(key: str, ranked: Sequence[tuple[str, int]]) -> list[str]:
    """The sentence about who was there most often, where that says something."""
    most = ranked[0][1] if ranked else 0
    names = [name for name, number in ranked if number == most]
    if most < 2 or len(names) > MOST_NAMES:
        return []
    times = wording.times(most)
    which = "one" if len(names) == 1 else "tie"
    return [sentence(f"common_{key}_{which}", names=listed(names), number=most, times=times)]


def _month(when: When) -> str:
    return spoken_day(When(str(when)[:7]))


# -- meetings by year ---------------------------------------------------------------------------


def per_year(corpus: Corpus, href: Href) -> Figure:
    """How many meetings took place in each year; runs of years without one share a line."""
    key, title, columns = "meetings-by-year", WORDS["figure_years"], headings("year", "meetings")
    number = Counter(int(s.start[:4]) for s in corpus.all(Summit) if s.took_place)
    if not number:
        return Figure(key, title, columns, sentence("found_meetings_none"))
    years = range(max(number), min(number) - 1, -1)
    rows = tuple(
        Row((str(y), number[y]), f"summits/by-year/{y}/" if number[y] else "summits/")
        for y in years
    )
    most = max(number.values())
    lines: list[Markup] = []
    for full, group in groupby(years, key=lambda year: number[year] > 0):
        run = list(group)
        lines += [_year(corpus, href, y, number[y], most) for y in run] if full else [_gap(run)]
    best = [str(y) for y in reversed(years) if number[y] == most]
    which = "tie" if len(best) > 1 else "best" if len(number) > 1 else "all" if most > 1 else "one"
    meetings = counted(most, "meeting", "meetings")
    body = Markup('<ol class="bars bars--years" role="list">\n{}\n</ol>').format(
        Markup("\n").join(lines[:MOST_YEARS])
    )
    notes = [WORDS["note_years"]] if lines[MOST_YEARS:] else []
    finding = sentence(f"busiest_{which}", years=listed(best), meetings=meetings)
    shown = tuple(row for row in rows if row.cells[1])[:MOST_YEARS]
    return Figure(key, title, columns, finding, "", body, rows, shown, tuple(notes))


def _year(corpus: Corpus, href: Href, year: int, number: int, most: int) -> Markup:
    label = link(href(f"summits/by-year/{year}/"), str(year))
    if year == corpus.newest.year:
        label += Markup(" <small>{}</small>").format(WORDS["so_far"])
    bar = plain_bar(100 * number / most)
    return Markup("<li><span>{}</span> <b>{}</b> {}</li>").format(label, number, bar)


def _gap(years: Sequence[int]) -> Markup:
    span = WORDS["years_between"].format(first=years[-1], last=years[0])
    return Markup("<li><span>{}</span> <b>0</b></li>").format(
        span if len(years) > 1 else str(years[0])
    )
