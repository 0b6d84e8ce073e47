"""Cuts a list that is too long for one page: by year, month and day, or by the letters of a name.

Where a row stands follows from its own date or name, so a row more or less moves no other, and
addresses last. Only rows that neither tells apart, more of one day than a page takes, are counted
out, in their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator.fields import When
from generator.words import WORDS, spoken_day

#: The most a page lists: rows with words of their own, and lines that hardly hold more than a link.
MOST_ROWS, MOST_LINES = 200, 1000
#: The most that a page about something else shows of a list, with a link to all of it.
MOST_SHOWN = 100


class Row(NamedTuple):
    """A row of a list: what its page asks for, its date or name, the record it is about."""

    name: str
    key: str
    record: str = ""


@dataclass(frozen=True)
class Order:
    """What a list is in the order of: how far the beginning of a key goes that the rows of a page
    share, cut after cut, and what such a beginning is called."""

    ends: tuple[int, ...]
    label: Callable[[str], str]


def _day(start: str) -> str:
    return spoken_day(When(start)) if start else WORDS["undated"]


DATES = Order((4, 7, 10), _day)
NAMES = Order((1, 2, 3), lambda start: start.capitalize() or WORDS["others"])


class Shelf(NamedTuple):
    """Rows of one page, or of one that is cut again at `level`: the last step of its address, what
    it is called."""

    step: str
    label: str
    rows: tuple[Row, ...]
    level: int


def shelves(rows: Sequence[Row], order: Order, level: int, most: int, label: str) -> list[Shelf]:
    """What a list called `label` that has been cut `level` times is cut into next."""
    if level >= len(order.ends):
        pages = [tuple(rows[n : n + most]) for n in range(0, len(rows), most)]
        words = WORDS["page_number"]
        return [
            Shelf(str(n), words.format(list=label, number=n).lstrip(", "), page, level)
            for n, page in enumerate(pages, 1)
        ]
    end, before = order.ends[level], order.ends[level - 1] if level else 0
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key[:end], []).append(row)
    made = []
    for start in sorted(found):
        if len(start) > before:
            step, said, after = start.rpartition("-")[2], order.label(start), level + 1
        else:  # nothing of it is known beyond what these rows share already
            step, said, after = "other", order.label(""), len(order.ends)
            said = f"{label}, {said.lower()}" if label else said
        made.append(Shelf(step, said, tuple(found[start]), after))
    return made


def by_date(name: str, date: str, record: str = "") -> Row:
    """A row that stands on a day, in a month or in a year."""
    return Row(name, date[:10], record)


def by_name(name: str, text: str, record: str = "") -> Row:
    """A row that stands under a name: its Latin letters and digits without their marks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return Row(name, re.sub(r"[^a-z0-9]", "", plain), record)
