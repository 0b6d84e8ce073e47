"""JSON-LD in the head of pages: it is what was meant, and nothing breaks out of it."""

from __future__ import annotations

import json
from typing import Any

import lxml.html

from generator import jsonld, pages
from generator.corpus import Corpus
from generator.model import RECORD_TYPES, Record
from tests.exports.conftest import HOSTILE
from tests.exports.test_citations import head


def linked(corpus: Corpus, record: Record) -> Any:
    (script,) = head(corpus, record).iter("script")
    assert script.get("type") == "application/ld+json"
    assert not set("<>&\u2028\u2029") & set(script.text)
    return json.loads(script.text)


def test_what_the_page_says_is_what_was_meant(library_of: Corpus) -> None:
    for record in (r for kind in RECORD_TYPES for r in library_of.all(kind)[:2]):
        gist = pages.described(library_of, record)
        found = linked(library_of, record)
        assert found == jsonld.graph_of(library_of, record, gist)
        about, crumbs = found["@graph"]
        assert about["name"] == record.title_text
        assert about["@id"].startswith("urn:uuid:")
        assert crumbs["itemListElement"][-1]["name"] == record.title_text
        assert ("url" in about) == bool(library_of.site_url)


def test_types(mini: Corpus) -> None:
    expected = {
        "2025-09-01-two-summits": "Report",
        "2025-08-23-lee-ishiba-tokyo": "Event",
        "2025-08-23-task-force": "Claim",
        "lee-jae-myung": "Person",
        "kr": "Country",
        "trade": "DefinedTerm",
        "press": "NewsArticle",
        "joint-text": "CreativeWork",
        "about": "WebPage",
    }
    for key, kind in expected.items():
        assert linked(mini, mini.records[key])["@graph"][0]["@type"] == kind


def test_an_event_has_its_offset(mini: Corpus) -> None:
    event = linked(mini, mini.records["2025-08-23-lee-ishiba-tokyo"])["@graph"][0]
    assert event["startDate"] == "2025-08-23T16:55:00+09:00"
    assert [p["name"] for p in event["attendee"]] == ["Ishiba Shigeru", "Lee Jae-myung"]


def test_nothing_breaks_out(hostile: Corpus) -> None:
    """The head has one script and no more, whatever a title says."""
    record = hostile.records["2025-08-25-investment-terms"]
    assert linked(hostile, record)["@graph"][0]["text"] == HOSTILE
    tree = head(hostile, record)
    assert {element.tag for element in tree.iter()} == {"div", "link", "meta", "script"}
    assert "SUM" not in "".join(tree.xpath("./text()"))
    assert lxml.html.tostring(tree).count(b"</script>") == 1
