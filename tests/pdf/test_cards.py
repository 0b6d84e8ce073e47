"""Cards: their size, the same bytes, the store, what they say, and the pages that name them."""

from __future__ import annotations

import struct
from pathlib import Path

import lxml.html
import pytest

from generator.build import write_docs
from generator.corpus import Corpus
from generator.formats import CARD_SIZE
from generator.model import Briefing, Summit
from generator.pdf import cards, press, typeset
from generator.pdf.fonts import Rack
from generator.pdf.nodes import words_of
from generator.pdf.shelf import Document
from tests.pdf.conftest import find, hostile_library

TOKYO = "2025-08-23-lee-ishiba-tokyo"


def card(corpus: Corpus, record_id: str = TOKYO) -> Document:
    return next(c for c in cards.standard(corpus) if c.path.endswith(f"/{record_id}.png"))


def drawn(document: Document, rack: Rack) -> bytes:
    """A card set in this process."""
    fit = rack.fitted(document.tree())
    folders = tuple(sorted({str(path.parent) for path in rack.files(fit.families)}))
    job = typeset.Job("card", document.template, fit.tree, fonts=folders, picture=True)
    return typeset.typeset(job).data


def size_of(picture: bytes) -> tuple[int, ...]:
    """Width and height as the head of a PNG has them."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", picture[16:24])


def test_each_summit_and_briefing_has_one(small: Corpus) -> None:
    pages = {document.page for document in cards.standard(small)}
    records = [*small.all(Summit), *small.all(Briefing)]
    assert pages == {small.url(record) for record in records}


def test_size_and_same_bytes(small: Corpus, rack: Rack) -> None:
    first, second = (drawn(card(small), rack) for _ in range(2))
    assert size_of(first) == CARD_SIZE
    assert first == second


def test_made_once(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """A second time nothing is set; a changed record changes its own card only."""
    made = press.make(cards.standard(small), tmp_path, rack)
    assert made.anew == len(made.papers) > 2
    assert all(paper.card for paper in made.papers)
    assert press.make(cards.standard(small), tmp_path, rack).anew == 0
    records = dict(small.records)
    records[TOKYO] = records[TOKYO].model_copy(update={"bottom_line": "Other words."})
    assert press.make(cards.standard(Corpus(records, small.today)), tmp_path, rack).anew == 1


def test_what_it_says(small: Corpus) -> None:
    """Title, date and place, bottom line, who was there; in words beside the picture, too."""
    document = card(small)
    tree = document.tree()
    summit = small.records[TOKYO]
    assert isinstance(summit, Summit)
    assert tree["title"] == summit.title
    assert tree["place"] == "23 to 24 August 2025, Tokyo, Japan"
    assert tree["bottom_line"] == summit.bottom_line
    who = " ".join(words_of(name) for name in tree["who"])
    assert "Ishiba Shigeru" in who
    assert "South Korea" in who
    assert document.label == f"{summit.title}. {tree['place']}. {summit.bottom_line}"


def test_a_long_bottom_line_is_cut_at_a_word(small: Corpus) -> None:
    records = dict(small.records)
    records[TOKYO] = records[TOKYO].model_copy(update={"bottom_line": "summits " * 60})
    text = card(Corpus(records, small.today)).tree()["bottom_line"]
    assert text.endswith("summits…")
    assert len(text) <= cards.BOTTOM_LINE


def test_without_fonts_the_romanised_name_stands(small: Corpus, bare_rack: Rack) -> None:
    fit = bare_rack.fitted(card(small).tree())
    who = " ".join(words_of(name) for name in fit.tree["who"])
    assert "Ishiba Shigeru" in who
    assert "石破" not in who
    assert size_of(drawn(card(small), bare_rack)) == CARD_SIZE


def test_hostile_text_is_text(rack: Rack) -> None:
    """Whatever a record says, its card can be set and keeps its size."""
    corpus, _ = hostile_library()
    for document in cards.standard(corpus):
        assert size_of(drawn(document, rack)) == CARD_SIZE


def metas(docs: Path, page: str) -> dict[str, str]:
    """The names and contents in the head that a page takes to the theme."""
    text = (docs / f"{page}index.md").read_text(encoding="utf-8")
    head = text.split("---")[1].replace('\\"', '"').replace("\\n", "\n")
    found = lxml.html.fromstring(f"<head>{head}</head>").iter("meta")
    return {m.get("property") or m.get("name") or "": m.get("content") or "" for m in found}


@pytest.fixture
def paper(tmp_path: Path, small: Corpus, rack: Rack) -> list[press.Paper]:
    """One card, made."""
    return press.make([card(small)], tmp_path / "store", rack).papers


def test_the_page_names_its_card(tmp_path: Path, small: Corpus, paper: list[press.Paper]) -> None:
    """Absolute, with size and words; the file lies there; pages without a card name none."""
    docs = tmp_path / "docs"
    write_docs(small, docs, paper)
    found = metas(docs, paper[0].page)
    address = f"{small.site_url}cards/summits/{TOKYO}.png"
    assert found["og:image"] == address
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"] == paper[0].label
    assert found["twitter:card"] == "summary_large_image"
    assert "citation_pdf_url" not in found
    page = (docs / f"{paper[0].page}index.md").read_text(encoding="utf-8")
    assert 'class="papers"' not in page  # a card is nothing to print
    other = metas(docs, "summits/2025-08-25-lee-trump-washington/")
    assert not [name for name in other if name.startswith(("og:image", "twitter"))]


def test_no_address_no_card(tmp_path: Path, small: Corpus, paper: list[press.Paper]) -> None:
    """The address of a card must be absolute: without the site's own, nothing is said."""
    docs = tmp_path / "docs"
    write_docs(Corpus(small.records, small.today), docs, paper)
    found = metas(docs, paper[0].page)
    assert not [name for name in found if name.startswith(("og:image", "twitter"))]


def test_zotero_is_told_of_the_fullest(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """With a page Zotero takes the longest of its PDFs; it is told of none that was not made."""
    wanted = [find(small, "glance", TOKYO), find(small, "summit", TOKYO)]
    papers = press.make(wanted, tmp_path / "store", rack).papers
    docs = tmp_path / "docs"
    write_docs(small, docs, papers)
    found = metas(docs, papers[0].page)
    assert found["citation_pdf_url"] == f"{small.site_url}{papers[1].href}"
    assert "og:image" not in found
    assert "citation_pdf_url" not in metas(docs, "summits/2025-08-25-lee-trump-washington/")
