"""The real records: each loads, all are checked, and the brief they began with is whole.

`brief_points.yml` maps the 24 points of the policy brief to the records that carry them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.build import check_content
from generator.corpus import Corpus
from generator.load import record_from
from generator.model import Takeaway
from generator.problems import as_text
from tests.conftest import ROOT, newest_day
from tests.html import read

CONTENT = ROOT / "content"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in CONTENT.rglob("*.yml"))
POINTS: list[dict[str, Any]] = YAML(typ="safe").load(
    (ROOT / "tests" / "brief_points.yml").read_text(encoding="utf-8")
)
#: Points of the brief that are followed up.
TRACKED = {*range(8, 16), 22}
#: Who wrote the brief.
AUTHOR = "ramon-pacheco-pardo"


@cache
def library() -> tuple[Corpus, str]:
    """The real records on the newest day in them, and every error as text."""
    checked = check_content(ROOT, newest_day(ROOT))
    errors = [problem for problem in checked.problems if problem.level == "error"]
    return checked.corpus, "\n".join(as_text(problem) for problem in errors)


@pytest.mark.parametrize("path", FILES)
def test_record_loads(path: str) -> None:
    """Each file is a record without a problem of its own."""
    record, problems = record_from((ROOT / path).read_bytes(), path)
    assert problems == []
    assert record is not None
    assert record.title_text


def test_library_checks_cleanly() -> None:
    """No rule across records is broken."""
    corpus, errors = library()
    assert errors == ""
    assert len(corpus.records) == len(FILES) > 100


def quotations(value: Any) -> list[str]:
    """Every text under a key `quote`, however deep in the data of a file."""
    if isinstance(value, list):
        return [text for inner in value for text in quotations(inner)]
    if not isinstance(value, dict):
        return []
    own = [str(value["quote"])] if "quote" in value else []
    return own + [text for inner in value.values() for text in quotations(inner)]


def test_quotations_are_short() -> None:
    """No quotation has more than 25 words, in whatever field it stands."""
    quotes: list[tuple[str, str]] = []
    for path in FILES:
        text = (ROOT / path).read_text(encoding="utf-8")
        found = quotations(YAML(typ="safe").load(text))
        assert len(found) == len(re.findall(r"^ *(?:- )?quote:", text, re.MULTILINE)), path
        quotes += [(path, quote) for quote in found]
    assert len(quotes) > 10
    assert [row for row in quotes if len(row[1].split()) > 25] == []


# -- the brief ------------------------------------------------------------------------------------


def words_of(corpus: Corpus, record_id: str) -> str:
    """All text of a record, its prose without marks, with single spaces."""
    record = corpus.records[record_id]
    lines = [corpus.plain(text) for _, text, _ in corpus.prose_of(record)]
    lines += [str(value) for value in strings(record.model_dump(mode="json"))]
    return " ".join(" ".join(lines).split())


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_the_brief_has_24_points() -> None:
    """Every point of the brief is mapped once, and those that are followed up are marked."""
    assert [point["point"] for point in POINTS] == list(range(1, 25))
    assert {point["point"] for point in POINTS if point.get("tracked")} == TRACKED


@pytest.mark.parametrize("point", POINTS, ids=lambda point: str(point["point"]))
def test_point_is_in_the_records(point: dict[str, Any]) -> None:
    """The records of a point exist and hold the words that make it."""
    corpus, _ = library()
    assert point["records"]
    assert point["says"]
    assert set(point["records"]) <= corpus.records.keys()
    text = " ".join(words_of(corpus, record_id) for record_id in point["records"])
    assert [says for says in point["says"] if says not in text] == []


@pytest.mark.parametrize("number", sorted(TRACKED))
def test_point_is_tracked(number: int) -> None:
    """Each record in which a point is followed up has a history of its own, and is in the
    tracker."""
    corpus, _ = library()
    point = POINTS[number - 1]
    assert point["tracked"]
    assert set(point["tracked"]) <= set(point["records"])
    for record_id in point["tracked"]:
        record = corpus.get(record_id, Takeaway)
        assert record is not None
        assert record.history, record_id
        assert record in corpus.tracked(), record_id


@pytest.mark.parametrize("point", POINTS, ids=lambda point: str(point["point"]))
def test_point_is_on_the_site(point: dict[str, Any], real_project: Path) -> None:
    """The words of a point stand on the pages of its records."""
    corpus, _ = library()
    pages = [
        read(real_project / "site" / corpus.url(corpus.records[record_id]) / "index.html")
        for record_id in point["records"]
    ]
    # A mark of a source note is not part of the sentence it stands in.
    text = " ".join(
        "".join(
            t for element, t in page.texts() if not any(e.tag == "sup" for e in element.around())
        )
        for page in pages
    )
    text = " ".join(text.split())
    assert [says for says in point["says"] if says not in text] == []


#: Kinds of takeaway that state what happened or was said; none of them is anybody's judgement.
FACTS = {"outcome", "announcement", "commitment", "context", "omission", "reaffirmation"}


@pytest.mark.parametrize("number", [5, 6, 7, 14, 16])
def test_judgements_of_the_brief_are_its_authors(number: int) -> None:
    """What the brief judges is shown as its author's judgement."""
    corpus, _ = library()
    point = POINTS[number - 1]
    assert point["judged"]
    assert set(point["judged"]) <= set(point["records"])
    for record_id in point["judged"]:
        takeaway = corpus.get(record_id, Takeaway)
        assert takeaway is not None
        assert takeaway.kind.value == "assessment", record_id
        assert AUTHOR in takeaway.attributed_to, record_id


def test_assessments_are_somebodys() -> None:
    """Every judgement says whose it is, and no fact is put down to anybody's judgement."""
    corpus, _ = library()
    takeaways = corpus.all(Takeaway)
    assert [t.id for t in takeaways if t.kind == "assessment" and not t.attributed_to] == []
    assert [t.id for t in takeaways if t.kind in FACTS and t.attributed_to] == []
    judged = {record_id for point in POINTS for record_id in point.get("judged", ())}
    assert judged <= {t.id for t in takeaways if t.kind == "assessment"}
