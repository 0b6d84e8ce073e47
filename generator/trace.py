"""Notes which facts about the records are read while a page is made.

A fact is one row of a table of the corpus, such as the record of an id or the takeaways of a
summit. What was made from facts is made anew only when one of them changes; so everything a page
may depend on comes out of such tables.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

#: A table and the key of a row in it.
Fact = tuple[str, str]
#: The key that stands for all rows of a table.
WHOLE = "*"

V = TypeVar("V")


class Notebook:
    """Collects the facts read while something is made, and remembers what is made once."""

    def __init__(self) -> None:
        self.page: set[Fact] | None = None
        #: Made before and still true, by record and kind; for what reads everything anyway.
        self.pieces: Mapping[str, Mapping[str, Any]] = {}
        self._made: dict[Hashable, tuple[Any, set[Fact]]] = {}

    @contextmanager
    def reading(self) -> Iterator[set[Fact]]:
        """The facts read inside; what is around this does not see them."""
        outer, self.page = self.page, set()
        try:
            yield self.page
        finally:
            self.page = outer

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nothing read inside is noted."""
        outer, self.page = self.page, None
        try:
            yield
        finally:
            self.page = outer

    def once(self, key: Hashable, make: Callable[[], V]) -> V:
        """What `make` returns, made once; whoever asks for it reads what it was made from."""
        if key not in self._made:
            with self.reading() as facts:
                value = make()
            self._made[key] = (value, facts)
        value, facts = self._made[key]
        if self.page is not None:
            self.page |= facts
        return value


class Table(Mapping[str, V]):
    """Rows by key. Looking one up notes it, going through them all notes the whole table."""

    def __init__(self, name: str, rows: Mapping[str, V], notes: Notebook) -> None:
        self.name = name
        self.rows = rows
        self.notes = notes

    def __getitem__(self, key: str) -> V:
        page = self.notes.page
        if page is not None:
            page.add((self.name, key))
        return self.rows[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The row, or `default`; that there is none is a fact as well."""
        page = self.notes.page
        if page is not None:
            page.add((self.name, key))
        return self.rows.get(key, default)

    def __contains__(self, key: object) -> bool:
        page = self.notes.page
        if page is not None:
            page.add((self.name, str(key)))
        return key in self.rows

    def __iter__(self) -> Iterator[str]:
        self._whole()
        return iter(self.rows)

    def values(self) -> Any:
        self._whole()
        return self.rows.values()

    def items(self) -> Any:
        self._whole()
        return self.rows.items()

    def __len__(self) -> int:
        self._whole()
        return len(self.rows)

    def _whole(self) -> None:
        if self.notes.page is not None:
            self.notes.page.add((self.name, WHOLE))


def table(rows: Callable[[Any], Mapping[str, Any]]) -> cached_property[Table[Any]]:
    """Makes a method that returns rows a table, made once. Its rows hold ids and plain values only:
    a record is had from the table of records, so that reading it is noted."""

    def make(owner: Any) -> Table[Any]:
        with owner.notes.closed():
            return Table(rows.__name__, rows(owner), owner.notes)

    return cached_property(make)


#: The rows of each table, comparable between two states of the content.
Snapshot = dict[str, dict[str, Any]]


def changed(before: Snapshot, after: Snapshot) -> set[Fact]:
    """The facts that differ between two snapshots."""
    found: set[Fact] = set()
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        keys = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        found |= {(name, key) for key in keys}
        if keys or list(old) != list(new):
            found.add((name, WHOLE))
    return found
