"""The records as tables of plain values, for every format that has rows and columns.

One table for each type, without withdrawn records; one of steps, one of references between
records, one of ids that are gone. A list or a shape is one value, which a format may write as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from generator import shape
from generator.corpus import Corpus
from generator.fields import Day, Ref
from generator.model import RECORD_TYPES, Record, Step, field_order, marks_in

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
    """One table: its columns and its rows of plain values."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if _UNSAFE.match(text) else text


def tables_of(corpus: Corpus) -> list[Table]:
    """A table for each type, one of references between records, one of steps, one of old names."""
    return corpus.kept("tables", "", lambda: _tables(corpus))


def _tables(corpus: Corpus) -> list[Table]:
    tables = [_records(corpus, kind) for kind in RECORD_TYPES]
    return [*tables, _steps(corpus), _links(corpus), _gone(corpus)]


# -- the tables -----------------------------------------------------------------------------------

_PAGE = Column("page", "Its page; from the top of the site, where the site has no address.")
_UPDATED = Column("updated", "The day of the last significant change.", "date", required=True)


def _records(corpus: Corpus, kind: type[Record]) -> Table:
    columns = columns_of(kind)
    facts, _ = shape.FACTS[kind]
    derived = [
        Column(f"derived_{name}", info.description or "", _type_of(info.annotation))
        for name, info in facts.model_fields.items()
        if name != "updated"
    ]
    rows = []
    for record in corpus.all(kind):
        found = shape.facts_of(corpus, record).model_dump(mode="json")
        path = corpus.url(record)
        rows.append(
            {
                "id": record.id,
                **shape.published(corpus, record),
                "page": corpus.absolute(path) or path,
                "updated": found.pop("updated"),
                **{f"derived_{name}": value for name, value in found.items()},
            }
        )
    key = Column("id", "Permanent id.", required=True, primary=True)
    about = (key, *columns, _PAGE, _UPDATED, *derived)
    return Table(kind.folder, kind.nouns, about, rows)


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


def _steps(corpus: Corpus) -> Table:
    about = Step.model_fields
    columns = (
        Column("takeaway", "Id of the takeaway.", refers_to="takeaways", required=True),
        Column("key", "Permanent key within the takeaway.", required=True),
        Column("date", about["date"].description or "", required=True),
        Column("status", about["status"].description or "", required=True),
        Column("note", about["note"].description or "", required=True),
        Column("text", "The note as plain text.", required=True),
        Column("sources", about["sources"].description or "", "array", required=True),
    )
    rows = [
        {
            "takeaway": takeaway.id,
            "key": corpus.step_key(takeaway, step),
            **step.model_dump(mode="json", exclude_none=True),
            "text": corpus.plain(step.note),
        }
        for takeaway in corpus.tracked()
        for step in takeaway.history
    ]
    return Table("steps", "Steps of tracked takeaways", columns, rows)


def _links(corpus: Corpus) -> Table:
    columns = (
        Column("from_type", "Type of the record that refers.", required=True),
        Column("from_id", "Its id.", required=True),
        Column("field", "Where in it, as a JSON pointer.", required=True),
        Column("to_type", "Type of the record referred to.", required=True),
        Column("to_id", "Its id.", required=True),
        Column("in_prose", "Whether it stands in prose.", "boolean", required=True),
    )
    rows = []
    for reference in corpus.references:
        owner, target = corpus.records[reference.owner], corpus.records.get(reference.target)
        if target is None or owner.withdrawn:
            continue
        rows.append(
            {
                "from_type": owner.folder,
                "from_id": owner.id,
                "field": "/" + "/".join(str(part) for part in reference.field),
                "to_type": target.folder,
                "to_id": target.id,
                "in_prose": reference.in_prose,
            }
        )
    return Table("links", "References between records", columns, rows)


def _gone(corpus: Corpus) -> Table:
    columns = (
        Column("id", "A former or withdrawn id.", required=True, primary=True),
        Column("type", "Type of the record.", required=True),
        Column("moved_to", "The id it leads to, if it is a former one."),
        Column("withdrawn", "The day it was withdrawn, if it was.", "date"),
        Column("reason", "Why it was withdrawn."),
    )
    rows: list[dict[str, Any]] = []
    for record in corpus.records.values():
        rows += [{"id": o, "type": record.folder, "moved_to": record.id} for o in record.former_ids]
        if gone := record.withdrawn:
            row = {"withdrawn": str(gone.date), "reason": gone.reason}
            rows.append({"id": record.id, "type": record.folder, **row})
    return Table("gone", "Former and withdrawn ids", columns, rows)
