"""The real records on paper: pages kept, nothing lost. Takes long."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.corpus import Corpus
from generator.load import load
from generator.model import Summit, Takeaway
from generator.pdf import press, shelf
from generator.pdf.fonts import Rack
from tests.conftest import ROOT, TODAY
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
