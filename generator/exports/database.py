"""The library as one SQLite file, with full-text search and views, ready for Datasette.

The tables are those of the CSV files; lists and shapes are JSON, which SQLite can take apart.
`search` finds records by words in any script. The bytes are the same for the same content and the
same version of SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

from pydantic_core import to_json

from generator import shape
from generator.corpus import Corpus
from generator.model import Record
from generator.tables import Column, Table, columns_by_table, heads, rows_of

TITLE = "SQLite database"
FILE = "data/summit-briefings.sqlite"

_AFFINITY = {"integer": "INTEGER", "boolean": "INTEGER", "number": "NUMERIC"}

#: Questions people ask, as views: name and query.
VIEWS = (
    (
        "tracker",
        (
            "SELECT id, headline, kind, derived_status AS status, derived_since AS since, "
            "json_extract(derived_last_step, '$.date') AS last_step, checked, "
            "derived_home AS summit, page FROM takeaways WHERE derived_tracked = 1 "
            "ORDER BY last_step DESC, id"
        ),
    ),
    (
        "open_items",
        (
            "SELECT id, headline, derived_status AS status, derived_since AS since, checked, page "
            "FROM takeaways WHERE derived_tracked = 1 AND derived_closed = 0 ORDER BY since, id"
        ),
    ),
    (
        "meetings",
        (
            "SELECT s.id, s.start, s.title, s.city, c.name AS host, s.format, s.state, s.page "
            "FROM summits s LEFT JOIN countries c ON c.id = s.country ORDER BY s.start, s.id"
        ),
    ),
    (
        "participants",
        (
            "SELECT s.id AS summit, s.start, json_extract(seat.value, '$.person') AS person, "
            "json_extract(seat.value, '$.office') AS office, "
            "json_extract(seat.value, '$.country') AS country "
            "FROM summits s, json_each(s.derived_seats) seat ORDER BY s.start, s.id, seat.key"
        ),
    ),
    (
        "source_use",
        (
            "SELECT s.id, s.title, s.publisher, s.kind, s.tier, count(l.from_id) AS uses "
            "FROM sources s LEFT JOIN links l ON l.to_type = 'sources' AND l.to_id = s.id "
            "GROUP BY s.id ORDER BY uses DESC, s.id"
        ),
    ),
)


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """One file."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("PRAGMA page_size = 4096")
        database.execute("BEGIN")
        pieces = {
            key: corpus.piece("sql", key, partial(_piece, corpus, key)) for key in corpus.records
        }
        for table, keys in heads(corpus):
            _fill(database, table, (row for k in keys for row in pieces[k].get(table.name, ())))
        _describe(database, [table for table, _ in heads(corpus)])
        _index(database, pieces.values())
        for name, query in VIEWS:
            database.execute(f"CREATE VIEW {name} AS {query}")  # our own words only
        database.execute("COMMIT")
        database.execute("VACUUM")
        yield FILE, database.serialize()


def _piece(corpus: Corpus, key: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a record adds: its rows in each table, in the order of columns."""
    rows, record = rows_of(corpus, key), corpus.records[key]
    found = {
        name: [tuple(_value(row.get(column.name)) for column in columns) for row in rows[name]]
        for name, columns in columns_by_table().items()
        if rows.get(name)
    }
    if not record.withdrawn:
        head = (record.folder, record.id, record.title_text)
        found["search"] = [(*head, _text(corpus, record))]
        found["names"] = [(*head, " ".join(_names(record)))]
    return found


#: What each record adds to files about all.
PIECES = {"sql": _piece}


def _fill(database: sqlite3.Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(_column(column) for column in table.columns)
    database.execute(f'CREATE TABLE "{table.name}" ({columns})')
    marks = ", ".join("?" for _ in table.columns)
    database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)  # noqa: S608


def _column(column: Column) -> str:
    """Names and types come from the model, never from content."""
    parts = [f'"{column.name}"', _AFFINITY.get(column.type, "TEXT")]
    if column.primary:
        parts.append("PRIMARY KEY")
    if column.required:
        parts.append("NOT NULL")
    if column.refers_to:
        parts.append(f'REFERENCES "{column.refers_to}"(id)')
    return " ".join(parts)


def _value(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        return to_json(value).decode()
    return int(value) if isinstance(value, bool) else value


def _describe(database: sqlite3.Connection, tables: list[Table]) -> None:
    """What each column holds, as a table of its own."""
    database.execute('CREATE TABLE columns ("table" TEXT, "column" TEXT, type TEXT, about TEXT)')
    rows = [(table.name, c.name, c.type, c.about) for table in tables for c in table.columns]
    database.executemany("INSERT INTO columns VALUES (?, ?, ?, ?)", rows)


def _index(
    database: sqlite3.Connection, pieces: Collection[dict[str, list[tuple[Any, ...]]]]
) -> None:
    """Full text of all records; the tokenizer folds accents, trigrams serve scripts without
    spaces."""
    for name, tokenizer in (("search", "unicode61 remove_diacritics 2"), ("names", "trigram")):
        database.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(type UNINDEXED, id UNINDEXED, title, text, "
            f"tokenize = '{tokenizer}')"
        )
        rows = (row for piece in pieces for row in piece.get(name, ()))
        database.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", rows)  # noqa: S608
        database.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608


def _text(corpus: Corpus, record: Record) -> str:
    texts = shape.texts_of(corpus, record).values()
    gist = getattr(record, "bottom_line", "")
    return "\n".join(text for text in (gist, *_names(record), *texts) if text)


def _names(record: Record) -> Iterator[str]:
    """Every form of a record's name besides its title."""
    names = getattr(record, "names", None)
    for native in (*getattr(record, "native", ()), *(names.native if names else ())):
        yield native.text
    yield from getattr(record, "aliases", ())
    for field in ("abbreviation", "title_en"):
        if value := getattr(record, field, None):
            yield value
