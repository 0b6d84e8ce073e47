"""Draws bars in rows, as accessible SVG. It knows shares and words, no records.

Bars are drawn in percent, so that they fit any width. Colours are the custom properties of the
style sheet; textures, letters and height tell things apart without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup


def _percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


_INK = "var(--t,var(--t-muted))"
#: How each kind of segment is filled: size of the tile, its turn, and what is on it. They differ
#: in texture and weight, so that they are told apart without colour.
TEXTURES: dict[str, tuple[int, int, Markup]] = {
    "open": (8, 0, Markup("")),
    "negotiating": (6, 0, Markup('<circle cx="3" cy="3" r="1.2"/>')),
    "agreed": (7, 45, Markup('<path d="M0 0H1.3V7H0z"/>')),
    "under-way": (4, 135, Markup('<path d="M0 0H2.4V4H0z"/>')),
    "partly-delivered": (18, 0, Markup('<path d="M0 9H18V18H0z"/>')),
    "delivered": (8, 0, Markup('<path d="M0 0H8V8H0z"/>')),
    "stalled": (7, 0, Markup('<path d="M1 0H4V7H1z"/>')),
    "missed": (6, 45, Markup('<path d="M0 0H6V1.4H1.4V6H0z"/>')),
    "dropped": (6, 0, Markup('<path d="M0 2H6V3.4H0z"/>')),
    "superseded": (8, 0, Markup('<path d="M0 0H2L6 4L2 8H0L4 4z"/>')),
    "not-assessable": (5, 0, Markup('<circle cx="2" cy="2" r=".8"/>')),
}
#: The letter of each kind, for bars wide enough.
LETTERS: dict[str, str] = {
    "open": "O",
    "negotiating": "N",
    "agreed": "A",
    "under-way": "U",
    "partly-delivered": "P",
    "delivered": "D",
    "stalled": "S",
    "missed": "M",
    "dropped": "X",
    "superseded": "R",
    "not-assessable": "?",
}


@dataclass(frozen=True)
class Segment:
    """A part of a bar, from `start` to `end` percent of its width; thin once all is over."""

    start: float
    end: float
    kind: str
    thin: bool = False


def textures(key: str, kinds: Iterable[str]) -> Markup:
    """The tiles that bars of a figure are filled with."""
    tiles = []
    for kind in kinds:
        size, turn, drawn = TEXTURES[kind]
        turned = Markup(' patternTransform="rotate({})"').format(turn) if turn else ""
        tiles.append(
            Markup(
                '<pattern id="{0}-{1}" class="chip--{1}" width="{2}" height="{2}" fill="{5}" '
                'patternUnits="userSpaceOnUse"{3}>'
                '<rect fill-opacity=".1" width="{2}" height="{2}"/>{4}</pattern>'
            ).format(key, kind, size, turned, drawn, _INK)
        )
    return Markup(
        '<svg class="vh" aria-hidden="true" width="0" height="0"><defs>\n{}\n</defs></svg>'
    ).format(Markup("\n").join(tiles))


def _rect(key: str, x: str, wide: str, segment: Segment) -> Markup:
    y, high = (6, 6) if segment.thin else (1, 16)
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})"/>').format(
        x, y, wide, high, key, segment.kind
    )


def bar(
    key: str, segments: Sequence[Segment], steps: Sequence[float], grid: Sequence[float], said: str
) -> Markup:
    """One bar: its segments, lines of the axis behind it, and a dot below it for each step."""
    lines = [Markup('<line x1="{0}" x2="{0}" y2="24"/>').format(_percent(x)) for x in grid]
    dots = [Markup('<circle cx="{}" cy="21" r="2"/>').format(_percent(x)) for x in steps]
    return Markup(
        '<svg class="bar" role="img" aria-label="{}" width="100%" height="24" fill="currentColor" '
        'text-anchor="middle" font-size="11" font-weight="700">'
        '<g stroke="currentColor" stroke-opacity=".2">{}</g>{}{}</svg>'
    ).format(
        said,
        Markup("").join(lines),
        Markup("").join(_segment(key, s) for s in segments),
        Markup("").join(dots),
    )


def _segment(key: str, segment: Segment) -> Markup:
    x, share = _percent(segment.start), segment.end - segment.start
    letter: Markup | str = ""
    # A letter takes 15 pixels; a bar has about 290 on a telephone and 420 or more elsewhere.
    if share * 4.2 >= 16:
        letter = Markup(
            '<g{0} stroke="none"><rect x="{1}" y="2" width="14" height="14" fill="var(--paper)"/>'
            '<text x="{1}" dx="7" y="13">{2}</text></g>'
        ).format("" if share * 2.9 >= 16 else Markup(' class="wide"'), x, LETTERS[segment.kind])
    return Markup('<g class="chip--{}" fill="{}" stroke="{}">{}{}</g>').format(
        segment.kind, _INK, _INK, _rect(key, x, _percent(share), segment), letter
    )


def plain_bar(share: float) -> Markup:
    """A bar of `share` percent, for a number that stands in words beside it."""
    return Markup(
        '<svg class="bar" aria-hidden="true" width="100%" height="14">'
        '<rect y="1" width="{}" height="12" fill="var(--accent)"/></svg>'
    ).format(_percent(share))


def bar_axis(ticks: Sequence[tuple[float, str]]) -> Markup:
    """The axis of a column of bars."""
    marks = [
        Markup(
            '<line stroke="currentColor" stroke-opacity=".4" x1="{0}" x2="{0}" y1="5" y2="20"/>'
            '<text x="{0}" dx="5" y="15">{1}</text>'
        ).format(_percent(x), label)
        for x, label in ticks
    ]
    return Markup(
        '<svg class="bar axis" aria-hidden="true" width="100%" height="20" fill="currentColor" '
        'font-size="12">{}</svg>'
    ).format(Markup("").join(marks))


def bar_key(key: str, kinds: Iterable[tuple[str, bool, str]]) -> Markup:
    """The legend of the bars: each kind that occurs, thin or not, with its letter and words."""
    items = [
        Markup(
            '<li class="chip--{0}"><svg aria-hidden="true" width="28" height="18" '
            'stroke="{1}">{2}</svg> <b>{3}</b> {4}</li>'
        ).format(kind, _INK, _rect(key, "1", "26", Segment(0, 0, kind, thin)), LETTERS[kind], words)
        for kind, thin, words in kinds
    ]
    return Markup('<ul class="legend">\n{}\n</ul>').format(Markup("\n").join(items))
