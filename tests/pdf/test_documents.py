"""Documents as data: whole expectations, what gives way, notes and their numbers.

`tests/goldens/pdf` holds the tree of each kind of document; after a change of words or of what a
document shows, write them anew with `pytest tests/pdf --update-goldens` and read the difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.checks.summits import too_long_for_a_page
from generator.corpus import Corpus
from generator.fields import When
from generator.model import Participant, Summit, Takeaway
from generator.pdf import book, shelf, typeset
from generator.pdf.fonts import Rack
from generator.pdf.nodes import finish, from_prose, ranks, with_notes, words_of
from generator.prose import parse
from tests.conftest import ROOT
from tests.pdf.conftest import bare, every, find, job_of, printed

GOLDENS = ROOT / "tests" / "goldens" / "pdf"
TOKYO = "2025-08-23-lee-ishiba-tokyo"
SHOWN = {
    f"glance/{TOKYO}-glance.pdf",
    f"brief/{TOKYO}-brief.pdf",
    "briefing/2025-09-01-two-summits-briefing.pdf",
    "country/kr-country.pdf",
    "pair/jp-kr-pair.pdf",
    "topic/trade-topic.pdf",
    "person/ishiba-shigeru-person.pdf",
    "open-items.pdf",
    "selection/from-2025-08-24.pdf",
    "compendium.pdf",
}


def test_goldens(golden: Callable[[Path, str], None], small: Corpus) -> None:
    documents = {d.path: d for d in every(small)}
    assert documents.keys() >= SHOWN
    for path in sorted(SHOWN):
        tree = finish(documents[path].tree())
        for name in ("attached", "words", "qr", "edition"):
            tree.pop(name)  # the records themselves; words and pictures that never change
        text = json.dumps(tree, ensure_ascii=False, indent=1)
        text = text.replace(documents[path].tree()["edition"], "EDITION")
        golden(GOLDENS / path.replace(".pdf", ".json"), _without_hash(text) + "\n")


def _without_hash(text: str) -> str:
    head, mark, rest = text.partition("records.json: ")
    return head + mark + ("HASH" + rest[64:] if mark else "")


def test_the_same_records_give_the_same_tree(small: Corpus) -> None:
    for document in every(small):
        assert json.dumps(document.tree()) == json.dumps(document.tree())


# -- what gives way -------------------------------------------------------------------------------


def crowded(small: Corpus, number: int = 40) -> Corpus:
    """The small library with many more takeaways of one summit."""
    records = dict(small.records)
    open_one = records["2025-08-23-task-force"]
    settled = records["2025-08-23-shared-position"]
    assert isinstance(open_one, Takeaway)
    for n in range(number):
        for model in (open_one, settled):
            key = f"{model.id}-{n}"
            text = f"Takeaway {n} of many, about something that takes two lines of the page to say"
            records[key] = model.model_copy(update={"id": key, "headline": text, "order": n + 10})
    return Corpus(records, small.today, small.site_url)


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_crowded_summit_keeps_to_its_pages(small: Corpus, rack: Rack, paper: str) -> None:
    corpus = crowded(small)
    glance = printed(find(corpus, "glance", TOKYO), rack, paper)
    brief = printed(find(corpus, "summit", TOKYO), rack, paper)
    assert (glance.sheets.pages, len(glance.pages)) == (1, 1)
    assert (brief.sheets.pages, len(brief.pages)) == (2, 2)
    summit = corpus.records[TOKYO]
    assert isinstance(summit, Summit)
    for one in (glance, brief):
        assert one.sheets.left_out > 0
        assert bare(summit.bottom_line) in one.text
        shown = [*one.tree["takeaways"], *one.tree["open"]]
        more = one.tree["takeaways_more"], one.tree["open_more"]
        assert len(shown) + sum(more) == len(corpus.takeaways_of(summit))
        for number in more:
            assert f"{number}moreonthesite" in one.text
    assert len(brief.tree["takeaways"]) > len(glance.tree["takeaways"]) >= 3


def test_what_is_kept_is_as_much_as_fits(small: Corpus, rack: Rack) -> None:
    """One part more, and the document would be too long; two runs keep the same."""
    job = job_of(find(crowded(small), "summit", TOKYO), rack)
    sheets = typeset.typeset(job)
    room = ranks(job.tree) - sheets.left_out
    assert typeset._pages(job, room) == 2
    assert typeset._pages(job, room + 1) == 3
    assert typeset.typeset(job) == sheets


def test_facts_that_do_not_fit(small: Corpus, rack: Rack) -> None:
    records = dict(small.records)
    summit = records[TOKYO]
    records[TOKYO] = summit.model_copy(update={"title": "word " * 300})
    document = find(Corpus(records, small.today), "glance", TOKYO)
    assert not printed(document, rack).sheets.fits


def test_the_check_warns_before_the_page_is_full(small: Corpus, rack: Rack) -> None:
    """`brief check` estimates (SB516): it warns of every summit whose first parts do not fit on
    the shorter paper, and not of one as it should be."""
    summit = small.records[TOKYO]
    assert isinstance(summit, Summit)
    source = small.records["joint-text"]
    texts = {f"text-{n}": source.model_copy(update={"id": f"text-{n}"}) for n in range(40)}
    lengthened: list[dict[str, Any]] = [
        *({"title": "word " * n} for n in (50, 75, 100, 150)),
        *({"bottom_line": "word " * n} for n in (200, 270, 330, 400)),
        *({"venue": "word " * n} for n in (150, 200, 250)),
        *({"documents": tuple(texts)[:n]} for n in (15, 20, 25, 30, 40)),
        *({"participants": (Participant(person="lee-jae-myung"),) * n} for n in (25, 40, 60, 90)),
    ]
    fits = []
    for update in lengthened:
        records = {**small.records, **texts, TOKYO: summit.model_copy(update=update)}
        corpus = Corpus(records, small.today, small.site_url)
        job = job_of(find(corpus, "glance", TOKYO), rack, "letter")
        fits.append(typeset._pages(job, 0) == 1)
        warned = [found.record.id for found in too_long_for_a_page(corpus)]
        assert fits[-1] or warned == [TOKYO], update
    assert 4 < sum(fits) < len(fits) - 4
    assert not list(too_long_for_a_page(small))


def test_no_foot_stands_alone(small: Corpus, rack: Rack) -> None:
    """Whatever the length, the last page holds more than the foot of the document."""
    records = dict(small.records)
    summit = records[TOKYO]
    ways = set()
    for n in range(150, 520, 10):
        records[TOKYO] = summit.model_copy(update={"summary": "word " * n})
        corpus = Corpus(records, small.today, small.site_url)
        one = printed(find(corpus, "summit", TOKYO), rack)
        assert one.sheets.pages == len(one.pages)
        if len(one.pages) > 1:
            assert not one.pages[-1].startswith(bare("How to cite")), n
        ways.add((len(one.pages), one.pages[-1].startswith("Sources")))
    assert {pages for pages, _ in ways} == {1, 2}


def test_long_lists_of_notes_run_on_down_each_page(small: Corpus, rack: Rack) -> None:
    """No page has a note of a higher number than one on a later page."""
    records = dict(small.records)
    source = records["joint-text"]
    takeaway = records["2025-08-23-shared-position"]
    assert isinstance(takeaway, Takeaway)
    for n in range(90):
        key = f"text-{n}"
        records[key] = source.model_copy(
            update={"id": key, "title": f"Text q{n}q {'word ' * (n % 7)}"}
        )
    body = " ".join(f"Point {n} [@text-{n}]." for n in range(90))
    briefing = records["2025-09-01-two-summits"]
    records[briefing.id] = briefing.model_copy(update={"introduction": body})
    one = printed(find(Corpus(records, small.today), "briefing", briefing.id), rack)
    found = [[int(n) for n in re.findall(r"q(\d+)q", page)] for page in one.pages]
    assert sorted(n for page in found for n in page) == list(range(90))
    last = [max(page) for page in found if page]
    first = [min(page) for page in found if page]
    assert len(last) > 1
    assert all(high < low for high, low in zip(last, first[1:], strict=False))


def test_a_large_meeting_fits(small: Corpus, rack: Rack) -> None:
    """With many leaders their names stand in one line without offices."""
    records = dict(small.records)
    summit = records[TOKYO]
    many = tuple(Participant(person="lee-jae-myung") for _ in range(21))
    records[TOKYO] = summit.model_copy(update={"participants": many})
    glance = printed(find(Corpus(records, small.today), "glance", TOKYO), rack)
    assert glance.sheets.pages == 1
    assert glance.text.count(bare("(South Korea);")) == 20


def test_ranks_and_twins() -> None:
    """Parts go by rank; what stands instead of a part comes when it goes."""
    tree = {
        "rows": [{"rank": 2, "c": "a"}, {"rank": 0, "c": "b"}, {"c": "always"}],
        "rows_more": 5,
        "body": {"rank": 1, "c": "in full"},
        "body_instead": "in short",
    }
    assert ranks(tree) == 3
    assert finish(tree) == {
        "rows": tree["rows"],
        "rows_more": 5,
        "body": {"rank": 1, "c": "in full"},
    }
    assert finish(tree, 1) == {
        "rows": [{"rank": 0, "c": "b"}, {"c": "always"}],
        "rows_more": 6,
        "body_instead": "in short",
    }


# -- notes ----------------------------------------------------------------------------------------


def note(source: str, locator: str = "", quote: str = "") -> dict[str, Any]:
    return {"k": "note", "source": source, "locator": locator, "quote": quote}


def test_notes_are_numbered_where_they_stand() -> None:
    """In the order of the text; one place in one source once; neighbours together; each part for
    itself; what gave way takes its notes with it."""
    tree = {
        "rows": [{"rank": 0, "c": [note("x")]}, {"rank": 1, "c": [note("gone")]}],
        "text": ["a", note("y"), note("x"), "b", note("y", "p. 2"), note("x")],
        "notes": [],
        "parts": [{"id": "one", "c": [note("z"), note("z", "", "words")], "notes": []}],
        "sources": {"y": {"title": "Y"}},
    }
    done = finish(tree, 1)
    assert done["rows"][0]["c"] == [{"k": "notes", "in": "", "to": [1]}]
    assert done["text"][1] == {"k": "notes", "in": "", "to": [2, 1]}
    assert done["text"][3]["to"] == [3, 1]
    assert [(row["source"], row["locator"], row.get("as")) for row in done["notes"]] == [
        ("x", "", None),
        ("y", "", None),
        ("y", "p. 2", 2),
    ]
    assert done["notes"][1]["title"] == "Y"
    assert done["parts"][0]["c"] == [{"k": "notes", "in": "one", "to": [1]}]
    assert done["parts"][0]["notes"][0]["quote"] == "words"


# -- prose ----------------------------------------------------------------------------------------


def blocks(text: str) -> list[Any]:
    return from_prose(
        parse(text, rich=True), lambda key, words: [words or key], lambda key, at: [note(key, at)]
    )


def test_prose_as_blocks() -> None:
    assert blocks("A *b* **c** [d](https://e.org)  \nf [@x, p. 2] [@y].") == [
        {
            "k": "p",
            "c": [
                "A ",
                {"k": "em", "c": ["b"]},
                " ",
                {"k": "strong", "c": ["c"]},
                " ",
                {"k": "link", "href": "https://e.org", "c": ["d"]},
                {"k": "br"},
                "f",
                note("x", "p. 2"),
                note("y"),
                ".",
            ],
        }
    ]
    assert blocks("3. a\n4. b\n\n> c") == [
        {"k": "ol", "start": 3, "c": [[{"k": "p", "c": ["a"]}], [{"k": "p", "c": ["b"]}]]},
        {"k": "quote", "c": [{"k": "p", "c": ["c"]}]},
    ]
    assert blocks("| a | b |\n|---|---|\n| c | d |") == [
        {"k": "table", "head": [["a"], ["b"]], "rows": [[["c"], ["d"]]]}
    ]


def test_headings_skip_no_level() -> None:
    """PDF/UA allows none to be skipped, whatever the contributor did."""
    levels = [b["level"] for b in blocks("#### a\n\n## b\n\n### c\n\n## d") if b["k"] == "heading"]
    assert levels == [1, 2, 3, 2]


def test_deep_nesting_is_flattened(small: Corpus, rack: Rack) -> None:
    text = ">" * 60 + " deep\n\n" + "*a **b " * 40
    assert "deep" in words_of(blocks(text))
    records = dict(small.records)
    takeaway = records["2025-08-23-shared-position"]
    records[takeaway.id] = takeaway.model_copy(update={"body": text})
    assert "deep" in printed(find(Corpus(records, small.today), "summit", TOKYO), rack).text


def test_notes_at_the_end() -> None:
    mark = note("x")
    assert with_notes(blocks("a"), [mark]) == [{"k": "p", "c": ["a", mark]}]
    assert with_notes(blocks("- a\n- b"), [mark])[0]["c"][1] == [{"k": "p", "c": ["b", mark]}]
    assert with_notes(blocks("> a"), [mark])[0]["c"] == [{"k": "p", "c": ["a", mark]}]
    assert with_notes([], [mark]) == [{"k": "p", "c": [mark]}]


# -- volumes --------------------------------------------------------------------------------------


def test_volumes(small: Corpus, rack: Rack) -> None:
    """A book of many takeaways comes in volumes of whole years, each summit in one."""
    assert [v.of for v in book.volumes(small)] == [1]
    records = dict(small.records)
    tokyo = records[TOKYO]
    records["later"] = tokyo.model_copy(update={"id": "later", "start": When("2026-02")})
    corpus = Corpus(records, small.today)
    books = book.volumes(corpus, size=1)
    assert [[s.id for s in b.summits] for b in books] == [
        [TOKYO, "2025-08-25-lee-trump-washington"],
        ["later"],
    ]
    assert [d.path for d in shelf.compendium(corpus)] == ["compendium.pdf"]
    for volume in books:  # a reference to another volume leads to the site instead
        tree = {**book.compendium(corpus, volume), "paper": "a4"}
        job = typeset.Job("x", "compendium.typ", rack.fitted(tree).tree, None, _folders(rack))
        assert typeset.typeset(job).pages > 3


def _folders(rack: Rack) -> tuple[str, ...]:
    families = {rack.family_for("이재명", "ko"), rack.family_for("石破茂", "ja")} - {None}
    return tuple(sorted({str(path.parent) for path in rack.files(map(str, families))}))
