"""The records as CSV files with a Frictionless descriptor, all of it also in one zip.

A cell that holds a list or a shape holds it as JSON. Cells are safe to open in a spreadsheet: one
that would begin a formula there has an apostrophe before it, and so has one that begins with an
apostrophe. To read a cell back, take off one leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic_core import to_json

from generator.corpus import Corpus
from generator.tables import Column, Row, Table, columns_by_table, guarded, heads, rows_of

TITLE = "CSV and data package"
FOLDER = "data"
LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """A CSV file for each table, the descriptor beside them, and a zip of it all."""
    tables = heads(corpus)
    lines = {key: corpus.piece("csv", key, partial(_lines, corpus, key)) for key in corpus.records}
    files = {
        f"{table.name}.csv": as_csv(table) + b"".join(lines[k].get(table.name, b"") for k in keys)
        for table, keys in tables
    }
    files["datapackage.json"] = (
        to_json(descriptor(corpus, [table for table, _ in tables]), indent=1) + b"\n"
    )
    for name, data in files.items():
        yield f"{FOLDER}/{name}", data
    yield f"{FOLDER}/summit-briefings.zip", zipped(files)


def as_csv(table: Table) -> bytes:
    """RFC 4180: a header, lines that end in CR LF, cells that are safe in a spreadsheet."""
    head = {column.name: column.name for column in table.columns}
    return _written(table.columns, [head, *table.rows])


def _written(columns: Iterable[Column], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    names = [column.name for column in columns]
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode()


def _lines(corpus: Corpus, key: str) -> dict[str, bytes]:
    """The lines that a record has in each file."""
    columns = columns_by_table()
    rows = rows_of(corpus, key)
    return {name: _written(columns[name], found) for name, found in rows.items() if found}


#: What each record adds to files about all.
PIECES = {"csv": _lines}


def cell(value: Any) -> str:
    """A value as the text of its cell; nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | dict):
        return to_json(value).decode()  # begins with a bracket, so it is no formula
    return str(value) if isinstance(value, int | float | Decimal) else guarded(str(value))


def descriptor(corpus: Corpus, tables: list[Table]) -> dict[str, Any]:
    """The data package: what each table and column holds, and how the tables hang together."""
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "summit-briefings",
        "title": "Summit Briefings",
        "description": "What summits between leaders agreed, announced and left open, and what "
        "became of it. Cite the original sources too.",
        "version": corpus.newest.strftime("%Y.%m.%d"),
        "licenses": [LICENCE],
        "resources": [_resource(table) for table in tables],
    }
    if corpus.site_url:
        package["homepage"] = corpus.site_url
    return package


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns]}
    if keys := [column.name for column in table.columns if column.primary]:
        schema["primaryKey"] = keys
    foreign = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.refers_to == table.name else column.refers_to,
                "fields": ["id"],
            },
        }
        for column in table.columns
        if column.refers_to
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.about,
    }
    if column.required:
        field["constraints"] = {"required": True}
    return field


def zipped(files: dict[str, bytes]) -> bytes:
    """The files in a zip: stored, in order, with one fixed date, so that the same files give the
    same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"summit-briefings/{name}", (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return data.getvalue()
