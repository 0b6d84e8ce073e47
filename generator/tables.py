"""The records as tables of plain values, for every format that has rows and columns.

One table for each type, without withdrawn records; one of steps, one of references between
records, one of ids that are gone. A list or a shape is one value, which a format may write as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from generator import shape
from generator.corpus import Corpus
from generator.fields import Day, Ref
from generator.model import RECORD_TYPES, Record, Step, Takeaway, field_order, marks_in

#: Spreadsheets take a cell that begins so for a formula; they skip leading space, and some fold
#: wide signs into narrow ones. The apostrophe is here so that it can be told from one put before.
_FORMULA = tuple("=+-@\t\r\n\0'＝＋－＠")  # noqa: RUF001 - the wide signs are meant
_UNSAFE = re.compile("'|[ \N{NO-BREAK SPACE}]*[" + re.escape("".join(_FORMULA)) + "]")
_TYPES = {tuple: "array", bool: "boolean", int: "integer", Day: "date"}


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, its type in the Table Schema, the table it refers to."""

    name: str
    about: str
    type: str = "string"
    refers_to: str = ""
    required: bool = False
    primary: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, and its rows of plain values as far as they are asked for."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[Row]


#: The values of a row by the names of their columns.
Row = dict[str, Any]


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if _UNSAFE.match(text) else text


def tables_of(corpus: Corpus) -> list[Table]:
    """A table for each type, one of references between records, one of steps, one of old names."""
    rows = {key: rows_of(corpus, key) for key in corpus.records}
    return [
        replace(table, rows=[row for key in keys for row in rows[key].get(table.name, ())])
        for table, keys in heads(corpus)
    ]


def heads(corpus: Corpus) -> list[tuple[Table, list[str]]]:
    """The tables without their rows, each with the ids whose rows it has, in order."""
    kinds = [(_of_type(kind), [r.id for r in corpus.all(kind)]) for kind in RECORD_TYPES]
    tracked = [takeaway.id for takeaway in corpus.tracked()]
    return [
        *kinds,
        (_STEPS, tracked),
        (_LINKS, list(corpus.records)),
        (_GONE, list(corpus.records)),
    ]


@cache
def columns_by_table() -> dict[str, tuple[Column, ...]]:
    """The columns of every table, by its name."""
    tables = [*map(_of_type, RECORD_TYPES), _STEPS, _LINKS, _GONE]
    return {table.name: table.columns for table in tables}


def rows_of(corpus: Corpus, key: str) -> dict[str, list[Row]]:
    """The rows that a record has in each table."""
    record = corpus.records[key]
    rows = {
        "links": list(_links(corpus, record)),
        "gone": list(_gone(record)),
        record.folder: [] if record.withdrawn else [_row(corpus, record)],
    }
    if isinstance(record, Takeaway):
        rows["steps"] = list(_steps(corpus, record))
    return rows


# -- the tables -----------------------------------------------------------------------------------

_PAGE = Column("page", "Its page; from the top of the site, where the site has no address.")
_UPDATED = Column("updated", "The day of the last significant change.", "date", required=True)


@cache
def _of_type(kind: type[Record]) -> Table:
    facts, _ = shape.FACTS[kind]
    derived = [
        Column(f"derived_{name}", info.description or "", _type_of(info.annotation))
        for name, info in facts.model_fields.items()
        if name != "updated"
    ]
    key = Column("id", "Permanent id.", required=True, primary=True)
    columns = (key, *columns_of(kind), _PAGE, _UPDATED, *derived)
    return Table(kind.folder, kind.nouns, columns, [])


def _row(corpus: Corpus, record: Record) -> Row:
    found = shape.facts_of(corpus, record).model_dump(mode="json")
    path = corpus.url(record)
    return {
        "id": record.id,
        **shape.published(corpus, record),
        "page": corpus.absolute(path) or path,
        "updated": found.pop("updated"),
        **{f"derived_{name}": value for name, value in found.items()},
    }


def columns_of(kind: type[Record]) -> tuple[Column, ...]:
    """The columns that stand for the fields of a type. Withdrawn records are in another table."""
    hidden = {*shape.INTERNAL, "id", "withdrawn"}
    return tuple(
        Column(
            name=name,
            about=kind.model_fields[name].description or "",
            type=_type_of(kind.model_fields[name].annotation),
            refers_to=_refers_to(kind, name),
            required=kind.model_fields[name].is_required(),
        )
        for name in field_order(kind)
        if name not in hidden
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """The types in an annotation, outermost first; a list ends the way down."""
    if get_origin(annotation) is tuple:
        yield tuple
    elif get_args(annotation):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _type_of(annotation: Any) -> str:
    """The Table Schema type of a field's values."""
    for part in _parts(annotation):
        if part in _TYPES:
            return _TYPES[part]
        if isinstance(part, type) and issubclass(part, BaseModel):
            return "object"
    return "string"


def _refers_to(kind: type[BaseModel], name: str) -> str:
    """The one table a single id points into; lists of ids are in the table of links."""
    marks = [m for m in marks_in(kind, name) if isinstance(m, Ref)]
    single = len(marks) == 1 and len(marks[0].folders) == 1
    plain = _type_of(kind.model_fields[name].annotation) == "string"
    return marks[0].folders[0] if single and plain else ""


_ABOUT = Step.model_fields
_STEPS = Table(
    "steps",
    "Steps of tracked takeaways",
    (
        Column("takeaway", "Id of the takeaway.", refers_to="takeaways", required=True),
        Column("key", "Permanent key within the takeaway.", required=True),
        Column("date", _ABOUT["date"].description or "", required=True),
        Column("status", _ABOUT["status"].description or "", required=True),
        Column("note", _ABOUT["note"].description or "", required=True),
        Column("text", "The note as plain text.", required=True),
        Column("sources", _ABOUT["sources"].description or "", "array", required=True),
    ),
    [],
)


def _steps(corpus: Corpus, takeaway: Takeaway) -> Iterator[Row]:
    for step in takeaway.history:
        yield {
            "takeaway": takeaway.id,
            "key": corpus.step_key(takeaway, step),
            **step.model_dump(mode="json", exclude_none=True),
            "text": corpus.plain(step.note),
        }


_LINKS = Table(
    "links",
    "References between records",
    (
        Column("from_type", "Type of the record that refers.", required=True),
        Column("from_id", "Its id.", required=True),
        Column("field", "Where in it, as a JSON pointer.", required=True),
        Column("to_type", "Type of the record referred to.", required=True),
        Column("to_id", "Its id.", required=True),
        Column("in_prose", "Whether it stands in prose.", "boolean", required=True),
    ),
    [],
)


def _links(corpus: Corpus, owner: Record) -> Iterator[Row]:
    for reference in () if owner.withdrawn else corpus.linked(owner).references:
        if target := corpus.records.get(reference.target):
            yield {
                "from_type": owner.folder,
                "from_id": owner.id,
                "field": "/" + "/".join(str(part) for part in reference.field),
                "to_type": target.folder,
                "to_id": target.id,
                "in_prose": reference.in_prose,
            }


_GONE = Table(
    "gone",
    "Former and withdrawn ids",
    (
        Column("id", "A former or withdrawn id.", required=True, primary=True),
        Column("type", "Type of the record.", required=True),
        Column("moved_to", "The id it leads to, if it is a former one."),
        Column("withdrawn", "The day it was withdrawn, if it was.", "date"),
        Column("reason", "Why it was withdrawn."),
    ),
    [],
)


def _gone(record: Record) -> Iterator[Row]:
    for old in record.former_ids:
        yield {"id": old, "type": record.folder, "moved_to": record.id}
    if gone := record.withdrawn:
        row = {"withdrawn": str(gone.date), "reason": gone.reason}
        yield {"id": record.id, "type": record.folder, **row}
