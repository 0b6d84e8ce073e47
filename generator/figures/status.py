"""Status over time: a bar for each tracked item, from step to step up to the newest date."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator import words as wording
from generator.corpus import QUIET_DAYS, Corpus
from generator.fields import When
from generator.figures.bars import Segment, bar, bar_axis, bar_key, textures
from generator.figures.shape import Figure, Href, Row, by_number, headings
from generator.model import Briefing, Status, Step, Takeaway, Topic
from generator.words import WORDS, sentence, spoken_day

#: Bars shown at once, and shown at all.
FIRST_BARS, MOST_BARS = 20, 80


def status(corpus: Corpus, href: Href) -> Figure:
    """Every tracked item, the one with the latest step first."""
    return _draw(corpus, href, "status", _latest_first(corpus.tracked()))


def status_on(corpus: Corpus, href: Href, topic: Topic) -> Figure | None:
    """The tracked items of a topic."""
    items = _latest_first(t for t in corpus.takeaways_with(topic) if t.history)
    return _draw(corpus, href, f"topics-{topic.id}-status", items) if items else None


def status_since(corpus: Corpus, href: Href, briefing: Briefing) -> Figure | None:
    """What became of the points of a briefing, in its own order."""
    ids = dict.fromkeys(i for section in briefing.sections for i in section.takeaways)
    points = [t for i in ids if (t := corpus.get(i, Takeaway)) and corpus.status(t)]
    return _draw(corpus, href, f"briefings-{briefing.id}-status", points) if points else None


def _latest_first(takeaways: Iterable[Takeaway]) -> list[Takeaway]:
    return sorted(takeaways, key=lambda t: (t.history[-1].date, t.id), reverse=True)


def _draw(corpus: Corpus, href: Href, key: str, takeaways: Sequence[Takeaway]) -> Figure:
    day = spoken_day(When(corpus.newest.isoformat()))
    title = WORDS["figure_status"].format(day=day)
    columns = headings("what", "date", "status", "deadline")
    if not takeaways:
        return Figure(key, title, columns, sentence("finding_status_none"))
    kept = takeaways[:MOST_BARS]
    histories = [corpus.followed(t).history for t in kept]
    window = Window.of(histories, corpus.newest)
    kinds = [s for s in Status if any(step.status is s for steps in histories for step in steps)]
    bars = [_bar(corpus, href, f"fig-{key}", t, window) for t in kept]
    axis = Markup('<div class="bars__axis">{}</div>').format(bar_axis(window.ticks))
    parts = [
        textures(f"fig-{key}", map(str, kinds)),
        bar_key(f"fig-{key}", [(str(s), s.closed, s.label) for s in kinds]),
        axis,
        _list(bars[:FIRST_BARS]),
    ]
    if bars[FIRST_BARS:]:
        more = sentence("note_rest", number=len(bars) - FIRST_BARS)
        parts.append(
            Markup("<details><summary>{}</summary>\n{}\n{}\n</details>").format(
                more, axis, _list(bars[FIRST_BARS:])
            )
        )
    notes = [WORDS["note_bars"]]
    if window.cut:
        notes.append(sentence("note_cut", start=_start(window.start)))
    if len(kept) < len(takeaways):
        notes.append(sentence("note_rows", shown=len(kept), total=len(takeaways)))
    finding, besides = _finding(corpus, takeaways)
    rows = [(n, row) for n, t in enumerate(takeaways) for row in _rows(corpus, t)]
    return Figure(
        key,
        title,
        columns,
        finding,
        besides,
        Markup("\n").join(parts),
        tuple(row for _, row in rows),
        tuple(row for n, row in rows if n < MOST_BARS),
        tuple(notes),
    )


@dataclass(frozen=True)
class Window:
    """The time the bars cover."""

    start: dt.date
    end: dt.date
    cut: bool  # whether a bar begins before it

    @classmethod
    def of(cls, histories: Sequence[Sequence[Step]], newest: dt.date) -> Window:
        """From the year or quarter in which four bars of five have begun, to the newest date."""
        begun = sorted(h[0].date.first for h in histories)
        end = max(newest, *(h[-1].date.first for h in histories))
        first = begun[len(begun) // 5]
        month = 1 if end.year - first.year > 2 else (first.month - 1) // 3 * 3 + 1
        start = dt.date(first.year, month, 1)
        return cls(start, end, begun[0] < start)

    def share(self, day: dt.date) -> float:
        """How much of the time has passed by a day, in percent; less than 0 before the window."""
        return 100 * (day - self.start).days / max((self.end - self.start).days, 1)

    def place(self, day: dt.date) -> float:
        """Where a day stands."""
        return max(self.share(day), 0.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The beginnings of years, or of half years where there are few."""
        years = range(self.start.year, self.end.year + 1)
        if len(years) > 3:
            every = 1 + len(years) // 9  # years that are named
            marks = [
                (dt.date(y, 1, 1), str(y) if n % every == 0 else "") for n, y in enumerate(years)
            ]
        else:
            marks = [
                (dt.date(y, m, 1), f"{wording.MONTHS[m - 1][:3]} {y}")
                for y in years
                for m in (1, 7)
            ]
        placed = [(self.share(day), label) for day, label in marks]
        return [(x, label if x < 88 else "") for x, label in placed if 0 <= x < 100]


def _start(day: dt.date) -> str:
    """`2023`, or `July 2025` where it is not a whole year."""
    return spoken_day(When(f"{day:%Y}" if day.month == 1 else f"{day:%Y-%m}"))


def _bar(corpus: Corpus, href: Href, key: str, takeaway: Takeaway, window: Window) -> Markup:
    history = corpus.followed(takeaway).history
    turns = [s for n, s in enumerate(history) if not n or s.status is not history[n - 1].status]
    starts = [window.place(step.date.first) for step in turns]
    segments = [
        Segment(start, end, str(step.status), step.status.closed)
        for step, start, end in zip(turns, starts, [*starts[1:], 100.0], strict=True)
        if end > start
    ]
    dots = [x for step in history if (x := window.share(step.date.first)) >= 0]
    said = WORDS["bar_said"]
    words = "; ".join(said.format(status=s.status.label, day=spoken_day(s.date)) for s in turns)
    since = turns[-1]
    return Markup(
        '<li><a href="{}">{}</a>\n<div>{}\n'
        '<p><span class="chip chip--{}">{}</span> {}</p></div></li>'
    ).format(
        href(corpus.url(takeaway)),
        takeaway.headline,
        bar(key, segments, dots, [x for x, _ in window.ticks], words),
        str(since.status),
        since.status.label,
        WORDS["bar_since"].format(day=spoken_day(since.date)),
    )


def _list(bars: Sequence[Markup]) -> Markup:
    return Markup('<ol class="bars" role="list">\n{}\n</ol>').format(Markup("\n").join(bars))


def _rows(corpus: Corpus, takeaway: Takeaway) -> list[Row]:
    deadline = str(takeaway.deadline.date) if takeaway.deadline else ""
    return [
        Row((takeaway.headline, str(step.date), step.status.label, deadline), corpus.url(takeaway))
        for step in corpus.followed(takeaway).history
    ]


def _finding(corpus: Corpus, takeaways: Sequence[Takeaway]) -> tuple[str, str]:
    """How many are closed; where most stand, and how many have been quiet."""
    last = [corpus.followed(t).history[-1] for t in takeaways]
    total, closed = len(last), sum(step.status.closed for step in last)
    if total == 1:
        key = "finding_status_one_closed" if closed else "finding_status_one_open"
        return sentence(key, status=last[0].status.label), ""
    which = {0: "none", total: "all", 1: "one"}.get(closed, "many")
    if total == 2:
        which = ("neither", "one", "both")[closed]
    finding = sentence(f"closed_{which}", number=closed, total=total)
    besides = []
    number = Counter(step.status for step in last)
    (first, most), *rest = sorted(number.items(), key=lambda item: -item[1])
    if not rest or most > rest[0][1]:
        key = "finding_standing" if 2 * most > total else "finding_commonest"
        if not rest:
            key = "finding_standing_both" if total == 2 else "finding_standing_all"
        besides.append(sentence(key, status=first.label, number=most))
    quiet = sum(
        not step.status.closed and (corpus.newest - step.date.last).days > QUIET_DAYS
        for step in last
    )
    if quiet:
        besides.append(by_number("quiet", quiet, days=str(QUIET_DAYS)))
    return finding, " ".join(besides)
