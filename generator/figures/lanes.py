"""Draws events in time on lanes, as an accessible SVG. It knows dates and words, no records.

Colours are the custom properties of the style sheet, so they follow light, dark and print; shapes
tell things apart without them. Lengths are pixels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from markupsafe import Markup

# -- text ---------------------------------------------------------------------------------------

_NARROW, _BROAD = frozenset("fijlrtI.,:;'’|!()[] -/"), frozenset("mwMWQ@%—")


def text_width(text: str, size: float) -> float:
    """About how wide a line of sans-serif text is; rather too wide than too narrow."""
    widths = (
        0.34
        if c in _NARROW
        else 1.0
        if ord(c) > 0x1100
        else 0.92
        if c in _BROAD
        else 0.7
        if c.isupper()
        else 0.57
        for c in text
    )
    return size * fsum(widths)


def _n(value: float) -> str:
    """A coordinate, as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


# -- lanes of events ----------------------------------------------------------------------------

#: Events stand at least this far apart: the least size of a target for a finger.
SLOT = 24.0
#: At most so many labels one above the other.
TIERS = 6
_ROOM, _LANE, _LABEL, _SIZE, _PAD = 820.0, 30.0, 16.0, 13.0, 14.0


@dataclass(frozen=True)
class Event:
    """Something that happened, or may, on one or more lanes."""

    day: dt.date
    short: str  # stands beside it, where there is room
    name: str  # said in full, to those who point at it or listen
    href: str
    lanes: tuple[int, ...]
    look: str = "held"  # held, planned or off
    many: bool = False  # a square instead of a dot


@dataclass(frozen=True)
class Band:
    """A year with events, or a run of years without any, and its place on the axis."""

    first: int
    last: int
    empty: bool
    start: float
    end: float


def bands(days: Sequence[dt.date], room: float) -> list[Band]:
    """The years from the first day to the last, each as wide as its events need.

    Runs of years without an event are drawn together. `room` is filled, or exceeded if the
    events need more.
    """
    if not days:
        return []
    number: dict[int, int] = {}
    for day in days:
        number[day.year] = number.get(day.year, 0) + 1
    years = range(min(number), max(number) + 1)
    runs: list[tuple[int, int, float]] = []
    for full, group in groupby(years, key=lambda year: year in number):
        run = list(group)
        runs += [(y, y, number[y] + 0.3) for y in run] if full else [(run[0], run[-1], 0.6)]
    unit = max(SLOT, room / fsum(weight for _, _, weight in runs))
    found, x = [], 0.0
    for first, last, weight in runs:
        found.append(Band(first, last, first not in number, x, x + unit * weight))
        x = found[-1].end
    return found


def positions(days: Sequence[dt.date], years: Sequence[Band]) -> list[float]:
    """Where each day (in order) stands: at its part of the year, pushed apart where it must be."""
    places: list[float] = []
    for year, group in groupby(days, key=lambda day: day.year):
        band = next(b for b in years if b.first <= year <= b.last)
        left, right = band.start + SLOT * 0.6, band.end - SLOT * 0.6
        here = [left + (right - left) * (d.timetuple().tm_yday - 1) / 365 for d in group]
        for n in range(1, len(here)):
            here[n] = max(here[n], here[n - 1] + SLOT)
        over = right
        for n in reversed(range(len(here))):
            here[n] = min(here[n], over)
            over = here[n] - SLOT
        places += here
    return places


def tiers(places: Sequence[float], widths: Sequence[float]) -> list[int | None]:
    """How high each label stands so that none touches another or the line down from another.

    None where there is no room, or nothing to write (a width of 0).
    """
    found: list[int | None] = [None] * len(places)
    for n in reversed(range(len(places))):
        reach = places[n] + widths[n] + 8
        under = [
            tier
            for m in range(n + 1, len(places))
            if places[m] - 6 < reach and (tier := found[m]) is not None
        ]
        tier = max(under, default=-1) + 1
        found[n] = tier if tier < TIERS and widths[n] else None
    return found


def draw_lanes(
    key: str, title: str, words: str, names: Sequence[str], events: Sequence[Event]
) -> Markup:
    """Events in time, each a link, on the lanes it touches.

    `key` begins every id; `title` and `words` name and describe the drawing.
    """
    events = sorted(events, key=lambda event: event.day)
    days = [event.day for event in events]
    side = max((text_width(name, _SIZE) for name in names), default=0) + _PAD
    years = bands(days, _ROOM - side)
    places = [_PAD + x for x in positions(days, years)]
    labels = _once([e.short for e in events], days)
    widths = [text_width(label, _SIZE) for label in labels]
    heights = tiers(places, widths)
    top = _LABEL * (max((h for h in heights if h is not None), default=-1) + 1) + 14
    ground = top + _LANE * len(names)
    right = _PAD + (years[-1].end if years else 0)
    reach = [x + w for x, w, h in zip(places, widths, heights, strict=True) if h is not None]
    high = ground + 24
    marks = [
        _event(event, x, label, tier, top)
        for event, x, label, tier in zip(events, places, labels, heights, strict=True)
    ]
    sides = [
        Markup('<text y="{}">{}</text>').format(_n(top + _LANE * (n + 0.5) + 4), name)
        for n, name in enumerate(names)
    ]
    return Markup("\n").join(
        [
            Markup(
                '<div class="lanes">\n<svg aria-hidden="true" {1}>\n{2}\n</svg>\n'
                '<div class="lanes__plot" role="region" tabindex="0" aria-labelledby="{0}-title">\n'
                '<svg role="group" aria-labelledby="{0}-t" aria-describedby="{0}-d" {3}>\n'
                '<title id="{0}-t">{4}</title>\n<desc id="{0}-d">{5}</desc>'
            ).format(
                key,
                _size(side, high),
                Markup("\n").join(sides),
                _size(max([right, *reach]) + 4, high),
                title,
                words,
            ),
            *_ground(years, len(names), top, ground, right),
            Markup('<g fill="var(--accent)" stroke="var(--accent)">'),
            *marks,
            Markup("</g>\n</svg>\n</div>\n</div>"),
        ]
    )


def _size(wide: float, high: float) -> Markup:
    return Markup(
        'width="{0}" height="{1}" viewBox="0 0 {0} {1}" font-size="13" fill="currentColor"'
    ).format(_n(wide), _n(high))


def _once(labels: Sequence[str], days: Sequence[dt.date]) -> list[str]:
    """The labels, without those that repeat their neighbour's in the same year."""
    return [
        "" if n and label == labels[n - 1] and days[n].year == days[n - 1].year else label
        for n, label in enumerate(labels)
    ]


def _ground(
    years: Sequence[Band], rows: int, top: float, ground: float, right: float
) -> Iterable[Markup]:
    """The lanes, the lines between years, shade over years without events, and the years."""
    path = "".join(f"M0 {_n(top + _LANE * (n + 0.5))}H{_n(right)}" for n in range(rows))
    path += "".join(f"M{_n(_PAD + b.start)} {_n(top - 6)}V{_n(ground + 4)}" for b in years)
    yield Markup('<path stroke="currentColor" stroke-opacity=".2" d="{}"/>').format(path)
    yield Markup('<g text-anchor="middle">')
    for band in years:
        wide = band.end - band.start
        if band.empty:
            yield Markup('<rect fill-opacity=".08" x="{}" y="{}" width="{}" height="{}"/>').format(
                _n(_PAD + band.start), _n(top), _n(wide), _n(ground - top)
            )
        label = str(band.first) if band.first == band.last else f"{band.first}–{band.last}"
        if text_width(label, _SIZE) < wide - 1:
            yield Markup('<text{} x="{}" y="{}">{}</text>').format(
                Markup(' fill-opacity=".7"') if band.empty else "",
                _n(_PAD + band.start + wide / 2),
                _n(ground + 19),
                label,
            )
    yield Markup("</g>")


_LOOK = {
    "held": Markup(""),
    "planned": Markup(' fill="var(--paper)" stroke-dasharray="3 2"'),
    "off": Markup(' stroke="var(--warm)"'),
}


def _event(event: Event, x: float, label: str, tier: int | None, top: float) -> Markup:
    """One event: what a finger hits, the line that joins its lanes, a mark on each, its label."""
    rows = [top + _LANE * (lane + 0.5) for lane in sorted(event.lanes)] or [top]
    head = top - 4 - _LABEL * tier if tier is not None else rows[0] - 10
    parts = [
        # Both: pointers show the title, and WebKit names the link by the label only.
        Markup('<a class="event" href="{0}" aria-label="{1}"{2}><title>{1}</title>').format(
            event.href, event.name, _LOOK[event.look]
        ),
        Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
            _n(x - SLOT / 2), _n(head), _n(SLOT), _n(rows[-1] - head + 12)
        ),
    ]
    if tier is not None:
        parts.append(
            Markup(
                '<path stroke-opacity=".5" d="M{0} {1}V{2}"/>'
                '<text stroke="none" fill="var(--link)" x="{3}" y="{4}">{5}</text>'
            ).format(_n(x), _n(head), _n(rows[0] - 6), _n(x - 4), _n(head - 4), label)
        )
    if len(rows) > 1:
        parts.append(
            Markup('<path stroke-width="{}" d="M{} {}V{}"/>').format(
                1 if event.look == "off" else 2.5, _n(x), _n(rows[0]), _n(rows[-1])
            )
        )
    parts += [_mark(x, y, event) for y in rows]
    return Markup("").join([*parts, Markup("</a>")])


def _mark(x: float, y: float, event: Event) -> Markup:
    if event.look == "off":
        return Markup('<path stroke-width="2.5" d="M{} {}l9 9m0-9l-9 9"/>').format(
            _n(x - 4.5), _n(y - 4.5)
        )
    if event.many:
        return Markup('<rect x="{}" y="{}" width="11" height="11"/>').format(
            _n(x - 5.5), _n(y - 5.5)
        )
    return Markup('<circle cx="{}" cy="{}" r="5.5"/>').format(_n(x), _n(y))


def lane_key(kinds: Iterable[tuple[str, bool, str]]) -> Markup:
    """The legend of `lanes`: look, square or dot, and its words."""
    items = [
        Markup(
            '<li><svg aria-hidden="true" width="16" height="16" fill="var(--accent)" '
            'stroke="var(--accent)"><g{}>{}</g></svg> {}</li>'
        ).format(
            _LOOK[look],
            _mark(8, 8, Event(dt.date.min, "", "", "", (), look, many)),
            words,
        )
        for look, many, words in kinds
    ]
    return (
        Markup('<ul class="legend">\n{}\n</ul>').format(Markup("\n").join(items))
        if items
        else Markup("")
    )
