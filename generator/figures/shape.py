"""What a figure is, and small words that all of them use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.words import WORDS, number_word, sentence

#: Makes the relative address of a path from the top of the site.
Href = Callable[[str], str]


NOTHING = Markup("")


@dataclass(frozen=True)
class Row:
    """A line of the data: its cells, and the page of what it is about."""

    cells: tuple[str | int, ...]
    target: str


@dataclass(frozen=True)
class Figure:
    """What a page shows of it: `finding`, `besides`, `body`, `notes`, and a table of `shown` rows.

    `rows` are all there are, for the CSV file. Without a `body` there is nothing to show but the
    finding; with `is_table` the body is a table already.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    finding: str  # one sentence
    besides: str = ""  # what else is worth saying
    body: Markup = NOTHING
    rows: tuple[Row, ...] = ()
    shown: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    is_table: bool = False

    @property
    def path(self) -> str:
        """The CSV file, from the top of the site."""
        return f"data/figures/{self.id}.csv"


def headings(*keys: str) -> tuple[str, ...]:
    """The words of several keys."""
    return tuple(WORDS[key] for key in keys)


def by_number(key: str, number: int, **slots: object) -> str:
    """The sentence `some_key_one` or `some_key_many`."""
    ending = "one" if number == 1 else "many"
    return sentence(f"some_{key}_{ending}", number=number, **slots)


def counted(number: int, one: str, many: str) -> str:
    """`one meeting`, `twelve meetings`."""
    return f"{number_word(number)} {one if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """`2023`, `2023 and 2025`, `2021, 2023 and 2025`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)
