"""What the tests of the PDFs share: documents set in type, their text, libraries to set."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf
import pypdf
import pytest
from pydantic import ValidationError

from generator.corpus import Corpus
from generator.load import load
from generator.model import Record
from generator.pdf import shelf
from generator.pdf.fonts import Rack
from generator.pdf.nodes import Tree, finish, ranks
from generator.pdf.typeset import Job, Sheets, typeset
from tests.conftest import MINI, TODAY

SITE = "https://example.org/summits/"
#: Text that means something to Typst, to Markdown, to Jinja or to a shell.
HOSTILE = (
    r"#panic() #{1} $x$ @y <z> \ *b* _i_ // /* \u{41} "
    "\"q\" 's' `c` [a](b) {{ g }} ~ = - + 1. --- … A|B &amp;"
)


@dataclass
class Printed:
    """A document that was set."""

    tree: Tree  # as it was printed: what gave way is out, notes have numbers
    sheets: Sheets

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page without any white space."""
        reader = pypdf.PdfReader(io.BytesIO(self.sheets.data))
        return [bare(page.extract_text()) for page in reader.pages]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    @cached_property
    def file(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.sheets.data))


def bare(text: str) -> str:
    """Text without white space and places to break."""
    return re.sub(r"[\s\u200b]+", "", text)


def job_of(document: shelf.Document, rack: Rack, paper: str = "a4") -> Job:
    fit = rack.fitted({**document.tree(), "paper": paper})
    folders = tuple(sorted({str(path.parent) for path in rack.files(fit.families)}))
    return Job(document.path, document.template, fit.tree, document.most, folders)


def printed(document: shelf.Document, rack: Rack, paper: str = "a4") -> Printed:
    """A document set in this process."""
    job = job_of(document, rack, paper)
    sheets = typeset(job)
    return Printed(finish(job.tree, ranks(job.tree) - sheets.left_out), sheets)


def find(corpus: Corpus, option: str, wanted: str) -> shelf.Document:
    """The document of an option and an id."""
    return shelf.chosen(corpus, {option: (wanted,)})[0]


def every(corpus: Corpus) -> list[shelf.Document]:
    """One document of each thing there is."""
    people = shelf.of_form(corpus, shelf.BY_OPTION["person"]).values()
    return [*shelf.standard(corpus), *people, shelf.selection(corpus, "2025-08-24", "")]


@pytest.fixture(scope="session")
def small() -> Corpus:
    """The small library, with an address."""
    return Corpus(load(MINI).records, TODAY, SITE)


@pytest.fixture(scope="session")
def rack() -> Rack:
    """The fonts of the system."""
    return Rack()


@pytest.fixture(scope="session")
def bare_rack() -> Rack:
    """No fonts but those built into Typst."""
    rack = Rack()
    rack.__dict__["families"] = {}
    return rack


@pytest.fixture(scope="session")
def korean(rack: Rack) -> Rack:
    """The fonts of the system, if they have Korean."""
    if rack.family_for("이재명", "ko") is None:
        pytest.skip("no Korean font: names in their own script are not tested")
    return rack


@pytest.fixture(scope="session")
def setting(rack: Rack) -> Callable[[shelf.Document], Printed]:
    """Set a document once for all tests."""
    made: dict[tuple[str, int], Printed] = {}

    def set_once(document: shelf.Document) -> Printed:
        key = (document.path, id(document.tree.args[0]))  # type: ignore[attr-defined]
        if key not in made:
            made[key] = printed(document, rack)
        return made[key]

    return set_once


# -- a library of hostile text --------------------------------------------------------------------


def hostile_record(record: Record, numbers: Iterator[int]) -> tuple[Record, dict[str, str]]:
    """The record with hostile text in every place that takes it, and what stands in each.

    Each text begins with a number of its own, so that it can be found again."""
    kind = type(record)
    data = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    texts: dict[str, str] = {}
    for way in list(_leaves(data, ())):
        text = f"q{next(numbers)}q {HOSTILE}"
        changed = _with(data, way, text)
        try:
            kind.model_validate({**changed, "id": record.id})
        except ValidationError:
            continue
        data = changed
        texts[".".join(str(part) for part in way)] = text
    return kind.model_validate({**data, "id": record.id}), texts


def hostile_library() -> tuple[Corpus, dict[str, dict[str, str]]]:
    """The small library full of hostile text, and the texts by record and field."""
    numbers = itertools.count(100)
    records, texts = {}, {}
    for key, record in load(MINI).records.items():
        records[key], texts[key] = hostile_record(record, numbers)
    return Corpus(records, TODAY, SITE), texts


def _leaves(value: Any, way: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*way, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _leaves(item, (*way, n))
    elif isinstance(value, str):
        yield way


def _with(value: Any, way: tuple[str | int, ...], text: str) -> Any:
    if not way:
        return text
    copy = value.copy()
    copy[way[0]] = _with(value[way[0]], way[1:], text)
    return copy
