"""The JSON API read as a stranger would: from its files alone."""

from __future__ import annotations

import datetime as dt
import json
import posixpath
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from generator import shape
from generator.corpus import Corpus
from generator.exports import api
from generator.lists import gathered
from generator.model import BY_FOLDER, RECORD_TYPES, Record, field_order
from tests.exports.conftest import files


def read(written: dict[str, bytes], path: str) -> Any:
    return json.loads(written[path])


def rebuilt(written: dict[str, bytes]) -> tuple[dict[str, Record], dict[str, Any]]:
    """The records and the tombstones, found by starting at the index."""
    records: dict[str, Record] = {}
    stones: dict[str, Any] = {}
    for row in read(written, "api/v1/index.json")["types"]:
        if row["type"] == "pairs":
            continue
        for entry in read(written, row["path"])["records"]:
            own = read(written, row["record"].format(id=entry["id"]))
            assert {k: v for k, v in own.items() if k != "$schema"} == entry
            if "withdrawn" in entry:
                stones[entry["id"]] = entry
            else:
                kind = BY_FOLDER[entry["type"]]
                records[entry["id"]] = kind.model_validate({"id": entry["id"], **entry["fields"]})
    return records, stones


def test_the_whole_library_comes_back(library_of: Corpus) -> None:
    """`api/v1/` alone holds every record: rebuilt from it, they equal those loaded from YAML."""
    records, stones = rebuilt(files(api, library_of))
    expected = {
        r.id: r.model_copy(update={"notes": None})
        for r in library_of.records.values()
        if not r.withdrawn
    }
    assert records == expected
    for stone in stones.values():
        record = library_of.records[stone["id"]]
        assert record.withdrawn
        assert stone["withdrawn"] == record.withdrawn.model_dump(mode="json")
        assert set(stone) & {"fields", "text", "derived"} == set()
    assert len(records) + len(stones) == len(library_of.records)


def test_every_file_keeps_its_schema(library_of: Corpus) -> None:
    """Every file names a published schema, relative to itself, and is what that says; and every
    schema is used."""
    written = files(api, library_of)
    validators: dict[str, Any] = {}
    for path, data in written.items():
        value = json.loads(data)
        if "/schemas/" in path:
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), value.pop("$schema")))
        if name not in validators:
            schema = read(written, name)
            jsonschema.Draft202012Validator.check_schema(schema)
            validators[name] = jsonschema.Draft202012Validator(schema)
        validators[name].validate(value)
    unused = {path for path in written if "/schemas/" in path} - set(validators)
    assert unused <= {"api/v1/schemas/tombstone.json", "api/v1/schemas/moved.json"}


def test_every_field_of_the_api_is_explained(mini: Corpus) -> None:
    """Each property in each schema has a description."""
    for path, data in files(api, mini).items():
        if "/schemas/" in path:
            assert list(_unexplained(json.loads(data))) == [], path


def _unexplained(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, about in schema.get("properties", {}).items():
            if name != "$schema" and not about.get("description") and "items" not in about:
                yield name
        for part in schema.values():
            yield from _unexplained(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _unexplained(part)


def test_all_of_it_can_be_rebuilt(library_of: Corpus) -> None:
    """From `api/v1/` alone comes a library that writes the same API again, byte for byte, with the
    facts, texts, mentions, pairs, lists and changes. A withdrawn record comes back as no more than
    its tombstone, so what it leaves elsewhere is only in the first."""
    written = files(api, library_of)
    records, stones = rebuilt(written)
    again = files(api, Corpus(records, library_of.today, library_of.site_url))
    gone = {
        f"api/v1/{stone['type']}/{key}.json"
        for stone in stones.values()
        for key in (stone["id"], *stone["former_ids"])
    }
    assert set(written) - set(again) == gone
    different = {path for path, data in again.items() if data != written[path]}
    if not stones:
        assert different == set()
    whole = {f"api/v1/{s['type']}.json" for s in stones.values()}
    assert different <= {*whole, "api/v1/changes.json", "api/v1/index.json"}
    if stones:
        ids = [c["record"]["id"] for c in read(written, "api/v1/changes.json")["changes"]]
        kept = [i for i in ids if i not in stones]
        assert kept == [c["record"]["id"] for c in read(again, "api/v1/changes.json")["changes"]]


def test_pairs_and_lists(library_of: Corpus) -> None:
    """Both are reached from the index, and have what their pages have."""
    written = files(api, library_of)
    index = read(written, "api/v1/index.json")
    (row,) = [row for row in index["types"] if row["type"] == "pairs"]
    entries = {entry["id"]: entry for entry in read(written, row["path"])["records"]}
    assert set(entries) == set(library_of.pairs)
    for key, pair in library_of.pairs.items():
        assert entries[key]["summits"] == [s.id for s in pair.summits]
        assert entries[key]["takeaways"] == [t.id for t in pair.takeaways]
    for row in read(written, index["lists"])["records"]:
        entry = read(written, row["path"])
        page = gathered(library_of)[entry["path"]]
        assert [r["id"] for r in entry["records"]] == list(page.ids)
        assert (entry["title"], entry["updated"]) == (page.title, page.updated)
        assert row["count"] == len(entry["records"])
    named = {row["id"] for row in read(written, index["lists"])["records"]}
    assert {"tracker", "timeline", "takeaways/by-year/2025"} <= named


def test_a_schema_refuses_what_is_not_a_record(mini: Corpus) -> None:
    written = files(api, mini)
    entry = read(written, "api/v1/topics/trade.json")
    entry["fields"].pop("name")
    schema = read(written, "api/v1/schemas/topics.json")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(entry, schema)


def test_every_field_is_published_or_internal(mini: Corpus) -> None:
    """Contract: each field of the model stands in the schema, unless it is listed as internal."""
    written = files(api, mini)
    for kind in RECORD_TYPES:
        schema = read(written, f"api/v1/schemas/{kind.folder}.json")
        published = set(schema["$defs"][kind.__name__]["properties"])
        assert published == set(field_order(kind)) - shape.INTERNAL
        assert all(
            p.get("description") for p in schema["$defs"][kind.__name__]["properties"].values()
        )


def test_notes_for_editors_are_nowhere(mini: Corpus) -> None:
    assert any(r.notes for r in mini.records.values())
    for record in mini.records.values():
        if record.notes:
            assert all(record.notes.encode() not in data for data in files(api, mini).values())


def test_text_is_the_prose_without_markup(mini: Corpus) -> None:
    entry = read(files(api, mini), "api/v1/takeaways/2025-08-25-investment-terms.json")
    assert entry["text"]["/body"].startswith("How the money is to be paid was not said. It goes")
    assert entry["text"]["/history/1/note"] == "The terms were published."


def test_facts(mini: Corpus) -> None:
    """What follows from the library is there: status, since, steps with keys, parties, pairs."""
    written = files(api, mini)
    terms = read(written, "api/v1/takeaways/2025-08-25-investment-terms.json")["derived"]
    assert (terms["status"], terms["raised"], terms["since"]) == ("agreed", "2025-08-25", "2025-11")
    assert terms["parties"] == ["kr", "us"]
    assert terms["pairs"] == ["kr-us"]
    assert [s["key"] for s in terms["steps"]] == ["2025-08-25", "2025-11"]
    again = read(written, "api/v1/takeaways/2025-08-25-terms-again.json")["derived"]
    assert (again["tracked"], again["follows"]) == (False, "2025-08-25-investment-terms")
    assert again["status"] == "agreed"
    summit = read(written, "api/v1/summits/2025-08-23-lee-ishiba-tokyo.json")
    assert summit["derived"]["seats"][0] == {
        "person": "ishiba-shigeru",
        "office": "Prime Minister",
        "country": "jp",
    }
    assert any(m["record"]["id"] == "shuttle-diplomacy" for m in summit["mentions"])


def test_former_ids_lead_on(mini: Corpus) -> None:
    moved = read(files(api, mini), "api/v1/topics/commerce.json")
    assert moved["moved_to"]["id"] == "trade"


def test_the_day_it_is_changes_nothing(mini: Corpus) -> None:
    """Same content, same bytes, whatever `today` is."""
    later = Corpus(mini.records, dt.date(2031, 5, 5))
    assert files(api, later) == files(api, mini)


def test_the_address_stands_in_url_only(mini: Corpus, real: Corpus) -> None:
    assert all(b"example.org/summits" not in data for data in files(api, mini).values())
    entry = read(files(api, real), "api/v1/countries/kr.json")
    assert entry["url"] == "https://example.org/summits/countries/kr/"
    assert entry["path"] == "countries/kr/"
