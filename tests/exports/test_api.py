"""The JSON API read as a stranger would: from its files alone."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import jsonschema
import pytest

from generator import shape
from generator.corpus import Corpus
from generator.exports import api
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
    """Each record, pair and former id is what the published schema beside it says."""
    written = files(api, library_of)
    validators: dict[str, Any] = {}
    checked = 0
    for path, data in written.items():
        value = json.loads(data)
        if "$schema" not in value or "/schemas/" in path:
            continue
        name = value.pop("$schema").removeprefix("../")
        if name not in validators:
            schema = read(written, f"api/v1/{name}")
            jsonschema.Draft202012Validator.check_schema(schema)
            validators[name] = jsonschema.Draft202012Validator(schema)
        validators[name].validate(value)
        checked += 1
    assert checked >= len(library_of.records)


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
