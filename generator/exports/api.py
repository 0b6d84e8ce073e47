"""The JSON API: a file for each record and each type, with the schemas that describe them.

`api/v1/index.json` leads to everything. The contract is additive: a field may be added, none is
renamed, removed or given another meaning while the address says v1. Dates are text and as precise
as they are known; nothing in a file depends on the day it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field, create_model
from pydantic_core import to_json

from generator import model, shape
from generator.corpus import Corpus, Pair
from generator.fields import Vocabulary
from generator.formats import API, forms_of, path_of
from generator.model import RECORD_TYPES, Record, Shape, Withdrawal
from generator.shape import Link, Mention

TITLE = "JSON API"
VERSION = "1.0"
#: What changed in the form of the files, newest first: version, day, what.
CHANGELOG = (("1.0", "2026-11-23", "First version."),)
LICENCE = "CC-BY-4.0"


class Entry(Shape):
    """One record."""

    type: str = Field(description="Its type, as in its address: takeaways.")
    id: str = Field(description="Its permanent id.")
    title: str = Field(description="What it is called.")
    path: str = Field(description="Its page, from the top of the site.")
    url: str | None = Field(description="Full address of its page, where the site has one.")
    published: str = Field(description="The day it first appeared.")
    former_ids: tuple[str, ...] = Field(description="Earlier ids that lead here.")
    formats: dict[str, str] = Field(description="Its other forms: paths from the top of the site.")
    text: dict[str, str] = Field(
        description="Each piece of prose as plain text, by the JSON pointer of its field."
    )
    mentions: tuple[Mention, ...] = Field(description="The records that refer to this one.")


class Tombstone(Shape):
    """A withdrawn record: its name and why it is gone."""

    type: str = Field(description="Its type.")
    id: str = Field(description="Its permanent id.")
    title: str = Field(description="What it was called.")
    path: str = Field(description="Its page, from the top of the site.")
    url: str | None = Field(description="Full address of its page, where the site has one.")
    published: str = Field(description="The day it first appeared.")
    former_ids: tuple[str, ...] = Field(description="Earlier ids that lead here.")
    withdrawn: Withdrawal = Field(description="When and why it was withdrawn.")


class Moved(Shape):
    """A former id: where the record is now."""

    id: str = Field(description="The former id.")
    moved_to: Link = Field(description="The record it leads to.")


class PairEntry(Shape):
    """Two countries and what lies between them."""

    type: str = Field(description="Always pairs.")
    id: str = Field(description="Their ids in alphabetical order: jp-kr.")
    title: str = Field(description="Their names.")
    path: str = Field(description="The page, from the top of the site.")
    url: str | None = Field(description="Full address of the page, where the site has one.")
    countries: tuple[str, ...] = Field(description="Ids of the two countries.")
    summits: tuple[str, ...] = Field(description="Ids of their meetings, oldest first.")
    takeaways: tuple[str, ...] = Field(description="Ids of the takeaways between them.")


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Records one by one and by type, pairs, vocabularies, changes, schemas, and the index."""
    for record in corpus.records.values():
        yield from of_record(corpus, record)
    yield from of_library(corpus)


def of_record(corpus: Corpus, record: Record) -> Iterator[tuple[str, bytes]]:
    """The file of a record, and under each former id one that says where it is."""
    schema = f"../schemas/{record.folder}.json"
    yield path_of("json", record), _file(schema, entry_of(corpus, record))
    for old in record.former_ids:
        moved = Moved(id=old, moved_to=shape.link(corpus, record))
        yield f"{API}/{record.folder}/{old}.json", _file("../schemas/moved.json", moved)


def of_library(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """All that is not the file of one record."""
    for kind in RECORD_TYPES:
        entries = [entry_of(corpus, record) for record in corpus.everything(kind)]
        yield f"{API}/{kind.folder}.json", _list(kind.folder, entries)
        yield f"{API}/schemas/{kind.folder}.json", _json(schema_of(kind))
    pairs = [pair_entry(corpus, pair) for pair in corpus.pairs.values()]
    for pair in pairs:
        yield f"{API}/pairs/{pair.id}.json", _file("../schemas/pairs.json", pair)
    yield f"{API}/pairs.json", _list("pairs", pairs)
    for name, kind_ in (("pairs", PairEntry), ("tombstone", Tombstone), ("moved", Moved)):
        yield f"{API}/schemas/{name}.json", _json(_opened(kind_.model_json_schema()))
    yield f"{API}/vocabularies.json", _json(vocabularies())
    yield (
        f"{API}/changes.json",
        _json({"count": len(corpus.changes()), "changes": _changes(corpus)}),
    )
    yield f"{API}/changelog.json", _json(_changelog())
    yield f"{API}/index.json", _json(_index(corpus))


def entry_of(corpus: Corpus, record: Record) -> dict[str, Any]:
    """A record as the API has it, to be written as JSON; a withdrawn one as a tombstone."""
    head: dict[str, Any] = {
        "type": record.folder,
        "id": record.id,
        "title": record.title_text,
        "path": corpus.url(record),
        "url": corpus.absolute(corpus.url(record)),
        "published": str(record.published),
        "former_ids": record.former_ids,
    }
    if record.withdrawn:
        return Tombstone(**head, withdrawn=record.withdrawn).model_dump(mode="json")
    return {
        **head,
        "formats": {form.name: path_of(form.name, record) for form in forms_of(record)},
        "fields": shape.published(corpus, record),
        "text": shape.texts_of(corpus, record),
        "derived": shape.facts_of(corpus, record),
        "mentions": shape.mentions_of(corpus, record),
    }


def pair_entry(corpus: Corpus, pair: Pair) -> PairEntry:
    """A country pair as the API has it."""
    path = shape.pair_path(pair)
    return PairEntry(
        type="pairs",
        id=pair.id,
        title=" – ".join(country.name for country in pair.countries),
        path=path,
        url=corpus.absolute(path),
        countries=tuple(c.id for c in pair.countries),
        summits=tuple(s.id for s in pair.summits),
        takeaways=tuple(t.id for t in pair.takeaways),
    )


# -- schemas --------------------------------------------------------------------------------------


def schema_of(kind: type[Record]) -> dict[str, Any]:
    """The JSON Schema of the entries of a type: a record, or a tombstone."""
    facts, _ = shape.FACTS[kind]
    whole = create_model(
        f"{kind.__name__}Entry",
        __base__=Entry,
        __doc__=Entry.__doc__,
        fields=(kind, Field(description="The record as it was written.")),
        derived=(facts, Field(description="What follows from the library.")),
    )
    schema = _opened(whole.model_json_schema(mode="serialization"))
    for name in (*shape.INTERNAL, "id"):
        schema["$defs"][kind.__name__]["properties"].pop(name, None)
    stone = _opened(Tombstone.model_json_schema())
    definitions = {**schema.pop("$defs"), **stone.pop("$defs"), "Tombstone": stone}
    name = whole.__name__
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.nouns,
        "description": (kind.__doc__ or "").strip(),
        "anyOf": [{"$ref": f"#/$defs/{name}"}, {"$ref": "#/$defs/Tombstone"}],
        "$defs": {**definitions, name: schema},
    }


def _opened(value: Any) -> Any:
    """A schema that does not refuse what a later version adds."""
    if isinstance(value, dict):
        return {
            key: _opened(item)
            for key, item in value.items()
            if not (key == "additionalProperties" and item is False)
        }
    return [_opened(item) for item in value] if isinstance(value, list) else value


# -- the rest -------------------------------------------------------------------------------------


def vocabularies() -> dict[str, list[dict[str, str]]]:
    """Every closed list of values with its labels and what each value means."""
    kinds = [v for v in vars(model).values() if isinstance(v, type) and issubclass(v, Vocabulary)]
    return {
        kind.__name__: [{"value": str(v), "label": v.label, "about": v.about} for v in kind]
        for kind in kinds
        if kind is not Vocabulary
    }


def _changes(corpus: Corpus) -> list[dict[str, Any]]:
    return [
        {
            "date": change.date,
            "kind": change.kind,
            "record": shape.link(corpus, change.record).model_dump(mode="json"),
            "text": change.text,
            "status": str(change.status) if change.status else None,
        }
        for change in corpus.changes()
    ]


def _changelog() -> dict[str, Any]:
    return {
        "version": VERSION,
        "promise": "Additive only: nothing is renamed, removed or changed in meaning within v1.",
        "changes": [{"version": v, "date": day, "text": text} for v, day, text in CHANGELOG],
    }


def _index(corpus: Corpus) -> dict[str, Any]:
    types = [
        {
            "type": kind.folder,
            "title": kind.nouns,
            "count": len(corpus.all(kind)),
            "path": f"{API}/{kind.folder}.json",
            "record": f"{API}/{kind.folder}/{{id}}.json",
            "schema": f"{API}/schemas/{kind.folder}.json",
        }
        for kind in RECORD_TYPES
    ]
    pairs = {
        "type": "pairs",
        "title": "Country pairs",
        "count": len(corpus.pairs),
        "path": f"{API}/pairs.json",
        "record": f"{API}/pairs/{{id}}.json",
        "schema": f"{API}/schemas/pairs.json",
    }
    return {
        "version": VERSION,
        "url": corpus.site_url or None,
        "updated": corpus.newest.isoformat(),
        "licence": LICENCE,
        "note": "Paths are given from the top of the site. Cite the original sources too.",
        "types": [*types, pairs],
        "vocabularies": f"{API}/vocabularies.json",
        "changes": f"{API}/changes.json",
        "changelog": f"{API}/changelog.json",
    }


def _list(folder: str, entries: list[Any]) -> bytes:
    return _json({"type": folder, "count": len(entries), "records": entries})


def _file(schema: str, entry: Any) -> bytes:
    values = entry.model_dump(mode="json") if isinstance(entry, BaseModel) else entry
    return _json({"$schema": schema, **values})


def _json(value: Any) -> bytes:
    return to_json(value, indent=1) + b"\n"
