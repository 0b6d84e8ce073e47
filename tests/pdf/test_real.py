"""The real records on paper: pages kept, nothing lost. Takes long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.build import build
from generator.corpus import Corpus
from generator.load import load
from generator.model import Summit, Takeaway
from generator.pdf import press, shelf
from generator.pdf.fonts import Rack
from tests.conftest import MINI, ROOT, TODAY, write_project
from tests.pdf.conftest import SITE, bare, printed

pytestmark = pytest.mark.full


def test_all_of_them(tmp_path: Path, rack: Rack) -> None:
    """Every document is made, a glance on one page, a brief on two at most; the second time
    nothing is."""
    corpus = Corpus(load(ROOT).records, TODAY, SITE)
    wanted = shelf.standard(corpus)
    made = press.make(wanted, tmp_path, rack)
    assert made.too_long == []
    assert len(made.papers) == len(wanted)
    for paper in made.papers:
        if paper.path.startswith("glance/"):
            assert paper.pages == 1, paper.path
        if paper.path.startswith("brief/"):
            assert paper.pages <= 2, paper.path
    assert press.make(wanted, tmp_path, rack).anew == 0


def test_the_book_is_complete(rack: Rack) -> None:
    """Every summit, takeaway and step of the library stands in the compendium."""
    corpus = Corpus(load(ROOT).records, TODAY, SITE)
    [document] = shelf.compendium(corpus)
    text = printed(document, rack).text
    for summit in corpus.all(Summit):
        assert bare(summit.title) in text
    for takeaway in corpus.all(Takeaway):
        assert bare(takeaway.headline) in text, takeaway.id


def test_a_site_with_pdfs(tmp_path: Path) -> None:
    """`brief build --pdf`: the files lie in the site, each is linked, and a second build sets
    none anew."""
    root = write_project(tmp_path / "project", MINI / "content")
    said: list[str] = []
    built = build(root, TODAY, said.append, pdf=True)
    site = root / "site"
    files = {path.relative_to(site).as_posix() for path in site.rglob("*.pdf")}
    assert len(files) == built.papers > 10
    pages = list(site.rglob("*.html"))
    linked = {
        (page.parent / href).resolve().relative_to(site.resolve()).as_posix()
        for page in pages
        for href in re.findall(r'href="([^"]+\.pdf)"', page.read_text(encoding="utf-8"))
    }
    assert linked == files
    cards = list((site / "cards").rglob("*.png"))
    assert len(cards) > 2
    everything = built.papers + len(cards)
    assert f"Setting PDFs: {everything} of {everything}" in said
    said.clear()
    assert build(root, TODAY, said.append, pdf=True).papers == built.papers
    assert [line for line in said if ":" in line] == []
    assert build(root, TODAY).papers == 0
    assert not (site / "pdf").exists()
    assert not (site / "cards").exists()
