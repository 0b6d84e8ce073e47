"""The files: standards, language, bookmarks, attachments, references, sizes of type."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pypdf
import pytest

from generator import shape
from generator.corpus import Corpus
from generator.model import Takeaway, Term
from generator.pdf import shelf
from generator.pdf.fonts import Rack
from tests.pdf.conftest import SITE, Printed, bare, every, find, printed

Setting = Callable[[shelf.Document], Printed]
TOKYO = "2025-08-23-lee-ishiba-tokyo"


@pytest.fixture(scope="module")
def all_of_them(small: Corpus, setting: Setting) -> dict[str, Printed]:
    return {document.path: setting(document) for document in every(small)}


@pytest.fixture(scope="module")
def compendium(all_of_them: dict[str, Printed]) -> Printed:
    return all_of_them["compendium.pdf"]


def test_standards(all_of_them: dict[str, Printed]) -> None:
    """Each says that it is PDF/A-3a and PDF/UA-1, is tagged, and has title, language and date."""
    for path, one in all_of_them.items():
        root = one.file.Root
        with one.file.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A"), path
            assert about["pdfuaid:part"] == "1", path
            assert about["dc:title"] == one.tree["title"], path
            assert list(about["dc:creator"]) == one.tree["authors"], path
        assert root.MarkInfo.Marked, path
        assert "/StructTreeRoot" in root, path
        assert str(root.Lang) == "en-GB", path
        assert root.ViewerPreferences.DisplayDocTitle, path
        year, month, day = one.tree["date"]
        made = str(one.file.docinfo["/CreationDate"])
        assert made.startswith(f"D:{year}{month:02}{day:02}"), path


def test_pages_are_counted_right(all_of_them: dict[str, Printed]) -> None:
    for path, one in all_of_them.items():
        assert one.sheets.pages == len(one.file.pages), path


def test_nothing_active(all_of_them: dict[str, Printed]) -> None:
    """No script, no form, no action but links to web addresses and places in the document."""
    for path, one in all_of_them.items():
        for node in one.file.objects:
            if isinstance(node, pikepdf.Dictionary):
                assert "/JS" not in node, path
                assert node.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm"), path
        assert "/OpenAction" not in one.file.Root, path
        for uri in uris(one.file):
            assert uri.startswith(("https://", "http://", "mailto:")), path


def uris(file: pikepdf.Pdf) -> list[str]:
    return [
        str(note.A.URI)
        for page in file.pages
        for note in page.get("/Annots", [])
        if "/A" in note and note.A.get("/S") == "/URI"
    ]


def elements(one: Printed) -> list[str]:
    """The kinds of tags in use."""
    return [
        str(node.get("/S"))
        for node in one.file.objects
        if isinstance(node, pikepdf.Dictionary) and node.get("/Type") == "/StructElem"
    ]


def test_tags(all_of_them: dict[str, Printed]) -> None:
    """Headings, paragraphs, tables with header cells, lists, links; pictures have words."""
    glance = elements(all_of_them[f"glance/{TOKYO}-glance.pdf"])
    assert {"/H1", "/P", "/Table", "/TH", "/TD", "/L", "/LI", "/Link", "/Figure"} <= set(glance)
    for path, one in all_of_them.items():
        for node in one.file.objects:
            if isinstance(node, pikepdf.Dictionary) and node.get("/S") == "/Figure":
                assert str(node.get("/Alt", "")), path


def test_no_type_is_too_small(all_of_them: dict[str, Printed]) -> None:
    """Nothing on any page is set smaller than 9.5 points."""
    for path, one in all_of_them.items():
        sizes: set[float] = set()

        def see(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
            if text.strip():
                sizes.add(abs(size * tm[3] * cm[3]))  # noqa: B023 - called before the next turn

        for page in pypdf.PdfReader(io.BytesIO(one.sheets.data)).pages:
            page.extract_text(visitor_text=see)
        assert min(sizes) >= 9.49, path


def test_attachments(small: Corpus, all_of_them: dict[str, Printed]) -> None:
    """The records behind a document are in it: fields as published, a table of them."""
    for path, one in all_of_them.items():
        files = one.file.attachments
        assert set(files) == {"records.json", "records.csv"}, path
        assert [str(f.AFRelationship) for f in one.file.Root.AF] == ["/Data", "/Data"], path
        entries = json.loads(files["records.json"].get_file().read_bytes())
        table = files["records.csv"].get_file().read_bytes().decode()
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [row["id"] for row in rows] == [entry["id"] for entry in entries], path
        for entry in entries:
            record = small.records[entry["id"]]
            assert entry["fields"] == json.loads(json.dumps(shape.fields_of(record))), path
            assert entry["url"] == SITE + small.url(record), path
            assert "notes" not in entry["fields"]


def test_permalink_and_code(small: Corpus, all_of_them: dict[str, Printed], rack: Rack) -> None:
    """With an address: a link, printed, and as a code. Without one there are neither."""
    own = f"{SITE}summits/{TOKYO}/"
    with_address = all_of_them[f"glance/{TOKYO}-glance.pdf"]
    assert own in uris(with_address.file)
    assert bare(own) in with_address.text
    assert "/Figure" in elements(with_address)
    without = printed(find(Corpus(small.records, small.today), "glance", TOKYO), rack)
    assert uris(without.file) == []
    assert "http" not in without.text
    assert "/Figure" not in elements(without)


# -- the book -------------------------------------------------------------------------------------


def bookmarks(items: Any, depth: int = 1) -> Iterator[tuple[int, str, Any]]:
    for item in items:
        yield depth, str(item.title), item
        yield from bookmarks(item.children, depth + 1)


def page_of(file: pikepdf.Pdf, destination: Any) -> int:
    """The number of the page a destination leads to."""
    if isinstance(destination, pikepdf.Dictionary):
        destination = destination.D
    if isinstance(destination, pikepdf.String):
        destination = pikepdf.NameTree(file.Root.Names.Dests)[str(destination)]
        if isinstance(destination, pikepdf.Dictionary):
            destination = destination.D
    numbers = {page.objgen: n for n, page in enumerate((p.obj for p in file.pages), 1)}
    return numbers[destination[0].objgen]


def test_bookmarks(small: Corpus, compendium: Printed) -> None:
    """Year, summit, takeaway: three levels, in the order of the book, none missing."""
    with compendium.file.open_outline() as outline:
        rows = [(depth, title) for depth, title, _ in bookmarks(outline.root)]
    years = rows[rows.index((1, "2025")) :]
    assert [depth for depth, _ in years[:3]] == [1, 2, 3]
    titles = {title for _, title in rows}
    for record in (*small.all(Takeaway), small.records[TOKYO]):
        assert record.title_text in titles
    assert max(depth for depth, _ in rows) == 3


def text_in(page: pypdf.PageObject, box: Any) -> str:
    """The text that begins inside a rectangle of a page."""
    found: list[str] = []

    def see(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        if box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1:
            found.append(text)

    page.extract_text(visitor_text=see)
    return bare("".join(found))


def test_every_reference_lands(compendium: Printed) -> None:
    """Every link inside the book leads to a page of it; where it prints a number, to that page."""
    checked = 0
    reader = pypdf.PdfReader(io.BytesIO(compendium.sheets.data))
    for n, page in enumerate(compendium.file.pages):
        for note in page.get("/Annots", []):
            target = note.get("/Dest", note.get("/A", {}).get("/D"))
            if target is None:
                continue
            number = page_of(compendium.file, target)
            text = text_in(reader.pages[n], [float(v) for v in note.Rect])
            shown = re.search(r"\(p\.(\d+)\)$", text) or (
                re.fullmatch(r"(\d+)", text) if n == len(compendium.pages) - 1 else None
            )
            if shown:
                assert int(shown[1]) == number, text
                checked += 1
    assert checked > 10


def test_contents(compendium: Printed) -> None:
    """The number beside each title in the contents is the page its bookmark leads to."""
    contents = next(text for text in compendium.pages[1:] if text.startswith("Contents"))
    with compendium.file.open_outline() as outline:
        rows = list(bookmarks(outline.root))
        last = next(n for n, row in enumerate(rows) if row[1] == "Index")
        for depth, title, item in rows[: last + 1]:
            if depth > 2 or title == "Contents":
                continue
            target = item.destination or item.action.D
            number = page_of(compendium.file, target)
            assert re.search(rf"{re.escape(bare(title))}[.\u2060]*{number}", contents), title


def test_the_book_has_its_parts(small: Corpus, compendium: Printed) -> None:
    """Imprint, scale, tracked items, glossary, sources with addresses, index."""
    for words in ("SHA-256 of the attached", "CC BY 4.0", "How to read a status"):
        assert bare(words) in compendium.text
    assert bare(small.all(Term)[0].name) in compendium.text
    assert bare("Promises and open questions, by where they stand") in compendium.text
    source = small.records["joint-text"]
    assert bare(source.url) in compendium.text
    assert bare("Lee, Jae-myung") in compendium.pages[-1]
