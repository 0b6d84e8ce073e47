"""The JSON API: a file for each record and each type, with the schemas that describe them.

`api/v1/index.json` leads to everything. The contract is additive: a field may be added, none is
renamed, removed or given another meaning while the address says v1. Dates are text and as precise
as they are known; nothing in a file depends on the day it was made.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, Field, create_model
from pydantic_core import to_json

from generator import corpus as corpora
from generator import lists, model, shape
from generator import words as wording
from generator.corpus import Corpus, Pair
from generator.fields import Vocabulary
from generator.formats import API, forms_of, has_own_json, list_path, path_of, relative
from generator.ledger import Part
from generator.model import RECORD_TYPES, Record, Shape, Status, Withdrawal
from generator.shape import Link, Mention

TITLE = "JSON API"
VERSION = "1.0"
#: What changed in the form of the files, newest first: version, day, what.
CHANGELOG = (("1.0", "2026-11-23", "First version."),)
LICENCE = "CC-BY-4.0"

Files = Iterator[tuple[str, bytes]]


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


class ListEntry(Shape):
    """A page that gathers records."""

    type: str = Field(description="Always lists.")
    id: str = Field(description="Its address without the last stroke: summits/by-year/2025.")
    title: str = Field(description="What the page is called.")
    path: str = Field(description="The page, from the top of the site.")
    url: str | None = Field(description="Full address of the page, where the site has one.")
    updated: str = Field(description="The day of the newest change among what it lists.")
    records: tuple[Link, ...] = Field(description="What it lists.")


class Change(Shape):
    """One dated line of the public history of the library."""

    date: str = Field(description="The day, as precise as it is known.")
    kind: str = Field(description="published, revised, withdrawn or step.")
    record: Link = Field(description="The record it is about.")
    text: str = Field(description="What changed, in plain text; may be empty.")
    status: Status | None = Field(description="Where the matter stood from then on, of a step.")


class Changes(Shape):
    """Everything that changed, newest first."""

    count: int = Field(description="How many there are.")
    changes: tuple[Change, ...] = Field(description="The changes.")


class Value(Shape):
    """One value of a closed list."""

    value: str = Field(description="As it stands in the fields.")
    label: str = Field(description="As readers see it.")
    about: str = Field(description="What it means.")


class ListRow(Shape):
    """Where the file of a page that gathers records lies."""

    id: str = Field(description="Its id.")
    title: str = Field(description="What the page is called.")
    count: int = Field(description="How many records it lists.")
    path: str = Field(description="Its file, from the top of the site.")


class TypeRow(Shape):
    """One type of record."""

    type: str = Field(description="The type, as in addresses.")
    title: str = Field(description="What its records are called.")
    count: int = Field(description="How many there are; withdrawn ones are not counted.")
    path: str = Field(description="The file of all its records.")
    record: str = Field(description="The file of one record, with {id} for its id.")
    schema_: str = Field(alias="schema", description="The JSON Schema of the file of one record.")


class Index(Shape):
    """What there is, and where: paths are given from the top of the site."""

    version: str = Field(description="Version of the API; additive within v1.")
    url: str | None = Field(description="Full address of the site, where it has one.")
    updated: str = Field(description="The newest editorial date in the library.")
    licence: str = Field(description="The licence of text and data.")
    note: str = Field(description="What to bear in mind.")
    types: tuple[TypeRow, ...] = Field(description="The types of record, and country pairs.")
    lists: str = Field(description="The file that names all pages which gather records.")
    vocabularies: str = Field(description="The file of closed lists of values.")
    changes: str = Field(description="The file of changes.")
    changelog: str = Field(description="The file that says what changed in the API itself.")


class Release(Shape):
    """One version of the API."""

    version: str = Field(description="Its number.")
    date: str = Field(description="Its day.")
    text: str = Field(description="What changed.")


class Changelog(Shape):
    """What changed in the form of the files."""

    version: str = Field(description="The current version.")
    promise: str = Field(description="What stays as it is.")
    changes: tuple[Release, ...] = Field(description="The versions, newest first.")


#: The shapes of single files and of small things, by the name of their schema.
SHAPES: dict[str, type[BaseModel]] = {
    "pairs": PairEntry,
    "lists": ListEntry,
    "tombstone": Tombstone,
    "moved": Moved,
    "changes": Changes,
    "changelog": Changelog,
    "index": Index,
}


def write(corpus: Corpus) -> Files:
    """Records one by one and by type, pairs, lists, vocabularies, changes, schemas, the index."""
    for part in parts(corpus):
        yield from part.make()


def parts(corpus: Corpus) -> Iterator[Part]:
    """The same in parts: each record, each type, each pair and each list by itself."""
    for key in corpus.records:
        yield Part(key, partial(_of_key, corpus, key))
    for kind in RECORD_TYPES:
        yield Part(f"all {kind.folder}", partial(_of_type, corpus, kind), whole=True)
    for key in corpus.pairs:
        yield Part(f"pair {key}", partial(_of_pair, corpus, key))
    for url, page in lists.gathered(corpus).items():
        if has_own_json(page):
            yield Part(f"list {page.id}", partial(_of_list, corpus, url))
    yield Part("schemas", _of_schemas)
    yield Part("rest", partial(_of_rest, corpus), whole=True)
    yield Part("changes", partial(_of_changes, corpus), whole=True)


def _of_key(corpus: Corpus, key: str) -> Files:
    return of_record(corpus, corpus.records[key])


def of_record(corpus: Corpus, record: Record) -> Files:
    """The file of a record, and under each former id one that says where it is."""
    schema = f"../schemas/{record.folder}.json"
    yield path_of("json", record), _file(schema, entry_of(corpus, record))
    for old in record.former_ids:
        moved = Moved(id=old, moved_to=shape.link(corpus, record))
        yield f"{API}/{record.folder}/{old}.json", _file("../schemas/moved.json", moved)


def _of_type(corpus: Corpus, kind: type[Record]) -> Files:
    keys = [record.id for record in corpus.everything(kind)]
    entries = [corpus.piece("entry", key, partial(_entry, corpus, key)) for key in keys]
    head = {"$schema": f"schemas/{kind.folder}-all.json", "type": kind.folder}
    yield f"{API}/{kind.folder}.json", _with_items(head, "records", entries)


def _entry(corpus: Corpus, key: str) -> bytes:
    """A record as it stands in the file of its type."""
    return _item(entry_of(corpus, corpus.records[key]))


def _of_changes(corpus: Corpus) -> Files:
    found = [
        row
        for key in corpus.records
        for row in corpus.piece("changes", key, partial(_changes, corpus, key))
    ]
    found.sort(key=itemgetter(0), reverse=True)
    head = {"$schema": "schemas/changes.json"}
    yield f"{API}/changes.json", _with_items(head, "changes", [item for _, item in found])


def _changes(corpus: Corpus, key: str) -> list[tuple[tuple[str, str, str], bytes]]:
    """The changes of a record, each with its rank, as they stand in the file of changes."""
    found = corpus.changes_of(corpus.records[key])
    return [(change.rank, _item(_change(corpus, change))) for change in found]


def _of_pair(corpus: Corpus, key: str) -> Files:
    entry = pair_entry(corpus, corpus.pairs[key])
    yield f"{API}/pairs/{key}.json", _file("../schemas/pairs.json", entry)


def _of_list(corpus: Corpus, url: str) -> Files:
    page = lists.gathered(corpus)[url]
    path = list_path("json", page)
    schema = relative(f"{API}/schemas/lists.json", posixpath.dirname(path))
    yield path, _file(schema, list_entry(corpus, page))


def _of_schemas() -> Files:
    for kind in RECORD_TYPES:
        schema = schema_of(kind)
        yield f"{API}/schemas/{kind.folder}.json", _json(schema)
        yield f"{API}/schemas/{kind.folder}-all.json", _json(_of_many(schema))
    yield f"{API}/schemas/pairs-all.json", _json(_of_many(_small(PairEntry)))
    yield f"{API}/schemas/lists-all.json", _json(_of_many(_small(ListRow)))
    for name, shape_ in SHAPES.items():
        yield f"{API}/schemas/{name}.json", _json(_small(shape_))
    yield f"{API}/schemas/vocabularies.json", _json(_VOCABULARIES)
    top = f"{API}/vocabularies.json"
    yield top, _json({"$schema": "schemas/vocabularies.json", **vocabularies()})
    yield f"{API}/changelog.json", _file("schemas/changelog.json", _changelog())


def _of_rest(corpus: Corpus) -> Files:
    """What is about the whole library."""
    pairs = [pair_entry(corpus, pair) for pair in corpus.pairs.values()]
    yield f"{API}/pairs.json", _list("pairs", pairs)
    pages = [page for page in lists.gathered(corpus).values() if has_own_json(page)]
    yield f"{API}/lists.json", _list("lists", [_list_row(page) for page in pages])
    yield f"{API}/index.json", _file("schemas/index.json", _index(corpus))


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


def list_entry(corpus: Corpus, page: lists.Gathered) -> ListEntry:
    """A page that gathers records as the API has it."""
    return ListEntry(
        type="lists",
        id=page.id,
        title=page.title,
        path=page.url,
        url=corpus.absolute(page.url),
        updated=page.updated,
        records=tuple(shape.link(corpus, record) for record in corpus.those(page.ids)),
    )


def _list_row(page: lists.Gathered) -> ListRow:
    path = list_path("json", page)
    return ListRow(id=page.id, title=page.title, count=len(page.ids), path=path)


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
        "$schema": _DRAFT,
        "title": kind.nouns,
        "description": (kind.__doc__ or "").strip(),
        "anyOf": [{"$ref": f"#/$defs/{name}"}, {"$ref": "#/$defs/Tombstone"}],
        "$defs": {**definitions, name: schema},
    }


def _small(kind: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a shape of the API's own."""
    schema = _opened(kind.model_json_schema(mode="serialization"))
    return {"$schema": _DRAFT, **schema}


def _of_many(one: dict[str, Any]) -> dict[str, Any]:
    """The schema of a file that holds all things of a kind, from that of a file with one."""
    item = {k: v for k, v in one.items() if k not in ("$schema", "$defs", "title", "description")}
    return {
        "$schema": _DRAFT,
        "title": one.get("title", ""),
        "type": "object",
        "properties": {
            "type": {"type": "string", "description": "The type of the records."},
            "count": {"type": "integer", "description": "How many there are."},
            "records": {"type": "array", "items": item},
        },
        "required": ["type", "count", "records"],
        "$defs": one.get("$defs", {}),
    }


_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VOCABULARIES = {
    "$schema": _DRAFT,
    "title": "Vocabularies",
    "description": "Every closed list of values, by its name.",
    "type": "object",
    "properties": {"$schema": {"type": "string"}},
    "additionalProperties": {"type": "array", "items": Value.model_json_schema()},
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


def _change(corpus: Corpus, change: corpora.Change) -> Change:
    return Change(
        date=change.date,
        kind=change.kind,
        record=shape.link(corpus, change.record),
        text=change.text,
        status=change.status,
    )


def _changelog() -> Changelog:
    return Changelog(
        version=VERSION,
        promise="Additive only: nothing is renamed, removed or changed in meaning within v1.",
        changes=tuple(Release(version=v, date=day, text=text) for v, day, text in CHANGELOG),
    )


def _index(corpus: Corpus) -> Index:
    counts = [(kind.folder, kind.nouns, len(corpus.all(kind))) for kind in RECORD_TYPES]
    counts.append(("pairs", wording.WORDS["pairs"], len(corpus.pairs)))
    rows = [
        {
            "type": folder,
            "title": title,
            "count": count,
            "path": f"{API}/{folder}.json",
            "record": f"{API}/{folder}/{{id}}.json",
            "schema": f"{API}/schemas/{folder}.json",
        }
        for folder, title, count in counts
    ]
    return Index(
        version=VERSION,
        url=corpus.site_url or None,
        updated=corpus.newest.isoformat(),
        licence=LICENCE,
        note="Paths are given from the top of the site. Cite the original sources too.",
        types=tuple(TypeRow.model_validate(row) for row in rows),
        lists=f"{API}/lists.json",
        vocabularies=f"{API}/vocabularies.json",
        changes=f"{API}/changes.json",
        changelog=f"{API}/changelog.json",
    )


def _list(folder: str, entries: list[Any]) -> bytes:
    head = {"$schema": f"schemas/{folder}-all.json", "type": folder, "count": len(entries)}
    return _json({**head, "records": entries})


def _file(schema: str, entry: Any) -> bytes:
    return _json({"$schema": schema, **dict(entry)})  # of a shape, its fields


def _item(value: Any) -> bytes:
    """Something as it stands in the list of a file that has many."""
    return b"  " + to_json(value, indent=1).replace(b"\n", b"\n  ")


def _with_items(head: dict[str, Any], name: str, items: list[bytes]) -> bytes:
    """A file with a list of what `_item` wrote, as `_json` would write it from the values."""
    data = _json({**head, "count": len(items), name: []})
    if not items:
        return data
    return data.removesuffix(b"[]\n}\n") + b"[\n" + b",\n".join(items) + b"\n ]\n}\n"


def _json(value: Any) -> bytes:
    return to_json(value, indent=1) + b"\n"


#: What each record adds to files about all.
PIECES = {"entry": _entry, "changes": _changes}
